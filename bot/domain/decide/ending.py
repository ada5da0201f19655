"""Impact over, closed, reopened, cancelled. Ends may be dated back, never forward."""

from __future__ import annotations

from bot.domain.commands import Cancel, Close, Mitigate, Reopen
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.events import Cancelled, Closed, Mitigated, Reopened
from bot.domain.incident import Incident, Phase, RollbackStage
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import OF_THE_ENTRY, CancelKind


def _misdated(incident: Incident, when: int | None, now: int) -> Refusal | None:
    if when is None:
        return None
    if when > now:
        return refuse(incident, Refused.IN_THE_FUTURE)
    if when < incident.declared_at:
        return refuse(incident, Refused.BEFORE_IT_BEGAN, at=incident.declared_at)
    return None


@decision.register
def _(command: Mitigate, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.phase is Phase.MITIGATED:
        return refuse(incident, Refused.ALREADY_MITIGATED, at=incident.mitigated_at)
    return _misdated(incident, command.since, context.at) or (Mitigated(),)


@decision.register
def _(command: Close, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.rollback.stage is RollbackStage.DECIDED:
        # Whether production was rolled back is what the post-mortem's state check depends on.
        return refuse(incident, Refused.ROLLBACK_UNDER_WAY)
    if command.documented in OF_THE_ENTRY and not incident.runs:
        return refuse(incident, Refused.NO_ENTRY)
    closing = Closed(
        ended_by=command.ended_by,
        documented=command.documented,
        step=command.step,
        failure_id=command.failure_id,
        what=command.what,
        wrong=command.wrong,
    )
    return _misdated(incident, command.ended_at, context.at) or (closing,)


@decision.register
def _(command: Reopen, incident: Incident, context: Context) -> Decision:
    if incident.phase is Phase.OPEN:
        return refuse(incident, Refused.INCIDENT_OPEN)
    return (Reopened(why=command.why),)


@decision.register
def _(command: Cancel, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if command.kind is CancelKind.DUPLICATE and not command.duplicate_of:
        return refuse(incident, Refused.NEEDS_DUPLICATE)
    return (Cancelled(kind=command.kind, duplicate_of=command.duplicate_of),)
