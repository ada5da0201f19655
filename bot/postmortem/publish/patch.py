"""Apply our own unified diffs to a file that may have moved on since they were made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


class DoesNotApply(Exception):
    """The file no longer holds the lines that the diff changes. `line` is where they were (1-based)."""

    def __init__(self, line: int) -> None:
        super().__init__(f"the runbook has changed around line {line}, where the proposal changes it too")
        self.line = line


@dataclass(frozen=True, slots=True)
class _Hunk:
    """The lines that should stand at `start` (0-based), and what they become."""

    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


def apply(data: bytes, diff: str) -> bytes:
    """The file with the diff of one file applied. Lines may have moved as a block; their content must be the same.
    Raises DoesNotApply."""
    return _applied(data, _hunks(diff))


def is_applied(data: bytes, diff: str) -> bool:
    """Whether the file holds what the diff adds, and nothing of what it takes away at those places."""
    backwards = [_Hunk(hunk.start, hunk.new, hunk.old) for hunk in _hunks(diff)]
    try:
        _applied(data, backwards)
    except DoesNotApply:
        return False
    return bool(backwards)


def _applied(data: bytes, hunks: Sequence[_Hunk]) -> bytes:
    bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    lines = re.findall(rb"[^\n]*\n|[^\n]+", data)
    out: list[bytes] = []
    at = shift = 0
    for hunk in hunks:
        place = _find(lines, hunk, at, hunk.start + shift)
        out += [*lines[at:place], *hunk.new]
        at = place + len(hunk.old)
        shift = place - hunk.start
    result = b"".join(out + lines[at:])
    return result if not bom or result.startswith(bom) else bom + result


def _find(lines: Sequence[bytes], hunk: _Hunk, first: int, expected: int) -> int:
    """The place nearest to the expected one where all old lines stand."""
    last = len(lines) - len(hunk.old)
    places = sorted(range(first, last + 1), key=lambda place: abs(place - expected))
    for place in places:
        if tuple(lines[place : place + len(hunk.old)]) == hunk.old:
            return place
    raise DoesNotApply(hunk.start + 1)


def _hunks(diff: str) -> list[_Hunk]:
    hunks: list[_Hunk] = []
    old: list[bytes] = []
    new: list[bytes] = []
    start = -1
    last: tuple[list[bytes], ...] = ()
    for line in diff.encode("utf-8", "surrogateescape").split(b"\n"):
        head = _HUNK.match(line.decode("utf-8", "replace"))
        if head:
            if start >= 0:
                hunks.append(_Hunk(start, tuple(old), tuple(new)))
            # An empty range names the line before it.
            start = int(head[1]) - (0 if head[2] == "0" else 1)
            old, new = [], []
        elif start >= 0 and line[:1] in (b" ", b"-", b"+"):
            last = {b" ": (old, new), b"-": (old,), b"+": (new,)}[line[:1]]
            for side in last:
                side.append(line[1:] + b"\n")
        elif start >= 0 and line[:1] == b"\\":
            # "No newline at end of file" speaks of the line before it.
            for side in last:
                side[-1] = side[-1][:-1]
    if start >= 0:
        hunks.append(_Hunk(start, tuple(old), tuple(new)))
    return hunks
