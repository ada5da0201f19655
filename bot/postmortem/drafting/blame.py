"""Wording that looks for somebody to blame, and a neutral way to ask the same thing."""

from __future__ import annotations

import re

from bot.domain.base import Value


class Flag(Value):
    """Words that were found, and what to write instead."""

    found: str
    instead: str


_KNOWN = "say what was known at that moment, and why the action made sense"
_LIKELY = "say what was done, and what made that the likely thing to do"
_SLIP = "say what made the slip easy and its effect large"
_HAPPENED = "say what happened instead of what did not"
_SEEN = "describe what was seen, not the person"
_CONDITION = "name the change or the condition, not who made it"
_OBVIOUS = "it was not obvious at that moment: say what could be seen"

_SENSED = r"(?:been )?(?:avoided|prevented|noticed|seen|known|caught|checked)"
_LEARNED = r"(?:known|checked|looked|read|asked|tested)"
_RULES: tuple[tuple[str, str], ...] = (
    (r"\bshould(?:n['’]t| not)?(?: (?:ha(?:ve|s|d)|of)|['’]ve)\b|\bought(?:n['’]t| not)? to have\b", _KNOWN),
    (r"\bmust have known\b", _KNOWN),
    (rf"\b(?:could|would)(?:n['’]t| not)? (?:have|of) (?={_SENSED})", _KNOWN),
    (r"\bfail(?:ed|s|ing)? to\b", _LIKELY),
    (r"\bneglect(?:ed|s|ing)?\b|\bnegligen(?:t|ce)\b|\bcareless(?:ly|ness)?\b", _SEEN),
    (r"\bforg(?:ot|et|ets|otten)\b", "say what would have reminded anybody in that place"),
    (r"\b(?:human|user|operator|pilot) (?:error|mistake|failure)\b", _SLIP),
    (r"\bif (?:only )?(?:[\w'’-]+ ){1,4}?had(?:n['’]t)?\b", _HAPPENED),
    (rf"\bhad (?:\w+ ){{1,2}}?(?:only |not ){{0,2}}{_LEARNED}\b", _HAPPENED),
    (r"\b(?:stupid(?:ly)?|idiot(?:ic)?|incompeten(?:t|ce)|lazy|sloppy|dumb)\b", _SEEN),
    (r"\bblame[ds]?\b|\b(?:his|her|their|your) (?:own )?fault\b|\bfault of\b|\bculprit\b|\bguilty\b", _CONDITION),
    (r"\b(?:screwed|messed) up\b|\bbroke prod(?:uction)?\b", _CONDITION),
    (r"\b(?:obvious(?:ly)?|clearly|simply|just) (?:should|had to|wrong|missed|overlooked|mistake)\b", _OBVIOUS),
)


def blame(text: str) -> tuple[Flag, ...]:
    """Every blaming expression of a text, in order, overlapping ones once."""
    found = [
        (match.start(), match.end(), match[0].strip(), instead)
        for rule, instead in _RULES
        for match in re.finditer(rule, text, re.IGNORECASE)
    ]
    flags: list[Flag] = []
    end = -1
    for start, stop, words, instead in sorted(found):
        if start >= end:
            flags.append(Flag(found=words, instead=instead))
            end = stop
    return tuple(flags)
