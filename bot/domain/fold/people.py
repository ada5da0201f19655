"""Folds of severity, the lead and the calls."""

from __future__ import annotations

from bot.domain.events import (
    Called,
    CallReached,
    CallUnanswered,
    Fact,
    HandoverOffered,
    HandoverTaken,
    LeadTaken,
    SeverityChanged,
)
from bot.domain.fold.changes import Changes, acknowledged, changes
from bot.domain.incident import Call, CallOutcome, Incident


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
