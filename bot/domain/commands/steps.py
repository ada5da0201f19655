"""Walking the steps."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.vocabulary import Answer, Helped, SkipReason, StepRef


class AnswerStep(Value):
    """`step` None means the current one."""

    step: StepRef | None = None
    answer: Answer
    note: str = ""


class SkipStep(Value):
    step: StepRef | None = None
    reason: SkipReason
    note: str = ""


class ChangeAnswer(Value):
    step: StepRef
    answer: Answer
    note: str = ""


class ChooseBranch(Value):
    step: StepRef | None = None
    choice: str


class Improvise(Value):
    what: str
    command: str = ""
    helped: Helped = Helped.UNKNOWN


class RecallSteps(Value):
    """Steps that were done and never clicked. `goes_on`: the walk goes on behind them; not so at the close, where a
    step begun now would look as if somebody had been shown it."""

    steps: tuple[StepRef, ...]
    goes_on: bool = False
