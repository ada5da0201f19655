"""Sections 1 and 5: what is kept under labels."""

from __future__ import annotations

import re

from bot.domain.runbook import SECTION_TITLES, Command, Rollback, Section, Span, StateRow, Summary, Text
from bot.runbooks.parsing.blocks import Block, Kind, item_texts, source_span, source_text
from bot.runbooks.parsing.commands import block_command
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.labels import Piece, canonical, item_labels, split_labels, unlisted
from bot.runbooks.parsing.tables import Table, cell, check_headless, read_table, tail
from bot.runbooks.parsing.text import blank_comments, code_spans, mask_code, plain

_SUMMARY = {
    **dict.fromkeys(("depends on", "it depends on", "dependencies", "upstream", "upstreams"), "depends on"),
    **dict.fromkeys(
        ("used by", "depended on by", "what depends on it", "dependents", "consumers", "downstream", "downstreams"),
        "used by",
    ),
}
_ROLLBACK = {
    **dict.fromkeys(
        ("roll back when", "rollback when", "roll back if", "rollback if", "conditions", "triggers", "criteria"), "when"
    ),
    **dict.fromkeys(
        ("authorised", "authorized", "authorised by", "authorized by", "who may roll back", "who can roll back"),
        "authorised",
    ),
    **dict.fromkeys(("command", "commands", "procedure", "rollback command", "how to roll back"), "command"),
    **dict.fromkeys(("verify", "verification", "how to verify"), "verify"),
    **dict.fromkeys(("state", "what survives", "state on rollback"), "state"),
}
SECTION_LABELS = _SUMMARY | _ROLLBACK
"""The labels of sections 1 and 5 as people write them."""
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


class _Labels:
    """Reads the labels of a section, and remembers the first that is not written as the format has it."""

    def __init__(self, known: dict[str, str], section: Section, log: Log) -> None:
        self._known = known
        self._section = section
        self._log = log
        self._loose: list[int] = []

    def unlisted(self, blocks: list[Block]) -> list[Block]:
        self._loose += [block.start for block in blocks if item_labels(block, self._known)]
        return unlisted(blocks, self._known)

    def heading(self, block: Block) -> str:
        """The label that a heading is, "" for any other block."""
        label = canonical(plain(blank_comments(block.text)), self._known) if block.kind is Kind.HEADING else None
        if label:
            self._loose.append(block.start)
        return label or ""

    def pieces(self, block: Block, after: frozenset[str] = frozenset()) -> list[Piece]:
        found = split_labels(blank_comments(block.text), block.start, self._known, after=after)
        self._loose += [piece.start for piece in found if piece.loose]
        return found

    def finish(self) -> None:
        if self._loose:
            title = SECTION_TITLES[self._section]
            message = f'Labels of section "{title}" are read as meant; write each as **Label:** in a line of its own.'
            self._log.add("P15", min(self._loose) + 1, message)


def parse_summary(blocks: list[Block], lines: list[str], log: Log) -> Summary:
    """Section 1."""
    labels = _Labels(_SUMMARY, Section.SUMMARY, log)
    paragraphs: list[Text] = []
    values: dict[str, tuple[str, ...]] = {}
    spans: dict[str, Span] = {}
    current = ""
    # Whether the open label stands as a title above its value.
    alone = False
    for block in labels.unlisted(blocks):
        if block.kind is Kind.PARAGRAPH:
            current = current if alone else ""
            for piece in labels.pieces(block, _SUMMARY_LABELS):
                if piece.known and (piece.label or (alone and not values[current])):
                    current = piece.label or current
                    alone = piece.loose and not piece.value
                    values[current] = values.get(current, ()) + split_list(piece.value)
                    spans.setdefault(current, Span(start=piece.start + 1, end=piece.end))
                else:
                    current, alone = "", False
                    paragraphs.append(_text(piece.raw, piece.start, piece.end))
        elif label := labels.heading(block):
            current, alone = label, True
            values.setdefault(current, ())
            spans.setdefault(current, block.span)
        elif block.kind is Kind.LIST and current:
            names = tuple(item.text for item in item_texts(block, lines))
            values[current] = values[current] + names
            spans[current] = Span(start=spans[current].start, end=source_span(block, lines).end)
        elif text := _visible(block, lines):
            paragraphs.append(Text(text=text, span=source_span(block, lines)))
    labels.finish()
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
    labels = _Labels(_ROLLBACK, Section.ROLLBACK, log)
    values: dict[str, list[Text]] = {}
    commands: list[Command] = []
    state: tuple[StateRow, ...] = ()
    current = ""
    for block in _with_tails(labels.unlisted(blocks), lines):
        if block.kind is Kind.PARAGRAPH:
            check_headless(block, lines, log)
            for piece in labels.pieces(block):
                current = piece.label if piece.known and piece.label else current if not piece.label else ""
                if current and piece.value:
                    start = piece.end - 1 - piece.value.count("\n")
                    values.setdefault(current, []).append(_text(piece.value, start, piece.end))
                values.setdefault(current, [])
        elif block.kind is Kind.HEADING:
            current = labels.heading(block)
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
    labels.finish()
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
