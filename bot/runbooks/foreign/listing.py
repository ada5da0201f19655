"""Alerts that a page lists in a table or with bullets, as headings with the text of each below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.runbooks.foreign.headings import Role, heading_text, plain_role
from bot.runbooks.foreign.names import alert_name, written_like_an_alert
from bot.runbooks.foreign.titles import PSEUDO
from bot.runbooks.parsing.blocks import Block, Kind
from bot.runbooks.parsing.tables import split_cells

_NAME_COLUMN = re.compile(r"(?:alert|alarm)?\s*(?:name)?$", re.I)
_BULLET = re.compile(
    r"[ \t]*(?:\*\*|__|`|\[)+(?P<name>\w+)(?:\*\*|__|`|\](?:\([^)\s]*\))?)+[ \t]*(?:[:：–—-](?:\*\*)?|$)[ \t]*"
)
_FEWEST = 4
"""Words that say something of an alert; a list of bare names is a list of links."""


def unlisted(blocks: list[Block], lines: list[str], *, several: bool) -> list[Block]:
    """The blocks, with lists and tables of alerts taken apart. `several`: the page may be about more than one.

    What becomes a heading is blanked in `lines`; the cells of a table are put behind its last line.
    """
    out: list[Block] = []
    role: Role | None = None
    for block in blocks:
        role = plain_role(block.text) if block.kind is Kind.HEADING else role
        firsts = [item.children[0] if item.children else item for item in block.children]
        if block.kind is Kind.LIST and all(one.kind is Kind.HEADING and alert_name(one.text) for one in firsts):
            out += [child for item in block.children for child in item.children]
        elif several and role is None and block.kind is Kind.LIST and _bullets(firsts):
            out += [one for item in block.children for one in _bullet(item, lines)]
        elif several and role is None and block.kind is Kind.TABLE:
            out += list(_rows(block, lines)) or [block]
        else:
            out.append(block)
    return out


def _bullets(firsts: list[Block]) -> bool:
    names = [_BULLET.match(one.text) if one.kind is Kind.PARAGRAPH else None for one in firsts]
    return len(firsts) > 1 and all(
        name and written_like_an_alert(name["name"]) and len(one.text.split()) > _FEWEST
        for name, one in zip(names, firsts, strict=True)
    )


def _bullet(item: Block, lines: list[str]) -> Iterator[Block]:
    first = item.children[0]
    name = _BULLET.match(first.text)
    if name:
        written = name[0].strip()
        lines[first.start] = lines[first.start].replace(written, " " * len(written), 1)
        yield Block(Kind.HEADING, first.start, first.start, name["name"], level=PSEUDO)
        first.text = first.text[name.end() :]
        if first.text.startswith("\n"):
            first.start, first.text = first.start + 1, first.text[1:]
    yield from item.children


def _rows(table: Block, lines: list[str]) -> Iterator[Block]:
    """A row each: its alert as a heading, and each cell under the title of its column."""
    header = [heading_text(cell) for cell in split_cells(lines[table.start])]
    rows = {at: split_cells(lines[at]) for at in range(table.start + 2, table.end)}
    # A column of links to runbooks makes an index, which says nothing of the alerts.
    said = any(plain_role(title) not in (None, Role.NOTE, Role.WORK) for title in header)
    names = [heading_text(cells[0]) if cells else "" for cells in rows.values()]
    if not said or len(rows) < 2 or not _NAME_COLUMN.match(header[0]) or not all(map(written_like_an_alert, names)):
        return
    for at, cells in rows.items():
        yield Block(Kind.HEADING, at, at, cells[0], level=PSEUDO - 1)
        for title, cell in zip(header[1:], cells[1:], strict=False):
            if cell:
                yield Block(Kind.HEADING, at, at, title, level=PSEUDO)
                lines.append(cell)
                yield Block(Kind.PARAGRAPH, len(lines) - 1, len(lines), cell)
    lines[table.start : table.end] = [""] * (table.end - table.start)
