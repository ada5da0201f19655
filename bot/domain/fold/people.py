"""Folds of words, marks, severity, the lead and the calls."""

from __future__ import annotations

from bot.domain.events import (
    ActionClosed,
    Called,
    CallReached,
    CallUnanswered,
    Fact,
    HandoverOffered,
    HandoverTaken,
    LeadTaken,
    MadePrivate,
    Marked,
    MarkEdited,
    MarkRemoved,
    Noted,
    Reminded,
    ScreenWasDown,
    SeverityChanged,
    Shown,
    StepCalledUp,
    Talked,
    Unfamiliar,
    UpdatePosted,
)
from bot.domain.fold.changes import Changes, acknowledged, behind, changes
from bot.domain.incident import Action, Call, CallOutcome, Incident, Place
from bot.domain.vocabulary import MarkKind

MINUTE = 60_000


@changes.register
def _(event: Noted, incident: Incident, fact: Fact) -> Changes:
    return {"talked_at": fact.at, **behind(incident, fact)}


@changes.register
def _(event: UpdatePosted, incident: Incident, fact: Fact) -> Changes:
    return {
        "latest_update": event.text,
        "latest_update_at": fact.happened,
        "next_update_at": fact.at + event.next_minutes * MINUTE if event.next_minutes else 0,
        "talked_at": fact.at,
        "reminded": tuple(what for what in incident.reminded if not what.startswith("update:")),
    }


@changes.register
def _(event: Marked, incident: Incident, fact: Fact) -> Changes:
    marks = {**incident.marks, event.message: event.kind}
    actions = tuple(action for action in incident.actions if action.message != event.message)
    if event.kind is MarkKind.ACTION:
        made = Action(message=event.message, text=event.text, owner=event.author, owner_id=event.author_id)
        actions = (*actions, made)
    return {"marks": marks, "actions": actions}


@changes.register
def _(event: MarkEdited, incident: Incident, fact: Fact) -> Changes:
    actions = tuple(
        action.model_copy(update={"text": event.text}) if action.message == event.message else action
        for action in incident.actions
    )
    return {"actions": actions}


@changes.register
def _(event: MarkRemoved, incident: Incident, fact: Fact) -> Changes:
    return {
        "marks": {message: kind for message, kind in incident.marks.items() if message != event.message},
        "actions": tuple(action for action in incident.actions if action.message != event.message),
    }


@changes.register
def _(event: ActionClosed, incident: Incident, fact: Fact) -> Changes:
    actions = tuple(
        action.model_copy(update={"closed": True}) if action.message == event.message else action
        for action in incident.actions
    )
    return {"actions": actions}


@changes.register
def _(event: Talked, incident: Incident, fact: Fact) -> Changes:
    return {"talked_at": max(incident.talked_at, fact.happened), "below": incident.below + 1}


@changes.register
def _(event: SeverityChanged, incident: Incident, fact: Fact) -> Changes:
    return {"severity": event.severity}


@changes.register
def _(event: LeadTaken, incident: Incident, fact: Fact) -> Changes:
    return {"lead": event.lead, "lead_at": fact.happened, "offered_to": None, **acknowledged(incident, fact)}


@changes.register
def _(event: HandoverOffered, incident: Incident, fact: Fact) -> Changes:
    return {"was_offered": True, "offered_to": event.to}


@changes.register
def _(event: HandoverTaken, incident: Incident, fact: Fact) -> Changes:
    return {"lead": event.lead, "lead_at": fact.happened, "offered_to": None}


@changes.register
def _(event: Called, incident: Incident, fact: Fact) -> Changes:
    return {"calls": (*incident.calls, Call(who=event.who, phone=event.phone, at=fact.happened))}


def _call(incident: Incident, who: str, outcome: CallOutcome) -> Changes:
    calls = tuple(
        call.model_copy(update={"outcome": outcome}) if call.who == who and call.outcome is CallOutcome.OPEN else call
        for call in incident.calls
    )
    return {"calls": calls}


@changes.register
def _(event: CallReached, incident: Incident, fact: Fact) -> Changes:
    return _call(incident, event.who, CallOutcome.REACHED)


@changes.register
def _(event: CallUnanswered, incident: Incident, fact: Fact) -> Changes:
    return _call(incident, event.who, CallOutcome.NO_ANSWER)


@changes.register
def _(event: Reminded, incident: Incident, fact: Fact) -> Changes:
    return {"reminded": (*incident.reminded, event.what)}


@changes.register
def _(event: MadePrivate, incident: Incident, fact: Fact) -> Changes:
    """Everything is drawn anew in the private channel; what stands in the old one becomes a pointer."""
    left = [place for place in incident.shown.values() if place.channel != event.channel]
    changed: Changes = {"private": True, "channel": event.channel}
    if incident.proposal:
        # What was fit to be seen by all was written for all.
        changed["proposal"] = incident.proposal.model_copy(update={"edited": False})
    return {**changed, "shown": {}, "left": (*incident.left, *left)} if left else changed


@changes.register
def _(event: ScreenWasDown, incident: Incident, fact: Fact) -> Changes:
    return {"screen_down_since": event.since, "screen_down_until": event.until}


@changes.register
def _(event: Shown, incident: Incident, fact: Fact) -> Changes:
    place = Place(channel=event.channel, ts=event.ts, generation=event.generation, link=event.link)
    return {"shown": {**incident.shown, event.surface: place}}


@changes.register
def _(event: StepCalledUp, incident: Incident, fact: Fact) -> Changes:
    return {"below": 0, "step_generation": incident.step_generation + 1}


@changes.register
def _(event: Unfamiliar, incident: Incident, fact: Fact) -> Changes:
    return {}
