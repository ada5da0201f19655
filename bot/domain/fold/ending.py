"""Folds of the end."""

from __future__ import annotations

from bot.domain.events import Cancelled, Closed, Fact, Mitigated, Reopened
from bot.domain.fold.changes import Changes, changes
from bot.domain.incident import Ending, Incident, Phase

AFTER_THE_END = ("proposal", "actions", "digest")
"""The kinds of `bot.domain.due.Reminder` that come after the close."""


@changes.register
def _(event: Mitigated, incident: Incident, fact: Fact) -> Changes:
    return {"phase": Phase.MITIGATED, "mitigated_at": fact.happened, "wait": None}


@changes.register
def _(event: Closed, incident: Incident, fact: Fact) -> Changes:
    ending = Ending(
        ended_by=event.ended_by,
        documented=event.documented,
        step=event.step,
        failure_id=event.failure_id,
        what=event.what,
        wrong=event.wrong,
    )
    mitigated = {} if incident.mitigated_at else {"mitigated_at": fact.happened}
    return {"phase": Phase.CLOSED, "closed_at": fact.happened, "ending": ending, "wait": None, **mitigated}


@changes.register
def _(event: Reopened, incident: Incident, fact: Fact) -> Changes:
    # What was drafted and asked is about another end: the next close drafts and asks anew.
    asked = tuple(what for what in incident.reminded if what.partition(":")[0] not in AFTER_THE_END)
    return {
        "phase": Phase.OPEN,
        "closed_at": 0,
        "mitigated_at": 0,
        "ending": Ending(),
        "draft": None,
        "reminded": asked,
    }


@changes.register
def _(event: Cancelled, incident: Incident, fact: Fact) -> Changes:
    ending = Ending(cancelled=event.kind, duplicate_of=event.duplicate_of)
    return {"phase": Phase.CANCELLED, "closed_at": fact.happened, "ending": ending, "wait": None}
