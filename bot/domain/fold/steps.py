"""Folds of the steps' facts."""

from __future__ import annotations

from typing import Any

from bot.domain.events import (
    BranchChosen,
    Fact,
    FollowUpStarted,
    StepAnswered,
    StepChanged,
    StepImprovised,
    StepSkipped,
    StepsRecalled,
    StepStarted,
)
from bot.domain.fold.changes import Changes, acknowledged, changes
from bot.domain.incident import OPEN_STATUSES, Improvised, Incident, Run, StepState, StepStatus
from bot.domain.vocabulary import Answer, StepRef

FAILING = frozenset({Answer.DID_NOT_WORK, Answer.NO_ANSWER})
"""Answers that say the step did not do what the runbook promised."""


def with_step(incident: Incident, ref: StepRef, **update: Any) -> tuple[Run, ...]:
    """All runs, with one step changed."""
    return with_steps(incident, ref.run, lambda state: update if state.number == ref.number else None)


def with_steps(incident: Incident, run: int, update_of: Any) -> tuple[Run, ...]:
    """All runs, with the steps of one changed by what `update_of(state)` returns (None: left alone)."""

    def changed(state: StepState) -> StepState:
        update = update_of(state)
        return state.model_copy(update=update) if update else state

    return tuple(
        one.model_copy(update={"steps": tuple(changed(state) for state in one.steps)}) if one.run == run else one
        for one in incident.runs
    )


def _answered(
    incident: Incident, fact: Fact, ref: StepRef, status: StepStatus, outcome: str, *, first: str = ""
) -> Changes:
    runs = with_step(
        incident,
        ref,
        status=status,
        outcome=outcome,
        first=first,
        by=fact.by,
        at=fact.happened,
        follow_up="",
        follow_up_commands=(),
    )
    ended = {"wait": None} if incident.wait and incident.wait.step == ref else {}
    return {"runs": runs, **ended, **moved_below(incident), **acknowledged(incident, fact)}


def moved_below(incident: Incident) -> Changes:
    """Three human messages lie below the step message: post it anew at the bottom (incident guide, "one message")."""
    if incident.below < 3:
        return {}
    return {"below": 0, "step_generation": incident.step_generation + 1}


def status_of(answer: Answer, follow_up: bool) -> StepStatus:
    """Done or failed. A check that is not as expected is done; its *If not* decides, or its absence."""
    if answer in FAILING or (follow_up and answer is Answer.NOT_AS_EXPECTED):
        return StepStatus.FAILED
    return StepStatus.DONE


@changes.register
def _(event: StepStarted, incident: Incident, fact: Fact) -> Changes:
    def update(state: StepState) -> Changes | None:
        if state.number == event.step.number:
            fresh = {"outcome": "", "first": "", "follow_up": ""}
            return {"status": StepStatus.CURRENT, "started_at": fact.happened, "begun_by": fact.by, **fresh}
        return {"status": StepStatus.PENDING} if state.status is StepStatus.CURRENT else None

    return {"runs": with_steps(incident, event.step.run, update)}


@changes.register
def _(event: FollowUpStarted, incident: Incident, fact: Fact) -> Changes:
    def update(state: StepState) -> Changes | None:
        if state.number == event.step.number:
            return {
                "status": StepStatus.CURRENT,
                "begun_by": fact.by,
                "follow_up": event.instruction,
                "follow_up_commands": event.commands,
            }
        return {"status": StepStatus.PENDING} if state.status is StepStatus.CURRENT else None

    return {"runs": with_steps(incident, event.step.run, update)}


@changes.register
def _(event: StepAnswered, incident: Incident, fact: Fact) -> Changes:
    before = next((run.state(event.step.number) for run in incident.runs if run.run == event.step.run), None)
    first = before.outcome if before and event.follow_up else ""
    status = status_of(event.answer, event.follow_up)
    return _answered(incident, fact, event.step, status, event.answer.value, first=first)


@changes.register
def _(event: BranchChosen, incident: Incident, fact: Fact) -> Changes:
    update = _answered(incident, fact, event.step, StepStatus.DONE, event.choice)
    if event.goto is None:
        return update
    moved = incident.model_copy(update={"runs": update["runs"]})
    return {**update, "runs": with_steps(moved, event.step.run, _jump(event.step.number, event.goto))}


def _jump(here: int, goto: int) -> Any:
    def update(state: StepState) -> Changes | None:
        if here < state.number < goto and state.status in OPEN_STATUSES:
            return {"status": StepStatus.PASSED}
        # Going back means doing those steps again: a step has one state, and the stream keeps the first pass.
        if goto <= state.number and state.status is not StepStatus.PENDING and state.number != here:
            return {"status": StepStatus.PENDING, "outcome": "", "first": "", "by": None, "at": 0}
        return None

    return update


@changes.register
def _(event: StepSkipped, incident: Incident, fact: Fact) -> Changes:
    return _answered(incident, fact, event.step, StepStatus.SKIPPED, event.reason.value)


@changes.register
def _(event: StepChanged, incident: Incident, fact: Fact) -> Changes:
    # What the follow-up did is corrected by one of its own answers; any other is about the step itself.
    itself = {} if event.answer in (Answer.WORKED, Answer.DID_NOT_WORK) else {"first": ""}
    runs = with_step(
        incident,
        event.step,
        **itself,
        status=status_of(event.answer, follow_up=False),
        outcome=event.answer.value,
        by=fact.by,
        at=fact.happened,
    )
    return {"runs": runs}


@changes.register
def _(event: StepsRecalled, incident: Incident, fact: Fact) -> Changes:
    runs = incident.runs
    for ref in event.steps:
        now = incident.model_copy(update={"runs": runs})
        runs = with_step(now, ref, status=StepStatus.RECALLED, by=fact.by, at=fact.happened)
    ended = {"wait": None} if incident.wait and incident.wait.step in event.steps else {}
    return {"runs": runs, **ended}


@changes.register
def _(event: StepImprovised, incident: Incident, fact: Fact) -> Changes:
    done = Improvised(what=event.what, command=event.command, helped=event.helped, by=fact.by, at=fact.happened)
    return {"improvised": (*incident.improvised, done), **acknowledged(incident, fact)}
