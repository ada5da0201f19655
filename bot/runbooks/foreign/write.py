"""One alert of a foreign page, written as an entry of section 3."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.domain.base import Severity
from bot.runbooks.foreign.headings import STEPS, Role, heading_text, plain_role
from bot.runbooks.foreign.sections import Alert, Part
from bot.runbooks.foreign.severity import severity_below, severity_in
from bot.runbooks.foreign.steps import StepDraft, draft_steps, ends_in_colon, folds, has_command
from bot.runbooks.foreign.verbatim import BLANK, Source, bold, fenced, indent, joined, quoted
from bot.runbooks.parsing.blocks import Block, Kind

_LABEL_LIKE = re.compile(r"^\s*(?:(?:\*\*|__)[^*_\n]{1,42}(?:\*\*|__)|[A-Za-z][A-Za-z ]{1,30}:(?=\s|$))", re.M)
_VALUE_ROLES = (Role.IMPACT, Role.SYMPTOMS, Role.CAUSE, Role.VERIFY, Role.ESCALATE)


@dataclass(slots=True)
class Written:
    """An entry as lines, and which heading went where."""

    lines: list[str]
    placed: list[tuple[str, Role]] = field(default_factory=list)
    unplaced: list[tuple[str, int]] = field(default_factory=list)
    """Heading (or first words) and 1-based line of what is only kept as a note."""
    empty: list[str] = field(default_factory=list)
    """Headings with nothing under them."""


@dataclass(slots=True)
class _Sorted:
    """The parts of an alert under the label that they will have."""

    values: dict[Role, list[list[list[str]]]] = field(default_factory=dict)
    """Per role a list of values; each is one item: groups of lines."""
    steps: list[StepDraft] = field(default_factory=list)
    notes: list[list[str]] = field(default_factory=list)
    severities: list[Severity] = field(default_factory=list)


def write_entry(name: str, alert: Alert, source: Source, front: list[str], signals: list[str]) -> Written:
    """The entry under the heading `name`: every word of the alert's parts is in it. `signals` are list items."""
    written = Written([])
    found = _Sorted()
    if alert.title and alert.title.strip() != name:
        found.notes.append([bold(alert.title)])
    if front:
        found.notes.append(fenced("\n".join(front), "yaml"))
        written.unplaced.append(("front matter", 1))
        found.severities += [said for said in [severity_in(front)] if said]
    for part in _with_roles(alert.parts):
        _sort(part, found, source, written)
    written.lines = _entry_lines(name, signals, found)
    return written


def _with_roles(parts: list[Part]) -> Iterable[Part]:
    """The parts with a role each. Text that no heading explains is a symptom when there is no other, and where the page
    names no steps, what holds commands is one; all else is a note."""
    stepless = not any(part.role in STEPS and part.blocks for part in parts)
    meaningless = not any(part.role is Role.SYMPTOMS and part.blocks for part in parts)
    for part in parts:
        if part.role is not None:
            yield part
            continue
        cut = next((at for at, block in enumerate(part.blocks) if _is_work(block)), len(part.blocks))
        if not stepless:
            cut = len(part.blocks)
        elif 0 < cut < len(part.blocks) and ends_in_colon(part.blocks[cut - 1]):
            cut -= 1
        before, after = part.blocks[:cut], part.blocks[cut:]
        if part.heading and cut < len(part.blocks):
            yield Part(Role.WORK, part.heading, part.blocks)
            continue
        if before or part.heading:
            yield Part(Role.SYMPTOMS if meaningless and not part.heading else Role.NOTE, part.heading, before)
        if after:
            yield Part(Role.WORK, "", after)


def _is_work(block: Block) -> bool:
    return block.kind is Kind.FENCE or (block.kind is Kind.LIST and block.ordered) or has_command(block)


def _sort(part: Part, found: _Sorted, source: Source, written: Written) -> None:
    role = part.role or Role.NOTE
    if not part.blocks and plain_role(part.heading) is not None:
        written.empty.append(part.heading)
        return
    if role is Role.VERIFY and not _one_sentence(part):
        role = Role.CHECK
    keeps_heading = bool(part.heading) and (role is Role.NOTE or plain_role(part.heading) is None)
    if part.heading and not keeps_heading:
        written.placed.append((" ".join(part.heading.split()), role))
    if role in STEPS and part.blocks:
        steps = draft_steps(role, part.blocks, source)
        if keeps_heading and steps:
            steps[0].groups.insert(0, [bold(part.heading)])
            written.placed.append((" ".join(part.heading.split()), role))
        found.steps.extend(steps)
    elif role in _VALUE_ROLES and part.blocks:
        values = _values(part.blocks, source)
        if keeps_heading:
            values.insert(0, [[bold(part.heading)]])
        found.values.setdefault(role, []).extend(values)
    else:
        _note(part, found, source, written)


def _note(part: Part, found: _Sorted, source: Source, written: Written) -> None:
    if part.heading:
        found.notes.append([bold(part.heading)])
    groups = [source.lines(block) for block in part.blocks]
    found.notes.extend(group for group in groups if group)
    lines = [line for group in groups for line in group]
    said = severity_below(part.heading, lines) or severity_in(lines)
    if said:
        found.severities.append(said)
        if part.heading or len(lines) == 1:
            written.placed.append((heading_text(part.heading or lines[0]), Role.SEVERITY))
            return
    words = part.heading or next((" ".join(group)[:60] for group in groups if group), "")
    if words:
        line = part.blocks[0].start + 1 if part.blocks else 0
        written.unplaced.append((heading_text(words) or words, line))


def _one_sentence(part: Part) -> bool:
    return len(part.blocks) == 1 and part.blocks[0].kind is Kind.PARAGRAPH


def _values(blocks: list[Block], source: Source) -> list[list[list[str]]]:
    """One value a paragraph or list item; what is neither, a list after a colon, and what is
    folded away (`<details>`) stay with what stands before them."""
    values: list[list[list[str]]] = []
    colon, folded = False, 0
    for block in blocks:
        alone = block.kind is Kind.PARAGRAPH or (block.kind is Kind.LIST and not colon)
        if values and (folded or not alone):
            values[-1].append(source.lines(block))
        elif block.kind is Kind.LIST:
            values.extend([source.inside(item)] for item in block.children)
        else:
            values.append([source.lines(block)])
        folded = max(0, folded + folds(block))
        colon = ends_in_colon(block)
    return [[group for group in value if group] for value in values if any(value)]


def _entry_lines(name: str, signals: list[str], found: _Sorted) -> list[str]:
    severity = f"**Severity:** {min(found.severities)} · " if found.severities else ""
    groups: list[list[str]] = [[f"### {name}"], [f"{severity}**Status:** draft"]]
    groups.append(_label("Impact", found.values.get(Role.IMPACT, [])))
    groups.append(_label("Symptoms", found.values.get(Role.SYMPTOMS, []), listed=True))
    groups.append(["**Signals:**", *signals] if signals else [])
    groups.append(_label("Likely cause", found.values.get(Role.CAUSE, [])))
    if found.steps:
        roomy = any(len(step.groups) > 1 or len(step.groups[0]) > 1 for step in found.steps)
        steps = [step.written(number) for number, step in enumerate(found.steps, start=1)]
        groups.append(["**Steps:**", *([""] if roomy else []), *joined(steps, tight=not roomy)])
    groups.append(_label("Verify", found.values.get(Role.VERIFY, [])))
    groups.append(_label("Escalate to", found.values.get(Role.ESCALATE, [])))
    if found.notes:
        groups.append(["**Notes:**"])
        groups.append(quoted(joined(found.notes)))
    return joined(groups)


def _label(label: str, values: list[list[list[str]]], *, listed: bool = False) -> list[str]:
    """A label with its value on the line, or with a list of them when they are many or look like labels themselves."""
    if not values:
        return []
    first = values[0][0]
    if not listed and len(values) == 1 and not _LABEL_LIKE.search("\n".join(first)) and not _opens_block(first[0]):
        return joined([[f"**{label}:** {first[0]}", *first[1:]], *values[0][1:]])
    items = [indent(joined(value), 2) for value in values]
    roomy = any(len(value) > 1 for value in values)
    return [f"**{label}:**", *joined([[f"- {item[0].lstrip(BLANK)}", *item[1:]] for item in items], tight=not roomy)]


def _opens_block(line: str) -> bool:
    return bool(re.match(r"\s*(?:[-*+]\s|\d{1,9}[.)]\s|`{3}|~{3}|[|<>#])", line))
