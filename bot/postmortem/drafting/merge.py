"""A new draft under a person's hands: what people wrote is never overwritten."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.base import Value


class Merged(Value):
    """`text` holds every word that a person wrote. `diff` is what the new draft would change besides, and could not be
    put in without touching theirs; "" when everything was."""

    text: str
    diff: str = ""

    @property
    def clean(self) -> bool:
        return not self.diff


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines [start, end) of the earlier draft become `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]

    def meets(self, other: _Change) -> bool:
        """Whether two changes touch the same or neighbouring lines: then only a person can say what is meant."""
        return self.start <= other.end and other.start <= self.end


def merge_draft(previous: str, edited: str, new: str) -> Merged:
    """Bring a person's edits of the `previous` draft and the `new` one together, line by line. Where both changed the
    same place, theirs stays and `diff` tells what the new draft says there."""
    if edited == new or previous == new:
        return Merged(text=edited)
    if edited == previous:
        return Merged(text=new)
    base = previous.splitlines(keepends=True)
    theirs = _changes(base, edited.splitlines(keepends=True))
    ours = _changes(base, new.splitlines(keepends=True))
    taken = [change for change in ours if not any(change.meets(other) for other in theirs)]
    # A change that they made too is no conflict.
    refused = [change for change in ours if change not in taken and change not in theirs]
    text = "".join(_applied(base, sorted((*theirs, *taken), key=lambda change: (change.start, change.end))))
    if not refused:
        return Merged(text=text)
    wanted = "".join(_applied(base, refused))
    lines = difflib.unified_diff(base, wanted.splitlines(keepends=True), "earlier draft", "new draft", n=2)
    return Merged(text=text, diff="".join(line if line.endswith("\n") else line + "\n" for line in lines))


def _changes(base: Sequence[str], other: Sequence[str]) -> list[_Change]:
    matcher = difflib.SequenceMatcher(None, base, other, autojunk=False)
    return [
        _Change(start, end, tuple(other[first:last]))
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def _applied(base: Sequence[str], changes: Sequence[_Change]) -> list[str]:
    out: list[str] = []
    at = 0
    for change in changes:
        out += [*base[at : change.start], *change.lines]
        at = change.end
    return out + list(base[at:])


_STAMP = re.compile(r"<!-- section3 (?P<id>\S+) facts=(?P<facts>\d+) digest=(?P<digest>[0-9a-f]+) -->\n?\Z")


def stamped(text: str, incident_id: str, facts: int, digest: str) -> str:
    """The draft with a last line, unseen when it is read, that says what it was made from: the earlier draft can then
    be made again from the stream."""
    return f"{text.rstrip()}\n\n<!-- section3 {incident_id} facts={facts} digest={digest} -->\n"


class Stamp(Value):
    """What a draft was made from."""

    incident_id: str
    facts: int
    digest: str


def stamp_of(text: str) -> Stamp | None:
    """The stamp of a file, None when it has none."""
    found = _STAMP.search(text)
    return Stamp(incident_id=found["id"], facts=int(found["facts"]), digest=found["digest"]) if found else None


def unstamped(text: str) -> str:
    """The text without its stamp."""
    return _STAMP.sub("", text).rstrip() + "\n"
