"""One entry of section 3: a heading and what stands under it, into a FailureMode."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.domain.base import Severity
from bot.domain.runbook import FailureMode, Signal, SignalKind, Span, Step, Text
from bot.runbooks.blocks import Block, Kind, item_number, item_texts, source_span, source_text
from bot.runbooks.diagnose import Log
from bot.runbooks.frontmatter import parse_date
from bot.runbooks.labels import Piece, canonical, split_labels
from bot.runbooks.steps import aim, parse_step
from bot.runbooks.text import blank_comments, code_spans, plain, slug

LABELS: dict[str, str] = {
    "severity": "severity",
    "owner": "owner",
    "last drilled": "last drilled",
    "drilled": "last drilled",
    "status": "status",
    "impact": "impact",
    "symptoms": "symptoms",
    "symptom": "symptoms",
    "signals": "signals",
    "signal": "signals",
    "likely cause": "likely cause",
    "cause": "likely cause",
    "likely causes": "likely cause",
    "steps": "steps",
    "verify": "verify",
    "verification": "verify",
    "how you know it worked": "verify",
    "roll back when": "roll back when",
    "rollback when": "roll back when",
    "escalate to": "escalate to",
    "escalation": "escalate to",
    "related changes": "related changes",
    "related change": "related changes",
    "confused with": "confused with",
    "notes": "notes",
    "note": "notes",
}
"""Every label of an entry as people write it, and the label that it means."""

_SCALARS = frozenset({"severity", "owner", "last drilled", "status"})
_LISTS = frozenset({"symptoms", "signals", "confused with"})
_ID = re.compile(r"([A-Z]{2,6}-[0-9]+)(?:[\s:.–—-]+(.*))?$", re.S)
_MARKED_ID = re.compile(r"^[*_`]{1,3}([A-Z]{2,6}-[0-9]+:?)[*_`]{1,3}")
_NUMBERING = re.compile(r"\d+(?:\.\d+)*[.)]?\s+")
_SEVERITY = re.compile(r"sev[\s-]?([1-4])\b", re.I)
_SIGNAL = re.compile(
    r"[*_]{0,2}(alerts?|alert names?|metrics?|logs?|log patterns?|words?|keywords?)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)$",
    re.I | re.S,
)
_SIGNAL_KINDS = {"a": SignalKind.ALERT, "m": SignalKind.METRIC, "l": SignalKind.LOG}


@dataclass(slots=True)
class _Gathered:
    """What stands under one label: its value and the blocks that follow it. Lines are 0-based, the end excluded."""

    label: str
    start: int
    end: int
    texts: list[Text] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    inline: bool = False
    """Whether a value stands on the label's own line: a paragraph after it is then not part of it."""

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


def parse_entry(heading: Block, blocks: list[Block], lines: list[str], number: int, log: Log) -> FailureMode:
    """The entry under a level-3 heading. `number` counts the entries of the section from 1."""
    failure_id, title = _name(heading, number, log)
    sorter = _Sorter(lines, failure_id, log)
    for block in blocks:
        sorter.take(block)
    gathered, notes = sorter.gathered, sorter.notes
    end = blocks[-1].end if blocks else heading.end
    while end > heading.end and not lines[end - 1].strip():
        end -= 1

    def text(label: str) -> Text:
        return gathered[label].joined() if label in gathered else Text(text="")

    severity_text = plain(text("severity").text)
    severity = _SEVERITY.match(severity_text)
    drilled = plain(text("last drilled").text)
    last_drilled = parse_date(drilled)
    if drilled and last_drilled is None and drilled.casefold() != "never":
        line = gathered["last drilled"].start + 1
        log.add("P05", line, f'{failure_id}: last drilled "{drilled}" is no date. Write it as YYYY-MM-DD.')
    return FailureMode(
        id=failure_id,
        title=title,
        severity=Severity(f"SEV{severity[1]}") if severity else None,
        severity_text=severity_text,
        owner=text("owner").text,
        last_drilled=last_drilled,
        status=plain(text("status").text),
        impact=text("impact"),
        symptoms=_items(gathered.get("symptoms"), lines),
        signals=tuple(signal for item in _items(gathered.get("signals"), lines) for signal in parse_signal(item)),
        cause=text("likely cause"),
        steps=_steps(gathered.get("steps"), lines, failure_id, notes, log),
        verify=text("verify"),
        roll_back_when=text("roll back when"),
        escalate_to=text("escalate to"),
        related_changes=text("related changes"),
        confused_with=_items(gathered.get("confused with"), lines),
        notes=tuple(sorted(notes, key=lambda note: note.span.start)),
        labels={label: Span(start=one.start + 1, end=one.end) for label, one in gathered.items()} | sorter.unknown,
        span=Span(start=heading.start + 1, end=end),
        heading=heading.span,
    )


def _name(heading: Block, number: int, log: Log) -> tuple[str, str]:
    """Id and title of an entry's heading."""
    written = " ".join(blank_comments(heading.text).split())
    text = _NUMBERING.sub("", written, count=1) if _NUMBERING.match(written) else written
    found = _ID.match(_MARKED_ID.sub(r"\1", text, count=1))
    if found:
        return found[1], (found[2] or "").strip() or found[1]
    if text and len(text.split()) == 1:
        word = plain(text) or text
        return word, word
    made = slug(plain(text)) or f"entry-{number}"
    log.add("P13", heading.start + 1, f'The heading has no id such as AB-01; "{made}" is used.', heading.level + 2)
    return made, text or made


class _Sorter:
    """Sorts the blocks of an entry under its labels; what has none becomes a note."""

    def __init__(self, lines: list[str], failure_id: str, log: Log) -> None:
        self._lines = lines
        self._id = failure_id
        self._log = log
        self._current: _Gathered | None = None
        self.gathered: dict[str, _Gathered] = {}
        self.notes: list[Text] = []
        self.unknown: dict[str, Span] = {}

    def take(self, block: Block) -> None:
        current = self._current
        if block.kind is Kind.PARAGRAPH:
            for piece in split_labels(blank_comments(block.text), block.start, LABELS, after=_SCALARS):
                self._piece(piece)
        elif block.kind is Kind.HEADING:
            label = canonical(plain(block.text).rstrip(":"), LABELS)
            self._current = self._open(label, block.start, block.end) if label else None
            if label is None:
                self._note(block)
        elif current is None or current.label in _SCALARS or current.label == "notes":
            self._note(block)
        else:
            _take_block(current, block, self._lines)

    def _piece(self, piece: Piece) -> None:
        current = self._current
        if piece.label and piece.known:
            current = self._current = self._open(piece.label, piece.start, piece.end)
            current.inline = bool(piece.value)
            self._value(current, piece)
        elif not piece.label and current is not None and current.label not in _SCALARS and not current.inline:
            self._value(current, piece)
        elif piece.raw:
            self.notes.append(Text(text=piece.raw, span=Span(start=piece.start + 1, end=piece.end)))
            if piece.label:
                self.unknown.setdefault(piece.label, Span(start=piece.start + 1, end=piece.end))
                self._current = None

    def _open(self, label: str, line: int, end: int) -> _Gathered:
        if label in self.gathered:
            message = f'{self._id}: the label "{label}" appears twice; both values are kept.'
            self._log.add("P11", line + 1, message)
        return self.gathered.setdefault(label, _Gathered(label, line, end))

    def _value(self, current: _Gathered, piece: Piece) -> None:
        current.end = max(current.end, piece.end)
        if not piece.value:
            return
        text = Text(text=piece.value, span=Span(start=piece.end - piece.value.count("\n"), end=piece.end))
        if current.label == "notes" or current.blocks:
            self.notes.append(text)
        else:
            current.texts.append(text)

    def _note(self, block: Block) -> None:
        if note := _note(block, self._lines):
            self.notes.append(note)


def _note(block: Block, lines: list[str]) -> Text | None:
    """A block as a note; None for a comment."""
    source = source_text(block, lines)
    text = (blank_comments(source) if block.kind is Kind.HTML else source).strip("\n")
    return Text(text=text, span=source_span(block, lines)) if text.strip() else None


def _take_block(current: _Gathered, block: Block, lines: list[str]) -> None:
    if block.kind is Kind.HTML and not blank_comments(block.text).strip():
        return
    span = source_span(block, lines)
    current.end = max(current.end, span.end)
    if current.label == "steps" or (current.label in _LISTS and block.kind is Kind.LIST):
        current.blocks.append(block)
    else:
        current.texts.append(Text(text=source_text(block, lines), span=span))


def _items(found: _Gathered | None, lines: list[str]) -> tuple[Text, ...]:
    """Values of a list label: the text on its line, and one per list item."""
    if found is None:
        return ()
    items = [text for text in found.texts if text]
    for block in found.blocks:
        items += item_texts(block, lines)
    return tuple(items)


def parse_signal(item: Text) -> list[Signal]:
    """One line of the signals list. `words` gives one signal a word or phrase."""
    found = _SIGNAL.match(item.text)
    if not found:
        return [Signal(kind=SignalKind.OTHER, value=item.text, span=item.span)]
    kind = _SIGNAL_KINDS.get(found[1][0].casefold(), SignalKind.WORDS)
    value = found[2].strip()
    if kind is SignalKind.WORDS:
        values = [word.strip().strip("\"'`“”").strip() for word in re.split(r"[,;\n]", value)]
    else:
        spans = code_spans(value)
        rest = value
        for start, end, _ in reversed(spans):
            rest = rest[:start] + rest[end:]
        only_code = spans and not re.sub(r"[\s,;]|\b(?:or|and)\b", "", rest)
        values = [code for _, _, code in spans] if only_code else [value]
    return [Signal(kind=kind, value=word, span=item.span) for word in values if word]


def _steps(found: _Gathered | None, lines: list[str], failure_id: str, notes: list[Text], log: Log) -> tuple[Step, ...]:
    """The steps under the label: every list item, with blocks that the author did not indent."""
    if found is None:
        return ()
    items: list[tuple[Block, list[Block]]] = []
    ordered = any(block.kind is Kind.LIST and block.ordered for block in found.blocks)
    for block in found.blocks:
        if block.kind is Kind.LIST and (block.ordered or not ordered):
            items.extend((item, []) for item in block.children)
        elif items:
            items[-1][1].append(block)
        elif note := _note(block, lines):
            notes.append(note)
    notes.extend(found.texts)
    steps = [parse_step(item, lines, at, extra) for at, (item, extra) in enumerate(items, start=1)]
    return _resolve(steps, _positions([item for item, _ in items], lines), failure_id, log)


def _positions(items: list[Block], lines: list[str]) -> dict[int, int]:
    """From the numbers that the author typed to positions, when they tell the steps apart."""
    typed = [item_number(item, lines) for item in items]
    numbers = [number for number in typed if number is not None]
    if len(set(numbers)) == len(items):
        return {number: at for at, number in enumerate(numbers, start=1)}
    return {at: at for at in range(1, len(items) + 1)}


def _resolve(steps: list[Step], positions: dict[int, int], failure_id: str, log: Log) -> tuple[Step, ...]:
    """Turn each *go to step N* into a position, in its text too; one that leads nowhere is told and stays text."""

    def resolved(step: Step) -> Step:
        choices = []
        for choice in step.choices:
            goto, text = aimed(step, choice.goto, choice.text)
            choices.append(replace(choice, goto=goto, text=text))
        goto, text = aimed(step, step.if_not_goto, step.if_not)
        return step.model_copy(update={"choices": tuple(choices), "if_not_goto": goto, "if_not": text})

    def aimed(step: Step, typed: int | None, text: str) -> tuple[int | None, str]:
        if typed is None:
            return None, text
        if typed not in positions:
            log.add("P12", step.span.start, f"{failure_id} step {step.number}: there is no step {typed} to go to.")
            return None, text
        return positions[typed], aim(text, positions[typed])

    return tuple(resolved(step) if step.choices or step.if_not_goto is not None else step for step in steps)
