"""A runbook without fault for the lint tests, and ways to break one part of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from bot.domain.runbook import Diagnostic
from bot.runbooks.lint import Options, Report, lint

TODAY = date(2026, 11, 23)
GOOD = Path(__file__).with_name("lint_good.md").read_text(encoding="utf-8")
PATH = "playbooks/invoice-extract.md"


def judge(text: str, options: Options | None = None) -> Report:
    return lint(text.encode(), PATH, options or Options(today=TODAY))


def rules(report: Report) -> set[str]:
    return {one.rule for one in report.diagnostics}


def of(report: Report, rule: str) -> list[Diagnostic]:
    return [one for one in report.diagnostics if one.rule == rule]


def line_of(text: str, needle: str) -> int:
    """The 1-based number of the only line that holds `needle`."""
    found = [number for number, line in enumerate(text.split("\n"), 1) if needle in line]
    assert len(found) == 1, (needle, found)
    return found[0]


def swap(text: str, old: str, new: str) -> str:
    """The text with the only occurrence of `old` replaced."""
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def splice(text: str, section: int, part: str, fragment: str) -> str:
    """The text with a part of a section replaced: see `bot.runbooks.lint.rule.Example` for what a part is."""
    start, end = _section(text, section)
    if part == "section":
        return f"{text[:start]}{fragment}\n{text[end:]}"
    body = text[start:end]
    first, last = _part(body, part) if section else _key(body, part)
    return text[: start + first] + fragment + ("\n" if section else "") + text[start + last :]


def _section(text: str, section: int) -> tuple[int, int]:
    if section == 0:
        return text.index("---\n") + 4, text.index("\n---\n") + 1
    start = re.search(rf"^## {section}\. .*$", text, re.M)
    assert start
    following = re.search(rf"^## {section + 1}\. ", text, re.M)
    return start.start(), following.start() if following else len(text)


def _key(front: str, key: str) -> tuple[int, int]:
    found = re.search(rf"^{key}:.*\n", front, re.M)
    assert found, key
    return found.span()


def _part(body: str, part: str) -> tuple[int, int]:
    """Where a part stands in a section: up to the next blank line before a label, a table or a heading."""
    if part == "":
        return body.index("\n") + 2, len(body)
    pattern = r"^\|" if part == "table" else rf"^\*\*{part}:\*\*"
    found = re.search(pattern, body, re.M)
    assert found, part
    after = re.compile(r"\n\n(?=\*\*|\||#)|\Z").search(body, found.start())
    assert after
    return found.start(), min(after.start() + 1, len(body))
