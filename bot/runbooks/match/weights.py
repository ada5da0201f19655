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
    "relevance": 5.75,
    "strong_coverage": 1.55,
    "passage": 0.55,
    "pairs": 1.75,
    "amount": 2.0,
    "ratio": 1.5,
    "apart": 0.95,
    "exact": 12.0,
    "mentioned": 2.0,
    "other_name": -4.5,
    "metric_fit": 4.0,
    "severity": 0.6,
    "qualifier": 1.1,
    "kinds": 4.3,
    "new_kinds": 4.65,
    "other_service": -5.1,
}
"""Signal -> worth. All fitted, except exact, mentioned, metric_fit and severity: too rare in the data, set by hand."""

NONE_WEIGHTS: dict[str, float] = {
    "bias": 5.95,
    "log_size": 0.53,
    "unknown": -0.44,
    "short": -2.9,
    "unmet_name": 0.42,
}
"""What makes "none of these" more likely, by the query alone."""


def vector(signals: Signals, other_service: bool) -> tuple[float, ...]:
    """One candidate's signals in the order of WEIGHTS."""
    return (
        signals.relevance,
        signals.strong_coverage,
        signals.passage[0],
        signals.pairs,
        signals.amount,
        signals.ratio,
        signals.apart,
        signals.exact,
        float(signals.mentioned),
        float(signals.other_name),
        signals.metric_fit,
        signals.severity,
        signals.qualifier,
        signals.kinds,
        signals.new_kinds,
        float(other_service),
    )


def none_vector(question: Question, size: int, exact: float) -> tuple[float, ...]:
    """The query's own signals in the order of NONE_WEIGHTS; `size` is the number of entries it may be about."""
    unknown = sum(question.unknown.values())
    return (
        1.0,
        math.log(size + 1),
        unknown / question.words_total if question.words_total else 1.0,
        1.0 / (1 + len(question.terms) + len(question.unknown)),
        float(bool(question.alert) and not exact),
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
