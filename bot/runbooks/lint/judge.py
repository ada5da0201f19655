"""From a file's bytes to a report: parse, apply every rule, set silenced findings apart, answer the six questions."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.runbook import Diagnostic, Level
from bot.runbooks.lint.links import links
from bot.runbooks.lint.page import Options, Page
from bot.runbooks.lint.readiness import PLACEHOLDER, Answer, readiness
from bot.runbooks.lint.rule import Rule
from bot.runbooks.lint.shape import is_empty
from bot.runbooks.lint.silence import SILENT
from bot.runbooks.lint.table import RULES
from bot.runbooks.parsing.parse import parse
from bot.runbooks.parsing.text import decode


@dataclass(frozen=True, slots=True)
class Silenced:
    """A diagnostic the file's front matter silences, and the reason it gives."""

    diagnostic: Diagnostic
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What lint says about one file. Diagnostics are in the order of the file."""

    path: str
    service: str
    """"" when the file is no runbook."""
    diagnostics: tuple[Diagnostic, ...]
    silenced: tuple[Silenced, ...] = ()
    answers: tuple[Answer, ...] = field(default=())

    @property
    def errors(self) -> int:
        return sum(one.severity is Level.ERROR for one in self.diagnostics)

    @property
    def warnings(self) -> int:
        return len(self.diagnostics) - self.errors

    @property
    def production_grade(self) -> bool:
        """All six questions are answered (seed: otherwise "the agent isn't production-grade yet")."""
        return all(answer.yes for answer in self.answers)


def lint(data: bytes, path: str, options: Options | None = None) -> Report:
    """Judge one file. Never raises on any content; what the parser says is part of the report."""
    parsed = parse(data, path)
    found = list(parsed.diagnostics)
    book = parsed.runbook
    if book is None:
        return Report(path, "", tuple(found), answers=readiness(None, found))
    page = Page(book, parsed.blocks, decode(data).text, options or Options(), frozenset(RULES) - {SILENT})
    found += judge(page)
    found.sort(key=lambda one: (one.line, one.column, one.rule))
    reasons = {name: why for name, why in book.silenced.items() if why.strip() and name in page.silenceable}
    return Report(
        path,
        book.service,
        tuple(one for one in found if one.rule not in reasons),
        tuple(Silenced(one, reasons[one.rule]) for one in found if one.rule in reasons),
        readiness(book, found),
    )


def judge(page: Page) -> list[Diagnostic]:
    """What every rule says about a page, silences not applied, in the order of the rules."""
    there = {section for section in page.runbook.sections if not is_empty(page, section)}
    rules = [rule for rule in RULES.values() if there.issuperset(rule.needs)]
    found = [diagnostic for rule in rules for diagnostic in _apply(rule, page)]
    return found if PLACEHOLDER in page.runbook.silenced else _told_once(found)


def _told_once(found: list[Diagnostic]) -> list[Diagnostic]:
    """Where a placeholder stands nothing else is said of it: that it has no number, say, goes without saying."""
    places = {(one.line, one.column) for one in found if one.rule == PLACEHOLDER}
    return [one for one in found if one.rule == PLACEHOLDER or (one.line, one.column) not in places]


def _apply(rule: Rule, page: Page) -> list[Diagnostic]:
    return [
        Diagnostic(
            rule=rule.id,
            severity=finding.level or rule.level,
            path=page.runbook.path,
            line=finding.place.line,
            column=finding.place.column,
            message=finding.message,
        )
        for finding in rule.check(page)
    ]


def links_of(data: bytes, path: str) -> list[str]:
    """The http(s) links that W15 judges, for the caller to ask the network about."""
    parsed = parse(data, path)
    if parsed.runbook is None:
        return []
    return [url for _, url in links(Page(parsed.runbook, parsed.blocks, decode(data).text, Options()))]
