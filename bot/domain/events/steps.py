"""Walking the steps: started, answered, skipped, corrected, improvised."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.runbook import Command
from bot.domain.vocabulary import Answer, Helped, SkipReason, StepRef


class StepStarted(Value):
    type: Literal["step_started"] = "step_started"
    step: StepRef


class FollowUpStarted(Value):
    """An *If not* or a branch's direct instruction became what is to be done now, within its step."""

    type: Literal["follow_up_started"] = "follow_up_started"
    step: StepRef
    instruction: str
    commands: tuple[Command, ...] = ()


class StepAnswered(Value):
    type: Literal["step_answered"] = "step_answered"
    step: StepRef
    answer: Answer
    note: str = ""
    follow_up: bool = False


class BranchChosen(Value):
    type: Literal["branch_chosen"] = "branch_chosen"
    step: StepRef
    choice: str
    goto: int | None = None


class StepSkipped(Value):
    type: Literal["step_skipped"] = "step_skipped"
    step: StepRef
    reason: SkipReason
    note: str = ""


class StepChanged(Value):
    """An answer was corrected. The earlier one stays in the stream."""

    type: Literal["step_changed"] = "step_changed"
    step: StepRef
    before: str
    answer: Answer
    note: str = ""


class StepsRecalled(Value):
    """At close: which steps were really done. What is not named stays unknown, never "not reached"."""

    type: Literal["steps_recalled"] = "steps_recalled"
    steps: tuple[StepRef, ...] = ()


class StepImprovised(Value):
    type: Literal["step_improvised"] = "step_improvised"
    what: str
    command: str = ""
    helped: Helped = Helped.UNKNOWN
    during: StepRef | None = None
