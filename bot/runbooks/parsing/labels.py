"""Labelled lines: `**Owner:** x · **Severity:** SEV2`, in every way that people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.runbooks.parsing.blocks import Block, Kind
from bot.runbooks.parsing.text import blank_comments, mask_code

_NAME = r"[^*_:：`\[\]<>\n]{1,40}?"
_BOLD = rf"(?P<e>\*\*|__)[ ]?(?P<bold>{_NAME})[ ]?(?:[:：][ ]?(?P=e)|(?P=e)[ ]?[:：])"
# Read for labels that are known, and only at the start of a line: `*Impact:* x`, `**Impact.** x`, `**Impact** - x`, and
# `**Impact**` alone on its line.
_LOOSE = (
    rf"(?P<m>\*{{1,3}}|_{{1,3}})(?P<loose>{_NAME})"
    r"(?:[:：.](?P=m)(?=\s|$)|(?P=m)(?:[ ]?[:：]|[ ]?[–—-](?=[ \t])|[.]?(?=[ \t]*$)))"
)
_LABEL = re.compile(
    rf"(?:^[ \t]*|(?P<sep>(?<=[ \t])[·•|][ \t]*)|(?P<gap>(?<=[ \t,;]))){_BOLD}[ \t]*"
    rf"|^[ \t]*{_LOOSE}[ \t]*"
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
    loose: bool = False
    """Whether the label is written in none of the ways of the runbook format, but can mean nothing else."""


_AROUND = re.compile(r"^[\W\d_]+|[\W_]+$")


def canonical(name: str, known: Mapping[str, str]) -> str | None:
    """The label that a name means, numbers and signs around it left out; None when it is none of ours."""
    words = _AROUND.sub("", name.casefold().replace("(s)", "s"))
    return known.get(" ".join(words.replace("-", " ").split()))


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
        pieces.append(Piece(cut.label, value, raw, line, line + raw.count("\n") + 1, cut.known, cut.loose))
    return pieces


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    value: int
    label: str
    known: bool
    joint: str
    """What may stand between the value before this label and the label."""
    loose: bool


def _cut(found: re.Match[str], known: Mapping[str, str], after: frozenset[str]) -> _Cut | None:
    name = found["bold"] or found["loose"] or found["plain"]
    label = canonical(name, known)
    gap = found["gap"] is not None
    if label is None and (gap or not found["bold"]):
        return None
    if gap and label not in after:
        return None
    joint = " \t\n·•|" if found["sep"] else " \t\n,;" if gap else " \t\n"
    named = label or " ".join(name.casefold().split())
    return _Cut(found.start(), found.end(), named, label is not None, joint, loose=found["loose"] is not None)


def item_labels(block: Block, known: Mapping[str, str]) -> tuple[str, ...]:
    """The labels that the items of a list begin with, when every item begins with one and one at least is known (a
    name that is not known comes out as it is written); else ()."""
    if block.kind is not Kind.LIST:
        return ()
    labels = []
    for item in block.children:
        first = item.children[0] if item.children else item
        if first.kind is not Kind.PARAGRAPH:
            return ()
        lead = split_labels(blank_comments(first.text), first.start, known)[0]
        if not lead.label:
            return ()
        labels.append(lead)
    return tuple(lead.label for lead in labels) if any(lead.known for lead in labels) else ()


def unlisted(blocks: list[Block], known: Mapping[str, str]) -> list[Block]:
    """The blocks, with what stands in a list of labels in the place of the list."""
    out: list[Block] = []
    for block in blocks:
        if item_labels(block, known):
            out += [child for item in block.children for child in item.children]
        else:
            out.append(block)
    return out
