"""What an incident changes in the entry that documented it: failed and skipped steps, what helped instead and what
did not, waits as they really were, words, the day of a drill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.dossier import Verdict
from bot.domain.events import Fact, PlaybookAttached, StepImprovised, WaitExtended
from bot.domain.incident import Incident, Run, StepState, StepStatus
from bot.domain.runbook import FailureMode, Step, StepKind
from bot.domain.vocabulary import Answer, Documented, Helped, SkipReason, StepRef
from bot.postmortem.drafting.draft import first_verdict
from bot.postmortem.drafting.people import Cast, cast
from bot.postmortem.lessons.deeds import MINUTE, dead_ends, deed_of, step_of
from bot.postmortem.lessons.words import fit, said, unknown_phrases
from bot.runbooks.editing.amend import AddConfused, AddStep, AddWords, Amendment, ReplaceStep, SetDrilled
from bot.runbooks.editing.render_steps import step_lines
from bot.runbooks.editing.skeleton import todo

WRONG = {
    SkipReason.NO_ACCESS: "no access",
    SkipReason.TOO_RISKY: "too risky",
    SkipReason.OTHER: "another reason",
}
"""Skips that say something about the step. *Not needed* and *done already* say nothing."""


@dataclass(frozen=True, slots=True)
class Amended:
    """The changes of one entry. `housekeeping`: nothing about what to do."""

    changes: tuple[Amendment, ...] = ()
    title: str = ""
    housekeeping: bool = True


def amendments(facts: Sequence[Fact], incident: Incident, mode: FailureMode) -> Amended:
    """Everything that is to change in `mode`; nothing when it was walked as written."""
    actors = cast(incident, facts)
    run = _run_of(incident, mode)
    same = run is not None and [_key(step) for step in run.playbook.steps] == [_key(step) for step in mode.steps]
    lesson: list[Amendment] = []
    reasons: list[str] = []
    if run is not None and same:
        additions = _additions(facts, run, actors)
        mended = _mended(facts, incident, run, actors, {number for number, _ in additions})
        lesson += [ReplaceStep(number, _markdown(step)) for number, step, _ in mended]
        reasons += [why for _, _, why in mended]
        # From the last to the first: an added step moves the numbers of those behind it.
        for number, step in sorted(additions, key=lambda one: -one[0]):
            lesson.append(AddStep(number, _markdown(step)))
        if additions:
            reasons.append("what helped is added")
    which = _which(incident, run) if run is not None else ""
    if which:
        lesson.append(AddConfused((which,)))
        reasons.append("a step was wrong, nobody said which")
    futile = tuple(line for line in dead_ends(facts, actors) if line not in {text.text for text in mode.confused_with})
    if futile:
        lesson.append(AddConfused(futile))
        reasons.append("what did not help")
    other: list[Amendment] = []
    words = _words(facts, incident, mode)
    if words:
        other.append(AddWords(words))
        reasons.append("words people used")
    if incident.drill and run is not None and _walked(run):
        other.append(SetDrilled(datetime.fromtimestamp(incident.declared_at / 1000, UTC).date()))
        reasons.append("last drilled")
    return Amended((*lesson, *other), "; ".join(reasons), not lesson)


def _key(step: Step) -> tuple[str, str, tuple[str, ...]]:
    return step.kind.value, step.text, tuple(command.text for command in step.commands)


def _run_of(incident: Incident, mode: FailureMode) -> Run | None:
    mine = [run for run in incident.runs if run.playbook.failure_id.casefold() == mode.id.casefold()]
    return mine[-1] if mine else None


def _walked(run: Run) -> bool:
    return any(state.status in (StepStatus.DONE, StepStatus.FAILED, StepStatus.RECALLED) for state in run.steps)


def _markdown(step: Step) -> str:
    """The step without its number, as the editor takes it."""
    first, *rest = step_lines(step.model_copy(update={"number": 1}))
    return "\n".join([first.removeprefix("1. "), *(line.removeprefix("   ") for line in rest)])


def _additions(facts: Sequence[Fact], run: Run, actors: Cast) -> list[tuple[int, Step]]:
    """What helped outside the entry: after the step that had failed, else after the one that was current."""
    found = []
    for fact in facts:
        event = fact.event
        if not isinstance(event, StepImprovised) or event.helped is not Helped.YES:
            continue
        found.append((_place(run, fact.happened, event), step_of(deed_of(event, fact.happened), actors)))
    # Several in one place keep their order although each is put in front of the one before.
    return list(reversed(found))


def _place(run: Run, at: int, event: StepImprovised) -> int:
    """The step after which something helped; never after a handover that nobody made."""
    place = _current(run, at, event)
    state = run.state(place)
    handover = state is not None and run.step(place).kind is StepKind.ESCALATE
    made = state is not None and state.status in (StepStatus.DONE, StepStatus.FAILED)
    return place - 1 if handover and not made else place


def _current(run: Run, at: int, event: StepImprovised) -> int:
    before = sorted((s for s in run.steps if s.at and s.at <= at), key=lambda state: (state.at, state.number))
    if before and before[-1].status is StepStatus.FAILED:
        return before[-1].number
    if event.during is not None and event.during.run == run.run:
        return event.during.number
    return before[-1].number if before else len(run.steps)


def _mended(
    facts: Sequence[Fact], incident: Incident, run: Run, actors: Cast, helped_after: set[int]
) -> list[tuple[int, Step, str]]:
    """Steps that are to be written anew: number, the new step, and why."""
    found = []
    for state in run.steps:
        step = run.step(state.number)
        if state.status is StepStatus.FAILED:
            why = f"step {state.number} {_failure(state)}"
            found.append((state.number, _failed(step, state, incident, state.number in helped_after), why))
        elif _left_out(state):
            reason = WRONG[SkipReason(state.outcome)]
            text = f"{step.text} {todo(f'skipped in {incident.name} ({reason}): is it right?')}"
            found.append((state.number, step.model_copy(update={"text": text}), f"step {state.number} was skipped"))
        elif incident.ending.wrong == StepRef(run=run.run, number=state.number):
            text = f"{step.text} {todo(f'was wrong in {incident.name}: what is right?')}"
            found.append((state.number, step.model_copy(update={"text": text}), f"step {state.number} was wrong"))
        elif step.kind is StepKind.WAIT and (minutes := _real_wait(facts, run, state, step)):
            longer = step.model_copy(update={"wait_minutes": minutes})
            found.append((state.number, longer, f"step {state.number} took {minutes:g} min"))
    return [(number, step, why) for number, step, why in found if step != run.step(number)]


def _left_out(state: StepState) -> bool:
    return state.status is StepStatus.SKIPPED and state.outcome in {reason.value for reason in WRONG}


def _which(incident: Incident, run: Run) -> str:
    """The question which step was wrong; "" when nobody said that one was, or when the record shows which."""
    ending = incident.ending
    shown = any(state.status is StepStatus.FAILED or _left_out(state) for state in run.steps)
    if ending.documented is not Documented.STEP_WRONG or ending.wrong or shown:
        return ""
    return todo(f"somebody said a step was wrong in {incident.name}: which, and what is right?")


def _failure(state: StepState) -> str:
    if state.outcome == Answer.DID_NOT_WORK.value:
        return "did not work"
    return "nobody answered" if state.outcome == Answer.NO_ANSWER.value else "was not as expected"


def _failed(step: Step, state: StepState, incident: Incident, something_helped: bool) -> Step:
    """A step that failed gets an *If not*: the next step when that is what helped, else a blank for its owner."""
    if something_helped:
        return step if step.if_not else step.model_copy(update={"if_not": "go to the next step."})
    blank = todo(f"it {_failure(state).removeprefix('nobody ')} in {incident.name}: what then?")
    return step.model_copy(update={"if_not": f"{step.if_not} {blank}".strip()})


def _real_wait(facts: Sequence[Fact], run: Run, state: StepState, step: Step) -> float | None:
    """Minutes that a wait really took, when it was made longer and then was as expected."""
    longer = [
        fact
        for fact in facts
        if isinstance(fact.event, WaitExtended)
        and (fact.event.step.run, fact.event.step.number) == (run.run, state.number)
    ]
    if not longer or state.outcome != Answer.AS_EXPECTED.value or not state.started_at:
        return None
    minutes = float(round((state.at - state.started_at) / MINUTE))
    return minutes if minutes > (step.wait_minutes or 0) else None


def _words(facts: Sequence[Fact], incident: Incident, mode: FailureMode) -> tuple[str, ...]:
    """Words that led nobody to the entry although it was the one: a person chose it, or named it at close."""
    if incident.drill:
        return ()
    chosen = any(
        isinstance(fact.event, PlaybookAttached)
        and fact.event.chosen
        and fact.event.playbook.failure_id.casefold() == mode.id.casefold()
        for fact in facts
    )
    named = incident.ending.documented in (Documented.THIS_ENTRY, Documented.STEP_WRONG, Documented.ANOTHER)
    if not (
        chosen
        or (named and first_verdict(facts) is not Verdict.DOCUMENTED)
        or incident.ending.documented is Documented.ANOTHER
    ):
        return ()
    actors = cast(incident, facts)
    entry = " ".join(
        [
            mode.title,
            *(symptom.text for symptom in mode.symptoms),
            *(signal.value for signal in mode.signals),
            mode.cause.text,
            mode.impact.text,
        ]
    )
    return unknown_phrases([fit(text, actors) for text in said(facts)], entry)
