"""Folds of what people said."""

from __future__ import annotations

from bot.domain.events import ActionClosed, Fact, Marked, MarkEdited, MarkRemoved, Noted, Talked, UpdatePosted
from bot.domain.fold.changes import Changes, behind, changes
from bot.domain.incident import Action, Incident
from bot.domain.vocabulary import MarkKind

MINUTE = 60_000


@changes.register
def _(event: Noted, incident: Incident, fact: Fact) -> Changes:
    return {"talked_at": fact.at, **behind(incident, fact)}


@changes.register
def _(event: UpdatePosted, incident: Incident, fact: Fact) -> Changes:
    return {
        "latest_update": event.text,
        "latest_update_at": fact.happened,
        "next_update_at": fact.at + event.next_minutes * MINUTE if event.next_minutes else 0,
        "talked_at": fact.at,
        "reminded": tuple(what for what in incident.reminded if not what.startswith("update:")),
    }


@changes.register
def _(event: Marked, incident: Incident, fact: Fact) -> Changes:
    marks = {**incident.marks, event.message: event.kind}
    actions = tuple(action for action in incident.actions if action.message != event.message)
    if event.kind is MarkKind.ACTION:
        made = Action(message=event.message, text=event.text, owner=event.author, owner_id=event.author_id)
        actions = (*actions, made)
    return {"marks": marks, "actions": actions}


@changes.register
def _(event: MarkEdited, incident: Incident, fact: Fact) -> Changes:
    actions = tuple(
        action.model_copy(update={"text": event.text}) if action.message == event.message else action
        for action in incident.actions
    )
    return {"actions": actions}


@changes.register
def _(event: MarkRemoved, incident: Incident, fact: Fact) -> Changes:
    return {
        "marks": {message: kind for message, kind in incident.marks.items() if message != event.message},
        "actions": tuple(action for action in incident.actions if action.message != event.message),
    }


@changes.register
def _(event: ActionClosed, incident: Incident, fact: Fact) -> Changes:
    actions = tuple(
        action.model_copy(update={"closed": True}) if action.message == event.message else action
        for action in incident.actions
    )
    return {"actions": actions}


@changes.register
def _(event: Talked, incident: Incident, fact: Fact) -> Changes:
    return {"talked_at": max(incident.talked_at, fact.happened), "below": incident.below + 1}
