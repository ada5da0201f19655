"""Folds of the waits' facts."""

from __future__ import annotations

from bot.domain.events import Fact, WaitAnswered, WaitCutShort, WaitElapsed, WaitExtended, WaitStarted
from bot.domain.fold.changes import Changes, changes
from bot.domain.incident import Incident, Wait


@changes.register
def _(event: WaitStarted, incident: Incident, fact: Fact) -> Changes:
    return {
        "wait": Wait(step=event.step, until=event.until, minutes=event.minutes, started_at=fact.happened),
        "reminded": tuple(what for what in incident.reminded if not what.startswith("wait:")),
    }


@changes.register
def _(event: WaitElapsed, incident: Incident, fact: Fact) -> Changes:
    asked = incident.wait.model_copy(update={"asked": fact.at}) if incident.wait else None
    # A wait that has ended is the other reason to post the step message anew: the question must be seen.
    return {"wait": asked, "step_generation": incident.step_generation + 1, "below": 0}


@changes.register
def _(event: WaitAnswered, incident: Incident, fact: Fact) -> Changes:
    return {}


@changes.register
def _(event: WaitExtended, incident: Incident, fact: Fact) -> Changes:
    if incident.wait is None:
        return {}
    longer = {"until": event.until, "minutes": incident.wait.minutes + event.minutes, "asked": 0}
    return {"wait": incident.wait.model_copy(update=longer)}


@changes.register
def _(event: WaitCutShort, incident: Incident, fact: Fact) -> Changes:
    return {}
