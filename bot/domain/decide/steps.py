"""Answering, skipping, correcting and improvising steps."""

from __future__ import annotations

from bot.domain.commands import AnswerStep, ChangeAnswer, ChooseBranch, Improvise, RecallSteps, SkipStep
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.walk import advance, choice_of, follow_up, go_to, goto_of, means_next, start
from bot.domain.events import (
    BranchChosen,
    Called,
    CallReached,
    CallUnanswered,
    Event,
    RollbackConditionMet,
    StepAnswered,
    StepChanged,
    StepImprovised,
    StepSkipped,
    StepsRecalled,
)
from bot.domain.incident import Incident, RollbackStage, Run, StepState, StepStatus
from bot.domain.reading import blank
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

    @property
    def leads(self) -> bool:
        """Whether the walk goes on from here: the current step, or any one taken out of turn while none is current
        (after *Fixed: stop here*, or at the end of a playbook of which steps were left out)."""
        return self.is_current or self.run.current is None

    def onward(self, at: int) -> tuple[Event, ...]:
        """The next step without an answer: after this one, else the first that was left out."""
        after = self.run.next_pending(self.state.number)
        left = next((s.number for s in self.run.steps if s.status is StepStatus.PENDING and s != self.state), None)
        number = after or (None if self.is_current else left)
        return start(self.run.step(number), self.run.run, at) if number else ()


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
        outcome=_said(state),
    )


def _said(state: StepState) -> str:
    """The answer as words. Of a step that was left out it is the reason, which alone would not say so."""
    outcome = state.outcome.replace("_", " ")
    return f"skipped ({outcome})" if state.status is StepStatus.SKIPPED else outcome


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
    reached = _reached(incident) if command.answer is Answer.REACHED else ()
    return (*reached, answered, *_after(found, command.answer, context.at, held(incident)))


def held(incident: Incident) -> bool:
    """A rollback that is open holds the walk: its card says what comes next."""
    return incident.rollback.stage in (RollbackStage.CONDITION, RollbackStage.DECIDED)


def _call_next(incident: Incident) -> tuple[Event, ...]:
    """Nobody answered: the step stays, and the next contact is to be called, as long as there is one. Whom the step
    named was called, also when nobody said so before."""
    called, who = _called(incident)
    tried = {call.who for call in incident.calls} | {who}
    left = any(contact.who not in tried for contact in incident.dossier.contacts)
    return (*called, CallUnanswered(who=who)) if who and left else ()


def _reached(incident: Incident) -> tuple[Event, ...]:
    """Somebody answered: whoever is being called, else whom the step named."""
    called, who = _called(incident)
    return (*called, CallReached(who=who)) if who else ()


def _called(incident: Incident) -> tuple[tuple[Event, ...], str]:
    """The call that an escalation step is about, and the fact of it when it was not recorded yet."""
    ringing = incident.ringing
    if ringing:
        return (), ringing.who
    contact = incident.contact_to_call()
    return ((Called(who=contact.who, phone=contact.phone),), contact.who) if contact else ((), "")


def _after(found: Target, answer: Answer, at: int, waiting: bool) -> tuple[Event, ...]:
    """What follows an answer: the *If not*, the rollback card, the next step, or nothing. `waiting`: a rollback is
    open, so only the current step leads on."""
    if answer is Answer.FIXED or not found.leads or (waiting and not found.is_current):
        return ()
    if answer in (Answer.NOT_AS_EXPECTED, Answer.DID_NOT_WORK) and not found.state.follow_up and found.step.if_not:
        return _if_not(found, at)
    if answer is Answer.CONDITION_MET:
        return (RollbackConditionMet(condition=found.step.text),)
    return found.onward(at)


def _if_not(found: Target, at: int) -> tuple[Event, ...]:
    step = found.step
    number = goto_of(step.if_not)
    if number is not None and found.run.state(number):
        return go_to(found.run, number, at)
    if means_next(step.if_not):
        return found.onward(at)
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
    if not found.leads or (held(incident) and not found.is_current):
        return (chosen,)
    if goto is not None:
        return (chosen, *go_to(found.run, goto, context.at))
    if means_next(choice.text) or not choice.text:
        return (chosen, *found.onward(context.at))
    return (chosen, follow_up(found.ref, choice.text, choice.commands))


@decision.register
def _(command: SkipStep, incident: Incident, context: Context) -> Decision:
    found = target(incident, command.step)
    if isinstance(found, Refusal):
        return found
    skipped = StepSkipped(step=found.ref, reason=command.reason, note=command.note)
    goes_on = found.is_current or (found.leads and not held(incident))
    return (skipped, *(found.onward(context.at) if goes_on else ()))


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
    if command.answer.value == found.state.outcome and not command.note:
        return refuse(incident, Refused.SAME_ANSWER, number=found.state.number, outcome=_said(found.state))
    changed = StepChanged(step=found.ref, before=found.state.outcome, answer=command.answer, note=command.note)
    reopened = found.state.outcome == Answer.FIXED.value and found.run.active and found.run.current is None
    return (changed, *(_after(found, command.answer, context.at, held(incident)) if reopened else ()))


@decision.register
def _(command: Improvise, incident: Incident, context: Context) -> Decision:
    if blank(command.what + command.command):
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
    return (StepsRecalled(steps=command.steps), *(_behind(command.steps, incident, context) if command.goes_on else ()))


def _behind(recalled: tuple[StepRef, ...], incident: Incident, context: Context) -> tuple[Event, ...]:
    """What is to be done when the present step is among those that were done: the next that nobody spoke of."""
    run, current = incident.run, incident.current
    if run is None or current is None or current not in recalled:
        return ()
    done = {ref.number for ref in recalled if ref.run == run.run}
    number = current.number
    while (following := run.next_pending(number)) in done:
        number = following
    return advance(run, number, context.at)
