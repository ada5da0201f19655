"""How every edit is tried: on the raw lines, read again, compared, and refused when it says more than was meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.runbook import FailureMode, Runbook, content
from bot.runbooks.editing.lines import RawLines
from bot.runbooks.editing.render import read_entry
from bot.runbooks.parsing.parse import Parsed, parse
from bot.runbooks.parsing.text import split_lines


@dataclass(frozen=True, slots=True)
class Edited:
    """The edited file and what it says now. `line` is the first line (1-based) that changed; 0 when none did. An edit
    sees bytes and no file: the path in `runbook` means nothing."""

    data: bytes
    runbook: Runbook
    line: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed. `reason` is a sentence for people; `line` (1-based) is where the trouble is, 0 nowhere."""

    reason: str
    line: int = 0


Outcome = Edited | Refused


@dataclass(frozen=True, slots=True)
class Before:
    """The file as it is, read and found sound enough to edit."""

    raw: RawLines
    runbook: Runbook
    data: bytes


def open_file(data: bytes) -> Before | Refused:
    """Read a file for editing."""
    parsed = parse(data, "runbook.md")
    trouble = _trouble(parsed)
    if trouble is not None:
        return trouble
    assert parsed.runbook is not None
    return Before(RawLines.of(data), parsed.runbook, data)


def _trouble(parsed: Parsed) -> Refused | None:
    """Why a file cannot be edited. Bytes that are not UTF-8 are no hindrance: they are left alone."""
    for one in parsed.diagnostics:
        if one.rule in ("P01", "P03", "P06", "P09") or parsed.runbook is None:
            return Refused(f"The runbook cannot be edited as it stands: {one.message}", one.line)
    return None


def finish(before: Before, raw: RawLines, expected: Mapping[str, object], line: int) -> Outcome:
    """Read the edited lines and compare: the fields in `expected` must have that content, all others their old one."""
    data = raw.data()
    if data == before.data:
        now = content(before.runbook)
        assert isinstance(now, dict)
        if any(now[name] != content(value) for name, value in expected.items()):
            return Refused("This is written in a way that cannot be edited here: change it by hand.", line)
        return Edited(data, before.runbook, 0)
    parsed = parse(data, "runbook.md")
    trouble = _trouble(parsed)
    if trouble is not None:
        return Refused(f"The edit would break the file: {trouble.reason}", trouble.line)
    assert parsed.runbook is not None
    old, new = content(before.runbook), content(parsed.runbook)
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    for name, value in {**old, **expected}.items():
        if new[name] != (content(value) if name in expected else value):
            what = _NAMES.get(name, name)
            return Refused(f"The edit would change {what} in a way that was not meant; nothing was written.", line)
    return Edited(data, parsed.runbook, line)


_NAMES = {
    "failures": "the entries of section 3",
    "summary": "section 1",
    "health": "section 2",
    "contacts": "section 4",
    "rollback": "section 5",
    "changes": "section 6",
}


def checked_entry(markdown: str) -> tuple[FailureMode, list[str]] | Refused:
    """One entry that was given as Markdown, and its lines; refused when it is none, or more than one."""
    if "\0" in markdown or any("\ud800" <= one <= "\udfff" for one in markdown):
        return Refused("The new entry holds characters that cannot stand in a text file.")
    lines = split_lines(markdown.strip("\r\n\ufeff"))
    mode = read_entry("\n".join(lines))
    if mode is None:
        return Refused(
            "The new text is not one entry: it needs exactly one heading of level 3, such as ### AB-01 Title, "
            "every code block closed, and no heading of a higher level."
        )
    return mode, lines
