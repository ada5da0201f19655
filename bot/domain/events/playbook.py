"""Walking a playbook: attached, left, resumed; steps started, answered, skipped, corrected, improvised."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.dossier import Playbook
from bot.domain.runbook import Command
from bot.domain.vocabulary import Answer, Helped, SkipReason, StepRef


class PlaybookAttached(Value):
    type: Literal["playbook_attached"] = "playbook_attached"
    run: int
    playbook: Playbook
    why: tuple[str, ...] = ()
    chosen: bool = False
    """True when a person chose it, False when the match was sure."""


class PlaybookRejected(Value):
    """ "None of these": the words did not mean any of the failures shown."""

    type: Literal["playbook_rejected"] = "playbook_rejected"
    failure_ids: tuple[str, ...] = ()
    words: str = ""


class PlaybookLeft(Value):
    """The run was set aside as the wrong one; its steps stay as they are."""

    type: Literal["playbook_left"] = "playbook_left"
    run: int
    why: str = ""


class PlaybookResumed(Value):
    type: Literal["playbook_resumed"] = "playbook_resumed"
    run: int


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
