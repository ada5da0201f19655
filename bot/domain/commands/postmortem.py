"""The draft, its blanks, and the proposed runbook change."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.vocabulary import ProposalKind, StepRef


class RecordDraft(Value):
    fields: int
    unfilled: int
    digest: str
    announce_at: int = 0
    """When people are told (ms); 0: at once."""


class FillField(Value):
    """Fill a blank of the post-mortem (`bot.domain.vocabulary.FIELDS_OF_…`); `when` (ms) where it is an instant, `step`
    where it says that a step was wrong."""

    field: str
    text: str = ""
    when: int = 0
    step: StepRef | None = None


class MakeProposal(Value):
    kind: ProposalKind
    failure_id: str
    title: str
    path: str
    diff: str
    unfilled: tuple[str, ...] = ()


class AcceptProposal(Value):
    """Yes, send it."""


class ReportStuckProposal(Value):
    why: str


class SendProposal(Value):
    target: str
    ref: str


class MergeProposal(Value):
    ref: str = ""


class DeclineProposal(Value):
    why: str
