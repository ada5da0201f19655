"""What was shown and asked, and where our own messages stand."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.vocabulary import Surface


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


class ScreenWasDown(Value):
    """Slack could not be reached: what was recorded meanwhile was shown only afterwards (ms)."""

    type: Literal["screen_was_down"] = "screen_was_down"
    since: int
    until: int


class Shown(Value):
    """Slack told us where a message is. Nothing is drawn because of it."""

    type: Literal["shown"] = "shown"
    surface: Surface
    channel: str
    ts: str
    generation: int = 0
    link: str = ""
