"""Folds of the beginning and the reach."""

from __future__ import annotations

from bot.domain.events import AlsoAffects, Briefed, ChangeSeen, Fact, MadePrivate, Matched, ReportAdded
from bot.domain.fold.changes import Changes, changes
from bot.domain.incident import Incident


@changes.register
def _(event: Briefed, incident: Incident, fact: Fact) -> Changes:
    return {"dossier": event.dossier}


@changes.register
def _(event: Matched, incident: Incident, fact: Fact) -> Changes:
    return {"verdict": event.verdict, "candidates": event.candidates, "words": event.words or incident.words}


@changes.register
def _(event: ReportAdded, incident: Incident, fact: Fact) -> Changes:
    return {"reports": incident.reports + 1}


@changes.register
def _(event: AlsoAffects, incident: Incident, fact: Fact) -> Changes:
    return {"also_affects": (*incident.also_affects, event.service)}


@changes.register
def _(event: ChangeSeen, incident: Incident, fact: Fact) -> Changes:
    dossier = incident.dossier
    return {"dossier": dossier.model_copy(update={"changes": (*dossier.changes, event.change)})}


@changes.register
def _(event: MadePrivate, incident: Incident, fact: Fact) -> Changes:
    """Everything is drawn anew in the private channel; what stands in the old one becomes a pointer."""
    left = [place for place in incident.shown.values() if place.channel != event.channel]
    changed: Changes = {"private": True, "channel": event.channel}
    if incident.proposal:
        # What was fit to be seen by all was written for all.
        changed["proposal"] = incident.proposal.model_copy(update={"edited": False})
    return {**changed, "shown": {}, "left": (*incident.left, *left)} if left else changed
