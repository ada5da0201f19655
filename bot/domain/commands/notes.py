"""What people say: notes, updates, marked messages and action items."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.vocabulary import MarkKind


class Note(Value):
    text: str


class PostUpdate(Value):
    text: str
    next_minutes: int | None = None


class MarkMessage(Value):
    message: str
    kind: MarkKind
    text: str
    author: str = ""
    author_id: str = ""
    link: str = ""


class EditMark(Value):
    message: str
    text: str


class RemoveMark(Value):
    message: str
    kind: MarkKind | None = None


class CloseAction(Value):
    message: str


class Talk(Value):
    ts: str
