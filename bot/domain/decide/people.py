"""Severity, the lead, handover and calls."""

from __future__ import annotations

from bot.domain.commands import (
    CallContact,
    ChangeSeverity,
    MissContact,
    OfferHandover,
    ReachContact,
    TakeHandover,
    TakeLead,
)
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.events import (
    Called,
    CallReached,
    CallUnanswered,
    HandoverOffered,
    HandoverTaken,
    LeadTaken,
    SeverityChanged,
)
from bot.domain.incident import Call, CallOutcome, Incident
from bot.domain.refusals import Refused


@decision.register
def _(command: ChangeSeverity, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if command.severity is incident.severity:
        return refuse(incident, Refused.SAME_SEVERITY, severity=incident.severity.value)
    return (
        SeverityChanged(
            severity=command.severity,
            before=incident.severity,
            why=command.why,
            authorised=command.authorised,
        ),
    )


@decision.register
def _(command: TakeLead, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    lead = command.lead or context.by
    if incident.lead and incident.lead.id == lead.id:
        return refuse(incident, Refused.ALREADY_LEAD, who=lead.name)
    if incident.offered_to and incident.offered_to.id == lead.id:
        return (HandoverTaken(previous=incident.lead, lead=lead),)
    if incident.lead and command.lead is None and not command.over:
        return refuse(incident, Refused.LED_BY_ANOTHER, who=incident.lead.name, at=incident.lead_at)
    return (LeadTaken(lead=lead, previous=incident.lead),)


@decision.register
def _(command: OfferHandover, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.lead and incident.lead.id == command.to.id:
        return refuse(incident, Refused.ALREADY_LEAD, who=command.to.name)
    return (HandoverOffered(to=command.to),)


@decision.register
def _(command: TakeHandover, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.offered_to is None:
        return refuse(incident, Refused.NO_HANDOVER)
    if incident.offered_to.id != context.by.id:
        return refuse(incident, Refused.NOT_OFFERED_TO_YOU, who=incident.offered_to.name)
    return (HandoverTaken(previous=incident.lead, lead=context.by),)


def _ringing(incident: Incident, who: str) -> Call | None:
    calls = (call for call in reversed(incident.calls) if call.outcome is CallOutcome.OPEN)
    return next((call for call in calls if not who or call.who == who), None)


@decision.register
def _(command: CallContact, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if command.who:
        return (Called(who=command.who, phone=command.phone),)
    contact = incident.contact_to_call()
    if contact is None:
        return refuse(incident, Refused.NO_CONTACT)
    # Calling the next one says that the one before did not answer.
    ringing = _ringing(incident, "")
    missed = (CallUnanswered(who=ringing.who),) if ringing else ()
    return (*missed, Called(who=contact.who, phone=contact.phone))


@decision.register
def _(command: ReachContact, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    call = _ringing(incident, command.who)
    return (CallReached(who=call.who),) if call else refuse(incident, Refused.NOT_CALLED)


@decision.register
def _(command: MissContact, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    call = _ringing(incident, command.who)
    return (CallUnanswered(who=call.who),) if call else refuse(incident, Refused.NOT_CALLED)
