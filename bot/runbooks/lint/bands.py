"""Reads the cells of a health table: `< 10 min`, `10-60 min`, `> 60 min`, `< 0.02 or > 0.10 USD`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNIT = r"%|[$€£]|(?!(?:for|over|in|per|or|and|to|of|within|each|every|than)\b)[A-Za-zµ]+(?:/[A-Za-z]+)?"
_BELOW = r"<=?|≤|at most|up to|under|below|less than|fewer than"
_ABOVE = r">=?|≥|at least|over|above|more than"
_MONEY = "[$€£]?"

_RANGE = re.compile(
    rf"{_MONEY}(?P<low>{_NUMBER})\s*(?P<low_unit>{_UNIT})?\s*(?:-|–|—|to|\.\.)\s*{_MONEY}(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})?"
)
_BOUND = re.compile(
    rf"(?P<sign>{_BELOW}|{_ABOVE}|={{1,2}})\s*{_MONEY}(?P<value>{_NUMBER})\s*(?P<unit>{_UNIT})?", re.IGNORECASE
)
_EXACT = re.compile(rf"^\s*{_MONEY}(?P<value>{_NUMBER})\s*(?P<unit>{_UNIT})?")
_WINDOW = re.compile(
    rf"(?<=[\d\w%])\s+(?<!or )(?:for|over|within|in|per|each|every)\s+(?:the last\s+)?{_NUMBER}\s*[a-z]+", re.IGNORECASE
)

_SCALES: dict[str, dict[str, float]] = {
    "time": {
        **dict.fromkeys(("ms", "millisecond"), 0.001),
        **dict.fromkeys(("s", "sec", "second"), 1),
        **dict.fromkeys(("m", "min", "minute"), 60),
        **dict.fromkeys(("h", "hr", "hour"), 3600),
        **dict.fromkeys(("d", "day"), 86400),
    },
    "size": {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40},
}


KINDS = frozenset({*_SCALES, "%", "usd", "eur", "gbp"})
"""Units that cannot be compared with one another; any other word is the name of what is counted."""


@dataclass(frozen=True, slots=True)
class Band:
    """One interval of a cell, in the base unit of its kind; the ends may be infinite."""

    low: float
    high: float
    kind: str = ""
    """"time" (seconds), "size" (bytes), another unit as written, or "" when none stands there."""


class UnreadableError(ValueError):
    """The cell has no number that can be compared."""


def read(cell: str) -> tuple[Band, ...]:
    """The intervals of one cell.

    Raises:
        UnreadableError: no bound, range or number in it.
    """
    text = _WINDOW.sub(" ", cell.replace("`", "").replace("\\", ""))
    parts = [part for part in re.split(r"\bor\b|;", text) if part.strip()]
    bands = [_one(part) for part in parts]
    if not bands:
        raise UnreadableError(cell)
    units = {band.kind for band in bands if band.kind}
    if len(units) == 1 and any(not band.kind for band in bands):
        # Once and no more: a part whose end takes no unit ("5 min 3") would come back without one for ever.
        return tuple(_one(part) for part in _with_unit(parts))
    return tuple(bands)


def _with_unit(parts: list[str]) -> list[str]:
    """`< 0.02 or > 0.10 USD`: the unit of one part holds for those that have none."""
    units = (match.group("unit") for part in parts if (match := _found(part)) and match.group("unit"))
    unit = next(units, "")
    return [part if (match := _found(part)) and match.group("unit") else f"{part.strip()} {unit}" for part in parts]


def _found(part: str) -> re.Match[str] | None:
    return _BOUND.search(part) or _RANGE.search(part) or _EXACT.search(part)


def _one(part: str) -> Band:
    bounds = list(_BOUND.finditer(part))
    if bounds:
        return _bounded(bounds)
    if match := _RANGE.search(part):
        unit = match["unit"] or ""
        low, kind = _scaled(match["low"], match["low_unit"] or unit)
        high, _ = _scaled(match["high"], unit or match["low_unit"] or "")
        return Band(min(low, high), max(low, high), kind)
    if match := _EXACT.search(part):
        value, kind = _scaled(match["value"], match["unit"] or "")
        return Band(value, value, kind)
    raise UnreadableError(part)


def _bounded(bounds: list[re.Match[str]]) -> Band:
    """One bound is a half-line, two (`>= 2 and < 5`) are an interval."""
    low, high, kind = -math.inf, math.inf, ""
    unit = next((match["unit"] for match in bounds if match["unit"]), "")
    for match in bounds:
        value, kind = _scaled(match["value"], match["unit"] or unit)
        sign = match["sign"].casefold()
        if sign.startswith("="):
            low = high = value
        elif re.fullmatch(_BELOW, sign):
            high = value
        else:
            low = value
    return Band(low, high, kind)


def _scaled(number: str, unit: str) -> tuple[float, str]:
    value = float(number.replace(",", ""))
    plain = unit.casefold()
    for kind, scale in _SCALES.items():
        for name in (plain, plain.removesuffix("s")):
            if name in scale:
                return value * scale[name], kind
    return value, "%" if plain == "percent" else plain.removesuffix("s")


def clash(bands: list[Band]) -> str:
    """ "overlap" or "leave a gap" when the bands of a metric do, "" when they tile. Neighbours may share a bound, and
    whole numbers may be one apart (`0`, `1-3`, `> 3`)."""
    ordered = sorted(bands, key=lambda band: (band.low, band.high))
    for left, right in pairwise(ordered):
        if right.low < left.high:
            return "overlap"
        whole = (
            float(left.high).is_integer() and float(right.low).is_integer() and left.kind not in ("time", "size", "%")
        )
        if right.low > left.high and not (whole and right.low - left.high == 1):
            return "leave a gap"
    return ""
