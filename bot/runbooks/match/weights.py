"""The linear layer: what each signal is worth, and from worth to probability.

One multinomial model with a "none of these" choice: each candidate's worth is a weighted sum of its signals, the
worth of "none" depends on the query alone, and the probabilities of all of them add up to one. So a rival of the same
worth halves the confidence, and a query nothing fits leaves it with "none". Fitted as docs/matching.md tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bot.runbooks.match.question import Question
from bot.runbooks.match.signals import Signals

WEIGHTS: dict[str, float] = {
    "relevance": 5.3,
    "strong_coverage": 2.0,
    "pairs": 1.1,
    "amount": 3.25,
    "ratio": 1.55,
    "apart": 1.6,
    "exact": 12.0,
    "mentioned": 2.0,
    "other_name": -6.35,
    "metric_fit": 5.0,
    "severity": 0.6,
    "qualifier": 1.05,
    "kinds": 5.65,
    "new_kinds": 5.65,
    "other_service": -7.45,
}
"""Signal -> worth. All fitted, except exact, mentioned, metric_fit and severity: too rare in the data, set by hand."""

NONE_WEIGHTS: dict[str, float] = {
    "bias": 7.7,
    "unmet_name": 1.35,
    "service": -1.75,
    "asks": 1.8,
    "elsewhere": 1.65,
}
"""What makes "none of these" more likely, by the query alone."""

MOST_ELSEWHERE = 2.0
"""Two areas that no entry speaks of say it all."""

MEANING_WEIGHTS: dict[str, float] = {
    "relevance": 3.95,
    "strong_coverage": 2.2,
    "pairs": 0.8,
    "amount": 2.8,
    "ratio": 1.15,
    "apart": 1.6,
    "exact": 12.0,
    "mentioned": 2.0,
    "other_name": -5.9,
    "metric_fit": 5.0,
    "severity": 0.6,
    "qualifier": 1.1,
    "kinds": 4.8,
    "new_kinds": 5.2,
    "other_service": -7.1,
    "meaning": 0.3,
    "meaning_gap": 7.95,
}
"""The same, fitted with likeness by meaning as two signals more (section3[semantic])."""

MEANING_NONE_WEIGHTS: dict[str, float] = {
    "bias": 6.5,
    "unmet_name": 1.35,
    "service": -1.75,
    "asks": 1.65,
    "elsewhere": 1.6,
}


def vector(signals: Signals, other_service: bool) -> tuple[float, ...]:
    """One candidate's signals in the order of WEIGHTS, or of MEANING_WEIGHTS where meaning is measured."""
    return (
        signals.relevance,
        signals.strong_coverage,
        signals.pairs,
        signals.amount,
        signals.ratio,
        signals.apart,
        signals.exact,
        float(signals.mentioned),
        signals.other_name,
        signals.metric_fit,
        signals.severity,
        signals.qualifier,
        signals.kinds,
        signals.new_kinds,
        float(other_service),
        *signals.meaning,
    )


def none_vector(question: Question, exact: float, service: bool, elsewhere: float) -> tuple[float, ...]:
    """The query's own signals in the order of NONE_WEIGHTS."""
    return (
        1.0,
        0.0 if exact else question.alert_sure,
        float(service),
        float(question.asks),
        min(elsewhere, MOST_ELSEWHERE),
    )


def worth(values: Sequence[float], weights: Mapping[str, float]) -> float:
    """The weighted sum."""
    return sum([value * weight for value, weight in zip(values, weights.values(), strict=True)])


def shares(worths: Sequence[float], none: float) -> list[float]:
    """Each candidate's probability; what is missing to 1 is the probability of "none of these"."""
    top = max([none, *worths])
    parts = [math.exp(value - top) for value in worths]
    total = sum(parts) + math.exp(none - top)
    return [part / total for part in parts]
