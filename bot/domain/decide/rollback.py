"""The rollback: a condition, a decision by a person, the command run by a person, and the proof."""

from __future__ import annotations

from bot.domain.commands import DecideRollback, FailRollback, FinishRollback, MeetRollbackCondition, VerifyRollback
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.walk import advance
from bot.domain.events import (
    Event,
    RollbackConditionMet,
    RollbackDecided,
    RollbackFailed,
    RollbackFinished,
    RollbackVerified,
)
from bot.domain.incident import Incident, RollbackStage
from bot.domain.refusals import Refused
from bot.domain.runbook import StepKind
from bot.domain.vocabulary import Answer

_RUNNING = (RollbackStage.DECIDED, RollbackStage.FINISHED)


def can_be_decided(incident: Incident) -> bool:
    """Whether somebody has said which condition is met, or why without one (incident guide, "Rollback"). What was said
    holds for another try after the command failed or did not help."""
    return incident.rollback.stage in (RollbackStage.CONDITION, RollbackStage.FAILED, RollbackStage.NOT_VERIFIED)


@decision.register
def _(command: MeetRollbackCondition, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.rollback.stage in _RUNNING:
        return refuse(incident, Refused.ROLLBACK_RUNNING, stage=incident.rollback.stage.value)
    if not command.condition.strip() and not command.why.strip():
        return refuse(incident, Refused.ROLLBACK_NEEDS_REASON)
    return (RollbackConditionMet(condition=command.condition, why=command.why),)


@decision.register
def _(command: DecideRollback, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.rollback.stage in _RUNNING:
        return refuse(incident, Refused.ROLLBACK_RUNNING, stage=incident.rollback.stage.value)
    if not can_be_decided(incident):
        return refuse(incident, Refused.ROLLBACK_NEEDS_REASON)
    return (RollbackDecided(authorised=command.authorised),)


@decision.register
def _(command: FinishRollback, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.rollback.stage is not RollbackStage.DECIDED:
        return refuse(incident, Refused.ROLLBACK_NOT_DECIDED)
    return (RollbackFinished(), *_go_on(incident, context.at))


@decision.register
def _(command: FailRollback, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.rollback.stage is not RollbackStage.DECIDED:
        return refuse(incident, Refused.ROLLBACK_NOT_DECIDED)
    return (RollbackFailed(what=command.what), *_go_on(incident, context.at))


@decision.register
def _(command: VerifyRollback, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    if incident.rollback.stage is not RollbackStage.FINISHED:
        return refuse(incident, Refused.ROLLBACK_NOT_FINISHED)
    return (RollbackVerified(good=command.good),)


def _go_on(incident: Incident, at: int) -> tuple[Event, ...]:
    """A rollback step holds the playbook until the command was run; then the next step comes."""
    run = incident.run
    if run is None or run.current is not None:
        return ()
    held = [
        state.number
        for state in run.steps
        if run.step(state.number).kind is StepKind.ROLLBACK and state.outcome == Answer.CONDITION_MET.value
    ]
    return advance(run, held[-1], at) if held else ()
