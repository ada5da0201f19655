"""A page cut into alerts, and an alert into sections with a role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.runbooks.foreign.headings import STEPS, Role, alert_name, plain_role, role_of
from bot.runbooks.parsing.blocks import Block, Kind

_PSEUDO = 7
"""The level of a line that serves as a heading: below every real one."""
_SERVES = re.compile(r"(?:(\*\*|__)[^*_\n]+\1:?|[^\n]*:(?:\*\*|__)?)$")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S")


@dataclass(slots=True)
class Part:
    """Blocks that belong together. `role` is None when no heading says what they are."""

    role: Role | None
    heading: str = ""
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Alert:
    """What a page says of one alert. `name` is "" when only the page's file name tells it."""

    name: str
    title: str = ""
    parts: list[Part] = field(default_factory=list)


def split_alerts(blocks: list[Block]) -> list[Alert]:
    """The alerts of a page. Text before the first heading that names an alert goes with the first one."""
    blocks = list(_unlisted(blocks))
    level = _alert_level(blocks)
    if level is None:
        return [_alert("", blocks)]
    groups: list[tuple[str, list[Block]]] = []
    before: list[Block] = []
    for block in blocks:
        name = alert_name(block.text) if block.kind is Kind.HEADING and block.level == level else None
        if name:
            groups.append((name, [block]))
        else:
            (groups[-1][1] if groups else before).append(block)
    alerts = [_alert(name, inside) for name, inside in groups]
    first = _alert("", before)
    alerts[0].parts[:0] = [Part(part.role or Role.NOTE, part.heading, part.blocks) for part in first.parts]
    if first.title:
        alerts[0].parts.insert(0, Part(Role.NOTE, first.title))
    return alerts


def _unlisted(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, with lists of alerts ("- #### DiskFull") taken apart: a heading in a list is a heading too."""
    for block in blocks:
        firsts = [item.children[0] if item.children else item for item in block.children]
        if block.kind is Kind.LIST and all(one.kind is Kind.HEADING and alert_name(one.text) for one in firsts):
            for item in block.children:
                yield from item.children
        else:
            yield block


def _alert_level(blocks: list[Block]) -> int | None:
    """The heading level at which a page names several alerts, None when it is about one."""
    counts: Counter[int] = Counter()
    for block in blocks:
        if block.kind is Kind.HEADING and alert_name(block.text) and role_of(block.text, None) is None:
            counts[block.level] += 1
    several = [level for level, count in counts.items() if count >= 2]
    return min(several) if several else None


_Open = list[tuple[int, Role | None]]
"""The headings above a block: level and role."""


def _alert(name: str, blocks: list[Block]) -> Alert:
    alert = Alert(name)
    if name:
        alert.title, blocks = blocks[0].text, blocks[1:]
    current = Part(None)
    alert.parts.append(current)
    above: _Open = []
    for at, block in enumerate(blocks):
        level, text = _heading(block)
        if not level and block.kind is Kind.PARAGRAPH and _DEFINITION.match(block.text):
            alert.parts.append(Part(Role.NOTE, "", [block]))
        elif not level:
            current.blocks.append(block)
        elif not name and not alert.title and _is_title(blocks[:at], block, text):
            alert.title = text
        else:
            current = _under(alert, current, above, block)
    alert.parts = [part for part in alert.parts if part.blocks or part.heading]
    return alert


def _under(alert: Alert, current: Part, above: _Open, block: Block) -> Part:
    """The part that a heading opens. Inside steps a heading that does not change their kind is a line of them."""
    level, text = _heading(block)
    while above and above[-1][0] >= level:
        above.pop()
    parent = next((role for _, role in reversed(above) if role is not None), None)
    role = role_of(text, parent)
    above.append((level, role if role is not None else parent))
    if parent not in STEPS or role not in (None, parent):
        alert.parts.append(Part(role if role is not None else parent, text))
        return alert.parts[-1]
    if current.role is not parent:
        current = Part(parent)
        alert.parts.append(current)
    current.blocks.append(block)
    return current


def _heading(block: Block) -> tuple[int, str]:
    """Level and text of a heading, also of a line that serves as one ("**Steps**", "How to fix it:"); level 0 when
    it is none. Such a line never begins notes: it would take the rest of the section with it."""
    if block.kind is Kind.HEADING:
        return block.level, block.text
    serves = block.kind is Kind.PARAGRAPH and _SERVES.match(block.text.strip()) and len(block.text.split()) <= 6
    return (_PSEUDO, block.text) if serves and plain_role(block.text) not in (None, Role.NOTE) else (0, "")


def _is_title(before: list[Block], block: Block, text: str) -> bool:
    """The first heading of the page is its title when it is of the first level or names no part of an entry."""
    if block.kind is not Kind.HEADING or any(one.kind is Kind.HEADING for one in before):
        return False
    return plain_role(text) is None and (block.level == 1 or role_of(text, None) is None)
