"""Answering, skipping, correcting and improvising steps."""

from __future__ import annotations

from bot.domain.commands import AnswerStep, ChangeAnswer, ChooseBranch, Improvise, RecallSteps, SkipStep
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.walk import advance, choice_of, follow_up, go_to, goto_of, means_next
from bot.domain.events import (
    BranchChosen,
    CallUnanswered,
    Event,
    RollbackConditionMet,
    StepAnswered,
    StepChanged,
    StepImprovised,
    StepSkipped,
    StepsRecalled,
)
from bot.domain.incident import CallOutcome, Incident, Run, StepState, StepStatus
from bot.domain.refusals import Refusal, Refused
from bot.domain.runbook import Step, StepKind
from bot.domain.vocabulary import Answer, StepRef

ANSWERS: dict[StepKind, tuple[Answer, ...]] = {
    StepKind.CHECK: (Answer.AS_EXPECTED, Answer.NOT_AS_EXPECTED),
    StepKind.ACT: (Answer.WORKED, Answer.DID_NOT_WORK),
    StepKind.WAIT: (Answer.AS_EXPECTED, Answer.NOT_AS_EXPECTED),
    StepKind.BRANCH: (),
    StepKind.ROLLBACK: (Answer.CONDITION_MET, Answer.NOT_MET),
    StepKind.ESCALATE: (Answer.REACHED, Answer.NO_ANSWER),
}
"""The answers of each kind of step (incident guide, "Buttons by kind"). *Fixed* is allowed everywhere."""

FOLLOW_UP_ANSWERS = (Answer.WORKED, Answer.DID_NOT_WORK)
"""An *If not* or a branch's direct instruction is something that was done, so it worked or it did not."""


def allowed(step: Step, state: StepState) -> tuple[Answer, ...]:
    """The answers that the step takes in its present stage."""
    return FOLLOW_UP_ANSWERS if state.follow_up else ANSWERS[step.kind]


class Target:
    """A step that a command may act on: found, of the active run, and still open."""

    def __init__(self, run: Run, state: StepState) -> None:
        self.run = run
        self.state = state
        self.step = run.step(state.number)
        self.ref = StepRef(run=run.run, number=state.number)

    @property
    def is_current(self) -> bool:
        return self.state.status is StepStatus.CURRENT


def target(incident: Incident, ref: StepRef | None) -> Target | Refusal:
    """The step that is meant (None: the current one), or why it cannot be acted on."""
    if closed := not_live(incident):
        return closed
    found = locate(incident, ref or incident.current)
    if isinstance(found, Refusal):
        return found
    if not found.run.active:
        return refuse(incident, Refused.PLAYBOOK_LEFT, failure_id=found.run.playbook.failure_id)
    state = found.state
    if state.status in (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED):
        return already_done(incident, state)
    return found


def locate(incident: Incident, ref: StepRef | None) -> Target | Refusal:
    """Any step that exists, whatever its state."""
    if not incident.runs:
        return refuse(incident, Refused.NO_PLAYBOOK)
    if ref is None:
        return refuse(incident, Refused.NO_CURRENT_STEP)
    if not 0 <= ref.run < len(incident.runs):
        return refuse(incident, Refused.UNKNOWN_PLAYBOOK)
    run = incident.runs[ref.run]
    state = run.state(ref.number)
    if state is None:
        return refuse(
            incident,
            Refused.UNKNOWN_STEP,
            failure_id=run.playbook.failure_id,
            number=ref.number,
            count=len(run.steps),
        )
    return Target(run, state)


def already_done(incident: Incident, state: StepState) -> Refusal:
    """The second clicker is told who was first, when, and with what."""
    return refuse(
        incident,
        Refused.STEP_ALREADY_DONE,
        number=state.number,
        who=state.by.name if state.by else "unknown",
        at=state.at,
        outcome=state.outcome.replace("_", " "),
    )


@decision.register
def _(command: AnswerStep, incident: Incident, context: Context) -> Decision:
    found = target(incident, command.step)
    if isinstance(found, Refusal):
        return found
    if command.answer is not Answer.FIXED and command.answer not in allowed(found.step, found.state):
        return refuse(
            incident,
            Refused.WRONG_ANSWER,
            number=found.state.number,
            kind=found.step.kind.value,
            answer=command.answer.value.replace("_", " "),
        )
    if command.answer is Answer.NO_ANSWER and (retry := _call_next(incident)):
        return retry
    answered = StepAnswered(
        step=found.ref, answer=command.answer, note=command.note, follow_up=bool(found.state.follow_up)
    )
    return (answered, *_after(incident, found, command.answer, context.at))


def _call_next(incident: Incident) -> tuple[Event, ...]:
    """Nobody answered: the step stays, and the next contact is to be called, as long as there is one."""
    ringing = next((call for call in incident.calls if call.outcome is CallOutcome.OPEN), None)
    return (CallUnanswered(who=ringing.who),) if ringing and incident.contact_to_call() else ()


def _after(incident: Incident, found: Target, answer: Answer, at: int) -> tuple[Event, ...]:
    """What follows an answer: the *If not*, the rollback card, the next step, or nothing."""
    if answer is Answer.FIXED or not found.is_current:
        return ()
    if answer in (Answer.NOT_AS_EXPECTED, Answer.DID_NOT_WORK) and not found.state.follow_up and found.step.if_not:
        return _if_not(found, at)
    if answer is Answer.CONDITION_MET:
        return (RollbackConditionMet(condition=found.step.text),)
    return advance(found.run, found.state.number, at)


def _if_not(found: Target, at: int) -> tuple[Event, ...]:
    step = found.step
    number = goto_of(step.if_not)
    if number is not None and found.run.state(number):
        return go_to(found.run, number, at)
    if means_next(step.if_not):
        return advance(found.run, step.number, at)
    return (follow_up(found.ref, step.if_not, step.if_not_commands),)


@decision.register
def _(command: ChooseBranch, incident: Incident, context: Context) -> Decision:
    found = target(incident, command.step)
    if isinstance(found, Refusal):
        return found
    choice = choice_of(found.step, command.choice)
    if choice is None or found.state.follow_up:
        choices = ", ".join(one.label for one in found.step.choices) or "none"
        return refuse(
            incident,
            Refused.UNKNOWN_CHOICE,
            number=found.state.number,
            choice=command.choice,
            choices=choices,
        )
    goto = choice.goto if choice.goto is not None and found.run.state(choice.goto) else None
    chosen = BranchChosen(step=found.ref, choice=choice.label, goto=goto)
    if not found.is_current:
        return (chosen,)
    if goto is not None:
        return (chosen, *go_to(found.run, goto, context.at))
    if means_next(choice.text) or not choice.text:
        return (chosen, *advance(found.run, found.state.number, context.at))
    return (chosen, follow_up(found.ref, choice.text, choice.commands))


@decision.register
def _(command: SkipStep, incident: Incident, context: Context) -> Decision:
    found = target(incident, command.step)
    if isinstance(found, Refusal):
        return found
    skipped = StepSkipped(step=found.ref, reason=command.reason, note=command.note)
    following = advance(found.run, found.state.number, context.at) if found.is_current else ()
    return (skipped, *following)


@decision.register
def _(command: ChangeAnswer, incident: Incident, context: Context) -> Decision:
    if closed := not_live(incident):
        return closed
    found = locate(incident, command.step)
    if isinstance(found, Refusal):
        return found
    if found.state.status not in (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED):
        return refuse(incident, Refused.STEP_NOT_DONE, number=found.state.number)
    if command.answer is not Answer.FIXED and command.answer not in (*ANSWERS[found.step.kind], *FOLLOW_UP_ANSWERS):
        return refuse(
            incident,
            Refused.WRONG_ANSWER,
            number=found.state.number,
            kind=found.step.kind.value,
            answer=command.answer.value.replace("_", " "),
        )
    return (StepChanged(step=found.ref, before=found.state.outcome, answer=command.answer, note=command.note),)


@decision.register
def _(command: Improvise, incident: Incident, context: Context) -> Decision:
    if not (command.what.strip() or command.command.strip()):
        return refuse(incident, Refused.EMPTY_TEXT)
    return not_live(incident) or (
        StepImprovised(what=command.what, command=command.command, helped=command.helped, during=incident.current),
    )


@decision.register
def _(command: RecallSteps, incident: Incident, context: Context) -> Decision:
    if not command.steps:
        return refuse(incident, Refused.EMPTY_TEXT)
    for ref in command.steps:
        found = locate(incident, ref)
        if isinstance(found, Refusal):
            return found
        if found.state.status in (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED):
            return already_done(incident, found.state)
    return (StepsRecalled(steps=command.steps),)
