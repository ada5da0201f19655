"""The words of the playbook: done, failed, fixed and skip answer a step, change corrects an answer; ran, tried, wait
and did say what else was done.

An answer names its step (`done 2`), or its *If not* (`done 2b`). Without a name it means the present step, and is taken
only where whoever says it must have read that step: before anything was answered, or after an answer of their own. Two
people who have both read step 1 would otherwise answer steps 1 and 2.
"""

from __future__ import annotations

import re

from bot.domain import commands as c
from bot.domain.base import Value
from bot.domain.incident import OPEN_STATUSES, Run, StepState
from bot.domain.reading import MINUTE, first_word
from bot.domain.runbook import StepKind
from bot.domain.said import Misread, Said, Understood
from bot.domain.vocabulary import Answer, Helped, SkipReason, StepRef

_STEP = re.compile(r"(?:step )?#?(?P<number>[0-9]{1,3})(?P<second>b?)[:,]?(?:\s|$)", re.IGNORECASE)
_NO_STEP = re.compile(r"[^\w\s]*[0-9]+[a-z]?")
_CHANGE = re.compile(
    r"(?:step )?#?(?P<number>[0-9]{1,3})b?[:,]?\s+(?P<answer>done|failed|fixed)(?:\s+(?P<note>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_MINUTES = re.compile(r"(?:another\s+)?([0-9]{1,3})\s*(?:more\s+)?(?:m|min|minutes?)?\.?", re.IGNORECASE)
_LISTED = re.compile(r"(?:(?:steps?|and)\s+)*#?(?P<number>[0-9]{1,3})(?:\s*,\s*|\s+|\.?$)", re.IGNORECASE)

_GOOD = {
    StepKind.CHECK: Answer.AS_EXPECTED,
    StepKind.ACT: Answer.WORKED,
    StepKind.WAIT: Answer.AS_EXPECTED,
    StepKind.ROLLBACK: Answer.CONDITION_MET,
    StepKind.ESCALATE: Answer.REACHED,
}
_BAD = {
    StepKind.CHECK: Answer.NOT_AS_EXPECTED,
    StepKind.ACT: Answer.DID_NOT_WORK,
    StepKind.WAIT: Answer.NOT_AS_EXPECTED,
    StepKind.ROLLBACK: Answer.NOT_MET,
    StepKind.ESCALATE: Answer.NO_ANSWER,
}


class Meant(Value):
    """The step that a word is about, and the rest of what was said. Without a step `decide` knows why there is none."""

    step: StepRef | None
    text: str
    state: StepState | None = None


def stage_name(state: StepState) -> str:
    """How words name what is to be done at a step: "2", and "2b" for its *If not*."""
    return f"{state.number}{'b' if state.follow_up else ''}"


def onward(run: Run, state: StepState) -> tuple[str, ...]:
    """The words that go on from a step. A question has one for each of its choices, because where a branch leads is
    nothing to be guessed."""
    step, stage = run.step(state.number), stage_name(state)
    if step.kind is not StepKind.BRANCH or state.follow_up:
        return (f"done {stage}",)
    return tuple(f"done {stage} {choice.label.lower()}" for choice in step.choices) or (f"skip {stage}",)


def _meant(said: Said) -> Meant | Misread:
    run = said.incident.run
    if run is None:
        return Meant(step=None, text=said.text)
    found, current = _STEP.match(said.text), run.current
    if found is None and (odd := _NO_STEP.fullmatch(said.text)):
        return _no_such(said, run, odd[0])
    if found is None:
        if current and not _must_have_read(said, run, current):
            return _not_sure(said, current)
        return Meant(step=said.incident.current, text=said.text, state=current)
    state = run.state(int(found["number"]))
    if state is None:
        return _no_such(said, run, found["number"])
    now = stage_name(state)
    named = f"{state.number}{found['second'].lower()}"
    if state.status in OPEN_STATUSES and named != now and not (state.follow_up and _own(said, state)):
        return Misread(sentence=f"Step {state.number} stands at {now}, not at {named}. Say: {said.word} {now}.")
    return Meant(step=StepRef(run=run.run, number=state.number), text=said.text[found.end() :].strip(), state=state)


def _must_have_read(said: Said, run: Run, current: StepState) -> bool:
    untouched = run.run == 0 and not current.follow_up and all(state.by is None for state in run.steps)
    return untouched or _own(said, current)


def _own(said: Said, state: StepState) -> bool:
    return said.reader is not None and state.begun_by is not None and said.reader.id == state.begun_by.id


def _not_sure(said: Said, current: StepState) -> Misread:
    name, since = stage_name(current), said.now - max(current.started_at, current.at)
    ago = f"{max(since, 0) // 1000} s" if since < MINUTE else f"{since // MINUTE} min"
    who = current.begun_by.name if current.begun_by else "somebody"
    come = f"{who} went on to step {name} {ago} ago, and you may have read the one before."
    return Misread(sentence=f"{come} If {name} is the one you mean, say: {said.word} {name}.")


def _no_such(said: Said, run: Run, number: str) -> Misread:
    steps = f"{run.playbook.failure_id} has {len(run.steps)} steps, and no step {number}."
    current = stage_name(run.current) if run.current else "<step>"
    return Misread(sentence=f"{steps} A note that begins with a number follows the step: {said.word} {current} <note>.")


def _answered(said: Said, table: dict[StepKind, Answer], good: bool) -> Understood:
    meant = _meant(said)
    if isinstance(meant, Misread):
        return meant
    run, state = said.incident.run, meant.state
    if run is None or state is None:
        return c.AnswerStep(answer=Answer.WORKED if good else Answer.DID_NOT_WORK, note=meant.text)
    if state.follow_up:
        answer = Answer.WORKED if good else Answer.DID_NOT_WORK
        return c.AnswerStep(step=meant.step, answer=answer, note=meant.text)
    step, wait = run.step(state.number), said.incident.wait
    if step.kind is StepKind.BRANCH:
        if not meant.text:
            return Misread(sentence=f"Step {state.number} is a question: say {' or '.join(onward(run, state))}.")
        return c.ChooseBranch(step=meant.step, choice=meant.text)
    if wait and wait.step == meant.step:
        return c.AnswerWait(step=meant.step, as_expected=good, note=meant.text)
    return c.AnswerStep(step=meant.step, answer=table[step.kind], note=meant.text)


def done(said: Said) -> Understood:
    return _answered(said, _GOOD, good=True)


def failed(said: Said) -> Understood:
    return _answered(said, _BAD, good=False)


def fixed(said: Said) -> Understood:
    meant = _meant(said)
    if isinstance(meant, Misread):
        return meant
    return c.AnswerStep(step=meant.step, answer=Answer.FIXED, note=meant.text)


def skip(said: Said) -> Understood:
    meant = _meant(said)
    if isinstance(meant, Misread):
        return meant
    word, note = first_word(meant.text)
    reasons = {"needed": SkipReason.NOT_NEEDED, "done": SkipReason.DONE_ALREADY, "access": SkipReason.NO_ACCESS}
    reasons |= {"risky": SkipReason.TOO_RISKY}
    reason = reasons.get(word.casefold())
    note = note.strip() if reason else meant.text
    return c.SkipStep(step=meant.step, reason=reason or SkipReason.OTHER, note=note)


def change(said: Said) -> Understood:
    run, found = said.incident.run, _CHANGE.fullmatch(said.text)
    if found is None:
        return Misread(sentence="Say which step and what is true of it: change <step> done|failed|fixed [note].")
    if run is None:
        return Misread(sentence=f"{said.incident.name} has no playbook now, so it has no steps.")
    state, word = run.state(int(found["number"])), found["answer"].casefold()
    if state is None:
        return Misread(sentence=f"{run.playbook.failure_id} has {len(run.steps)} steps, and no step {found['number']}.")
    good, bad = Answer.WORKED, Answer.DID_NOT_WORK
    if not state.first:
        kind = run.step(state.number).kind
        good, bad = _GOOD.get(kind, good), _BAD.get(kind, bad)
    answer = {"done": good, "failed": bad, "fixed": Answer.FIXED}[word]
    ref = StepRef(run=run.run, number=state.number)
    return c.ChangeAnswer(step=ref, answer=answer, note=(found["note"] or "").strip())


def ran(said: Said) -> Understood:
    command = _unquoted(said.text)
    if not command:
        return Misread(sentence="Say what you ran: ran <command>.")
    return c.Improvise(what=command, command=command, helped=Helped.UNKNOWN)


def _unquoted(text: str) -> str:
    """A command without the signs that made it code in Slack."""
    return text.strip("`").strip() if text.startswith("`") and text.endswith("`") else text


def tried(said: Said) -> Understood:
    word, what = first_word(said.text)
    helped = {"helped": Helped.YES, "useless": Helped.NO}.get(word.casefold())
    text = what.strip() if helped else said.text
    if not text:
        return Misread(sentence="Say what you tried: tried [helped|useless] <what>.")
    command = re.search(r"`([^`]+)`", text)
    return c.Improvise(what=text, command=command[1] if command else "", helped=helped or Helped.UNKNOWN)


def extend(said: Said) -> Understood:
    if not said.text:
        return c.ExtendWait(minutes=5.0)
    found = _MINUTES.fullmatch(said.text)
    return c.ExtendWait(minutes=float(found[1])) if found else Misread(sentence="Say how many minutes: wait [minutes].")


def recall(said: Said) -> Understood:
    run, left = said.incident.run, said.text
    numbers: list[int] = []
    while left and (found := _LISTED.match(left)):
        numbers.append(int(found["number"]))
        left = left[found.end() :]
    if left or not numbers:
        return Misread(sentence="Say which steps were done, by their numbers alone: did 1 2 4.")
    if not run:
        return Misread(sentence=f"{said.incident.name} has no playbook now, so it has no steps. Say: tried <what>.")
    steps = tuple(StepRef(run=run.run, number=number) for number in dict.fromkeys(numbers))
    return c.RecallSteps(steps=steps, goes_on=True)
