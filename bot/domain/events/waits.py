"""Doing nothing on purpose, for a stated time."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.vocabulary import CutShort, StepRef


class WaitStarted(Value):
    type: Literal["wait_started"] = "wait_started"
    step: StepRef
    minutes: float
    until: int


class WaitElapsed(Value):
    type: Literal["wait_elapsed"] = "wait_elapsed"
    step: StepRef


class WaitAnswered(Value):
    type: Literal["wait_answered"] = "wait_answered"
    step: StepRef
    as_expected: bool


class WaitExtended(Value):
    type: Literal["wait_extended"] = "wait_extended"
    step: StepRef
    minutes: float
    until: int


class WaitCutShort(Value):
    type: Literal["wait_cut_short"] = "wait_cut_short"
    step: StepRef
    why: CutShort
