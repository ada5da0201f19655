"""One entry of section 3: a heading and what stands under it, into a FailureMode."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.base import Severity
from bot.domain.runbook import FailureMode, Signal, SignalKind, Span, Step, Text
from bot.runbooks.parsing.blocks import Block, Kind, item_number, item_texts
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.frontmatter import parse_date
from bot.runbooks.parsing.gather import Gathered, Sorter, note_of
from bot.runbooks.parsing.steps import aim, parse_step
from bot.runbooks.parsing.tables import read_table
from bot.runbooks.parsing.text import blank_comments, code_spans, plain, slug

_ID = re.compile(r"([A-Z]{2,6}-[0-9]+)(?:[\s:.–—-]+(.*))?$", re.S)
_MARKED_ID = re.compile(r"^[*_`]{1,3}([A-Z]{2,6}-[0-9]+:?)[*_`]{1,3}")
_NUMBERING = re.compile(r"\d+(?:\.\d+)*[.)]?\s+")
_SEVERITY = re.compile(r"sev(?:erity)?[\s-]?([1-4])\b", re.I)
_LEVEL = re.compile(r"([1-4])")
_SIGNAL = re.compile(
    r"[*_]{0,2}(alerts?|alert names?|metrics?|logs?|log patterns?|words?|keywords?)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)$",
    re.I | re.S,
)
_SIGNAL_KINDS = {"a": SignalKind.ALERT, "m": SignalKind.METRIC, "l": SignalKind.LOG}


def parse_entry(heading: Block, blocks: list[Block], lines: list[str], number: int, log: Log) -> FailureMode:
    """The entry under a level-3 heading. `number` counts the entries of the section from 1."""
    failure_id, title = _name(heading, number, log)
    sorter = Sorter(lines, failure_id, log)
    for block in blocks:
        sorter.take(block)
    sorter.finish()
    gathered, notes = sorter.gathered, sorter.notes
    end = blocks[-1].end if blocks else heading.end
    while end > heading.end and not lines[end - 1].strip():
        end -= 1

    def text(label: str) -> Text:
        return gathered[label].joined() if label in gathered else Text(text="")

    severity_text = plain(text("severity").text)
    severity = _SEVERITY.match(severity_text) or _LEVEL.fullmatch(severity_text)
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
        symptoms=_items(gathered.get("symptoms"), lines, log),
        signals=tuple(signal for item in _items(gathered.get("signals"), lines, log) for signal in parse_signal(item)),
        cause=text("likely cause"),
        steps=_steps(gathered.get("steps"), lines, failure_id, notes, log),
        verify=text("verify"),
        roll_back_when=text("roll back when"),
        escalate_to=text("escalate to"),
        related_changes=text("related changes"),
        confused_with=_items(gathered.get("confused with"), lines, log),
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


def _items(found: Gathered | None, lines: list[str], log: Log) -> tuple[Text, ...]:
    """Values of a list label: the text on its line, and one per list item or table row."""
    if found is None:
        return ()
    items = [text for text in found.texts if text]
    for block in found.blocks:
        items += item_texts(block, lines) if block.kind is Kind.LIST else _row_texts(block, lines, log)
    return tuple(items)


def _row_texts(block: Block, lines: list[str], log: Log) -> list[Text]:
    """The rows of a table, each as one line: `queue age: > 60 min, for 5 min`."""
    texts = []
    for row in read_table(block, lines, log).rows:
        first, *others = [*row.cells, ""]
        rest = ", ".join(one for one in others if one)
        text = f"{first.rstrip(':')}: {rest}" if first and rest else first or rest
        if text:
            texts.append(Text(text=text, span=row.span))
    return texts


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


def _steps(found: Gathered | None, lines: list[str], failure_id: str, notes: list[Text], log: Log) -> tuple[Step, ...]:
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
        elif note := note_of(block, lines):
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
