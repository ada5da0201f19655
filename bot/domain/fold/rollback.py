"""Folds of the rollback."""

from __future__ import annotations

from bot.domain.events import (
    Fact,
    RollbackConditionMet,
    RollbackDecided,
    RollbackFailed,
    RollbackFinished,
    RollbackVerified,
)
from bot.domain.fold.changes import Changes, acknowledged, changes
from bot.domain.incident import Incident, RollbackStage, RollbackState


def _rollback(incident: Incident, fact: Fact, stage: RollbackStage) -> Changes:
    return {"rollback": incident.rollback.model_copy(update={"stage": stage, "at": fact.happened})}


@changes.register
def _(event: RollbackConditionMet, incident: Incident, fact: Fact) -> Changes:
    state = RollbackState(
        stage=RollbackStage.CONDITION, condition=event.condition, why=event.why, by=fact.by, at=fact.happened
    )
    return {"rollback": state, **acknowledged(incident, fact)}


@changes.register
def _(event: RollbackDecided, incident: Incident, fact: Fact) -> Changes:
    update = {
        "stage": RollbackStage.DECIDED,
        "by": fact.by,
        "at": fact.happened,
        "authorised": event.authorised,
    }
    return {"rollback": incident.rollback.model_copy(update=update)}


@changes.register
def _(event: RollbackFinished, incident: Incident, fact: Fact) -> Changes:
    return _rollback(incident, fact, RollbackStage.FINISHED)


@changes.register
def _(event: RollbackFailed, incident: Incident, fact: Fact) -> Changes:
    return _rollback(incident, fact, RollbackStage.FAILED)


@changes.register
def _(event: RollbackVerified, incident: Incident, fact: Fact) -> Changes:
    return _rollback(incident, fact, RollbackStage.VERIFIED if event.good else RollbackStage.NOT_VERIFIED)
