"""Severity, who leads and who was called."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Severity, Value
from bot.domain.vocabulary import Actor


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
