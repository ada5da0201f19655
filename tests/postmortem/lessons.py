"""Incidents that teach something, and what was proposed because of them."""

from __future__ import annotations

from typing import Any

from bot.domain import commands as c
from bot.domain.runbook import FailureMode
from bot.domain.vocabulary import (
    EndedBy,
)
from bot.postmortem.lessons.lesson import NoLesson, Proposal, propose
from bot.runbooks.intake import Opening
from tests.postmortem.shelf import path_of, read, sample, sample_intake
from tests.postmortem.story import SAM, START, Story, declare

SERVICE = "invoice-extract"
STUCK = "queue backlog, workers idle, oldest message 70 min"


def proposed(story: Story, data: bytes | None = None, **more: Any) -> Proposal:
    made = propose(story.stream, story.ended, data or sample(SERVICE), path_of(SERVICE), **more)
    assert isinstance(made, Proposal), made
    return made


def refused(story: Story, data: bytes | None = None) -> str:
    made = propose(story.stream, story.ended, data or sample(SERVICE), path_of(SERVICE))
    assert isinstance(made, NoLesson)
    return made.reason


def entry(made: Proposal) -> FailureMode:
    mode = read(SERVICE, made.data).failure(made.failure_id)
    assert mode is not None
    return mode


def walking(**more: Any) -> Story:
    """An open incident on IX-04."""
    story = Story()
    opening = Opening(service=SERVICE, symptom=STUCK, failure_id="IX-04", **more)
    story.say(sample_intake().declare(opening, START).model_copy(update={"number": 42}), SAM)
    return story.at(1).say(c.TakeLead())


def unknown(symptom: str = "the vendor portal shows a captcha", **more: Any) -> Story:
    return Story().say(declare(symptom, number=51, **more), SAM).at(1).say(c.TakeLead())


def over(story: Story, at: float, **how: object) -> Story:
    ended = {"ended_by": EndedBy.SOMETHING_ELSE, **how}
    return story.at(at).say(c.Mitigate()).at(at + 5).say(c.Close.model_validate(ended))


def added(made: Proposal) -> list[str]:
    return [line[1:] for line in made.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
