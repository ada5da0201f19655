"""What a reader of words gets, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import commands as c
from bot.domain.base import Value
from bot.domain.incident import Incident
from bot.domain.vocabulary import Actor


class Misread(Value):
    """What was typed cannot be a command yet; `sentence` says what is missing."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Said:
    """The rest of a line, and what it is said about."""

    text: str
    incident: Incident
    now: int
    word: str = ""
    reader: Actor | None = None
    """Who says it, where that tells who has read the present step. None where it does not: a login of a terminal may
    have several windows, and several people."""


Understood = c.Command | Misread
