"""What counts as a number, a window and a vague word in an operator's sentence."""

from __future__ import annotations

import re

_NUMBER = r"\d+(?:[.,]\d+)*"
_TIME = r"(?:ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?|weeks?)"
_UNIT = rf"(?:%|percent\b|{_TIME}\b|x\b|[kMGT]i?B\b|bytes\b|USD\b|EUR\b|GBP\b|[$€£]|[a-z]{{3,}}s\b)"
_WORD = r"(?:half|one|two|three|four|five|six|seven|eight|nine|ten)"
_MORE = r"(?:[<>≤≥]=?|=|over|under|above|below|at least|at most|more than|less than|fewer than|exactly|within|every)"

COMPARISON = re.compile(
    rf"{_MORE}\s*[$€£]?{_NUMBER}|\b{_NUMBER}\s*(?:[-–]|to)\s*{_NUMBER}"
    rf"|\b(?:over|under|above|below|at least|at most|more than|less than|fewer than|exactly)\s+{_WORD}\b"
    rf"|\b{_WORD}\s+or\s+(?:more|less|fewer)\b",
    re.IGNORECASE,
)
"""A bound or a range: `> 5`, `at least 1`, `10-60`."""

_CODE_NUMBER = re.compile(r"\b(?:HTTP|status|error|code|exit|port|line|step|version|section)[ :]+\d+", re.IGNORECASE)
_COUNTED = re.compile(
    rf"(?<![\w.-]){_NUMBER}\s*{_UNIT}|[$€£]{_NUMBER}|\b{_NUMBER}\s+(?:of|out of|in)\s+\d"
    rf"|^(?![45]\d\d\b){_NUMBER}\s+[a-z]",
    re.IGNORECASE,
)

WINDOW = re.compile(
    r"\b(?:for|within|in|over|per|after|since|last|of|every|during|less than)\s+(?:the\s+)?(?:last\s+|next\s+|each\s+)?"
    rf"(?:{_NUMBER}\s*[a-z]|a\s+|an\s+|one\s+|hour|minute|day|second)"
    rf"|\[{_NUMBER}{_TIME}\]|[<>]=?\s*{_NUMBER}\s*{_TIME} (?:old|ago)\b"
    rf"|\b(?:hourly|daily|in a row|consecutive)\b|/\s?(?:s|min|h|hour|day)\b",
    re.IGNORECASE,
)
"""A stretch of time or of cases that a bound is measured over."""

EVENT = re.compile(
    r"(?:[≥>]=?|=|\b(?:at least|any|an?|one|two|three|first|\d+))\s*\d*\b.{0,60}?"
    r"\b(?:confirmed|verified|reported|proven|detected|observed)\b|\b(?:confirmed|verified|proven)\s+\w+",
    re.IGNORECASE,
)
"""An event that somebody can point at: `at least 1 confirmed double payment`."""

VAGUE = re.compile(
    r"\b(?:gets?|goes|turns?|looks?) (?:too |very |really )?bad\b|\bif (?:needed|necessary|required)\b|\bserious"
    r"|\bsignificant|\btoo (?:many|much|slow|high|low|long)\b|\ba lot\b|\bas appropriate\b"
    r"|\buse (?:your |good )?judge?ment|\bseems?\b",
    re.IGNORECASE,
)
"""Words that leave the decision to a mood (seed, question 5)."""

DURATION = re.compile(rf"\b{_NUMBER}\s*{_TIME}\b", re.IGNORECASE)


def has_quantity(text: str) -> bool:
    """Whether the text holds a threshold: a bound, a range, or a number with a unit; `HTTP 500` alone is a name."""
    plain = _CODE_NUMBER.sub(" ", text)
    return bool(COMPARISON.search(plain) or _COUNTED.search(plain))


def quoted(text: str, limit: int = 60) -> str:
    """The text in single quotes for a message, on one line, cut at `limit` characters."""
    line = " ".join(text.split())
    return f"'{line if len(line) <= limit else line[: limit - 3].rstrip() + '...'}'"
