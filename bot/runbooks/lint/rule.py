"""What a lint rule is: one small pure function with its reason, its fix and two examples that are run as tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.runbook import Level, Section
from bot.runbooks.lint.page import Page, Place


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's complaint about a place. `level` is set where one complaint of a rule weighs more than its others."""

    place: Place
    message: str
    level: Level | None = None


Check = Callable[[Page], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Example:
    """Two fragments of a runbook, one that breaks the rule and one that keeps it.

    Put in place of part `part` of section `section` of a good runbook, `bad` brings the finding and `good` does not.
    Section 0 is the front matter. A part is a label ("Symptoms", in section 3 that of the first entry), "table",
    "section" (heading included) or "" for everything below the section's heading.
    """

    section: int
    part: str
    bad: str
    good: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table (docs/lint.md)."""

    id: str
    level: Level
    meaning: str
    """One line: what the rule demands."""
    why: str
    """The reason, and the seed section or the source behind it."""
    fix: str
    example: Example
    check: Check
    needs: tuple[Section, ...] = ()
    """Sections the rule judges; it is silent when one of them is missing or empty, E01 has said so already."""


def rule(id: str, *needs: Section, meaning: str, why: str, fix: str, example: Example) -> Callable[[Check], Rule]:
    """Make a check into a `Rule`. Its level follows from its id: W for a warning, anything else is an error."""
    level = Level.WARNING if id.startswith("W") else Level.ERROR

    def make(check: Check) -> Rule:
        return Rule(id, level, meaning, why, fix, example, check, needs)

    return make
