"""Labelled lines: `**Owner:** x · **Severity:** SEV2`, in every way that people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.runbooks.text import mask_code

_NAME = r"[^*_:：`\[\]<>\n]{1,40}?"
_BOLD = rf"(?P<e>\*\*|__)[ ]?(?P<bold>{_NAME})[ ]?(?:[:：][ ]?(?P=e)|(?P=e)[ ]?[:：])"
_LABEL = re.compile(
    rf"(?:^[ \t]*|(?P<sep>(?<=[ \t])[·•|][ \t]*)|(?P<gap>(?<=[ \t,;]))){_BOLD}[ \t]*"
    r"|^[ \t]*(?P<plain>[A-Za-z][A-Za-z ]{2,30}?):(?:[ \t]+|$)",
    re.M,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a paragraph. `label` is the canonical name, "" for text without a label. Lines are 0-based."""

    label: str
    value: str
    raw: str
    """With the label, as written."""
    start: int
    end: int
    known: bool = True


def canonical(name: str, known: Mapping[str, str]) -> str | None:
    """The label that a name means; None when it is none of ours."""
    return known.get(" ".join(name.casefold().split()))


def split_labels(
    text: str, first: int, known: Mapping[str, str], *, after: frozenset[str] = frozenset()
) -> list[Piece]:
    """Cut a paragraph at its labels. `first` is its 0-based line; `after` are labels that may follow in mid-line
    without a separator. Labels in bold at the start of a line always cut; plain ones only when they are known."""
    masked = mask_code(text)
    cuts = [cut for found in _LABEL.finditer(masked) if (cut := _cut(found, known, after)) is not None]
    if not cuts:
        return [Piece("", text.strip(), text.strip(), first, first + text.count("\n") + 1)]
    pieces = []
    lead = text[: cuts[0].start]
    if lead.strip():
        pieces.append(Piece("", lead.strip(), lead.strip(), first, first + lead.rstrip().count("\n") + 1))
    for at, cut in enumerate(cuts):
        following = cuts[at + 1] if at + 1 < len(cuts) else None
        part = text[cut.start : following.start if following else len(text)]
        raw = part.lstrip(" \t\n·•|").rstrip(following.joint if following else None)
        value = part[cut.value - cut.start :].strip().rstrip(following.joint if following else None)
        line = first + text.count("\n", 0, cut.start)
        pieces.append(Piece(cut.label, value, raw, line, line + raw.count("\n") + 1, cut.known))
    return pieces


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    value: int
    label: str
    known: bool
    joint: str
    """What may stand between the value before this label and the label."""


def _cut(found: re.Match[str], known: Mapping[str, str], after: frozenset[str]) -> _Cut | None:
    name = found["bold"] or found["plain"]
    label = canonical(name, known)
    gap = found["gap"] is not None
    if label is None and (found["plain"] or gap):
        return None
    if gap and label not in after:
        return None
    joint = " \t\n·•|" if found["sep"] else " \t\n,;" if gap else " \t\n"
    return _Cut(found.start(), found.end(), label or " ".join(name.casefold().split()), label is not None, joint)
