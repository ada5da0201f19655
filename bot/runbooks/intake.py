"""Opening an incident: words and a service become a declaration that knows its runbook."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.base import Severity
from bot.domain.commands import AddService, AttachPlaybook, Declare
from bot.domain.dossier import Playbook, Verdict
from bot.domain.runbook import Runbook
from bot.runbooks.guide import Found, Guide


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody who opens an incident says. Empty fields were not said."""

    service: str
    symptom: str
    severity: Severity | None = None
    failure_id: str = ""
    channel: str = ""
    """Where it is shown instead of the first channel of the service."""
    source: str = ""
    alert: str = ""
    private: bool = False
    drill: bool = False
    pace: int = 1
    separate: bool = False


HURRY = 10
"""How many times as fast a drill runs that was asked to hurry: a wait of ten minutes takes one."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Looks everything up that a declaration carries. Reads only memory."""

    guide: Guide

    def declare(self, opening: Opening, now: int) -> Declare:
        """The declaration: dossier, match, and the playbook when the match is sure or the failure was named. The
        number comes from the desk. Without a severity it is the playbook's, else SEV3: the middle, to be corrected."""
        found = self.guide.match(opening.symptom, opening.service, opening.alert)
        playbook = self._playbook(opening, found)
        runbook = self.guide.runbook(opening.service)
        chosen = bool(opening.failure_id) and playbook is not None
        severity = opening.severity or (playbook.severity if playbook else None) or Severity.SEV3
        return Declare(
            number=0,
            service=runbook.service if runbook else opening.service,
            symptom=opening.symptom,
            severity=severity,
            dossier=self.guide.dossier(opening.service, now),
            verdict=Verdict.DOCUMENTED if chosen else found.verdict,
            candidates=found.candidates,
            playbook=playbook,
            why=() if chosen or not found.best else found.best.why,
            chosen=chosen,
            channel=opening.channel or _home(runbook),
            source=opening.source,
            alert=opening.alert,
            private=opening.private or bool(runbook and runbook.private),
            drill=opening.drill,
            pace=opening.pace,
            separate=opening.separate,
        )

    def attach(self, service: str, failure_id: str, why: tuple[str, ...] = ()) -> AttachPlaybook | None:
        """The command that attaches a failure mode; None when no runbook has it."""
        playbook = self.guide.playbook(service, failure_id)
        return AttachPlaybook(playbook=playbook, why=why) if playbook else None

    def affect(self, service: str, words: str) -> AddService | None:
        """The command that adds a second service, with its channel and what its runbook says to these words; None for
        an unknown service."""
        runbook = self.guide.runbook(service)
        if runbook is None:
            return None
        found = self.guide.match(words, runbook.service)
        sure = found.best if found.verdict is Verdict.DOCUMENTED else None
        own = sure.failure_id if sure and sure.service == runbook.service else ""
        playbook = self.guide.playbook(runbook.service, own) if own else None
        return AddService(service=runbook.service, channel=_home(runbook), playbook=playbook)

    def _playbook(self, opening: Opening, found: Found) -> Playbook | None:
        if opening.failure_id:
            return self.guide.playbook(opening.service, opening.failure_id)
        if found.verdict is Verdict.DOCUMENTED and found.best:
            return self.guide.playbook(found.best.service, found.best.failure_id)
        return None


def _home(runbook: Runbook | None) -> str:
    """The first channel of a service, "" when none is known."""
    return runbook.channels[0] if runbook and runbook.channels else ""
