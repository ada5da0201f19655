"""Tables, read from the source lines: a row keeps its line, and a cell that GitHub would cut is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.runbook import Span
from bot.runbooks.parsing.blocks import Block, Kind
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.text import mask_code, plain

_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells with pipes unescaped, trimmed."""

    cells: tuple[str, ...]
    line: int

    @property
    def span(self) -> Span:
        return Span(start=self.line + 1, end=self.line + 1)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header cells in lower case without emphasis, and its rows."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, *names: str, position: int) -> int:
        """The index of the column so named (the start of its header counts), else the given position."""
        for at, title in enumerate(self.header):
            if any(title.startswith(name) for name in names):
                return at
        return position


def cell(row: Row, column: int) -> str:
    """A cell of a row, "" where the row has none."""
    return row.cells[column] if 0 <= column < len(row.cells) else ""


def is_rule(line: str) -> bool:
    """Whether a line is the | --- | --- | under a header."""
    return "-" in line and bool(_RULE.match(line))


def split_cells(line: str, *, code_aware: bool = False) -> tuple[str, ...]:
    """The cells of a row. GitHub also cuts at a pipe inside code; `code_aware` does not."""
    text = line.strip()
    masked = mask_code(text) if code_aware else text
    cuts = [found.start() for found in _PIPE.finditer(masked)]
    parts, at = [], 0
    for cut in cuts:
        parts.append(text[at:cut])
        at = cut + 1
    parts.append(text[at:])
    if cuts and cuts[0] == 0:
        parts = parts[1:]
    if cuts and cuts[-1] == len(text) - 1 and parts:
        parts = parts[:-1]
    return tuple(part.strip().replace("\\|", "|") for part in parts)


def read_table(block: Block, lines: list[str], log: Log) -> Table:
    """A table block as data. Lines without a pipe are no rows (see `tail`)."""
    header = split_cells(lines[block.start])
    rows = []
    for at in range(block.start + 2, _table_end(block, lines)):
        cells = split_cells(lines[at])
        if len(cells) > len(header):
            message = f"The row has {len(cells)} cells, the header {len(header)}: write | as \\| in a cell."
            log.add("P10", at + 1, message)
            cells = split_cells(lines[at], code_aware=True)
        rows.append(Row(cells, at))
    return Table(tuple(plain(title).casefold() for title in header), tuple(rows))


def _table_end(block: Block, lines: list[str]) -> int:
    """The end of the rows: a line without a pipe right under a table is text, though Markdown makes it a row."""
    return next((at for at in range(block.start + 2, block.end) if not _PIPE.search(lines[at])), block.end)


def tail(block: Block, lines: list[str]) -> Block | None:
    """The text that stands right under a table, as a paragraph of its own."""
    end = _table_end(block, lines)
    text = "\n".join(lines[end : block.end]).strip()
    return Block(Kind.PARAGRAPH, end, block.end, text) if text else None


def check_headless(block: Block, lines: list[str], log: Log) -> None:
    """Tell a paragraph that was meant to be a table."""
    rows = [line for line in lines[block.start : block.end] if line.lstrip().startswith("|")]
    if len(rows) >= 2 and not any(is_rule(row) for row in rows):
        log.add("P10", block.start + 1, "A table without the line | --- | --- | under its header is read as text.")
