"""Which incident and which step a line names; what names none is told, and nothing else is taken for it."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain.reading import addressed, apart, person
from bot.domain.refusals import Refused
from bot.domain.runbook import StepKind
from bot.domain.said import Misread
from bot.domain.vocabulary import Actor, Answer, CancelKind, SkipReason, StepRef
from bot.domain.words import WORDS, understand
from tests.domain.story import DANA, MINUTE, SAM, Story, declaration, playbook


@pytest.fixture
def story() -> Story:
    started = Story()
    started.tell(declaration(), by=SAM)
    return started


def read(story: Story, line: str, reader: Actor | None = None) -> c.Command | Misread:
    word, _, rest = line.partition(" ")
    understood = understand(word, rest, story.state, story.now, reader)
    assert understood is not None
    return understood


def told(story: Story, line: str, reader: Actor | None = None) -> str:
    """The sentence for a line that is no command."""
    misread = read(story, line, reader)
    assert isinstance(misread, Misread), misread
    return misread.sentence


def says(story: Story, line: str, reader: Actor) -> None:
    command = read(story, line, reader)
    assert not isinstance(command, Misread), command
    story.tell(command, by=reader)


def step(number: int) -> StepRef:
    return StepRef(run=0, number=number)


@pytest.mark.parametrize(
    "line", ["INC-42 it is red", "inc-42: it is red", "INC\u201342 it is red", " INC-0042  it is red"]
)
def test_an_incident_is_named_first_and_by_its_name(line: str) -> None:
    said = addressed(line, alone=False)
    assert (said.number, said.rest, said.unknown) == (42, "it is red", "")


@pytest.mark.parametrize(
    "name", ["INC_42", "INC--1", "INC-x", "INC42", "inc", "INC-", "INC-1x", "INC-\u00b2", "INC-9999999999", "INC#7"]
)
@pytest.mark.parametrize("alone", [True, False])
def test_a_mistyped_name_is_no_text(name: str, alone: bool) -> None:
    said = addressed(f"{name} it is red", alone=alone)
    assert (said.number, said.unknown) == (None, name)


@pytest.mark.parametrize(
    "line", ["incoming mail stands still", "increase of errors", "it is like INC-41", "7 workers", ""]
)
def test_a_text_is_no_name(line: str) -> None:
    said = addressed(line, alone=False)
    assert (said.number, said.rest, said.unknown) == (None, line, "")


def test_a_bare_number_is_a_name_where_no_text_can_stand() -> None:
    assert addressed("42", alone=True).number == 42
    assert addressed("42", alone=False).number is None
    assert addressed("42 hello", alone=True).number is None
    assert addressed("-42", alone=True).number is None


@pytest.mark.parametrize("word", [word for word, about in WORDS.items() if about.alone])
def test_a_word_that_takes_no_text_ignores_none(story: Story, word: str) -> None:
    assert f"{word} takes no text" in told(story, f"{word} at once")
    assert not isinstance(read(story, word), Misread)


def test_the_words_without_text_are_those_whose_command_has_none() -> None:
    assert {word for word, about in WORDS.items() if about.alone} == {
        word for word, about in WORDS.items() if about.usage == word
    }


@pytest.mark.parametrize("said", ["@no one", "@", "bob", "@dana please", "<@U1|dana> and <@U2|bob>"])
def test_a_person_is_named_alone(story: Story, said: str) -> None:
    assert "nothing else: lead @name" in told(story, f"lead {said}")
    assert "nothing else: handover @name" in told(story, f"handover {said}")


def test_a_person_may_have_a_name_of_two_words() -> None:
    assert person("<@U1|Dana Okoye>") == Actor(id="U1", name="Dana Okoye")
    assert person(" @dana.o ") == Actor(id="cli:dana.o", name="dana.o")


def test_an_answer_names_the_step_that_was_read(story: Story) -> None:
    first, second = read(story, "done 1", SAM), read(story, "done 1", DANA)
    assert first == second == c.AnswerStep(step=step(1), answer=Answer.AS_EXPECTED)
    story.tell(c.AnswerStep(step=step(1), answer=Answer.AS_EXPECTED), by=SAM)
    assert story.refuses(c.AnswerStep(step=step(1), answer=Answer.AS_EXPECTED), by=DANA) is Refused.STEP_ALREADY_DONE
    again = read(story, "done 1", DANA)
    assert isinstance(again, c.AnswerStep) and again.step == step(1)


def test_two_who_read_the_same_step_do_not_answer_two(story: Story) -> None:
    says(story, "done", SAM)
    sentence = told(story, "done", DANA)
    assert "Sam went on to step 2" in sentence and "say: done 2." in sentence
    for word in ("failed", "fixed", "skip", "skip needed"):
        assert "you may have read the one before" in told(story, word, DANA)
    assert story.state.current == step(2)
    says(story, "done 2", DANA)
    assert "Dana went on to step 3" in told(story, "done", SAM), "now it was Dana's answer"


def test_whoever_walks_alone_need_not_count(story: Story) -> None:
    says(story, "done", DANA)
    says(story, "failed", DANA)
    assert read(story, "done", DANA) == c.AnswerWait(step=step(3), as_expected=True)


def test_a_terminal_whose_login_may_have_two_windows_names_every_step_but_the_first(story: Story) -> None:
    assert isinstance(read(story, "done"), c.AnswerStep)
    story.tell(c.AnswerStep(step=step(1), answer=Answer.AS_EXPECTED), by=SAM)
    assert "say: done 2." in told(story, "done")
    assert read(story, "done 2 came back") == c.AnswerStep(step=step(2), answer=Answer.WORKED, note="came back")


def test_an_if_not_has_a_name_of_its_own(story: Story) -> None:
    says(story, "failed 1", SAM)
    assert "stands at 1b, not at 1. Say: done 1b." in told(story, "done 1", DANA), "she may mean the check itself"
    assert "Sam went on to step 1b" in told(story, "done", DANA)
    carried_out = c.AnswerStep(step=step(1), answer=Answer.WORKED)
    assert read(story, "done 1b", DANA) == read(story, "done 1", SAM) == read(story, "done", SAM) == carried_out
    says(story, "done 1b", DANA)
    assert "stands at 2, not at 2b" in told(story, "done 2b", SAM)
    twice = read(story, "done 1b", SAM)
    assert isinstance(twice, c.AnswerStep)
    assert story.refuses(twice, by=SAM) is Refused.STEP_ALREADY_DONE


def test_another_playbook_is_another_first_step(story: Story) -> None:
    story.tell(c.AttachPlaybook(playbook=playbook(failure_id="IX-05")), by=SAM)
    assert "Sam went on to step 1" in told(story, "done", DANA)
    assert read(story, "done", SAM) == c.AnswerStep(step=StepRef(run=1, number=1), answer=Answer.AS_EXPECTED)


def test_a_second_answer_to_a_wait_does_not_answer_what_came_after(story: Story) -> None:
    says(story, "done", SAM)
    says(story, "done", SAM)
    both = read(story, "done 3", SAM)
    assert both == read(story, "done 3", DANA) == c.AnswerWait(step=step(3), as_expected=True)
    assert isinstance(both, c.AnswerWait)
    assert story.refuses(both.model_copy(update={"step": step(2)}), by=DANA) is Refused.STEP_ALREADY_DONE
    story.tell(both, by=SAM)
    assert story.refuses(both, by=DANA) is Refused.STEP_ALREADY_DONE


@pytest.mark.parametrize("line", ["done 7", "done 0", "done -1", "failed 70 min old", "skip +2", "fixed 99"])
def test_what_is_no_step_is_told(story: Story, line: str) -> None:
    assert "IX-04 has 6 steps, and no step" in told(story, line, SAM)


def test_a_skip_names_its_step_before_its_reason(story: Story) -> None:
    assert read(story, "skip 2 access no token") == c.SkipStep(
        step=step(2), reason=SkipReason.NO_ACCESS, note="no token"
    )
    assert read(story, "fixed step 1: it was the poison message") == c.AnswerStep(
        step=step(1), answer=Answer.FIXED, note="it was the poison message"
    )


@pytest.mark.parametrize(
    "line", ["did -1", "did 1 -2", "did", "did \u00b2", "did 1b", "did it myself", "did 1 2 by hand"]
)
def test_did_takes_steps_and_nothing_else(story: Story, line: str) -> None:
    assert "by their numbers alone" in told(story, line)


@pytest.mark.parametrize("line", ["did 1 3", "did steps 1 and 3", "did 1, 3", "did #1 #3.", "did 1 3 1"])
def test_did_reads_a_list_as_people_write_it(story: Story, line: str) -> None:
    assert read(story, line) == c.RecallSteps(steps=(step(1), step(3)), goes_on=True)


@pytest.mark.parametrize("kind", list(StepKind))
def test_a_wrong_answer_is_told_in_a_sentence_for_every_kind(kind: StepKind) -> None:
    from bot.domain.decide import Refusal, decide
    from bot.domain.decide.context import Context
    from bot.domain.runbook import Step

    one = Story()
    one.tell(declaration(playbook=playbook(Step(number=1, kind=kind, text="Look."))))
    wrong = Answer.NOT_MET if kind is not StepKind.ROLLBACK else Answer.WORKED
    refusal = decide(one.state, c.AnswerStep(answer=wrong), Context(by=SAM, at=one.now, via="cli"))
    assert isinstance(refusal, Refusal)
    assert refusal.sentence(str) == f"Step 1 ({kind.value}) cannot be answered with '{wrong.value.replace('_', ' ')}'."


@pytest.mark.parametrize(
    ("line", "text", "minutes"),
    [
        ("half is through next 15", "half is through", 15),
        ("half is through, next in 20 min.", "half is through", 20),
        ("half is through · next 2 h", "half is through", 120),
        ("half is through next 1h", "half is through", 60),
        ("half is through", "half is through", None),
        ("we try the next 3 workers", "we try the next 3 workers", None),
        ("we watch it for the next 30 minutes", "we watch it for the next 30 minutes", None),
        ("next we look at 3 workers", "next we look at 3 workers", None),
    ],
)
def test_an_update_promises_the_next_at_its_end(story: Story, line: str, text: str, minutes: int | None) -> None:
    assert read(story, f"update {line}") == c.PostUpdate(text=text, next_minutes=minutes)


@pytest.mark.parametrize("end", ["next -30", "next 03:40", "next 1.5 h", "next 30s", "next 12345", "next 30 apples"])
def test_a_next_time_that_is_none_is_not_posted(story: Story, end: str) -> None:
    assert f"'{end}' is no number of minutes or hours" in told(story, f"update half is through {end}")


@pytest.mark.parametrize("minutes", [0, -30, 1441])
def test_the_next_update_is_within_a_day(story: Story, minutes: int) -> None:
    assert story.refuses(c.PostUpdate(text="half", next_minutes=minutes)) is Refused.BAD_NEXT_UPDATE


@pytest.mark.parametrize("said", ["9", "0", "-1", "+1"])
def test_a_condition_that_the_runbook_lacks_is_not_recorded_as_one(story: Story, said: str) -> None:
    assert "no such condition. 1: error ratio > 5 %." in told(story, f"rollback met {said}")
    assert read(story, "rollback met 1") == c.MeetRollbackCondition(condition="error ratio > 5 %")


@pytest.mark.parametrize("word", ["decide", "done", "verified", "unverified"])
def test_a_stage_of_the_rollback_ignores_no_text(story: Story, word: str) -> None:
    assert "takes no text" in told(story, f"rollback {word} INC_7")


@pytest.mark.parametrize("command", ["agentctl x", "`agentctl x`", "``agentctl x``"])
def test_what_was_run_is_said_once(story: Story, command: str) -> None:
    ran = read(story, f"ran {command}")
    assert ran == c.Improvise(what="agentctl x", command="agentctl x")
    assert apart(command, command) == ("", command)
    assert "Say what you ran" in told(story, "ran ``")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("cancel mistake", c.Cancel(kind=CancelKind.MISTAKE)),
        ("cancel opened by mistake", c.Cancel(kind=CancelKind.MISTAKE)),
        ("cancel False alarm", c.Cancel(kind=CancelKind.FALSE_ALARM)),
        ("cancel duplicate of INC-7", c.Cancel(kind=CancelKind.DUPLICATE, duplicate_of=7)),
        ("cancel duplicate 7", c.Cancel(kind=CancelKind.DUPLICATE, duplicate_of=7)),
    ],
)
def test_a_cancel_says_why_and_nothing_else(story: Story, line: str, command: c.Command) -> None:
    assert read(story, line) == command
    for odd in ("cancel no mistake", "cancel duplicate of INC_7", f"{line} or so", "cancel"):
        assert "INC-12, and nothing else" in told(story, odd)


@pytest.mark.parametrize("end", ["we waited 25 min", "-25 min", "03:40 restart", "25:61", "soon"])
def test_an_end_is_dated_back_by_a_time_alone(story: Story, end: str) -> None:
    assert "Say since when" in told(story, f"over {end}")
    for said in ("25 min", "since 25 min ago", "for 25 minutes"):
        assert read(story, f"over {said}") == c.Mitigate(since=story.now - 25 * MINUTE)


def test_a_contact_is_called_when_only_one_is_meant(story: Story) -> None:
    assert "several like 'a': Dana Okoye, Priya Nair." in told(story, "call a")
    called = read(story, "call priya")
    assert isinstance(called, c.CallContact) and called.who == "Priya Nair"


def test_words_may_be_parted_by_a_line_break(story: Story) -> None:
    assert understand("done", "1\nlooks fine", story.state, story.now) == read(story, "done 1 looks fine")
    assert understand("close", "none\nof it", story.state, story.now) == read(story, "close none of it")
    assert understand("affects", "ix\nst", story.state, story.now) == read(story, "affects ix st")
    assert "one at a time" in told(story, "affects ix st")


def test_an_answer_is_corrected_by_its_number(story: Story) -> None:
    says(story, "done 1 one id", DANA)
    says(story, "change 1 failed two ids", SAM)
    assert story.state is not None and story.state.run is not None
    first = story.state.run.state(1)
    assert first is not None
    assert (first.outcome, first.by) == (Answer.NOT_AS_EXPECTED.value, SAM)
    early = read(story, "change 3 done")
    assert not isinstance(early, Misread)
    assert story.refuses(early, by=SAM) is Refused.STEP_NOT_DONE
    assert told(story, "change 77 done").endswith("no step 77.")
    for line in ("change", "change 1", "change one done", "change 1 skipped", "change -1 done"):
        assert told(story, line) == "Say which step and what is true of it: change <step> done|failed|fixed [note]."
