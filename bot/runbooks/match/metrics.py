"""Metric conditions ("queue_depth > 2000 for 15m") held against values somebody measured or typed."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

_NUMBER = r"[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?"
_CONDITION = re.compile(rf"(?P<left>.+?)\s*(?P<op>>=|<=|==|!=|>|<|≥|≤|=)\s*(?P<bound>{_NUMBER})\s*(?P<percent>%)?")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?::[A-Za-z_][A-Za-z0-9_]*)*")
_VALUE = re.compile(
    r"(?:\{[^}\n]*\})?\)*\s*(?:is|was|at|now|of|reads|shows|stands at|reached|hit|=|==|:|->)?\s*(?:now|at)?"
    rf"\s*[~≈$]?(?P<value>{_NUMBER})\s*(?P<percent>%)?"
)
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "≥": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "≤": operator.le,
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
}


class Fit(IntEnum):
    """Whether a measured value meets a condition."""

    MISSES = -1
    UNKNOWN = 0
    MEETS = 1


@dataclass(frozen=True, slots=True)
class Condition:
    """A metric and the bound that makes it a symptom."""

    metric: str
    op: str
    bound: float
    text: str

    def fit(self, value: float) -> Fit:
        """Whether `value` meets the bound."""
        return Fit.MEETS if _OPERATORS[self.op](value, self.bound) else Fit.MISSES


@dataclass(frozen=True, slots=True)
class Reading:
    """A value seen for a metric; `percent` when it was written with a percent sign."""

    value: float
    percent: bool = False

    def against(self, condition: Condition) -> float:
        """The value in the condition's unit: 12 % is 0.12 where the bound is a ratio."""
        return self.value / 100 if self.percent and abs(condition.bound) <= 1 else self.value


def number(text: str) -> float:
    """A number as people write it: 2,000 and 12.5 and 1e3. A comma before exactly three digits separates thousands."""
    cleaned = re.sub(r",(?=\d{3}(?:\D|$))", "", text).replace(",", ".")
    whole, *parts = cleaned.split(".")
    return float(whole + (("".join(parts[:-1]) + "." + parts[-1]) if parts else ""))


def condition(expression: str) -> Condition | None:
    """The condition in a metric signal, or None when it names no bound.

    The metric is the longest identifier on the left side: `max(run_tool_calls) > 40` is about `run_tool_calls`.
    """
    found = _CONDITION.search(expression)
    if found is None:
        return None
    names = _IDENTIFIER.findall(found["left"])
    if not names:
        return None
    bound = number(found["bound"])
    return Condition(
        metric=max(names, key=len).casefold(),
        op=found["op"],
        bound=bound / 100 if found["percent"] else bound,
        text=expression.strip(),
    )


def readings(text: str, names: Mapping[str, object]) -> dict[str, Reading]:
    """The values given in `text` for the metrics in `names` (lower case): "queue_depth is 2,400"."""
    found: dict[str, Reading] = {}
    for name in _IDENTIFIER.finditer(text):
        key = name[0].casefold()
        if key not in names or key in found:
            continue
        value = _VALUE.match(text, name.end())
        if value is not None:
            found[key] = Reading(number(value["value"]), bool(value["percent"]))
    return found
