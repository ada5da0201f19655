"""What the runbooks say, for whoever asks: dossier of a service, playbook of a failure, match of a symptom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.domain.base import Value
from bot.domain.dossier import Candidate, Dossier, Playbook, RollbackPlan, Verdict
from bot.domain.runbook import Contact, FailureMode, Runbook
from bot.runbooks.change_log import DAY_MS, changes_since
from bot.runbooks.lint import Options, lint
from bot.runbooks.match import Candidate as Matched
from bot.runbooks.match import Index, Query
from bot.runbooks.match.meaning import Meaning


class Shelf(Protocol):
    """Where the runbooks stand (`bot.runbooks.library.library.Library`)."""

    @property
    def runbooks(self) -> Iterable[Runbook]: ...

    def find(self, name: str) -> Runbook | None:
        """A runbook by service id or alias."""

    def for_channel(self, *names: str) -> Runbook | None:
        """The runbook whose `channels` name one of these (an id, or "#name")."""

    def trouble(self, service: str) -> tuple[str, ...]:
        """What is wrong with the file of a service, in sentences."""


class Found(Value):
    """The answer to a symptom."""

    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    elsewhere: Candidate | None = None
    note: str = ""

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


FALLBACK = "Fallback phone of the settings"


class Guide:
    """Answers from memory: it works with Redis and Slack down."""

    def __init__(self, shelf: Shelf, meaning: Meaning | None = None, fallback_phone: str = "") -> None:
        """`fallback_phone` is called where a runbook names nobody, "" for none."""
        self.shelf = shelf
        self._fallback = (Contact(order="1", who=FALLBACK, phone=fallback_phone),) if fallback_phone else ()
        self._index = Index(shelf.runbooks, meaning)
        self._unanswered: dict[str, tuple[str, ...]] = {}

    def refresh(self) -> int:
        """Take in what the shelf has now; how many entries changed."""
        return self._index.update(self.shelf.runbooks)

    def runbook(self, service: str) -> Runbook | None:
        return self.shelf.find(service)

    def match(self, text: str, service: str = "", alert: str = "") -> Found:
        """Which failure mode these words describe, within the service first."""
        match = self._index.match(Query(text=text, service=service or None, alert=alert or None))
        return Found(
            verdict=Verdict(match.verdict.value),
            candidates=tuple(_candidate(one) for one in match.candidates),
            elsewhere=_candidate(match.elsewhere) if match.elsewhere else None,
            note=match.note,
        )

    def playbook(self, service: str, failure_id: str) -> Playbook | None:
        """A failure mode as a playbook to attach."""
        runbook = self.shelf.find(service)
        mode = runbook.failure(failure_id) if runbook else None
        return playbook_of(runbook, mode) if runbook and mode else None

    def dossier(self, service: str, now: int) -> Dossier:
        """What an incident of this service carries with it. An unknown service gives a dossier that says so."""
        runbook = self.shelf.find(service)
        if runbook is None:
            gaps = ("No runbook of this service was found.",)
            return Dossier(service=service, known=False, contacts=self._fallback, gaps=gaps)
        return Dossier(
            service=runbook.service,
            title=runbook.title,
            owner=runbook.owner,
            timezone=runbook.timezone,
            path=runbook.path,
            digest=runbook.digest,
            dashboard=runbook.health.dashboard.text,
            metrics=runbook.health.metrics,
            contacts=runbook.contacts or self._fallback,
            rollback=rollback_of(runbook),
            changes=changes_since(runbook, now - DAY_MS, now),
            gaps=(*self.shelf.trouble(runbook.service), *self._gaps(runbook, now)),
        )

    def _gaps(self, runbook: Runbook, now: int) -> tuple[str, ...]:
        """Which of the six questions this version leaves unanswered, judged once per version. A file that has changed
        since is not judged in its place."""
        known = self._unanswered.get(runbook.digest)
        if known is None:
            try:
                data = Path(runbook.path).read_bytes()
            except OSError:
                data = b""
            if hashlib.sha256(data).hexdigest() != runbook.digest:
                return ()
            report = lint(data, runbook.path, Options(today=datetime.fromtimestamp(now / 1000, UTC).date()))
            known = tuple(answer.question.text for answer in report.answers if not answer.yes)
            self._unanswered[runbook.digest] = known
        return known


def rollback_of(runbook: Runbook) -> RollbackPlan:
    """Section 5 as an incident needs it."""
    section = runbook.rollback
    return RollbackPlan(
        conditions=tuple(condition.text for condition in section.conditions),
        authorised=section.authorised.text,
        command=section.commands[0].text if section.commands else "",
        verify=section.verify.text,
        state=section.state,
    )


def playbook_of(runbook: Runbook, mode: FailureMode) -> Playbook:
    """A failure mode as it stands now."""
    return Playbook(
        failure_id=mode.id,
        service=runbook.service,
        title=mode.title,
        severity=mode.severity,
        draft=mode.draft,
        impact=mode.impact.text,
        cause=mode.cause.text,
        steps=mode.steps,
        verify=mode.verify.text,
        roll_back_when=mode.roll_back_when.text,
        escalate_to=mode.escalate_to.text,
        path=runbook.path,
        line=mode.heading.start,
    )


def _candidate(one: Matched) -> Candidate:
    return Candidate(failure_id=one.id, service=one.service, title=one.title, score=one.score, why=one.why)
