"""After the end: the draft and the proposed runbook change."""

from __future__ import annotations

from bot.domain.commands import (
    AcceptProposal,
    DeclineProposal,
    FillField,
    MakeProposal,
    MergeProposal,
    RecordDraft,
    ReportStuckProposal,
    SendProposal,
)
from bot.domain.decide.context import Context, Decision, decision, refuse
from bot.domain.events import (
    FieldFilled,
    PostmortemDrafted,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalMerged,
    ProposalSent,
    ProposalStuck,
)
from bot.domain.incident import Incident
from bot.domain.reading import blank
from bot.domain.refusals import Refused
from bot.domain.vocabulary import (
    FIELD_DOCUMENTED,
    FIELD_ENDED,
    FIELD_OF_STATE,
    FIELDS_OF_PROSE,
    FIELDS_OF_TIME,
    OF_THE_ENTRY,
    Documented,
    EndedBy,
    StepRef,
)

FIELDS = (*FIELDS_OF_TIME, FIELD_ENDED, FIELD_DOCUMENTED, *FIELDS_OF_PROSE, f"{FIELD_OF_STATE}1 …")
"""Every blank that a person can fill, for the one who asks."""


@decision.register
def _(command: RecordDraft, incident: Incident, context: Context) -> Decision:
    if incident.live:
        return refuse(incident, Refused.INCIDENT_OPEN)
    if incident.draft and incident.draft.digest == command.digest:
        return refuse(incident, Refused.SAME_DRAFT)
    return (PostmortemDrafted.model_validate(command.model_dump(exclude={"type"})),)


@decision.register
def _(command: FillField, incident: Incident, context: Context) -> Decision:
    if incident.live:
        return refuse(incident, Refused.INCIDENT_OPEN)
    text = command.text.strip()
    if command.field in FIELDS_OF_TIME:
        if command.when > context.at:
            return refuse(incident, Refused.IN_THE_FUTURE)
        known = command.when > 0
    elif command.field == FIELD_ENDED:
        known = text in {one.value for one in EndedBy}
    elif command.field == FIELD_DOCUMENTED:
        if text in OF_THE_ENTRY and not incident.runs:
            return refuse(incident, Refused.NO_ENTRY)
        known = _is_documented(text, command.step, incident)
    else:
        known = command.field in FIELDS_OF_PROSE or command.field.startswith(FIELD_OF_STATE)
        if known and blank(text):
            return refuse(incident, Refused.EMPTY_TEXT)
    if not known:
        return refuse(incident, Refused.NO_FIELD, field=f"{command.field} {text}".strip(), fields=", ".join(FIELDS))
    return (FieldFilled(field=command.field, text=text, when=command.when, step=command.step),)


def _is_documented(text: str, step: StepRef | None, incident: Incident) -> bool:
    """Whether this answers the question: with the entry where it was another, with the step or not where one was
    wrong."""
    value, _, failure_id = text.partition(" ")
    if step is not None and not any(run.run == step.run and run.state(step.number) for run in incident.runs):
        return False
    entry_as_it_must = bool(failure_id) == (value == Documented.ANOTHER)
    step_as_it_may = step is None or value == Documented.STEP_WRONG
    return value in {one.value for one in Documented} and entry_as_it_must and step_as_it_may


@decision.register
def _(command: MakeProposal, incident: Incident, context: Context) -> Decision:
    if incident.live:
        return refuse(incident, Refused.INCIDENT_OPEN)
    made = incident.proposal
    if made and made.status in ("sent", "merged"):
        return refuse(incident, Refused.PROPOSAL_OUT, status=made.status, ref=made.ref)
    if made and made.status == "made":
        edits = context.by.is_person
        # What a person has saved is replaced by nobody else; saving it unchanged says that it was read.
        if (made.edited and not edits) or (made.diff == command.diff and made.edited == edits):
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
    if incident.private and not made.edited:
        return refuse(incident, Refused.NOT_REDACTED)
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
