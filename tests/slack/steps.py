"""Step messages to look at: a night that has come to a step, and its message as text."""

from __future__ import annotations

from bot.domain.commands import AnswerStep, AnswerWait, Command, ElapseWait, TakeLead
from bot.domain.dossier import Playbook
from bot.domain.runbook import Step
from bot.domain.vocabulary import Answer, StepRef
from bot.slack.drawing.show import DEFAULT, Options
from bot.slack.drawing.step import step_message
from tests.slack.drawn import Night, night, picture

UNTIL_THE_WAIT: tuple[Command, ...] = (
    TakeLead(),
    AnswerStep(answer=Answer.AS_EXPECTED),
    AnswerStep(answer=Answer.WORKED),
)


def drawn(told: Night, options: Options = DEFAULT) -> str:
    message = step_message(told.incident, told.now, options)
    return f"» {message.text}\n{picture(message.blocks)}"


def waited() -> Night:
    """The wait of step 3 is over and the question is asked."""
    return night().does(*UNTIL_THE_WAIT).does(ElapseWait(step=StepRef(run=0, number=3)), minutes=10)


def at_the_branch() -> Night:
    return waited().does(AnswerWait(as_expected=True))


def one_step(step: Step, **update: object) -> Night:
    playbook = Playbook(failure_id="X-1", service="invoice-extract", title="One", steps=(step,))
    return night(playbook=playbook.model_copy(update=update))
