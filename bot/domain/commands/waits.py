"""Answering and moving a wait."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.vocabulary import CutShort, StepRef


class ElapseWait(Value):
    """The timer of a wait came due."""

    step: StepRef


class AnswerWait(Value):
    """`step` None means whatever is waited for."""

    step: StepRef | None = None
    as_expected: bool
    note: str = ""


class ExtendWait(Value):
    minutes: float


class CutWait(Value):
    why: CutShort
