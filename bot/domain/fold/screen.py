"""Folds of what was shown and asked."""

from __future__ import annotations

from bot.domain.events import Fact, Reminded, ScreenWasDown, Shown, StepCalledUp, Unfamiliar
from bot.domain.fold.changes import Changes, changes
from bot.domain.incident import Incident, Place


@changes.register
def _(event: Reminded, incident: Incident, fact: Fact) -> Changes:
    return {"reminded": (*incident.reminded, event.what)}


@changes.register
def _(event: ScreenWasDown, incident: Incident, fact: Fact) -> Changes:
    return {"screen_down_since": event.since, "screen_down_until": event.until}


@changes.register
def _(event: Shown, incident: Incident, fact: Fact) -> Changes:
    place = Place(channel=event.channel, ts=event.ts, generation=event.generation, link=event.link)
    return {"shown": {**incident.shown, event.surface: place}}


@changes.register
def _(event: StepCalledUp, incident: Incident, fact: Fact) -> Changes:
    return {"below": 0, "step_generation": incident.step_generation + 1}


@changes.register
def _(event: Unfamiliar, incident: Incident, fact: Fact) -> Changes:
    return {}
