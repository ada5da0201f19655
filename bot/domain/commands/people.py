"""Severity, the lead, handover and calls."""

from __future__ import annotations

from bot.domain.base import Severity, Value
from bot.domain.vocabulary import Actor


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
