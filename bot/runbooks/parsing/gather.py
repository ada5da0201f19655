"""Sorts what stands in an entry under its labels, in the ways of the format and in those that can mean nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.domain.runbook import Span, Text
from bot.runbooks.parsing.blocks import Block, Kind, source_span, source_text
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.labels import Piece, canonical, item_labels, split_labels
from bot.runbooks.parsing.steps import opens_with_kind
from bot.runbooks.parsing.tables import Row, cell, read_table, split_cells
from bot.runbooks.parsing.text import blank_comments, plain

_NAMES = {
    "severity": ("severity", "sev", "severity level"),
    "owner": ("owner", "owners", "owned by", "runbook owner", "entry owner", "playbook owner"),
    "last drilled": ("last drilled", "drilled", "last drill", "drilled on"),
    "status": ("status",),
    "impact": ("impact", "customer impact", "user impact", "business impact"),
    "symptoms": ("symptoms", "symptom"),
    "signals": ("signals", "signal"),
    "likely cause": ("likely cause", "likely causes", "cause", "causes", "probable cause", "root cause"),
    "steps": ("steps", "step by step", "steps to take", "playbook steps"),
    "verify": ("verify", "verification", "how to verify", "how you know it worked"),
    "roll back when": (
        *("roll back when", "rollback when", "roll back if", "rollback if", "rollback condition"),
        *("rollback conditions", "rollback criteria", "rollback trigger", "rollback triggers"),
    ),
    "escalate to": ("escalate to", "escalation", "escalate", "escalation path"),
    "related changes": ("related changes", "related change"),
    "confused with": ("confused with", "easily confused with", "often confused with"),
    "notes": ("notes", "note"),
}
LABELS: dict[str, str] = {name: label for label, names in _NAMES.items() for name in names}
"""Every label of an entry as people write it (small letters, hyphens as spaces), and the label that it means."""

_SCALARS = frozenset({"severity", "owner", "last drilled", "status"})
_LISTS = frozenset({"symptoms", "signals", "confused with"})
_STEP_WORDS = frozenset({"verify", "escalate to"})
"""Labels that a step may begin with, too."""
_ROLL_BACK = re.compile(r"roll[ -]?back$")
_CONDITION = re.compile(r"(?:if|when|whenever|once|as soon as|never|only (?:if|when))\b", re.I)


@dataclass(slots=True)
class Gathered:
    """What stands under one label: its value and the blocks that follow it. Lines are 0-based, the end excluded."""

    label: str
    start: int
    end: int
    texts: list[Text] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    inline: bool = False
    """Whether a value stands on the label's own line: a paragraph after it is then not part of it."""
    alone: bool = False
    """Whether the label is a heading, or stands as a title above its value."""

    @property
    def empty(self) -> bool:
        return not self.inline and not self.texts and not self.blocks

    @property
    def wants_text(self) -> bool:
        """Whether a paragraph without a label belongs to this one. An empty `**Owner:**` was left empty."""
        if self.label in _SCALARS:
            return self.alone and self.empty
        return not self.inline

    def joined(self) -> Text:
        """Everything as one text, with its line breaks."""
        filled = [text for text in self.texts if text]
        if not filled:
            return Text(text="", span=Span(start=self.start + 1, end=self.end))
        joined, last = filled[0].text, filled[0].span.end
        for text in filled[1:]:
            joined += ("\n" if text.span.start == last + 1 else "\n\n") + text.text
            last = text.span.end
        return Text(text=joined, span=Span(start=filled[0].span.start, end=last))


class Sorter:
    """Sorts the blocks of an entry under its labels; what has none becomes a note."""

    def __init__(self, lines: list[str], failure_id: str, log: Log) -> None:
        self._lines = lines
        self._id = failure_id
        self._log = log
        self._current: Gathered | None = None
        self._loose: dict[str, int] = {}
        self.gathered: dict[str, Gathered] = {}
        self.notes: list[Text] = []
        self.unknown: dict[str, Span] = {}

    def take(self, block: Block) -> None:
        current = self._current
        if block.kind is Kind.PARAGRAPH:
            for piece in split_labels(blank_comments(block.text), block.start, LABELS, after=_SCALARS):
                self._piece(piece)
        elif block.kind is Kind.HEADING:
            self._heading(block)
        elif self._holds_labels(block):
            self._tell("in a list", block.start)
            for child in (child for item in block.children for child in item.children):
                self.take(child)
        elif pieces := labelled_rows(block, self._lines):
            self._tell("in a table", block.start)
            for piece in pieces:
                self._piece(piece)
        elif self._are_steps(block):
            self._tell("left out before the steps", block.start)
            self._current = self._open("steps", block.start, block.start + 1)
            take_block(self._current, block, self._lines)
        elif current is None or current.label in _SCALARS or current.label == "notes":
            self._note(block)
        else:
            take_block(current, block, self._lines)

    def finish(self) -> None:
        """Tell, once for the entry, in which other ways its labels are written."""
        if self._loose:
            forms = " and ".join(self._loose)
            message = f"{self._id}: labels {forms} are read as meant; write each as **Owner:** in a line of its own."
            self._log.add("P15", min(self._loose.values()) + 1, message)

    def _tell(self, form: str, line: int) -> None:
        self._loose.setdefault(form, line)

    def _heading(self, block: Block) -> None:
        text = blank_comments(block.text)
        if label := canonical(plain(text), LABELS):
            self._tell("as headings", block.start)
            self._current = self._open(label, block.start, block.end)
            self._current.alone = True
            return
        pieces = split_labels(text, block.start, LABELS)
        if pieces[0].label and pieces[0].known:
            self._tell("as headings", block.start)
            for piece in pieces:
                self._piece(piece)
            return
        self._current = None
        self._note(block)

    def _holds_labels(self, block: Block) -> bool:
        """Whether the items of a list are labels of this entry, and not what the open label asks for."""
        found = item_labels(block, LABELS)
        if not found or (self._current is not None and self._current.label == "notes"):
            return False
        ours = all(label in _NAMES for label in found)
        current = self._current
        if current is not None and current.label == "steps":
            # Until a list has come, this is it: steps may begin with Verify or Escalate too.
            return ours and not block.ordered and any(one.kind is Kind.LIST for one in current.blocks)
        if current is not None and current.label not in _SCALARS and current.empty:
            return False
        return not block.ordered or (ours and not set(found) <= _STEP_WORDS)

    def _are_steps(self, block: Block) -> bool:
        """Whether a numbered list can be nothing but the steps, whose label was left out."""
        if block.kind is not Kind.LIST or not block.ordered or "steps" in self.gathered:
            return False
        current = self._current
        if current is not None and (current.label == "notes" or (current.label not in _SCALARS and current.empty)):
            return False
        return all(opens_with_kind(item, self._lines) for item in block.children)

    def _piece(self, piece: Piece) -> None:
        current = self._current
        if piece.label and not piece.known and _ROLL_BACK.match(piece.label) and _CONDITION.match(piece.value):
            piece = replace(piece, label="roll back when", known=True, loose=True)
        if piece.label and piece.known:
            if piece.loose:
                self._tell("in another form", piece.start)
            current = self._current = self._open(piece.label, piece.start, piece.end)
            current.inline = bool(piece.value)
            current.alone = piece.loose and not piece.value
            self._value(current, piece)
        elif not piece.label and current is not None and current.wants_text:
            self._value(current, piece)
        elif piece.raw:
            self.notes.append(Text(text=piece.raw, span=Span(start=piece.start + 1, end=piece.end)))
            if piece.label:
                self.unknown.setdefault(piece.label, Span(start=piece.start + 1, end=piece.end))
                self._current = None

    def _open(self, label: str, line: int, end: int) -> Gathered:
        if label in self.gathered:
            message = f'{self._id}: the label "{label}" appears twice; both values are kept.'
            self._log.add("P11", line + 1, message)
        return self.gathered.setdefault(label, Gathered(label, line, end))

    def _value(self, current: Gathered, piece: Piece) -> None:
        current.end = max(current.end, piece.end)
        if not piece.value:
            return
        text = Text(text=piece.value, span=Span(start=piece.end - piece.value.count("\n"), end=piece.end))
        if current.label == "notes" or current.blocks:
            self.notes.append(text)
        else:
            current.texts.append(text)

    def _note(self, block: Block) -> None:
        if note := note_of(block, self._lines):
            self.notes.append(note)


def note_of(block: Block, lines: list[str]) -> Text | None:
    """A block as a note; None for a comment."""
    source = source_text(block, lines)
    text = (blank_comments(source) if block.kind is Kind.HTML else source).strip("\n")
    return Text(text=text, span=source_span(block, lines)) if text.strip() else None


def take_block(current: Gathered, block: Block, lines: list[str]) -> None:
    if block.kind is Kind.HTML and not blank_comments(block.text).strip():
        return
    span = source_span(block, lines)
    current.end = max(current.end, span.end)
    if current.label == "steps" or (current.label in _LISTS and block.kind in (Kind.LIST, Kind.TABLE)):
        current.blocks.append(block)
    else:
        current.texts.append(Text(text=source_text(block, lines), span=span))


def labelled_rows(block: Block, lines: list[str]) -> list[Piece]:
    """A table of labels and values, its labels in the first column or in the header of a single row; [] for any other
    table."""
    if block.kind is not Kind.TABLE:
        return []
    table = read_table(block, lines, Log(""))
    head = Row(split_cells(lines[block.start]), block.start)
    names = [canonical(plain(name), LABELS) for name in head.cells]
    if len(table.rows) == 1 and len(names) > 1 and all(names):
        row = table.rows[0]
        return [_row_piece(name, cell(row, at), row.line) for at, name in enumerate(names) if name]
    rows = [head, *table.rows] if names and names[0] else list(table.rows)
    found = [(canonical(plain(cell(row, 0)), LABELS), row) for row in rows]
    if len(names) != 2 or not found or not all(name for name, _ in found):
        return []
    return [_row_piece(name, cell(row, 1), row.line) for name, row in found if name]


def _row_piece(label: str, value: str, line: int) -> Piece:
    return Piece(label, value, value, line, line + 1)
