"""Words, marks, severity, the lead, calls, and where our own messages stand."""

from __future__ import annotations

from bot.domain.base import Severity, Value
from bot.domain.vocabulary import Actor, MarkKind, Surface


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


class CallUpStep(Value):
    """Post the step message anew at the bottom of the thread."""


class Talk(Value):
    ts: str


class ChangeSeverity(Value):
    severity: Severity
    why: str = ""
    authorised: bool = True


class TakeLead(Value):
    """The one who asks takes the lead, or names somebody.

    `over`: although somebody else leads. Without it two people who say "I have it" do not both believe it."""

    lead: Actor | None = None
    over: bool = False


class OfferHandover(Value):
    to: Actor


class TakeHandover(Value):
    pass


class CallContact(Value):
    """`who` "" calls the next contact of the escalation table."""

    who: str = ""
    phone: str = ""


class ReachContact(Value):
    who: str = ""


class MissContact(Value):
    who: str = ""


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
