"""Words, marks, severity, who leads and who was called."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Severity, Value
from bot.domain.vocabulary import Actor, MarkKind


class Noted(Value):
    type: Literal["noted"] = "noted"
    text: str


class UpdatePosted(Value):
    type: Literal["update_posted"] = "update_posted"
    text: str
    next_minutes: int | None = None


class Marked(Value):
    type: Literal["marked"] = "marked"
    message: str
    """channel:ts of the message, or a key of the adapter's."""
    kind: MarkKind
    text: str
    author: str = ""
    author_id: str = ""
    """The Slack user who wrote it: two people may have one name."""
    link: str = ""


class MarkEdited(Value):
    type: Literal["mark_edited"] = "mark_edited"
    message: str
    text: str


class MarkRemoved(Value):
    type: Literal["mark_removed"] = "mark_removed"
    message: str
    kind: MarkKind


class ActionClosed(Value):
    type: Literal["action_closed"] = "action_closed"
    message: str


class Talked(Value):
    """A person wrote in the thread. The words are not kept; that they are there and talking is."""

    type: Literal["talked"] = "talked"
    ts: str


class SeverityChanged(Value):
    type: Literal["severity_changed"] = "severity_changed"
    severity: Severity
    before: Severity
    why: str = ""
    authorised: bool = True


class LeadTaken(Value):
    type: Literal["lead_taken"] = "lead_taken"
    lead: Actor
    previous: Actor | None = None
    """Who led until then, and did not offer it."""


class HandoverOffered(Value):
    type: Literal["handover_offered"] = "handover_offered"
    to: Actor


class HandoverTaken(Value):
    type: Literal["handover_taken"] = "handover_taken"
    previous: Actor | None = None
    lead: Actor


class Called(Value):
    type: Literal["called"] = "called"
    who: str
    phone: str


class CallReached(Value):
    type: Literal["call_reached"] = "call_reached"
    who: str


class CallUnanswered(Value):
    type: Literal["call_unanswered"] = "call_unanswered"
    who: str


class Reminded(Value):
    """The bot asked for something once; the fact keeps it from asking again."""

    type: Literal["reminded"] = "reminded"
    what: str


class StepCalledUp(Value):
    """Somebody asked for the step message at the bottom of the thread."""

    type: Literal["step_called_up"] = "step_called_up"


class Unfamiliar(Value):
    """An event that only a newer version knows, met during a rolling deploy. It folds to nothing."""

    type: Literal["unfamiliar"] = "unfamiliar"
    kind: str
