"""What people type, as commands: the same for the terminal, slash commands and mentions."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.said import Understood
from bot.domain.vocabulary import Answer, Documented, SkipReason, StepRef
from bot.domain.words import Misread, understand
from tests.domain.story import SAM, Story, declaration


@pytest.fixture
def story() -> Story:
    told = Story()
    told.tell(declaration(), by=SAM)
    return told


def read(story: Story, line: str) -> Understood:
    word, _, rest = line.partition(" ")
    understood = understand(word, rest, story.state, story.now)
    assert understood is not None
    return understood


def step(number: int) -> StepRef:
    return StepRef(run=0, number=number)


@pytest.mark.parametrize(
    ("line", "documented", "what"),
    [
        ("close wrong the poller counts in ms", Documented.STEP_WRONG, "the poller counts in ms"),
        ("close None", Documented.NONE, ""),
        ("close wrong another worker did this", Documented.STEP_WRONG, "another worker did this"),
        ("close restarted another worker", Documented.UNKNOWN, "restarted another worker"),
        ("close", Documented.UNKNOWN, ""),
    ],
)
def test_only_the_first_word_of_close_says_if_it_was_documented(
    story: Story, line: str, documented: Documented, what: str
) -> None:
    command = read(story, line)
    assert isinstance(command, c.Close)
    assert (command.documented, command.what) == (documented, what)


def test_another_entry_is_named_by_its_id(story: Story) -> None:
    named = read(story, "close another ix-05: the deploy was at fault")
    assert isinstance(named, c.Close)
    assert (named.failure_id, named.what) == ("IX-05", "the deploy was at fault")
    prose = read(story, "close another worker hung")
    assert isinstance(prose, c.Close)
    assert (prose.failure_id, prose.what) == ("", "worker hung")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("fill documented this", "this_entry"),
        ("fill documented none", "none"),
        ("fill documented wrong", "step_wrong"),
        ("fill documented step_wrong", "step_wrong"),
        ("fill documented another IX-05", "another IX-05"),
    ],
)
def test_the_morning_after_has_the_words_of_the_close(story: Story, line: str, text: str) -> None:
    assert read(story, line) == c.FillField(field="documented", text=text)


@pytest.mark.parametrize(
    ("line", "minutes"), [("wait", 5), ("wait 20", 20), ("wait 10 min", 10), ("wait 1 more minute", 1)]
)
def test_wait_reads_minutes(story: Story, line: str, minutes: float) -> None:
    assert read(story, line) == c.ExtendWait(minutes=minutes)


@pytest.mark.parametrize("line", ["wait abc", "wait -5", "wait until 10:30"])
def test_wait_guesses_no_minutes(story: Story, line: str) -> None:
    assert isinstance(read(story, line), Misread)


def test_a_note_is_kept_at_a_step_and_at_a_wait(story: Story) -> None:
    said = read(story, "done looks fine")
    assert said == c.AnswerStep(step=step(1), answer=Answer.AS_EXPECTED, note="looks fine")
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    story.tell(c.AnswerStep(answer=Answer.WORKED))
    waited = read(story, "failed 3 still 2,000")
    assert waited == c.AnswerWait(step=step(3), as_expected=False, note="still 2,000")
    assert isinstance(waited, c.AnswerWait)
    story.tell(waited)
    answered = [fact.event for fact in story.facts if fact.event.type == "step_answered"]
    assert answered[-1].note == "still 2,000"


def test_which_way_a_branch_goes_is_said_and_not_guessed(story: Story) -> None:
    for _ in range(3):
        story.tell(c.SkipStep(reason=SkipReason.NOT_NEEDED))
    for line in ("done 4", "failed 4"):
        asked = read(story, line)
        assert isinstance(asked, Misread)
        assert asked.sentence == "Step 4 is a question: say done 4 yes or done 4 no."
    assert read(story, "done 4 no") == c.ChooseBranch(step=step(4), choice="no")


@pytest.mark.parametrize("level", ["1", "sev1", "SEV-1 money may leave"])
def test_a_severity_is_a_word_of_four(story: Story, level: str) -> None:
    said = read(story, f"sev {level}")
    assert isinstance(said, c.ChangeSeverity)
    assert said.severity is Severity.SEV1


@pytest.mark.parametrize("level", ["-1", "--1", "0", "5", "sev", "SEV--1", "11", ""])
def test_what_is_no_severity_is_not_guessed(story: Story, level: str) -> None:
    assert isinstance(read(story, f"sev {level}"), Misread)
