"""The linear layer: what each signal is worth, and from worth to probability.

One multinomial model with a "none of these" choice: each candidate's worth is a weighted sum of its signals, the
worth of "none" depends on the query alone, and the probabilities of all of them add up to one. So a rival of the same
worth halves the confidence, and a query nothing fits leaves it with "none". Fitted as docs/matching.md tells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.runbooks.match.question import Question
from bot.runbooks.match.signals import Signals

NAMES = (
    "relevance",
    "strong_coverage",
    "passage",
    "pairs",
    "amount",
    "ratio",
    "apart",
    "exact",
    "mentioned",
    "other_name",
    "metric_fit",
    "severity",
    "qualifier",
    "kinds",
    "new_kinds",
    "other_service",
)
WEIGHTS: tuple[float, ...] = (5.75, 1.55, 0.55, 1.75, 2.0, 1.5, 0.95, 8.0, 2.0, -4.5, 4.0, 0.3, 1.1, 4.3, 4.65, -5.1)

NONE_NAMES = ("bias", "log_size", "unknown", "short", "unmet_name")
NONE_WEIGHTS: tuple[float, ...] = (5.95, 0.53, -0.44, -2.9, 0.42)


def vector(signals: Signals, other_service: bool) -> tuple[float, ...]:
    """One candidate's signals in the order of NAMES."""
    return (
        signals.relevance,
        signals.strong_coverage,
        signals.passage[0],
        signals.pairs,
        signals.amount,
        signals.ratio,
        signals.apart,
        float(signals.exact),
        float(signals.mentioned),
        float(signals.other_name),
        signals.metric_fit,
        signals.severity,
        signals.qualifier,
        signals.kinds,
        signals.new_kinds,
        float(other_service),
    )


def none_vector(question: Question, size: int, exact: bool) -> tuple[float, ...]:
    """The query's own signals in the order of NONE_NAMES; `size` is the number of entries it may be about."""
    unknown = sum(question.unknown.values())
    return (
        1.0,
        math.log(size + 1),
        unknown / question.words_total if question.words_total else 1.0,
        1.0 / (1 + len(question.terms) + len(question.unknown)),
        float(bool(question.alert) and not exact),
    )


def worth(values: Sequence[float], weights: Sequence[float]) -> float:
    """The weighted sum."""
    return sum(value * weight for value, weight in zip(values, weights, strict=True))


def shares(worths: Sequence[float], none: float) -> list[float]:
    """Each candidate's probability; what is missing to 1 is the probability of "none of these"."""
    top = max([none, *worths])
    parts = [math.exp(value - top) for value in worths]
    total = sum(parts) + math.exp(none - top)
    return [part / total for part in parts]
