"""What was done outside a playbook, as steps of a runbook: what helped, in order, with the waits as they were."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.base import Value
from bot.domain.events import (
    Closed,
    Fact,
    Mitigated,
    RollbackConditionMet,
    RollbackFinished,
    StepAnswered,
    StepImprovised,
)
from bot.domain.incident import Incident
from bot.domain.reading import apart
from bot.domain.runbook import Command, Contact, Step, StepKind
from bot.domain.vocabulary import Answer, EndedBy, Helped
from bot.postmortem.drafting.people import Cast
from bot.postmortem.drafting.redact import redact
from bot.postmortem.lessons.words import fit
from bot.runbooks.editing.skeleton import todo
from bot.runbooks.lint.roles import addressees, known

MINUTE = 60_000
SHORTEST_WAIT = 2
"""Minutes. Less than that between a deed and what came next is typing, not waiting."""
LONGEST_WAIT = 120

_LOOK = re.compile(
    r"^(?:please\s+)?(?:check(?:ed)?|look(?:ed)?|see|saw|compare[d]?|count(?:ed)?|list(?:ed)?|inspect(?:ed)?|verif(?:y|ied)"
    r"|find|found|grep(?:ped)?|read|which|what|how|is|are|does|do|did|has|have|can|was|were)\b|\?$",
    re.IGNORECASE,
)
_WAIT = re.compile(r"^(?:(?:do|did)\s+nothing|wait(?:ed)?)\b|^wait\b", re.IGNORECASE)
_MINUTES = re.compile(r"\b(\d{1,3}(?:\.\d+)?)\s*(m|min|mins|minutes?|h|hours?)\b", re.IGNORECASE)
_UNDO = re.compile(r"^roll(?:ed|ing)?[ -]?back\b", re.IGNORECASE)
_CALL = re.compile(r"^(?:escalated?|paged?|called|call|phoned?|rang|ring)\b(?:\s+to\b)?", re.IGNORECASE)
_LABEL = re.compile(r"^(check|act|wait(?:\s+\d+\s*min)?|branch|roll back|escalate)\s*:\s*", re.IGNORECASE)


class Deed(Value):
    """Something that was done: when (ms), what, and whether it helped."""

    at: int
    what: str
    command: str = ""
    helped: Helped = Helped.UNKNOWN


def helping(incident: Incident, facts: Sequence[Fact]) -> tuple[Deed, ...]:
    """What helped, in order. When nobody said of anything that it helped, what may have helped."""
    known = _deeds(facts)
    helped = [deed for deed in known if deed.helped is Helped.YES]
    chosen = helped or [deed for deed in known if deed.helped is Helped.UNKNOWN]
    worked = _worked(incident, facts)
    return tuple(sorted((*chosen, *worked), key=lambda deed: deed.at))


def dead_ends(facts: Sequence[Fact], actors: Cast) -> tuple[str, ...]:
    """What did not help, each once, as lines of *Confused with*: the next one need not try it again."""
    lines = [f"{_on_one_line(deed, actors)} (did not help)" for deed in _deeds(facts) if deed.helped is Helped.NO]
    return tuple(dict.fromkeys(lines))


def undecided(facts: Sequence[Fact], actors: Cast) -> tuple[str, ...]:
    """What nobody said anything about, each once, when something else is known to have helped."""
    known = _deeds(facts)
    if not any(deed.helped is Helped.YES for deed in known):
        return ()
    lines = [_on_one_line(deed, actors) for deed in known if deed.helped is Helped.UNKNOWN]
    return tuple(dict.fromkeys(lines))


def _on_one_line(deed: Deed, actors: Cast) -> str:
    """What was done, with its command. One that would not stand between code marks is written as text where it is all
    that was said."""
    command = redact(deed.command.strip())
    if "`" in command or "\n" in command:
        return fit(deed.what.strip() or command, actors)
    return " ".join(part for part in (fit(deed.what, actors), f"`{command}`" if command else "") if part)


def _deeds(facts: Sequence[Fact]) -> list[Deed]:
    return [
        deed_of(event, fact.happened)
        for fact in sorted(facts, key=lambda one: (one.happened, one.version))
        if isinstance(event := fact.event, StepImprovised)
    ]


def deed_of(event: StepImprovised, at: int) -> Deed:
    """What somebody told of, at that instant (ms)."""
    what, command = apart(event.what, event.command)
    return Deed(at=at, what=what, command=command, helped=event.helped)


def _worked(incident: Incident, facts: Sequence[Fact]) -> list[Deed]:
    """Acts of the playbook in use that worked although it was not its failure."""
    run = incident.run
    if run is None:
        return []
    found = []
    for fact in facts:
        event = fact.event
        if (
            isinstance(event, StepAnswered)
            and event.step.run == run.run
            and event.answer in (Answer.WORKED, Answer.FIXED)
        ):
            step = run.step(event.step.number)
            command = step.commands[0].text if step.commands else ""
            text = step.text.replace(f"`{command}`", "").strip()
            found.append(Deed(at=fact.happened, what=text, command=command, helped=Helped.YES))
    return found


def steps(
    incident: Incident, facts: Sequence[Fact], actors: Cast, contacts: tuple[Contact, ...] = ()
) -> tuple[Step, ...]:
    """The steps of the new entry, numbered. There is always at least one."""
    deeds = helping(incident, facts)
    made: list[Step] = []
    for place, deed in enumerate(deeds):
        made.append(step_of(deed, actors, contacts))
        following = deeds[place + 1] if place + 1 < len(deeds) else None
        waited = _waited(deed, facts)
        if waited and made[-1].kind is StepKind.ACT and not (following and _WAIT.search(_bare(following.what))):
            made.append(_wait(waited))
    made += _ending(incident, facts, actors, bool(deeds))
    return tuple(step.model_copy(update={"number": number}) for number, step in enumerate(made, start=1))


def _bare(what: str) -> str:
    return _LABEL.sub("", what.strip())


def step_of(deed: Deed, actors: Cast, contacts: tuple[Contact, ...] = ()) -> Step:
    """One deed as a step; what only a person can say is a placeholder."""
    kind = kind_of(deed.what)
    commands = (Command(text=redact(deed.command.strip()), language="sh"),) if deed.command.strip() else ()
    if kind is StepKind.ESCALATE:
        who = "to " + _CALL.sub("", _bare(deed.what), count=1).strip().removeprefix("to ")
        # Somebody whom section 4 does not know cannot be reached from the runbook: it stays something that was done.
        if not all(known(name, contacts) for name in addressees(who)[:1]):
            kind = StepKind.ACT
        else:
            return Step(number=1, kind=kind, text=fit(who, actors), commands=commands)
    if kind is StepKind.WAIT:
        return _waiting(deed, actors, commands)
    if kind is StepKind.ROLLBACK:
        return Step(number=1, kind=kind, text=_condition(_UNDO.sub("", _bare(deed.what)), actors), commands=commands)
    text = fit(_bare(deed.what), actors) or "Run the command."
    if not commands and "`" not in text:
        text = f"{text} {todo('the `command`, link or button')}"
    expect = todo("what you see when it worked") if kind is StepKind.ACT else ""
    return Step(number=1, kind=kind, text=text, commands=commands, expect=expect)


def _waiting(deed: Deed, actors: Cast, commands: tuple[Command, ...]) -> Step:
    text = fit(_bare(deed.what), actors)
    watched = text if re.search(r"\bwatch", text, re.IGNORECASE) else f"{text} Watch {todo('which metric')}."
    minutes = _minutes(deed.what) or 5.0
    return Step(number=1, kind=StepKind.WAIT, text=watched, commands=commands, wait_minutes=minutes)


def _condition(said: str, actors: Cast) -> str:
    """When to roll back, as far as it was said."""
    text = said.strip(" :,.")
    if re.match(r"(?:if|when)\b", text):
        return fit(text, actors)
    blank = f"if {todo('when, as a bound and a window such as > 5 % for 10 min')}"
    return f"{blank} ({fit(text, actors)})" if text else blank


def kind_of(what: str) -> StepKind:
    """Check, Act, Wait, Roll back or Escalate, from how somebody began to tell it."""
    label = _LABEL.match(what.strip())
    if label:
        return {
            "check": StepKind.CHECK,
            "act": StepKind.ACT,
            "wait": StepKind.WAIT,
            "branch": StepKind.CHECK,
            "roll back": StepKind.ROLLBACK,
            "escalate": StepKind.ESCALATE,
        }[re.sub(r"\s+\d.*", "", label[1].casefold())]
    text = what.strip()
    for pattern, kind in (
        (_WAIT, StepKind.WAIT),
        (_UNDO, StepKind.ROLLBACK),
        (_CALL, StepKind.ESCALATE),
        (_LOOK, StepKind.CHECK),
    ):
        if pattern.search(text):
            return kind
    return StepKind.ACT


def _minutes(what: str) -> float | None:
    found = _MINUTES.search(what)
    if not found:
        return None
    return float(found[1]) * (60 if found[2].lower().startswith("h") else 1)


_SEEN = (StepImprovised, StepAnswered, Mitigated, Closed)


def _waited(deed: Deed, facts: Sequence[Fact]) -> int:
    """Whole minutes between a deed and the next thing that somebody did or saw; 0 when that is no wait."""
    later = [fact.happened for fact in facts if isinstance(fact.event, _SEEN) and fact.happened > deed.at]
    minutes = round((min(later) - deed.at) / MINUTE) if later else 0
    return minutes if SHORTEST_WAIT <= minutes <= LONGEST_WAIT else 0


def _wait(minutes: float) -> Step:
    text = f"Do nothing. Watch {todo('which metric, and what it shows when it is over')}."
    return Step(number=1, kind=StepKind.WAIT, text=text, wait_minutes=float(minutes))


def _ending(incident: Incident, facts: Sequence[Fact], actors: Cast, any_deed: bool) -> list[Step]:
    """What ended it, when that is no deed: the rollback, time itself, or something told only at close."""
    ending = incident.ending
    rolled = [fact.event for fact in facts if isinstance(fact.event, RollbackFinished)]
    if rolled and ending.ended_by in (EndedBy.ROLLBACK, EndedBy.UNKNOWN):
        met = [fact.event.condition for fact in facts if isinstance(fact.event, RollbackConditionMet)]
        text = f"if {met[-1].removeprefix('if ')}" if met and met[-1] else ""
        return [Step(number=1, kind=StepKind.ROLLBACK, text=_condition(text, actors))]
    if any_deed:
        return []
    if ending.ended_by is EndedBy.ITSELF and incident.mitigated_at:
        minutes = max(1, round((incident.mitigated_at - incident.declared_at) / MINUTE))
        return [_wait(minutes)]
    if ending.what.strip():
        return [step_of(Deed(at=incident.closed_at, what=ending.what), actors)]
    return [Step(number=1, kind=StepKind.CHECK, text=todo("what to look at first, with its command"))]
