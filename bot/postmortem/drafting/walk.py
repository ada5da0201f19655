"""The playbooks that were used: each step done, skipped, failed, unknown or not reached, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from bot.domain.events import (
    Fact,
    FollowUpStarted,
    PlaybookAttached,
    StepAnswered,
    StepChanged,
    StepSkipped,
    StepsRecalled,
    WaitCutShort,
)
from bot.domain.incident import Incident, Run, StepState, StepStatus
from bot.domain.reading import apart
from bot.domain.vocabulary import StepRef
from bot.postmortem.drafting.people import Cast
from bot.postmortem.drafting.report import StepRow, Tried, Walk
from bot.postmortem.drafting.tell import plain

MINUTE = 60_000

_STATUS = {
    StepStatus.DONE: "done",
    StepStatus.FAILED: "failed",
    StepStatus.SKIPPED: "skipped",
    StepStatus.PASSED: "passed",
    StepStatus.RECALLED: "done",
}


def walks(incident: Incident, facts: Sequence[Fact], actors: Cast) -> tuple[Walk, ...]:
    """One walk for each playbook that was attached, in order."""
    chosen = {fact.event.run: fact.event.chosen for fact in facts if isinstance(fact.event, PlaybookAttached)}
    last = incident.runs[-1].run if incident.runs else 0
    return tuple(
        Walk(
            failure_id=run.playbook.failure_id,
            title=run.playbook.title,
            # Where the bot keeps its checkout says nothing to a reader.
            path="/".join(PurePath(run.playbook.path).parts[-2:]),
            line=run.playbook.line,
            draft=run.playbook.draft,
            left=not run.active and run.run <= last,
            chosen=chosen.get(run.run, False),
            impact=run.playbook.impact,
            cause=run.playbook.cause,
            verify=run.playbook.verify,
            steps=tuple(_row(run, state, facts, actors) for state in run.steps),
        )
        for run in incident.runs
    )


def _row(run: Run, state: StepState, facts: Sequence[Fact], actors: Cast) -> StepRow:
    step = run.step(state.number)
    ref = StepRef(run=run.run, number=state.number)
    answered = state.status in _STATUS and state.status not in (StepStatus.PASSED, StepStatus.RECALLED)
    timed = answered and state.started_at and state.at >= state.started_at
    return StepRow(
        number=state.number,
        kind=step.kind.value,
        text=" ".join(step.text.split()) or plain(step.kind),
        status=status(run, state, facts),
        detail=_detail(state, ref, facts),
        note=_note(ref, facts),
        who=actors.role(state.by) if state.by else "",
        minutes=(state.at - state.started_at) / MINUTE if timed else None,
    )


def status(run: Run, state: StepState, facts: Sequence[Fact]) -> str:
    """done, failed, skipped, passed (a branch led past it), unknown or not reached.

    Not reached is claimed only of a step that was never shown while others of the run were answered: whoever never
    clicks may have done everything.
    """
    if state.status in _STATUS:
        return _STATUS[state.status]
    recalled = any(isinstance(fact.event, StepsRecalled) for fact in facts)
    silent = all(one.status not in _STATUS for one in run.steps)
    if recalled or silent or state.status is StepStatus.CURRENT or state.started_at:
        return "unknown"
    return "not reached"


def _detail(state: StepState, ref: StepRef, facts: Sequence[Fact]) -> str:
    """Why it was skipped, what failed, what was answered."""
    if state.status is StepStatus.RECALLED:
        return "said at close"
    parts = [plain(state.first or state.outcome)] if state.outcome else []
    for fact in facts:
        if isinstance(fact.event, FollowUpStarted) and fact.event.step == ref:
            parts.append(f"then: {' '.join(fact.event.instruction.split()).rstrip('.')}")
        if isinstance(fact.event, WaitCutShort) and fact.event.step == ref:
            parts.append("wait cut short")
    if state.first:
        parts.append(plain(state.outcome))
    return "; ".join(dict.fromkeys(parts))


def _note(ref: StepRef, facts: Sequence[Fact]) -> str:
    said = [
        fact.event.note
        for fact in facts
        if isinstance(fact.event, StepAnswered | StepSkipped | StepChanged) and fact.event.step == ref
    ]
    return "; ".join(note for note in said if note)


def tried(incident: Incident, actors: Cast) -> tuple[Tried, ...]:
    """What was done outside the playbooks."""
    found = []
    for one in sorted(incident.improvised, key=lambda one: one.at):
        what, command = apart(one.what, one.command)
        found.append(Tried(at=one.at, who=actors.role(one.by), what=what, command=command, helped=one.helped.value))
    return tuple(found)
