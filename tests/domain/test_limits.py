"""What is too long is refused with the limit, whoever says it, and nothing is cut."""

from __future__ import annotations

import typing

import pytest

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.decide import Refusal, decide
from bot.domain.decide.context import Context
from bot.domain.limits import LONGEST_TEXT, TYPED
from bot.domain.refusals import Refused
from bot.domain.vocabulary import Answer, MarkKind, SkipReason
from tests.domain.story import SAM, START, Story, declaration

OF_A_PERSON = {"text", "note", "why", "what", "symptom", "words", "command", "condition", "choice"}
"""Names of fields that hold what a person typed."""
OF_SLACK = {c.MarkMessage, c.EditMark}
OF_OURS = {c.ReportStuckProposal: "why", c.Declare: "why", c.AttachPlaybook: "why", c.CutWait: "why", c.Remind: "what"}


def test_no_text_of_a_person_is_without_a_limit() -> None:
    for kind in typing.get_args(c.Command):
        named = OF_A_PERSON & set(kind.model_fields) - {OF_OURS.get(kind)}
        assert set(TYPED.get(kind, ())) == (set() if kind in OF_SLACK else named), kind.__name__


def overlong(text: str) -> list[c.Command]:
    return [
        declaration(symptom=text),
        c.AddReport(text=text),
        c.Note(text=text),
        c.PostUpdate(text=text),
        c.ChangeSeverity(severity=Severity.SEV1, why=text),
        c.AnswerStep(answer=Answer.AS_EXPECTED, note=text),
        c.SkipStep(reason=SkipReason.OTHER, note=text),
        c.Improvise(what=text, command="x"),
        c.Improvise(what="x", command=text),
        c.MeetRollbackCondition(why=text),
        c.Close(what=text),
    ]


@pytest.mark.parametrize("place", range(len(overlong(""))))
def test_one_character_too_many_is_refused_with_both_numbers(place: int) -> None:
    story = Story()
    story.tell(declaration())
    command = overlong("x" * (LONGEST_TEXT + 1))[place]
    state = None if isinstance(command, c.Declare) else story.state
    refusal = decide(state, command, Context(by=SAM, at=START, via="cli"))
    assert isinstance(refusal, Refusal) and refusal.reason is Refused.TEXT_TOO_LONG
    assert "3,001 characters long, and at most 3,000" in refusal.sentence(str)
    fits = overlong("x" * LONGEST_TEXT)[place]
    assert not isinstance(decide(state, fits, Context(by=SAM, at=START, via="cli")), Refusal)


def test_a_marked_message_is_kept_whole() -> None:
    story = Story()
    story.tell(declaration())
    story.tell(c.MarkMessage(message="C1:1", kind=MarkKind.ACTION, text="x" * 40_000))
    assert len(story.state.actions[0].text) == 40_000
