"""Declaring, reporting again, and what else is affected."""

from __future__ import annotations

from bot.domain.commands import AddReport, AddService, Declare, MakePrivate, Rematch, SeeChange
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.walk import begin
from bot.domain.events import (
    AlsoAffects,
    Briefed,
    ChangeSeen,
    Declared,
    Event,
    MadePrivate,
    Matched,
    PlaybookAttached,
    ReportAdded,
)
from bot.domain.incident import Incident
from bot.domain.reading import blank
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import Surface


def declare(command: Declare, context: Context) -> Decision:
    """The first facts of an incident: declared, briefed, matched and, when the match is sure, the playbook."""
    if blank(command.symptom):
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
    if blank(command.text):
        return refuse(incident, Refused.EMPTY_TEXT)
    return not_live(incident) or (ReportAdded(text=command.text, source=command.source),)


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
