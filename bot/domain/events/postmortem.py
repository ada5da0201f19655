"""The draft of the post-mortem, and what the runbook learns from it."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.vocabulary import ProposalKind, StepRef


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
