"""Folds of the draft and the proposed runbook change."""

from __future__ import annotations

from bot.domain.events import (
    Fact,
    FieldFilled,
    PostmortemDrafted,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalMerged,
    ProposalSent,
    ProposalStuck,
)
from bot.domain.fold.changes import Changes, behind, changes
from bot.domain.incident import Draft, Incident, Proposal
from bot.domain.vocabulary import FIELD_DOCUMENTED, FIELD_ENDED, Documented, EndedBy


@changes.register
def _(event: PostmortemDrafted, incident: Incident, fact: Fact) -> Changes:
    return {"draft": Draft.model_validate(event.model_dump(exclude={"type"}))}


@changes.register
def _(event: ProposalMade, incident: Incident, fact: Fact) -> Changes:
    proposal = Proposal(
        kind=event.kind,
        failure_id=event.failure_id,
        title=event.title,
        path=event.path,
        diff=event.diff,
        unfilled=event.unfilled,
        at=fact.at,
        edited=fact.by.is_person,
    )
    return {"proposal": proposal}


@changes.register
def _(event: FieldFilled, incident: Incident, fact: Fact) -> Changes:
    if event.field == FIELD_ENDED and event.text in {one.value for one in EndedBy}:
        ended = incident.ending.model_copy(update={"ended_by": EndedBy(event.text)})
        return {"ending": ended, **behind(incident, fact)}
    value, _, failure_id = event.text.partition(" ")
    if event.field == FIELD_DOCUMENTED and value in {one.value for one in Documented}:
        told = {"documented": Documented(value), "failure_id": failure_id, "wrong": event.step}
        said = incident.ending.model_copy(update=told)
        # What the runbook has to learn hangs on it: everything is drafted anew.
        return {"ending": said, "draft": None}
    return behind(incident, fact)


def _proposal(incident: Incident, fact: Fact, status: str, ref: str = "", **more: str) -> Changes:
    if incident.proposal is None:
        return {}
    update = {"status": status, "ref": ref or incident.proposal.ref, "at": fact.at, "trouble": "", **more}
    return {"proposal": incident.proposal.model_copy(update=update)}


@changes.register
def _(event: ProposalSent, incident: Incident, fact: Fact) -> Changes:
    return _proposal(incident, fact, "sent", event.ref, target=event.target)


@changes.register
def _(event: ProposalAccepted, incident: Incident, fact: Fact) -> Changes:
    return _proposal(incident, fact, "accepted")


@changes.register
def _(event: ProposalStuck, incident: Incident, fact: Fact) -> Changes:
    return _proposal(incident, fact, "made", trouble=event.why)


@changes.register
def _(event: ProposalMerged, incident: Incident, fact: Fact) -> Changes:
    return _proposal(incident, fact, "merged", event.ref)


@changes.register
def _(event: ProposalDeclined, incident: Incident, fact: Fact) -> Changes:
    return _proposal(incident, fact, "declined")
