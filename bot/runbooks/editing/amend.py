"""Changes inside one entry of section 3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.runbook import FailureMode, Step, content
from bot.runbooks.editing.base import Before, Edited, Outcome, Refused, checked_entry, finish, open_file
from bot.runbooks.editing.lines import RawLines
from bot.runbooks.editing.lists import MARKER, Added, with_confused, with_words
from bot.runbooks.editing.markdown import indent, one_line
from bot.runbooks.editing.render import read_entry
from bot.runbooks.parsing.text import split_lines


@dataclass(frozen=True, slots=True)
class ReplaceEntry:
    """Put a whole new text in the entry's place. Lines that stay the same keep their bytes."""

    markdown: str


@dataclass(frozen=True, slots=True)
class ReplaceStep:
    """Write a step anew. The Markdown begins with the kind, such as `**Act:** ...`, without a number."""

    number: int
    markdown: str


@dataclass(frozen=True, slots=True)
class AddStep:
    """Add a step after step `after`; 0 puts it first. Branches keep leading to the step that they led to."""

    after: int
    markdown: str


@dataclass(frozen=True, slots=True)
class AddWords:
    """Add words or phrases to the signals. Those already there are left out."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddConfused:
    """Add lines to *Confused with*: lookalikes, and what did not help. Those already there are left out."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetDrilled:
    """The day on which people last drilled this failure."""

    day: date


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The status of the entry: `draft`, or "" for one that was reviewed."""

    status: str


Amendment = ReplaceEntry | ReplaceStep | AddStep | AddWords | AddConfused | SetDrilled | SetStatus


def amend_failure(data: bytes, failure_id: str, *amendments: Amendment) -> Outcome:
    """Apply changes to one entry, one after the other; all of them or none."""
    now = data
    first = 0
    for amendment in amendments:
        outcome = _amend(now, failure_id, amendment)
        if isinstance(outcome, Refused):
            return outcome
        now = outcome.data
        first = min(first, outcome.line) if first and outcome.line else first or outcome.line
    before = open_file(now)
    return before if isinstance(before, Refused) else Edited(now, before.runbook, first)


def _amend(data: bytes, failure_id: str, amendment: Amendment) -> Outcome:
    before = open_file(data)
    if isinstance(before, Refused):
        return before
    mode = before.runbook.failure(failure_id)
    if mode is None:
        return Refused(f"There is no entry {failure_id} in this runbook.")
    match amendment:
        case ReplaceEntry(markdown):
            return _replace_entry(before, mode, markdown)
        case ReplaceStep(number, markdown):
            return _replace_step(before, mode, number, markdown)
        case AddStep(after, markdown):
            return _add_step(before, mode, after, markdown)
        case AddWords(words):
            return _added(before, mode, with_words(before.raw, mode, words))
        case AddConfused(lines):
            return _added(before, mode, with_confused(before.raw, mode, lines))
        case SetDrilled(day):
            raw, line = _set_scalar(before.raw, mode, "last drilled", "Last drilled", day.isoformat())
            return _finish(before, mode, raw, mode.model_copy(update={"last_drilled": day}), line)
        case SetStatus(status):
            status = one_line(status)
            raw, line = _set_scalar(before.raw, mode, "status", "Status", status)
            return _finish(before, mode, raw, mode.model_copy(update={"status": status}), line)


def _finish(before: Before, mode: FailureMode, raw: RawLines, wanted: FailureMode, line: int) -> Outcome:
    failures = tuple(wanted if one is mode else one for one in before.runbook.failures)
    return finish(before, raw, {"failures": failures}, line)


def _added(before: Before, mode: FailureMode, added: Added | None) -> Outcome:
    return Edited(before.data, before.runbook, 0) if added is None else _finish(before, mode, *added)


def _replace_entry(before: Before, mode: FailureMode, markdown: str) -> Outcome:
    entry = checked_entry(markdown)
    if isinstance(entry, Refused):
        return entry
    wanted, lines = entry
    if wanted.id.casefold() != mode.id.casefold():
        return Refused(f"The new text is entry {wanted.id}, not {mode.id}. An entry keeps its id.", mode.heading.start)
    raw = before.raw.replace(mode.span.start - 1, mode.span.end, lines)
    return _finish(before, mode, raw, wanted, mode.span.start)


def _read_step(markdown: str) -> tuple[Step, list[str]] | Refused:
    """One step given without its number; refused when it is none, or more than one."""
    lines = split_lines(markdown.strip("\r\n"))
    probe = ["### AB-01 Probe", "", "**Steps:**", f"1. {lines[0] if lines else ''}", *indent(lines[1:], 3)]
    mode = read_entry("\n".join(probe))
    sole = mode is not None and len(mode.steps) == 1 and not mode.notes and mode.labels.keys() == {"steps"}
    if mode is None or not sole or not (mode.steps[0].text or mode.steps[0].commands or mode.steps[0].choices):
        return Refused("The new text is not one step: begin it with its kind, such as **Act:**, and close code blocks.")
    return mode.steps[0], lines


def _step_texts(lines: list[str], marker: str) -> list[str]:
    return [f"{marker}{lines[0]}", *indent(lines[1:], len(marker.expandtabs(4)))]


def _replace_step(before: Before, mode: FailureMode, number: int, markdown: str) -> Outcome:
    if not 1 <= number <= len(mode.steps):
        return Refused(f"{mode.id} has no step {number}; it has {len(mode.steps)}.", mode.heading.start)
    read = _read_step(markdown)
    if isinstance(read, Refused):
        return read
    span = mode.steps[number - 1].span
    found = MARKER.match(before.raw.text(span.start - 1))
    raw = before.raw.replace(span.start - 1, span.end, _step_texts(read[1], found[0] if found else f"{number}. "))
    return _finish_steps(before, mode, raw, span.start, {at: at for at in range(1, len(mode.steps) + 1)}, number)


def _add_step(before: Before, mode: FailureMode, after: int, markdown: str) -> Outcome:
    if not mode.steps:
        return Refused(f"{mode.id} has no steps to add one to; give the entry anew.", mode.heading.start)
    if not 0 <= after <= len(mode.steps):
        return Refused(f"{mode.id} has no step {after}; it has {len(mode.steps)}.", mode.heading.start)
    read = _read_step(markdown)
    if isinstance(read, Refused):
        return read
    moved = {at: at + (at > after) for at in range(1, len(mode.steps) + 1)}
    raw = before.raw
    for step in reversed(mode.steps):
        raw = _renumber(raw, step, moved)
    neighbour = mode.steps[max(after, 1) - 1]
    at = neighbour.span.end if after else neighbour.span.start - 1
    found = MARKER.match(before.raw.text(neighbour.span.start - 1))
    marker = re.sub(r"\d+", str(after + 1), found[0]) if found else f"{after + 1}. "
    raw = raw.splice(at, at, _step_texts(read[1], marker))
    return _finish_steps(before, mode, raw, at + 1, moved, after + 1)


_GOTO = re.compile(
    r"((?:go|jump|return|continue)(?:\s+back)?\s+(?:to|at|with)\s+(?:step\s+)?|goto\s+(?:step\s+)?)(\d+)\b", re.I
)


def _renumber(raw: RawLines, step: Step, moved: dict[int, int]) -> RawLines:
    """Give the lines of a step that moved its new number, and its branches their new targets."""
    at = step.span.start - 1
    text = raw.text(at)
    found = MARKER.match(text)
    if found and moved[step.number] != step.number:
        typed = re.search(r"\d+", found[0])
        if typed and int(typed[0]) == step.number:
            text = found[0].replace(typed[0], str(moved[step.number]), 1) + text[found.end() :]
    texts = [text, *(raw.text(line) for line in range(at + 1, step.span.end))]
    if step.if_not_goto is not None or any(choice.goto is not None for choice in step.choices):
        texts = [_GOTO.sub(lambda goto: f"{goto[1]}{moved.get(int(goto[2]), int(goto[2]))}", line) for line in texts]
    return raw.replace(at, step.span.end, texts)


def _finish_steps(
    before: Before, mode: FailureMode, raw: RawLines, line: int, moved: dict[int, int], fresh: int
) -> Outcome:
    """Compare: every other step says what it said, with its number and its targets moved."""
    outcome = _reread(raw, mode)
    if outcome is None or len(outcome.steps) != len({*moved.values(), fresh}):
        return Refused("The edit would change other entries or sections; nothing was written.", line)
    steps = {step.number: step for step in outcome.steps}
    for step in mode.steps:
        if moved[step.number] != fresh and _shape(steps.get(moved[step.number])) != _shape(step, moved):
            return Refused(f"The edit would change step {step.number} of {mode.id}; nothing was written.", line)
    wanted = mode.model_copy(update={"steps": outcome.steps})
    return _finish(before, mode, raw, wanted, line)


def _reread(raw: RawLines, mode: FailureMode) -> FailureMode | None:
    after = open_file(raw.data())
    return None if isinstance(after, Refused) else after.runbook.failure(mode.id)


def _shape(step: Step | None, moved: dict[int, int] | None = None) -> object:
    """What a step says, numbers in texts left out: they move with the steps."""
    if step is None:
        return None
    there = moved or {}

    def target(goto: int | None) -> int | None:
        return None if goto is None else there.get(goto, goto)

    return (
        step.kind,
        re.sub(r"\d+", "#", f"{step.text}\n{step.expect}\n{step.if_not}"),
        content(step.commands),
        content(step.if_not_commands),
        step.wait_minutes,
        target(step.if_not_goto),
        [(choice.label, target(choice.goto), content(choice.commands)) for choice in step.choices],
    )


_SCALAR_ORDER = ("status", "last drilled", "owner", "severity")


def _set_scalar(raw: RawLines, mode: FailureMode, label: str, title: str, value: str) -> tuple[RawLines, int]:
    """Write a value of the entry's first line (severity, owner, last drilled, status)."""
    if label in mode.labels:
        at = mode.labels[label].start - 1
        pattern = re.compile(
            rf"(?P<sep>[ \t]*[·•|][ \t]*)?(?P<label>(?:\*\*|__)?{label}\s*(?::\s*(?:\*\*|__)?|(?:\*\*|__)\s*:)[ \t]*)"
            r"(?P<value>.*?)(?P<tail>[ \t]*(?=[·•|][ \t]*[*_])|[ \t,;]+(?=\*\*|__)|[ \t]*$)",
            re.I,
        )

        def write(found: re.Match[str]) -> str:
            sep, tail = found["sep"] or "", found["tail"]
            if value:
                return f"{sep}{found['label'].rstrip()} {value}{tail}"
            return "" if sep else tail

        text, written = pattern.subn(write, raw.text(at), count=1)
        if not written:
            return _replace_value(raw, mode, label, value), at + 1
        if text.strip():
            return raw.splice(at, at + 1, [re.sub(r"^[ \t]*[·•|][ \t]*", "", text)]), at + 1
        return raw.splice(at, at + 1 + raw.blank(at + 1), []), at + 1
    if not value:
        return raw, mode.heading.start
    beside = next((name for name in _SCALAR_ORDER if name in mode.labels), None)
    old = raw.text(mode.labels[beside].start - 1) if beside is not None else ""
    if beside is not None and not old.lstrip().startswith(("#", "|")):
        at = mode.labels[beside].start - 1
        body = old.rstrip()
        return raw.splice(at, at + 1, [f"{body} · **{title}:** {value}{old[len(body) :]}"]), at + 1
    at = mode.heading.end
    return raw.splice(at, at, ["", f"**{title}:** {value}", *([] if raw.blank(at) else [""])]), at + 2


def _replace_value(raw: RawLines, mode: FailureMode, label: str, value: str) -> RawLines:
    """Write a value where the label stands in another form (a heading above it, a table): in place of the old one."""
    drilled = mode.last_drilled.isoformat() if mode.last_drilled else "never"
    old = drilled if label == "last drilled" else mode.status
    span = mode.labels[label]
    for at in range(span.start - 1, span.end):
        before, found, after = raw.text(at).rpartition(old)
        if old and value and found:
            return raw.splice(at, at + 1, [before + value + after])
    return raw
