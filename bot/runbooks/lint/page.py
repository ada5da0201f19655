"""The page a rule looks at: the runbook as data, its lines as written, and what the caller knows of the world."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from bot.domain.runbook import SECTION_TITLES, Runbook, Section, Span
from bot.runbooks.parsing.blocks import Block, Kind
from bot.runbooks.parsing.text import blank_comments, mask_code, plain, split_lines

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LABEL = re.compile(r"(?=^\s*(?:[-*]\s+|\d+[.)]\s+)?\*\*[^*\n]+\*\*)|(?=\*[A-Z][^*\n]{1,20}:\*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column of the file."""

    line: int
    column: int = 1


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as the page shows it."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of prose: a paragraph, or the part of one that belongs to one label."""

    text: str
    line: int


@dataclass(frozen=True)
class Options:
    """What lint is told from outside the file."""

    today: date | None = None
    """The day that ages are counted to. None: nobody said, so no rule complains about an age."""
    production: bool = False
    """Example domains and telephone numbers reserved for fiction are errors."""
    links: Mapping[str, str] | None = None
    """Link -> what is wrong with it, "" when it answers. None: nobody looked (W15 is silent)."""
    tools: frozenset[str] | None = None
    """The programs that responders have. None: nobody said (W15 leaves commands alone)."""
    deployed: Mapping[str, str] = field(default_factory=dict)
    """Service -> the version that is in production, as the delivery pipeline knows it."""
    earlier_titles: Mapping[str, str] = field(default_factory=dict)
    """Failure mode id (in small letters) -> the title it had in earlier versions of the file."""

    def age(self, day: date) -> int:
        """Days from `day` to today, negative for the future; 0 when nobody said what day it is."""
        return (self.today - day).days if self.today else 0


@dataclass(frozen=True)
class Page:
    """A runbook, its text, and the options."""

    runbook: Runbook
    roots: tuple[Block, ...]
    """The top-level blocks of the text, as the parser read them."""
    text: str
    options: Options
    silenceable: frozenset[str] = frozenset()
    """Ids of the rules that the front matter may silence."""

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(split_lines(self.text))

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(block for root in self.roots for block in root.walk())

    def _of(self, kind: Kind) -> Iterator[Block]:
        return (block for block in self._blocks if block.kind is kind)

    @cached_property
    def fences(self) -> tuple[tuple[Span, str], ...]:
        """Every code block: its lines and its language."""
        return tuple((block.span, block.language.casefold()) for block in self._of(Kind.FENCE))

    @cached_property
    def prose(self) -> tuple[str, ...]:
        """The lines with code blocks and HTML comments blanked out; columns stay where they are."""
        lines = list(self.lines)
        for span, _ in self.fences:
            lines[span.start - 1 : span.end] = [""] * (span.end - span.start + 1)
        text = "\n".join(lines)
        for found in reversed(list(_COMMENT.finditer(mask_code(text)))):
            blank = re.sub(r"[^\n]", " ", found.group())
            text = text[: found.start()] + blank + text[found.end() :]
        return tuple(text.split("\n"))

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(Heading(block.level, plain(block.text), block.start + 1) for block in self._of(Kind.HEADING))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Paragraphs, list items and quotes, cut at every label; tables and code are no prose."""
        found = []
        for block in self._of(Kind.PARAGRAPH):
            line = block.start + 1
            for part in _LABEL.split(blank_comments(block.text)):
                found.append(Passage(part, line))
                line += part.count("\n")
        return tuple(found)

    def top(self, section: Section) -> Place:
        """The heading of a section, or the first line when it has none."""
        span = self.runbook.sections.get(section)
        return Place(span.start if span else 1)

    def section_lines(self, section: Section) -> Iterator[tuple[int, str]]:
        """Line number and prose of every line below a section's heading."""
        span = self.runbook.sections.get(section)
        if span:
            for number in range(span.start + 1, min(span.end, len(self.lines)) + 1):
                yield number, self.prose[number - 1]

    def section_at(self, line: int) -> Section | None:
        """The section a line belongs to."""
        for section, span in self.runbook.sections.items():
            if span.start <= line <= span.end:
                return section
        return None

    def at(self, span: Span | None, needle: str = "", otherwise: Place | None = None) -> Place:
        """Where `needle` stands within `span`: its first line that is found there, else the start of the span."""
        if span is None or span.start < 1:
            return otherwise or Place(1)
        first = next((line.strip() for line in needle.split("\n") if line.strip()), "")
        for number in range(span.start, min(span.end, len(self.lines)) + 1):
            column = self.lines[number - 1].find(first) if first else -1
            if column >= 0:
                return Place(number, column + 1)
        line = self.lines[span.start - 1] if span.start <= len(self.lines) else ""
        return Place(span.start, len(line) - len(line.lstrip()) + 1)


def numbered(section: Section) -> str:
    """`5 'Rollback'`."""
    return f"{tuple(Section).index(section) + 1} '{SECTION_TITLES[section]}'"


def words(text: str) -> list[str]:
    """The words of a piece of prose, in small letters; punctuation alone is no word."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.casefold())
