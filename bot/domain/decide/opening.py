"""Declaring, reporting again, and choosing the playbook."""

from __future__ import annotations

from bot.domain.commands import (
    AddReport,
    AddService,
    AttachPlaybook,
    Declare,
    LeavePlaybook,
    MakePrivate,
    RejectPlaybooks,
    Rematch,
    ResumePlaybook,
    SeeChange,
)
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.walk import begin, resume
from bot.domain.dossier import Playbook
from bot.domain.events import (
    AlsoAffects,
    Briefed,
    ChangeSeen,
    Declared,
    Event,
    MadePrivate,
    Matched,
    PlaybookAttached,
    PlaybookLeft,
    PlaybookRejected,
    PlaybookResumed,
    ReportAdded,
)
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import Surface


def declare(command: Declare, context: Context) -> Decision:
    """The first facts of an incident: declared, briefed, matched and, when the match is sure, the playbook."""
    if not command.symptom.strip():
        return Refusal(reason=Refused.EMPTY_TEXT)
    events: list[Event] = [
        Declared(
            number=command.number,
            service=command.service,
            symptom=command.symptom,
            severity=command.severity,
            channel=command.channel,
            typed_in=command.typed_in,
            source=command.source,
            alert=command.alert,
            private=command.private,
            drill=command.drill,
            pace=command.pace if command.drill else 1,
            separate=command.separate,
        ),
        Briefed(dossier=command.dossier),
        Matched(verdict=command.verdict, candidates=command.candidates, words=command.symptom),
    ]
    if command.playbook is not None:
        events.append(PlaybookAttached(run=0, playbook=command.playbook, why=command.why, chosen=command.chosen))
        events.extend(begin(command.playbook, 0, context.at))
    return tuple(events)


@decision.register
def _(command: AddReport, incident: Incident, context: Context) -> Decision:
    if not command.text.strip():
        return refuse(incident, Refused.EMPTY_TEXT)
    return not_live(incident) or (ReportAdded(text=command.text, source=command.source),)


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


@decision.register
def _(command: Rematch, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    return (Matched(verdict=command.verdict, candidates=command.candidates, words=command.words),)


@decision.register
def _(command: SeeChange, incident: Incident, context: Context) -> Decision:
    return not_live(incident) or (ChangeSeen(change=command.change),)


@decision.register
def _(command: AddService, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if command.service == incident.service or command.service in incident.also_affects:
        return refuse(incident, Refused.ALREADY_AFFECTED, service=command.service)
    playbook = command.playbook
    affects = AlsoAffects(
        service=command.service,
        channel=command.channel,
        failure_id=playbook.failure_id if playbook else "",
        title=playbook.title if playbook else "",
    )
    # One step at a time: a playbook that is being walked is not set aside for another one unasked.
    if playbook is None or incident.run is not None:
        return (affects,)
    run = len(incident.runs)
    return (affects, PlaybookAttached(run=run, playbook=playbook), *begin(playbook, run, context.at))


@decision.register
def _(command: MakePrivate, incident: Incident, context: Context) -> Decision:
    # One that found no place yet may still be given one.
    if incident.private and (Surface.HEAD in incident.shown or not command.channel):
        return refuse(incident, Refused.ALREADY_PRIVATE)
    return (MadePrivate(channel=command.channel),)
