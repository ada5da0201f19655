"""Tables: columns of plain text that grep and a printer understand, and what a narrow terminal gets instead."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

GAP = 2
"""Spaces between two columns."""
WHOLE = frozenset({"Phone", "Id", "When", "Service", "Owner"})
"""Columns whose cells are never broken: they are read out or copied."""
_WORD = 24
"""A longer word than this may be broken in a cell; it is a query or a path, and breaking it loses nothing."""


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of plain text."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def fits(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the rows can stand as a table without a word broken in two."""
    least = (
        max(_least(cell, name) for cell in (name, *column))
        for name, column in zip(head, zip(*rows, strict=True), strict=True)
    )
    return sum(least) + GAP * len(head) <= width


def _least(cell: str, name: str) -> int:
    if name in WHOLE:
        return len(cell)
    return min(max(map(len, cell.split()), default=0), _WORD)


def records(head: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[tuple[str, str]]:
    """The rows one below the other: lines, each as a name (or the space below it) and a text; empty cells left out.

    A cell of a column in `WHOLE` stays on one line, whatever the width.
    """
    margin = max(map(len, head)) + GAP
    lines: list[tuple[str, str]] = []
    for number, row in enumerate(rows):
        lines += [("", "")] * bool(number)
        for name, cell in zip(head, row, strict=True):
            parts = [cell] if name in WHOLE else textwrap.wrap(cell, max(width - margin, 12), break_on_hyphens=False)
            lines += [((name if not at else "").ljust(margin), part) for at, part in enumerate(parts) if part]
    return lines
