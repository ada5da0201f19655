"""Mitigation, the end, and what the runbook learns from it."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.vocabulary import CancelKind, Documented, EndedBy, ProposalKind, StepRef, Surface


class Mitigated(Value):
    type: Literal["mitigated"] = "mitigated"


class Closed(Value):
    type: Literal["closed"] = "closed"
    ended_by: EndedBy
    documented: Documented
    step: StepRef | None = None
    failure_id: str = ""
    what: str = ""
    wrong: StepRef | None = None
    """The step of which somebody said that it was wrong."""


class Reopened(Value):
    type: Literal["reopened"] = "reopened"
    why: str = ""


class Cancelled(Value):
    type: Literal["cancelled"] = "cancelled"
    kind: CancelKind
    duplicate_of: int | None = None


class AlsoAffects(Value):
    type: Literal["also_affects"] = "also_affects"
    service: str
    channel: str = ""
    failure_id: str = ""
    """What its runbook says to the words of this incident, "" when it says nothing."""
    title: str = ""


class MadePrivate(Value):
    type: Literal["made_private"] = "made_private"
    channel: str = ""


class PostmortemDrafted(Value):
    type: Literal["postmortem_drafted"] = "postmortem_drafted"
    fields: int
    unfilled: int
    digest: str
    announce_at: int = 0


class FieldFilled(Value):
    """A person filled a blank of the post-mortem: `text`, or the instant `when` (ms) where the blank is one."""

    type: Literal["field_filled"] = "field_filled"
    field: str
    text: str = ""
    when: int = 0
    step: StepRef | None = None


class ProposalMade(Value):
    type: Literal["proposal_made"] = "proposal_made"
    kind: ProposalKind
    failure_id: str
    title: str
    path: str
    diff: str
    unfilled: tuple[str, ...] = ()


class ProposalAccepted(Value):
    """Somebody wants it in the runbook; sending it is due work."""

    type: Literal["proposal_accepted"] = "proposal_accepted"


class ProposalStuck(Value):
    """It could not be sent; `why` says what to do. It can be accepted again."""

    type: Literal["proposal_stuck"] = "proposal_stuck"
    why: str


class ProposalSent(Value):
    type: Literal["proposal_sent"] = "proposal_sent"
    target: str
    ref: str


class ProposalMerged(Value):
    type: Literal["proposal_merged"] = "proposal_merged"
    ref: str = ""


class ProposalDeclined(Value):
    type: Literal["proposal_declined"] = "proposal_declined"
    why: str


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
