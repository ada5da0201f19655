"""What people said: notes, updates, marked messages and action items."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.vocabulary import MarkKind


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
