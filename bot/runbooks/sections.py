"""Sections 1 and 5: what is kept under labels."""

from __future__ import annotations

import re

from bot.domain.runbook import Command, Rollback, Span, StateRow, Summary, Text
from bot.runbooks.blocks import Block, Kind, item_texts, source_span, source_text
from bot.runbooks.commands import block_command
from bot.runbooks.diagnose import Log
from bot.runbooks.labels import split_labels
from bot.runbooks.tables import Table, cell, check_headless, read_table, tail
from bot.runbooks.text import blank_comments, code_spans, mask_code

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
_SEPARATOR = re.compile(r"[,;\n()]")
_SUMMARY_LABELS = frozenset(_SUMMARY.values())


def _text(value: str, start: int, end: int) -> Text:
    return Text(text=value, span=Span(start=start + 1, end=max(end, start + 1)))


def _visible(block: Block, lines: list[str]) -> str:
    """What a reader sees of a block: "" for a comment."""
    return blank_comments(source_text(block, lines)).strip("\n").rstrip()


def split_list(text: str) -> tuple[str, ...]:
    """Comma- or semicolon-separated names; commas inside brackets or code do not separate."""
    text = text.strip().rstrip(".")
    parts, at, depth = [], 0, 0
    for found in _SEPARATOR.finditer(mask_code(text)):
        depth = max(0, depth + {"(": 1, ")": -1}.get(found[0], 0))
        if depth == 0 and found[0] not in "()":
            parts.append(text[at : found.start()])
            at = found.end()
    parts.append(text[at:])
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
            names = tuple(item.text for item in item_texts(block, lines))
            values[current] = values[current] + names
            spans[current] = Span(start=spans[current].start, end=source_span(block, lines).end)
        elif text := _visible(block, lines):
            paragraphs.append(Text(text=text, span=source_span(block, lines)))
    return Summary(
        paragraphs=tuple(paragraphs),
        depends_on=values.get("depends on", ()),
        used_by=values.get("used by", ()),
        depends_span=spans.get("depends on"),
        used_span=spans.get("used by"),
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
            values.setdefault(label, []).extend(item_texts(block, lines))
        elif current and (text := _visible(block, lines)):
            values[current].append(Text(text=text, span=source_span(block, lines)))
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
