"""Sections 1, 2, 4, 5 and 6: from blocks to values."""

from __future__ import annotations

import re

from bot.domain.runbook import (
    Change,
    Command,
    Contact,
    Health,
    Metric,
    Rollback,
    Span,
    StateRow,
    Summary,
    Text,
)
from bot.runbooks.blocks import Block, Kind, item_lines, source_text
from bot.runbooks.commands import block_command
from bot.runbooks.diagnose import Log
from bot.runbooks.labels import split_labels
from bot.runbooks.tables import Row, Table, cell, check_headless, read_table, tail
from bot.runbooks.text import blank_comments, code_spans, plain

_SUMMARY = {
    "depends on": "depends on",
    "it depends on": "depends on",
    "used by": "used by",
    "depended on by": "used by",
    "what depends on it": "used by",
}
_ROLLBACK = {
    "roll back when": "when",
    "rollback when": "when",
    "conditions": "when",
    "authorised": "authorised",
    "authorized": "authorised",
    "authorised by": "authorised",
    "authorized by": "authorised",
    "command": "command",
    "commands": "command",
    "procedure": "command",
    "verify": "verify",
    "state": "state",
}
_SUMMARY_LABELS = frozenset(_SUMMARY.values())
_METRIC_COLUMNS = ("metric", "green", "yellow", "red", "query")
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+(?:\([^\s<>()]*\)[^\s<>()\[\]\"'`|]*)*", re.I)
_PHONE = re.compile(r"\+\d[\d\s().-]{5,}\d")
_LINE = re.compile(
    r"(?P<when>\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?)\s*[:,–-]?\s*(?P<rest>.*)", re.S
)
_ARROW = re.compile(r"\s*(\S+)\s*(?:->|→)\s*(\S+)")


def _text(value: str, start: int, end: int) -> Text:
    return Text(text=value, span=Span(start=start + 1, end=max(end, start + 1)))


def _visible(block: Block, lines: list[str]) -> str:
    """What a reader sees of a block: "" for a comment."""
    return blank_comments(source_text(block, lines)).strip("\n").rstrip()


def _item_texts(block: Block, lines: list[str]) -> list[Text]:
    items = []
    for item in block.children:
        text = blank_comments("\n".join(item_lines(item, lines))).strip()
        if text:
            items.append(_text(text, item.start, item.start + 1 + text.count("\n")))
    return items


def split_list(text: str) -> tuple[str, ...]:
    """Comma- or semicolon-separated names; commas inside brackets or code do not separate."""
    parts = re.split(r"[,;\n](?![^(]*\))", text.strip().rstrip("."))
    return tuple(part.strip() for part in parts if part.strip())


def parse_summary(blocks: list[Block], lines: list[str]) -> Summary:
    """Section 1."""
    paragraphs: list[Text] = []
    values: dict[str, tuple[str, ...]] = {}
    spans: dict[str, Span] = {}
    current = ""
    for block in blocks:
        if block.kind is Kind.PARAGRAPH:
            current = ""
            for piece in split_labels(blank_comments(block.text), block.start, _SUMMARY, after=_SUMMARY_LABELS):
                if piece.label and piece.known:
                    current = piece.label
                    values[current] = values.get(current, ()) + split_list(piece.value)
                    spans.setdefault(current, Span(start=piece.start + 1, end=piece.end))
                else:
                    paragraphs.append(_text(piece.raw, piece.start, piece.end))
        elif block.kind is Kind.LIST and current:
            names = tuple(item.text for item in _item_texts(block, lines))
            values[current] = values[current] + names
            spans[current] = Span(start=spans[current].start, end=max(block.end, spans[current].end))
        elif text := _visible(block, lines):
            paragraphs.append(_text(text, block.start, block.end))
    return Summary(
        paragraphs=tuple(paragraphs),
        depends_on=values.get("depends on", ()),
        used_by=values.get("used by", ()),
        depends_span=spans.get("depends on"),
        used_span=spans.get("used by"),
    )


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
                    return _text(url[0].rstrip(".,;:!?*_"), at, at + 1)
    return Text(text="") if said is None else _text("", said, said + 1)


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
    """Section 4: the rows of its tables, or of an ordered list, in order."""
    contacts: list[Contact] = []
    for block in blocks:
        if block.kind is Kind.TABLE:
            contacts.extend(_contact_rows(read_table(block, lines, log)))
        elif block.kind is Kind.LIST and block.ordered:
            items = enumerate(_item_texts(block, lines), start=len(contacts) + 1)
            contacts.extend(_contact_line(item, at) for at, item in items)
        elif block.kind is Kind.PARAGRAPH:
            check_headless(block, lines, log)
    return tuple(contacts)


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


def parse_rollback(blocks: list[Block], lines: list[str], log: Log) -> Rollback:
    """Section 5. Without a *Command* label its code blocks are the command; without *Roll back when* its first list
    holds the conditions."""
    values: dict[str, list[Text]] = {}
    commands: list[Command] = []
    state: tuple[StateRow, ...] = ()
    current = ""
    for block in _with_tails(blocks, lines):
        if block.kind is Kind.PARAGRAPH:
            check_headless(block, lines, log)
            for piece in split_labels(blank_comments(block.text), block.start, _ROLLBACK):
                current = piece.label if piece.known and piece.label else current if not piece.label else ""
                if current and piece.value:
                    start = piece.end - 1 - piece.value.count("\n")
                    values.setdefault(current, []).append(_text(piece.value, start, piece.end))
                values.setdefault(current, [])
        elif block.kind is Kind.TABLE:
            state = state or _state(read_table(block, lines, log))
        elif block.kind is Kind.FENCE and current in ("", "command"):
            commands.append(block_command(block))
        elif block.kind is Kind.LIST:
            label = current or ("when" if "when" not in values else "")
            values.setdefault(label, []).extend(_item_texts(block, lines))
        elif current and (text := _visible(block, lines)):
            values[current].append(_text(text, block.start, block.end))
    commands += [command for text in values.get("command", ()) for command in _spoken_commands(text)]
    return Rollback(
        conditions=tuple(values.get("when", ())),
        authorised=_join(values.get("authorised", [])),
        commands=tuple(sorted(commands, key=lambda command: command.span.start)),
        verify=_join(values.get("verify", [])),
        state=state,
    )


def _with_tails(blocks: list[Block], lines: list[str]) -> list[Block]:
    """The blocks, with text that stands right under a table as a paragraph of its own."""
    out = []
    for block in blocks:
        out.append(block)
        if block.kind is Kind.TABLE and (rest := tail(block, lines)):
            out.append(rest)
    return out


def _join(texts: list[Text]) -> Text:
    if not texts:
        return Text(text="")
    span = Span(start=texts[0].span.start, end=texts[-1].span.end)
    return Text(text="\n".join(text.text for text in texts), span=span)


def _spoken_commands(text: Text) -> list[Command]:
    """The inline code of a *Command* value, each one a command; a value without code is the command itself."""
    spans = code_spans(text.text)
    if not spans:
        return [Command(text=text.text, span=text.span)] if text else []
    return [Command(text=code, span=text.span) for _, _, code in spans]


def _state(table: Table) -> tuple[StateRow, ...]:
    what = table.column("state", "what", position=0)
    outcome = table.column("on rollback", "on roll", "outcome", "after", "survives", position=1)
    return tuple(
        StateRow(state=cell(row, what), on_rollback=cell(row, outcome), span=row.span)
        for row in table.rows
        if any(row.cells)
    )


def parse_changes(blocks: list[Block], lines: list[str], log: Log) -> tuple[Change, ...]:
    """Section 6: table rows, or list items such as `2026-03-19T16:05Z prompt v60 -> v61`."""
    changes: list[Change] = []
    for block in blocks:
        if block.kind is Kind.TABLE:
            table = read_table(block, lines, log)
            changes.extend(_change_row(table, row) for row in table.rows if any(row.cells))
        elif block.kind is Kind.LIST:
            changes.extend(_change_line(item) for item in _item_texts(block, lines))
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
