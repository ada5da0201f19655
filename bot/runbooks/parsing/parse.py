"""Markdown bytes to a typed runbook. Tolerant in reading, never an exception: judging is lint's work."""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass, field

from bot.domain.runbook import SECTION_TITLES, Diagnostic, FailureMode, Level, Runbook, Section, Span
from bot.runbooks.parsing.blocks import Block, Kind, read_blocks, source_text, unclosed
from bot.runbooks.parsing.diagnose import Log
from bot.runbooks.parsing.entry import parse_entry
from bot.runbooks.parsing.frontmatter import FrontMatter, read_front_matter
from bot.runbooks.parsing.gather import LABELS
from bot.runbooks.parsing.labels import canonical
from bot.runbooks.parsing.lazy import unlazy
from bot.runbooks.parsing.rows import parse_changes, parse_contacts, parse_health
from bot.runbooks.parsing.sections import SECTION_LABELS, parse_rollback, parse_summary
from bot.runbooks.parsing.text import blank_comments, decode, plain, split_lines

MAX_BYTES = 4 << 20
"""A runbook prints to about six pages; a file of more than a mebibyte is something else."""

_NUMBER = re.compile(r"(?:section\s+)?\d{1,2}\s*[.):–-]?\s+", re.I)
_GAPS = re.compile(r"[\s-]+")
_BY_TITLE = {title.casefold(): section for section, title in SECTION_TITLES.items()}
# Roll-back, Changelog: the same words.
_BY_LETTERS = {_GAPS.sub("", title): section for title, section in _BY_TITLE.items()}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says. `runbook` is None when it is no runbook at all."""

    runbook: Runbook | None
    diagnostics: tuple[Diagnostic, ...] = ()
    blocks: tuple[Block, ...] = field(default=(), compare=False, repr=False)
    """What the file is made of, for rules about its text; () when it came from a cache."""

    @property
    def usable(self) -> bool:
        """Whether the runbook may be put in service: there is one, and nothing of it was swallowed or damaged."""
        return self.runbook is not None and self.error is None

    @property
    def error(self) -> Diagnostic | None:
        """The first diagnostic that forbids using the file."""
        return next((one for one in self.diagnostics if one.severity is Level.ERROR), None)


def parse(data: bytes, path: str) -> Parsed:
    """Read a runbook. Any input gives a runbook, diagnostics, or both; rules are in `diagnose.RULES`."""
    log = Log(path)
    if len(data) > MAX_BYTES:
        log.add("P09", 1, f"The file has {len(data)} bytes; a runbook has at most {MAX_BYTES}.")
        return Parsed(None, log.sorted())
    decoded = decode(data)
    for flaw in decoded.flaws:
        log.add("P02", flaw.line, flaw.message, flaw.column)
    if any(flaw.fatal for flaw in decoded.flaws):
        return Parsed(None, log.sorted())
    try:
        runbook, blocks = _read(decoded.text, path, hashlib.sha256(data).hexdigest(), log)
    except RecursionError:
        log.add("P09", 1, "The file is nested too deeply to be a runbook.")
        return Parsed(None, log.sorted())
    return Parsed(runbook, log.sorted(), tuple(blocks))


def section_of(heading: str) -> Section | None:
    """The section that a heading names: case-insensitive, with or without its number; None for any other."""
    text = plain(blank_comments(heading)).rstrip(":").rstrip()
    return _BY_LETTERS.get(_GAPS.sub("", _NUMBER.sub("", text, count=1).casefold()))


@dataclass(slots=True)
class _Found:
    """A section of the file: its heading and the blocks under it."""

    section: Section
    heading: Block
    blocks: list[Block] = field(default_factory=list)


def _read(text: str, path: str, digest: str, log: Log) -> tuple[Runbook | None, list[Block]]:
    lines = split_lines(text)
    front = read_front_matter(lines, path, log)
    blocks = read_blocks(lines, front.end, lambda line: section_of(line) is not None)
    blocks = unlazy(blocks, lines, lambda name: canonical(name, LABELS | SECTION_LABELS) is not None)
    _check_closed(blocks, lines, log)
    title, found = _sections(blocks, log)
    if not found and "service" not in front.lines:
        log.add("P01", 1, "No front matter with a service and none of the six sections: this is no runbook.")
        return None, blocks
    merged: dict[Section, list[Block]] = {section: [] for section in Section}
    spans: dict[Section, Span] = {}
    for one in found:
        merged[one.section].extend(one.blocks)
        if one.section in spans:
            first = spans[one.section].start
            message = f'Section "{SECTION_TITLES[one.section]}" stands twice, first in line {first}.'
            log.add("P07", one.heading.start + 1, message)
        else:
            spans[one.section] = _span(one, lines)
    return _assemble(path, digest, title, front, merged, spans, lines, log), blocks


def _assemble(
    path: str,
    digest: str,
    title: str,
    front: FrontMatter,
    merged: dict[Section, list[Block]],
    spans: dict[Section, Span],
    lines: list[str],
    log: Log,
) -> Runbook:
    return Runbook(
        path=path,
        service=front.service,
        title=title,
        aliases=front.aliases,
        owner=front.owner,
        channels=front.channels,
        reviewed=front.reviewed,
        timezone=front.timezone,
        private=front.private,
        silenced=front.silenced,
        front_matter=front.span,
        front_lines=front.lines,
        summary=parse_summary(merged[Section.SUMMARY], lines, log),
        health=parse_health(merged[Section.HEALTH], lines, log),
        failures=_failures(merged[Section.FAILURES], lines, log),
        contacts=parse_contacts(merged[Section.ESCALATION], lines, log),
        rollback=parse_rollback(merged[Section.ROLLBACK], lines, log),
        changes=parse_changes(merged[Section.CHANGES], lines, log),
        sections=spans,
        digest=digest,
    )


def _check_closed(blocks: list[Block], lines: list[str], log: Log) -> None:
    for block in blocks:
        for inner in block.walk():
            if unclosed(inner, lines):
                what = "HTML comment" if inner.kind is Kind.HTML else f"code block {inner.mark}"
                column = len(lines[inner.start]) - len(lines[inner.start].lstrip()) + 1
                log.add("P06", inner.start + 1, f"The {what} is never closed and swallows what follows.", column)


def _sections(blocks: list[Block], log: Log) -> tuple[str, list[_Found]]:
    """The title and the sections in the order of the file."""
    title = ""
    found: list[_Found] = []
    inside = False
    for block in blocks:
        if block.kind is not Kind.HEADING or block.level > 2:
            if inside:
                found[-1].blocks.append(block)
            continue
        section = section_of(block.text)
        inside = section is not None
        if section is not None:
            found.append(_Found(section, block))
        elif block.level == 1 and not title and not found:
            title = plain(blank_comments(block.text))
        else:
            log.add("P08", block.start + 1, _stranger(block))
    return title, found


def _stranger(block: Block) -> str:
    text = plain(block.text)[:80]
    close = difflib.get_close_matches(_NUMBER.sub("", text, count=1).casefold(), _BY_TITLE, n=1, cutoff=0.7)
    hint = f' Did you mean "{SECTION_TITLES[_BY_TITLE[close[0]]]}"?' if close else ""
    return f'Heading "{text}" is none of the six sections; what stands under it is not loaded.{hint}'


def _span(found: _Found, lines: list[str]) -> Span:
    end = found.blocks[-1].end if found.blocks else found.heading.end
    while end > found.heading.end and not lines[end - 1].strip():
        end -= 1
    return Span(start=found.heading.start + 1, end=max(end, found.heading.start + 1))


def _failures(blocks: list[Block], lines: list[str], log: Log) -> tuple[FailureMode, ...]:
    """Section 3, cut at its level-3 headings (or at its highest ones, when it has none of level 3)."""
    levels = {block.level for block in blocks if block.kind is Kind.HEADING}
    level = 3 if 3 in levels or not levels else min(levels)
    entries: list[tuple[Block, list[Block]]] = []
    for block in blocks:
        if block.kind is Kind.HEADING and block.level == level:
            entries.append((block, []))
        elif entries:
            entries[-1][1].append(block)
        elif blank_comments(source_text(block, lines)).strip():
            log.add("P14", block.start + 1, "This stands before the first failure entry and is not loaded.")
    return tuple(parse_entry(heading, inner, lines, at, log) for at, (heading, inner) in enumerate(entries, start=1))
