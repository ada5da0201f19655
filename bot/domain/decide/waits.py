"""Waits: doing nothing until a stated time, then one question."""

from __future__ import annotations

from bot.domain.commands import AnswerWait, CutWait, ElapseWait, ExtendWait
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.decide.steps import Target, locate, target
from bot.domain.decide.walk import MINUTE, advance, follow_up, go_to, goto_of
from bot.domain.events import (
    Event,
    PlaybookLeft,
    PlaybookRejected,
    RollbackConditionMet,
    StepAnswered,
    WaitAnswered,
    WaitCutShort,
    WaitElapsed,
    WaitExtended,
)
from bot.domain.incident import Incident, RollbackStage, Wait
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import Answer, CutShort

LONGEST_EXTENSION_MINUTES = 240
WORSE = "It got worse during the wait."
_RUNNING = (RollbackStage.CONDITION, RollbackStage.DECIDED, RollbackStage.FINISHED)


def _waiting(incident: Incident) -> Wait | Refusal:
    if closed := not_live(incident):
        return closed
    return incident.wait or refuse(incident, Refused.NO_WAIT)


@decision.register
def _(command: ElapseWait, incident: Incident, context: Context) -> Decision:
    wait = _waiting(incident)
    if isinstance(wait, Refusal):
        return wait
    if wait.step != command.step or wait.asked:
        return refuse(incident, Refused.NO_WAIT)
    if context.at < wait.until:
        return refuse(incident, Refused.WAIT_RUNNING, number=wait.step.number, at=wait.until)
    return (WaitElapsed(step=wait.step),)


@decision.register
def _(command: AnswerWait, incident: Incident, context: Context) -> Decision:
    if command.step and (incident.wait is None or incident.wait.step != command.step):
        meant = target(incident, command.step)
        return meant if isinstance(meant, Refusal) else refuse(incident, Refused.NO_WAIT)
    wait = _waiting(incident)
    if isinstance(wait, Refusal):
        return wait
    found = locate(incident, wait.step)
    if isinstance(found, Refusal):
        return found
    answer = Answer.AS_EXPECTED if command.as_expected else Answer.NOT_AS_EXPECTED
    return (
        WaitAnswered(step=wait.step, as_expected=command.as_expected),
        StepAnswered(step=wait.step, answer=answer, note=command.note),
        *_after(found, command.as_expected, context.at),
    )


def _after(found: Target, as_expected: bool, at: int) -> tuple[Event, ...]:
    if as_expected or not found.step.if_not:
        return advance(found.run, found.state.number, at)
    number = goto_of(found.step.if_not)
    if number is not None and found.run.state(number):
        return go_to(found.run, number, at)
    return (follow_up(found.ref, found.step.if_not, found.step.if_not_commands),)


@decision.register
def _(command: ExtendWait, incident: Incident, context: Context) -> Decision:
    wait = _waiting(incident)
    if isinstance(wait, Refusal):
        return wait
    if not 1 <= command.minutes <= LONGEST_EXTENSION_MINUTES:
        return refuse(incident, Refused.BAD_MINUTES)
    until = max(wait.until, context.at) + round(command.minutes * MINUTE)
    return (WaitExtended(step=wait.step, minutes=command.minutes, until=until),)


@decision.register
def _(command: CutWait, incident: Incident, context: Context) -> Decision:
    wait = _waiting(incident)
    if isinstance(wait, Refusal):
        return wait
    found = locate(incident, wait.step)
    if isinstance(found, Refusal):
        return found
    cut = WaitCutShort(step=wait.step, why=command.why)
    if command.why is CutShort.BETTER:
        return (cut, StepAnswered(step=wait.step, answer=Answer.FIXED))
    if command.why is CutShort.WORSE:
        worse = StepAnswered(step=wait.step, answer=Answer.NOT_AS_EXPECTED)
        # A person decides whether to roll back: this shows the card, with the reason and no condition.
        card = () if incident.rollback.stage in _RUNNING else (RollbackConditionMet(why=WORSE),)
        return (cut, worse, *_after(found, as_expected=False, at=context.at), *card)
    run = found.run
    rejected = PlaybookRejected(failure_ids=(run.playbook.failure_id,), words=incident.words)
    return (cut, PlaybookLeft(run=run.run, why="wrong playbook"), rejected)
