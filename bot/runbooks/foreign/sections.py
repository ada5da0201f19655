"""A page cut into alerts, and an alert into sections with a role."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.runbooks.foreign.headings import STEPS, Role, plain_role, role_of
from bot.runbooks.foreign.listing import unlisted
from bot.runbooks.foreign.names import alert_name
from bot.runbooks.foreign.titles import DEFINITION, PSEUDO, bold_line, cut_labels, serves_as_heading
from bot.runbooks.parsing.blocks import Block, Kind


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


def split_alerts(blocks: list[Block], lines: list[str], *, several: bool) -> list[Alert]:
    """The alerts of a page. Text before the first heading that names an alert goes with the first one. `several`: no
    alert gave the page its name, so that a list of them is not one of neighbours.

    In `lines` the labels that open a section in mid-paragraph are blanked: they become its heading.
    """
    blocks = unlisted(blocks, lines, several=several)
    level = _alert_level(blocks)
    if level is None:
        return [_alert("", blocks, lines)]
    groups: list[tuple[str, list[Block]]] = []
    before: list[Block] = []
    for block in blocks:
        found, name = _named(block)
        if name and found == level:
            groups.append((name, [block]))
        else:
            (groups[-1][1] if groups else before).append(block)
    alerts = [_alert(name, inside, lines) for name, inside in groups]
    first = _alert("", before, lines)
    alerts[0].parts[:0] = [Part(part.role or Role.NOTE, part.heading, part.blocks) for part in first.parts]
    if first.title:
        alerts[0].parts.insert(0, Part(Role.NOTE, first.title))
    return alerts


def _named(block: Block) -> tuple[int, str | None]:
    """The level of a heading, or of a line in bold, and the alert that it names."""
    level = block.level if block.kind is Kind.HEADING else PSEUDO if bold_line(block) else 0
    return level, alert_name(block.text) if level and role_of(block.text, None) is None else None


def _alert_level(blocks: list[Block]) -> int | None:
    """The heading level at which a page names several alerts, None when it is about one."""
    counts = Counter(level for level, name in map(_named, blocks) if name)
    several = [level for level, count in counts.items() if count >= 2]
    return min(several) if several else None


def _alert(name: str, blocks: list[Block], lines: list[str]) -> Alert:
    alert = Alert(name)
    if name:
        alert.title, blocks = blocks[0].text, blocks[1:]
    cutter = _Cutter(alert, lines, bare=not any(_role_heading(block) for block in blocks))
    for at, block in enumerate(blocks):
        if not name and not alert.title and _is_title(blocks[:at], block):
            alert.title = block.text
        else:
            cutter.take(block)
    alert.parts = [part for part in alert.parts if part.blocks or part.heading]
    return alert


def _role_heading(block: Block) -> bool:
    return block.kind is Kind.HEADING and plain_role(block.text) is not None


class _Cutter:
    """Puts the blocks of one alert into parts, opening one at every heading and every line that serves as one."""

    def __init__(self, alert: Alert, lines: list[str], *, bare: bool) -> None:
        self._alert = alert
        self._lines = lines
        self._bare = bare
        """No real heading says what stands under it: lines and labels are all there is."""
        self._above: list[tuple[int, Role | None]] = []
        """The headings above: level and role."""
        self._current = self._open(None)

    def take(self, block: Block) -> None:
        level = block.level if block.kind is Kind.HEADING else 0
        if not level and serves_as_heading(block, notes=self._bare):
            level = PSEUDO
        if level:
            self._head(level, block)
        elif block.kind is Kind.PARAGRAPH and DEFINITION.match(block.text):
            self._alert.parts.append(Part(Role.NOTE, "", [block]))
        elif pieces := cut_labels(block, self._lines, self._parent(PSEUDO), bare=self._bare):
            self._take_pieces(pieces)
        else:
            self._current.blocks.append(block)

    def _take_pieces(self, pieces: list[tuple[str, list[Block]]]) -> None:
        """Labelled text: a label opens a section, one that begins notes holds only its own text."""
        for label, blocks in pieces:
            if label and plain_role(label) is Role.NOTE:
                self._alert.parts.append(Part(Role.NOTE, label, blocks))
                continue
            if label:
                self._head(PSEUDO, Block(Kind.HEADING, blocks[0].start if blocks else 0, 0, label, level=PSEUDO))
            for block in blocks:
                self.take(block)

    def _open(self, role: Role | None, heading: str = "") -> Part:
        self._alert.parts.append(Part(role, heading))
        return self._alert.parts[-1]

    def _parent(self, below: int = PSEUDO + 1) -> Role | None:
        """The role of the headings above, those left out that are not above `below`."""
        return next((role for level, role in reversed(self._above) if role is not None and level < below), None)

    def _head(self, level: int, block: Block) -> None:
        """Open the part of a heading. Inside steps one that does not change their kind is a line of them."""
        while self._above and self._above[-1][0] >= level:
            self._above.pop()
        parent = self._parent()
        role = role_of(block.text, parent)
        self._above.append((level, role if role is not None else parent))
        if parent not in STEPS or role not in (None, parent):
            self._current = self._open(role if role is not None else parent, block.text)
            return
        if self._current.role is not parent:
            self._current = self._open(parent)
        self._current.blocks.append(block)


def _is_title(before: list[Block], block: Block) -> bool:
    """The first heading of the page is its title when it is of the first level or names no part of an entry."""
    if block.kind is not Kind.HEADING or any(one.kind is Kind.HEADING for one in before):
        return False
    return plain_role(block.text) is None and (block.level == 1 or role_of(block.text, None) is None)
