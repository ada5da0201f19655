"""Choosing the playbook."""

from __future__ import annotations

from bot.domain.commands import AttachPlaybook, LeavePlaybook, RejectPlaybooks, ResumePlaybook
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.walk import begin, resume
from bot.domain.dossier import Playbook
from bot.domain.events import Event, PlaybookAttached, PlaybookLeft, PlaybookRejected, PlaybookResumed
from bot.domain.incident import Incident
from bot.domain.refusals import Refused


@decision.register
def _(command: AttachPlaybook, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    playbook = command.playbook
    for run in incident.runs:
        if _same(run.playbook, playbook):
            if run.active:
                return refuse(incident, Refused.PLAYBOOK_ACTIVE, failure_id=playbook.failure_id)
            return _resumed(incident, run.run, context)
    run_number = len(incident.runs)
    left: tuple[Event, ...] = (PlaybookLeft(run=incident.run.run),) if incident.run else ()
    attached = PlaybookAttached(run=run_number, playbook=playbook, why=command.why, chosen=command.chosen)
    return (*left, attached, *begin(playbook, run_number, context.at))


def _same(one: Playbook, other: Playbook) -> bool:
    return (one.service, one.failure_id) == (other.service, other.failure_id)


@decision.register
def _(command: RejectPlaybooks, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    shown = tuple(candidate.failure_id for candidate in incident.candidates)
    events: tuple[Event, ...] = (PlaybookRejected(failure_ids=shown, words=incident.words),)
    return (PlaybookLeft(run=incident.run.run, why="none of these"), *events) if incident.run else events


@decision.register
def _(command: LeavePlaybook, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    run = incident.run
    if run is None:
        return refuse(incident, Refused.NO_PLAYBOOK)
    rejected = PlaybookRejected(failure_ids=(run.playbook.failure_id,), words=incident.words)
    return (PlaybookLeft(run=run.run, why=command.why), rejected)


@decision.register
def _(command: ResumePlaybook, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if not 0 <= command.run < len(incident.runs):
        return refuse(incident, Refused.UNKNOWN_PLAYBOOK)
    run = incident.runs[command.run]
    if run.active:
        return refuse(incident, Refused.PLAYBOOK_ACTIVE, failure_id=run.playbook.failure_id)
    return _resumed(incident, command.run, context)


def _resumed(incident: Incident, run: int, context: Context) -> Decision:
    left: tuple[Event, ...] = (PlaybookLeft(run=incident.run.run),) if incident.run else ()
    return (*left, PlaybookResumed(run=run), *resume(incident.runs[run], context.at))
