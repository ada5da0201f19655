"""Wording that looks for somebody to blame, and a neutral way to ask the same thing."""

from __future__ import annotations

import re

from bot.domain.base import Value


class Flag(Value):
    """Words that were found, and what to write instead."""

    found: str
    instead: str


_WHY = "say what was known at that moment, and why the action made sense"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\b(?:should(?:n['’]t| not)?(?: ha(?:ve|s|d)|['’]ve| of)|ought(?:n['’]t| not)? to have|must have known)\b", _WHY),
        (r"\b(?:could|would)(?:n['’]t| not)? (?:have|of)\b(?= (?:been )?(?:avoided|prevented|noticed|seen|known|caught|checked))", _WHY),
        (r"\bfail(?:ed|s|ing)? to\b", "say what was done, and what made that the likely thing to do"),
        (r"\bneglect(?:ed|s|ing)?\b|\bnegligen(?:t|ce)\b|\bcareless(?:ly|ness)?\b", "describe the conditions, not the person"),
        (r"\bforg(?:ot|et|ets|otten)\b", "say what would have reminded anybody in that place"),
        (r"\b(?:human|user|operator|pilot) (?:error|mistake|failure)\b", "say what made the slip easy and its effect large"),
        (r"\bif (?:only )?(?:\w+ ){1,4}?had(?:n['’]t)?\b|\bhad (?:he|she|they|we|you|\w+) (?:only )?(?:not )?(?:known|checked|looked|read|asked|tested)\b",
         "say what happened instead of what did not"),
        (r"\b(?:stupid(?:ly)?|idiot(?:ic)?|incompeten(?:t|ce)|lazy|sloppy|dumb)\b", "describe what was seen, not the person"),
        (r"\b(?:blame[ds]?|fault of|(?:his|her|their|your) (?:own )?fault|culprit|guilty|screwed up|messed up|broke prod(?:uction)?)\b",
         "name the change or the condition, not who made it"),
        (r"\b(?:obvious(?:ly)?|clearly|simply|just) (?:should|had to|wrong|missed|overlooked)\b|\bobvious mistake\b",
         "it was not obvious at that moment: say what could be seen"),
    )
)


def blame(text: str) -> tuple[Flag, ...]:
    """Every blaming expression of a text, in order, overlapping ones once."""
    found = [(match.start(), match.end(), match[0], instead) for rule, instead in _RULES for match in rule.finditer(text)]
    flags: list[Flag] = []
    end = -1
    for start, stop, words, instead in sorted(found):
        if start >= end:
            flags.append(Flag(found=words, instead=instead))
            end = stop
    return tuple(flags)
