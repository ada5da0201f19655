"""What the bot showed and asked, and where its own messages stand."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.vocabulary import Surface


class CallUpStep(Value):
    """Post the step message anew at the bottom of the thread."""


class Remind(Value):
    what: str


class ReportScreenDown(Value):
    """Slack could not be reached for a while (ms), and can again."""

    since: int
    until: int


class Show(Value):
    """A message of ours now stands at this place."""

    surface: Surface
    channel: str
    ts: str
    generation: int = 0
    link: str = ""
