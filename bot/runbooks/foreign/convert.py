"""Pages in, entries out, and everything that a person should know on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.runbooks.editing.skeleton import draft_runbook
from bot.runbooks.foreign.audit import lost_code, lost_lines
from bot.runbooks.foreign.headings import Role, heading_text
from bot.runbooks.foreign.names import written_like_an_alert
from bot.runbooks.foreign.page import ENDINGS, Page, read_page
from bot.runbooks.foreign.refuse import refusal
from bot.runbooks.foreign.sections import Alert, split_alerts
from bot.runbooks.foreign.signals import signal_lines
from bot.runbooks.foreign.verbatim import Source, fenced, quoted
from bot.runbooks.foreign.write import Written, write_entry
from bot.runbooks.parsing.parse import parse

_INDEXES = frozenset({"readme", "index", "_index", "runbook", "playbook"})
"""File names that say nothing: the page's heading or its folder names the alert."""


@dataclass(frozen=True, slots=True)
class ForeignEntry:
    """An entry that a page became: `text` is Markdown without a last newline."""

    id: str
    text: str
    page: str


@dataclass(slots=True)
class Conversion:
    """What came of some pages."""

    entries: list[ForeignEntry] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    """One line a page: which of its headings went where."""
    remarks: list[str] = field(default_factory=list)
    """`path: …` or `path:line: …`: what has no place, and how a page had to be read."""
    refused: list[str] = field(default_factory=list)
    """One line for each that is no page: why, and what to do."""


def convert(pages: Iterable[tuple[str, bytes]]) -> Conversion:
    """Turn pages (path and content) into entries, in their order. Never raises: what is no page is
    refused, and a page that says nothing says so."""
    result = Conversion()
    taken: set[str] = set()
    targets: dict[str, tuple[str, str]] = {}
    for path, data in pages:
        if objection := refusal(path, data):
            result.refused.append(objection)
            continue
        page = read_page(path, data)
        result.remarks += page.remarks
        if not any(line.strip() for line in page.lines[page.skip :]):
            result.remarks.append(f"{path}: the page is empty, no entry was made")
            result.remarks += [f"{path}: front matter not kept: {line.strip()}" for line in page.front]
            continue
        _convert_page(page, result, taken)
        result.remarks += _clashing(page, targets)
    return result


_DEFINITION = re.compile(r" {0,3}\[([^\]]+)\]:[ \t]*(\S+)")


def _clashing(page: Page, targets: dict[str, tuple[str, str]]) -> Iterable[str]:
    """Link labels that mean something else on an earlier page: in one file only the first is followed."""
    for number, line in enumerate(page.lines, start=1):
        found = _DEFINITION.match(line)
        if not found:
            continue
        label = " ".join(found[1].split()).casefold()
        first, where = targets.setdefault(label, (found[2], page.path))
        if first != found[2]:
            yield f"{page.path}:{number}: the link [{found[1]}] is {first} in {where}; rename one of them"


def _convert_page(page: Page, result: Conversion, taken: set[str]) -> None:
    lines = list(page.lines)
    stem = _stem(page.path)
    several = not written_like_an_alert(stem)
    alerts = split_alerts(page.blocks, lines, several=several) if page.blocks else [Alert("")]
    source = Source(lines, page.blocks)
    texts: list[str] = []
    told: list[str] = []
    placed: list[tuple[str, Role]] = []
    for at, alert in enumerate(alerts):
        name = _unique(_name(page.path, stem, alert), taken, page.path, result)
        front = page.front if at == 0 else []
        written = write_entry(name, alert, source, front, signal_lines(stem, alert, page.lines, front))
        if not page.blocks:
            written.lines += ["", "**Notes:**", "", *_quoted("\n".join(page.lines[page.skip :]))]
        _restore_code(alert, written, page, result)
        if not _reads(name, written.lines):
            kept = page.lines[page.skip :]
            written.lines = [*written.lines[:3], "", "**Notes:**", "", *_quoted("\n".join(kept))]
            result.remarks.append(f"{page.path}: kept whole as a note, it cannot be read as an entry")
        texts += written.lines
        placed += written.placed
        told += [alert.name, alert.title, *written.empty]
        result.remarks += [f'{page.path}: "{words}" has no text of its own' for words in written.empty]
        result.remarks += [_kept(page.path, words, line) for words, line in written.unplaced]
        result.entries.append(ForeignEntry(name, "\n".join(written.lines), page.path))
    result.placed.append(_placed(page.path, placed, [entry.id for entry in result.entries[-len(alerts) :]]))
    told += [words for words, _ in placed]
    result.remarks += [f"{page.path}:{line}: not carried over: {text}" for line, text in lost_lines(lines, texts, told)]


def _reads(name: str, lines: list[str]) -> bool:
    """Whether a runbook with this entry can be used, and has exactly this entry."""
    parsed = parse(draft_runbook("probe", ["\n".join(lines)]).encode(), "probe.md")
    modes = parsed.runbook.failures if parsed.runbook else ()
    return parsed.usable and [mode.id for mode in modes] == [name]


def _restore_code(alert: Alert, written: Written, page: Page, result: Conversion) -> None:
    """The safety net: code that did not survive its new surroundings is added at the end, and that is said."""
    blocks = [block for part in alert.parts for block in part.blocks]
    lost = lost_code(blocks, written.lines)
    if not lost:
        return
    written.lines += ["", "**Code from the page:**"]
    for block in lost:
        result.remarks.append(f"{page.path}:{block.start + 1}: this code block is at the end of {written.lines[0][4:]}")
        written.lines += ["", *fenced(block.text, block.language, block.mark)]


def _kept(path: str, words: str, line: int) -> str:
    place = f"{path}:{line}" if line else path
    return f'{place}: "{words}" has no place in an entry, kept as a note'


def _quoted(text: str) -> list[str]:
    return quoted(fenced(text.strip("\n"), "text"))


def _placed(path: str, placed: list[tuple[str, Role]], names: list[str]) -> str:
    seen = dict.fromkeys(f'"{heading}" to {role.value}' for heading, role in placed)
    return f"{path}: {', '.join(names)}" + (f" ({'; '.join(seen)})" if seen else "")


def _stem(path: str) -> str:
    """The file's name without its endings; "" when it says nothing."""
    stem = PurePath(path).name
    while PurePath(stem).suffix.casefold() in ENDINGS:
        stem = PurePath(stem).stem
    return "" if stem.casefold() in _INDEXES else stem


def _name(path: str, stem: str, alert: Alert) -> str:
    """One word: the heading that names the alert, or the file's name without its ending."""
    said = stem or heading_text(alert.title) or PurePath(path).parent.name or PurePath(path).stem
    return _word(alert.name) or _word(said) or "page"


def _word(text: str) -> str:
    """The text as one word that a heading carries unchanged."""
    return re.sub(r"_{2,}", "_", re.sub(r"[^\w.:/-]+", "-", text)).strip("-_.:/")


def _unique(name: str, taken: set[str], path: str, result: Conversion) -> str:
    wanted, number = name, 2
    while name.casefold() in taken:
        name, number = f"{wanted}-{number}", number + 1
    if name != wanted:
        result.remarks.append(f"{path}: there is already an entry {wanted}, this one is {name}")
    taken.add(name.casefold())
    return name
