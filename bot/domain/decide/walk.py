"""Walking a playbook: which step comes now, and what starts with it."""

from __future__ import annotations

import re

from bot.domain.dossier import Playbook
from bot.domain.events import Event, FollowUpStarted, StepStarted, WaitStarted
from bot.domain.incident import Run
from bot.domain.runbook import Choice, Command, Step, StepKind
from bot.domain.vocabulary import StepRef

DEFAULT_WAIT_MINUTES = 5.0
"""A wait without minutes is five: the seed's own example, "do nothing for 5 minutes"."""

MINUTE = 60_000
_VERB = r"(?:go|continue|jump|skip)\s+(?:on\s+)?(?:to|at|with)\s+"
_GO_TO = re.compile(rf"^\s*{_VERB}step\s+(\d+)\.?\s*$", re.IGNORECASE)
_NEXT = re.compile(rf"^\s*(?:{_VERB})?(?:the\s+)?next(?:\s+step)?\.?\s*$", re.IGNORECASE)


def goto_of(text: str) -> int | None:
    """The step number of "go to step 5" and nothing else; None for any other text."""
    found = _GO_TO.match(text)
    return int(found.group(1)) if found else None


def means_next(text: str) -> bool:
    """True for "go to the next step", "continue with the next step", "next"."""
    return bool(_NEXT.match(text))


def start(step: Step, run: int, at: int) -> tuple[Event, ...]:
    """The facts with which a step begins. A wait starts its timer by itself: nobody should have to click to do
    nothing."""
    ref = StepRef(run=run, number=step.number)
    if step.kind is not StepKind.WAIT:
        return (StepStarted(step=ref),)
    minutes = step.wait_minutes or DEFAULT_WAIT_MINUTES
    return (StepStarted(step=ref), WaitStarted(step=ref, minutes=minutes, until=at + round(minutes * MINUTE)))


def begin(playbook: Playbook, run: int, at: int) -> tuple[Event, ...]:
    """The first step of a playbook just attached; nothing when it has no steps."""
    return start(playbook.steps[0], run, at) if playbook.steps else ()


def resume(run: Run, at: int) -> tuple[Event, ...]:
    """Where a run that was set aside goes on: its first step without an answer."""
    current = run.current
    number = current.number if current else run.next_pending(0)
    return start(run.step(number), run.run, at) if number else ()


def advance(run: Run, after: int, at: int) -> tuple[Event, ...]:
    """The next step without an answer after `after`; nothing at the end."""
    number = run.next_pending(after)
    return start(run.step(number), run.run, at) if number else ()


def go_to(run: Run, number: int, at: int) -> tuple[Event, ...]:
    """A named step, if the playbook has it."""
    return start(run.step(number), run.run, at) if run.state(number) else ()


def follow_up(ref: StepRef, text: str, commands: tuple[Command, ...]) -> FollowUpStarted:
    """An instruction that becomes what is to be done now."""
    return FollowUpStarted(step=ref, instruction=text, commands=commands)


def choice_of(step: Step, label: str) -> Choice | None:
    """The branch's choice with that label, case-insensitively."""
    wanted = label.strip().casefold()
    return next((choice for choice in step.choices if choice.label.casefold() == wanted), None)
