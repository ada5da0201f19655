"""Folds of the playbook's facts."""

from __future__ import annotations

from bot.domain.events import Fact, PlaybookAttached, PlaybookLeft, PlaybookRejected, PlaybookResumed
from bot.domain.fold.changes import Changes, changes
from bot.domain.incident import Incident, Run, StepState


@changes.register
def _(event: PlaybookAttached, incident: Incident, fact: Fact) -> Changes:
    steps = tuple(StepState(number=step.number) for step in event.playbook.steps)
    earlier = tuple(run.model_copy(update={"active": False}) for run in incident.runs)
    return {"runs": (*earlier, Run(run=event.run, playbook=event.playbook, steps=steps)), "wait": None}


@changes.register
def _(event: PlaybookRejected, incident: Incident, fact: Fact) -> Changes:
    fresh = tuple(one for one in event.failure_ids if one not in incident.rejected)
    return {"rejected": incident.rejected + fresh}


@changes.register
def _(event: PlaybookLeft, incident: Incident, fact: Fact) -> Changes:
    runs = tuple(run.model_copy(update={"active": False}) if run.run == event.run else run for run in incident.runs)
    return {"runs": runs, "wait": None}


@changes.register
def _(event: PlaybookResumed, incident: Incident, fact: Fact) -> Changes:
    runs = tuple(run.model_copy(update={"active": run.run == event.run}) for run in incident.runs)
    return {"runs": runs, "wait": None}
