"""The registry of folds: event type -> the fields of the incident that it changes."""

from __future__ import annotations

from functools import singledispatch

from bot.domain.events import Event, Fact
from bot.domain.incident import Incident

Changes = dict[str, object]


@singledispatch
def changes(event: Event, incident: Incident, fact: Fact) -> Changes:
    """The fields that this event changes. Raises TypeError for an event without a fold: a test finds those."""
    raise TypeError(f"no fold for {type(event).__name__}")


def acknowledged(incident: Incident, fact: Fact) -> Changes:
    """The first person who takes the lead or acts has acknowledged the incident (time to acknowledge)."""
    return {} if incident.acknowledged_at or not fact.by.is_person else {"acknowledged_at": fact.happened}


def behind(incident: Incident, fact: Fact) -> Changes:
    """The draft lacks what was just said: it is written again, minutes after the last such word."""
    return {"draft": incident.draft.model_copy(update={"behind_since": fact.at})} if incident.draft else {}
