"""Sections 2, 4 and 6: what is kept in rows."""

from __future__ import annotations

import re

from bot.domain.runbook import Change, Contact, Health, Metric, Span, Text
from bot.runbooks.parsing.blocks import Block, Kind, item_texts
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.tables import Row, Table, cell, check_headless, read_table
from bot.runbooks.parsing.text import blank_comments, code_spans, plain

_METRIC_COLUMNS = ("metric", "green", "yellow", "red", "query")
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+(?:\([^\s<>()]*\)[^\s<>()\[\]\"'`|]*)*", re.I)
_PHONE = re.compile(r"\+\d[\d\s().-]{5,}\d")
_LINE = re.compile(
    r"(?P<when>\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?)\s*[:,–-]?\s*(?P<rest>.*)", re.S
)
_ARROW = re.compile(r"\s*(\S+)\s*(?:->|→)\s*(\S+)")


def parse_health(blocks: list[Block], lines: list[str], log: Log) -> Health:
    """Section 2: the first URL on a line that says dashboard, and the first table."""
    return Health(dashboard=_dashboard(blocks, lines), metrics=_metrics(_first_table(blocks, lines, log)))


def _dashboard(blocks: list[Block], lines: list[str]) -> Text:
    said: int | None = None
    for block in blocks:
        if block.kind in (Kind.TABLE, Kind.FENCE):
            continue
        for at in range(block.start, min(block.end, len(lines))):
            if "dashboard" in lines[at].casefold() or (said is not None and at <= said + 2):
                said = at if said is None else said
                url = _URL.search(blank_comments(lines[at]))
                if url:
                    return Text(text=url[0].rstrip(".,;:!?*_"), span=Span(start=at + 1, end=at + 1))
    return Text(text="") if said is None else Text(text="", span=Span(start=said + 1, end=said + 1))


def _metrics(table: Table | None) -> tuple[Metric, ...]:
    if table is None:
        return ()
    columns = {name: table.column(name, position=at) for at, name in enumerate(_METRIC_COLUMNS)}
    columns["yellow"] = table.column("yellow", "amber", position=columns["yellow"])
    return tuple(
        Metric(
            name=cell(row, columns["metric"]),
            green=cell(row, columns["green"]),
            yellow=cell(row, columns["yellow"]),
            red=cell(row, columns["red"]),
            query=_code_or_text(cell(row, columns["query"])),
            span=row.span,
        )
        for row in table.rows
        if any(row.cells)
    )


def _code_or_text(text: str) -> str:
    """The code of a cell that is one code span, else its text."""
    spans = code_spans(text)
    return spans[0][2] if len(spans) == 1 and (spans[0][0], spans[0][1]) == (0, len(text)) else text


def _first_table(blocks: list[Block], lines: list[str], log: Log) -> Table | None:
    table = None
    for block in blocks:
        if block.kind is Kind.TABLE and table is None:
            table = read_table(block, lines, log)
        elif block.kind is Kind.PARAGRAPH:
            check_headless(block, lines, log)
    return table


def parse_contacts(blocks: list[Block], lines: list[str], log: Log) -> tuple[Contact, ...]:
    """Section 4: the rows of its tables, or of an ordered list, in order; when it has none, the bullets with a phone
    number."""
    contacts: list[Contact] = []
    bullets: list[Text] = []
    for block in blocks:
        if block.kind is Kind.TABLE:
            contacts.extend(_contact_rows(read_table(block, lines, log)))
        elif block.kind is Kind.LIST and block.ordered:
            items = enumerate(item_texts(block, lines), start=len(contacts) + 1)
            contacts.extend(_contact_line(item, at) for at, item in items)
        elif block.kind is Kind.LIST:
            bullets += [item for item in item_texts(block, lines) if _PHONE.search(item.text)]
        elif block.kind is Kind.PARAGRAPH:
            check_headless(block, lines, log)
    return tuple(contacts or (_contact_line(item, at) for at, item in enumerate(bullets, start=1)))


def _contact_rows(table: Table) -> list[Contact]:
    who = table.column("who", "name", "contact", "role", position=1)
    phone = table.column("phone", "number", "tel", position=2)
    what = table.column("for", "when", "what", "issue", position=3)
    order = table.column("order", "#", "no", position=0)
    return [
        Contact(
            order=cell(row, order) if order not in (who, phone, what) else "",
            who=cell(row, who),
            phone=cell(row, phone),
            for_what=cell(row, what),
            span=row.span,
        )
        for row in table.rows
        if any(row.cells)
    ]


def _contact_line(item: Text, number: int) -> Contact:
    phone = _PHONE.search(item.text)
    if phone is None:
        return Contact(order=str(number), who=item.text, phone="", span=item.span)
    after = item.text[phone.end() :].strip(" \t\n,;:–—-")
    return Contact(
        order=str(number),
        who=item.text[: phone.start()].strip(" \t\n,;:–—-("),
        phone=phone[0].strip(),
        for_what=after[1:-1] if after.startswith("(") and after.endswith(")") else after.lstrip(") ,"),
        span=item.span,
    )


def parse_changes(blocks: list[Block], lines: list[str], log: Log) -> tuple[Change, ...]:
    """Section 6: table rows, or list items such as `2026-03-19T16:05Z prompt v60 -> v61`."""
    changes: list[Change] = []
    for block in blocks:
        if block.kind is Kind.TABLE:
            table = read_table(block, lines, log)
            changes.extend(_change_row(table, row) for row in table.rows if any(row.cells))
        elif block.kind is Kind.LIST:
            changes.extend(_change_line(item) for item in item_texts(block, lines))
        elif block.kind is Kind.PARAGRAPH:
            check_headless(block, lines, log)
    return tuple(changes)


def _change_row(table: Table, row: Row) -> Change:
    return Change(
        when=cell(row, table.column("when", "date", position=0)),
        kind=plain(cell(row, table.column("kind", "type", position=1))),
        what=cell(row, table.column("what", "change", position=2)),
        before=cell(row, table.column("from", "before", position=3)),
        after=cell(row, table.column("to", "after", position=4)),
        by=cell(row, table.column("by", "who", position=5)),
        span=row.span,
    )


def _change_line(item: Text) -> Change:
    dated = _LINE.match(item.text)
    when, rest = (dated["when"], dated["rest"]) if dated else ("", item.text)
    words = rest.split(maxsplit=1)
    kind, what = (words[0].strip("*:,"), words[1] if len(words) > 1 else "") if dated and words else ("", rest)
    arrow = _ARROW.search(what)
    if arrow:
        what = what[: arrow.start()] + what[arrow.end() :]
    return Change(
        when=when,
        kind=kind.casefold(),
        what=what.strip(" ,;:"),
        before=arrow[1] if arrow else "",
        after=arrow[2] if arrow else "",
        span=item.span,
    )
