"""After the end: the draft and the proposed runbook change."""

from __future__ import annotations

from bot.domain.commands import (
    AcceptProposal,
    DeclineProposal,
    MakeProposal,
    MergeProposal,
    RecordDraft,
    ReportStuckProposal,
    SendProposal,
)
from bot.domain.decide.context import Context, Decision, decision, refuse
from bot.domain.events import (
    PostmortemDrafted,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalMerged,
    ProposalSent,
    ProposalStuck,
)
from bot.domain.incident import Incident
from bot.domain.refusals import Refused


@decision.register
def _(command: RecordDraft, incident: Incident, context: Context) -> Decision:
    if incident.live:
        return refuse(incident, Refused.INCIDENT_OPEN)
    if incident.draft and incident.draft.digest == command.digest:
        return refuse(incident, Refused.SAME_DRAFT)
    return (PostmortemDrafted.model_validate(command.model_dump(exclude={"type"})),)


@decision.register
def _(command: MakeProposal, incident: Incident, context: Context) -> Decision:
    if incident.live:
        return refuse(incident, Refused.INCIDENT_OPEN)
    made = incident.proposal
    if made and made.status in ("sent", "merged"):
        return refuse(incident, Refused.PROPOSAL_OUT, status=made.status, ref=made.ref)
    if made and (made.diff, made.status) == (command.diff, "made"):
        return refuse(incident, Refused.SAME_DRAFT)
    return (
        ProposalMade(
            kind=command.kind,
            failure_id=command.failure_id,
            title=command.title,
            path=command.path,
            diff=command.diff,
            unfilled=command.unfilled,
        ),
    )


@decision.register
def _(command: AcceptProposal, incident: Incident, context: Context) -> Decision:
    made = incident.proposal
    if made is None or made.status == "declined":
        return refuse(incident, Refused.NO_PROPOSAL)
    if made.status != "made":
        return refuse(incident, Refused.PROPOSAL_OUT, status=made.status, ref=made.ref or "it is on its way")
    return (ProposalAccepted(),)


@decision.register
def _(command: ReportStuckProposal, incident: Incident, context: Context) -> Decision:
    if incident.proposal is None or incident.proposal.status != "accepted":
        return refuse(incident, Refused.NO_PROPOSAL)
    return (ProposalStuck(why=command.why),)


@decision.register
def _(command: SendProposal, incident: Incident, context: Context) -> Decision:
    if incident.proposal is None:
        return refuse(incident, Refused.NO_PROPOSAL)
    if incident.proposal.status in ("sent", "merged"):
        return refuse(incident, Refused.PROPOSAL_OUT, status=incident.proposal.status, ref=incident.proposal.ref)
    return (ProposalSent(target=command.target, ref=command.ref),)


@decision.register
def _(command: MergeProposal, incident: Incident, context: Context) -> Decision:
    if incident.proposal is None or incident.proposal.status == "merged":
        return refuse(incident, Refused.NO_PROPOSAL)
    return (ProposalMerged(ref=command.ref),)


@decision.register
def _(command: DeclineProposal, incident: Incident, context: Context) -> Decision:
    if incident.proposal is None or incident.proposal.status in ("merged", "declined"):
        return refuse(incident, Refused.NO_PROPOSAL)
    return (ProposalDeclined(why=command.why),)
