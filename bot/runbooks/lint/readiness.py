"""The six questions of the seed, answered by the rules. Unanswered means: not production-grade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.runbook import Diagnostic, Level, Runbook, Section


@dataclass(frozen=True, slots=True)
class Question:
    """One of the six: its words, a short name for a table's head, where the answer stands, the rules that judge it."""

    text: str
    name: str
    section: Section
    rules: tuple[str, ...]


QUESTIONS: tuple[Question, ...] = (
    Question("What does healthy look like?", "working", Section.HEALTH, ("E03", "E04", "E05")),
    Question("By what do we recognise a failure?", "broken", Section.FAILURES, ("E06", "E07")),
    Question("Whom do we call?", "paged", Section.ESCALATION, ("E10", "E11", "E12", "E13", "E14")),
    Question("What do we do, failure by failure?", "playbook", Section.FAILURES, ("E06", "E08", "E09", "E10")),
    Question("When do we roll back?", "roll back", Section.ROLLBACK, ("E15", "E16", "E17")),
    Question("What does a rollback keep, and what is lost?", "state", Section.ROLLBACK, ("E18",)),
)
"""Seed, "Why the runbook is the spec"."""

PLACEHOLDER = "E20"
"""Spoils the questions of the section it stands in: a placeholder is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the runbook answers a question; when not, the rules that say so ("P.." ones are the parser's)."""

    question: Question
    rules: tuple[str, ...]

    @property
    def yes(self) -> bool:
        return not self.rules


def readiness(runbook: Runbook | None, diagnostics: Iterable[Diagnostic]) -> tuple[Answer, ...]:
    """The six answers, in the seed's order.

    Give every diagnostic of the file, silenced ones too: a silence is an agreement not to be told, not an answer.
    An error of the parser means that nobody knows what the file says, so it spoils all six.
    """
    errors = [one for one in diagnostics if one.severity is Level.ERROR]
    return tuple(Answer(question, _against(runbook, question, errors)) for question in QUESTIONS)


def _against(runbook: Runbook | None, question: Question, errors: list[Diagnostic]) -> tuple[str, ...]:
    found = {one.rule for one in errors if one.rule in question.rules or one.rule.startswith("P")}
    if runbook is None:
        return tuple(sorted(found or {"P01"}))
    span = runbook.sections.get(question.section)
    if span is None or _empty(runbook, question.section):
        found.add("E01")
    if span and any(one.rule == PLACEHOLDER and span.start <= one.line <= span.end for one in errors):
        found.add(PLACEHOLDER)
    return tuple(sorted(found))


def _empty(runbook: Runbook, section: Section) -> bool:
    """Whether nothing of the section was understood."""
    return {
        Section.SUMMARY: not runbook.summary.paragraphs,
        Section.HEALTH: not runbook.health.metrics,
        Section.FAILURES: not runbook.failures,
        Section.ESCALATION: not runbook.contacts,
        Section.ROLLBACK: not (runbook.rollback.conditions or runbook.rollback.commands or runbook.rollback.state),
        Section.CHANGES: not runbook.changes,
    }[section]
