"""What an incident changes in the entry that documented it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.domain import commands as c
from bot.domain.runbook import Change, SignalKind, StepKind
from bot.domain.said import Misread
from bot.domain.vocabulary import (
    Answer,
    Documented,
    EndedBy,
    Helped,
    ProposalKind,
    SkipReason,
    StepRef,
)
from bot.domain.words import understand
from tests.postmortem.lessons import SERVICE, added, entry, over, proposed, refused, unknown, walking
from tests.postmortem.night import night
from tests.postmortem.shelf import read, sample, sample_intake
from tests.postmortem.story import SAM, Story, declare


class TestAmendment:
    def test_walked_as_written_teaches_nothing(self) -> None:
        story = (
            walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED)).at(4).say(c.AnswerStep(answer=Answer.WORKED))
        )
        over(story, 5, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY)
        assert refused(story) == "IX-04 was walked as it is written"

    def test_what_helped_after_a_failed_step_follows_it(self) -> None:
        story = walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        story.at(5).say(c.AnswerStep(answer=Answer.DID_NOT_WORK))
        first = c.Improvise(what="killed the leader", command="agentctl kill leader", helped=Helped.YES)
        second = c.Improvise(what="restarted the lane", command="agentctl lane restart", helped=Helped.YES)
        over(story.at(6).say(first).at(7).say(second), 9, documented=Documented.STEP_WRONG)
        made = proposed(story)
        assert made.kind is ProposalKind.AMEND
        assert made.title == "step 2 did not work; what helped is added"
        mode = entry(made)
        assert [step.commands[0].text for step in mode.steps[:4] if step.commands] == [
            "agentctl queue head",
            "agentctl restart workers",
            "agentctl kill leader",
            "agentctl lane restart",
        ]
        assert mode.steps[1].if_not == "go to the next step."
        branch = next(step for step in mode.steps if step.kind is StepKind.BRANCH)
        assert [choice.goto for choice in branch.choices] == [7, 8]

    def test_what_did_not_help_is_said_once(self) -> None:
        story = walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        for minute in (4, 5):
            said = "doubled the memory with password=hunter2hunter2 `agentctl scale mem 2x`"
            story.at(minute).say(c.Improvise(what=said, command="agentctl scale mem 2x", helped=Helped.NO))
        story.at(6).say(c.AnswerStep(answer=Answer.FIXED))
        made = proposed(over(story, 9, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY))
        assert (made.kind, made.title) == (ProposalKind.AMEND, "what did not help")
        line = "- doubled the memory with password=\\[redacted secret\\] `agentctl scale mem 2x` (did not help)"
        assert added(made) == [line]
        assert not [one for one in made.diff.splitlines() if one.startswith("-") and not one.startswith("---")]
        assert "as it is written" in refused(story, made.data), "the next one need not say it again"

    def test_what_did_not_help_where_nothing_was_confused(self) -> None:
        bare = re.sub(rb"\n\*\*Confused with:\*\* [^\n]*\n", b"", sample(SERVICE))
        story = walking().at(3).say(c.Improvise(what="asked the vendor", helped=Helped.NO))
        over(story.say(c.AnswerStep(answer=Answer.FIXED)), 9, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY)
        made = proposed(story, bare)
        assert [one for one in added(made) if one] == ["**Confused with:** asked the vendor (did not help)"]

    def test_a_failed_step_with_no_answer_asks_its_owner(self) -> None:
        story = walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        over(story.at(5).say(c.AnswerStep(answer=Answer.DID_NOT_WORK)), 9)
        made = proposed(story)
        assert "TODO(owner): it did not work in INC-42: what then?" in entry(made).steps[1].if_not
        assert made.unfilled

    def test_a_step_named_at_close(self) -> None:
        story = (
            walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED)).at(4).say(c.AnswerStep(answer=Answer.WORKED))
        )
        over(story, 9, documented=Documented.STEP_WRONG, wrong=StepRef(run=0, number=1))
        made = proposed(story)
        assert made.title == "step 1 was wrong"
        assert entry(made).steps[0].text.endswith("TODO(owner): was wrong in INC-42: what is right?")
        assert made.unfilled == ("Step 1: was wrong in INC-42: what is right?",)
        assert len(added(made)) == 1

    def test_a_wrong_step_that_nobody_named_is_asked_for(self) -> None:
        story = (
            walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED)).at(4).say(c.AnswerStep(answer=Answer.FIXED))
        )
        step = StepRef(run=0, number=2)
        over(story, 9, ended_by=EndedBy.STEP, documented=Documented.STEP_WRONG, step=step)
        made = proposed(story)
        assert made.title == "a step was wrong, nobody said which"
        asked = "somebody said a step was wrong in INC-42: which, and what is right?"
        assert added(made) == [f"- TODO(owner): {asked}"]
        written = read(SERVICE, sample(SERVICE)).failure("IX-04")
        assert written is not None and entry(made).steps == written.steps
        assert made.unfilled == (asked,)

    def test_a_wrong_step_can_be_named_the_morning_after(self) -> None:
        story = (
            walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED)).at(4).say(c.AnswerStep(answer=Answer.FIXED))
        )
        over(story, 9, documented=Documented.STEP_WRONG)
        said = understand("fill", "documented wrong step 2", story.ended, story.now)
        assert isinstance(said, c.FillField)
        made = proposed(story.at(500).say(said))
        assert made.title == "step 2 was wrong"
        none = understand("fill", "documented wrong 40", story.ended, story.now)
        assert isinstance(none, Misread) and "and no step 40" in none.sentence

    def test_a_failed_step_shows_which_was_wrong(self) -> None:
        story = walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        over(story.at(5).say(c.AnswerStep(answer=Answer.DID_NOT_WORK)), 9, documented=Documented.STEP_WRONG)
        assert "nobody said which" not in proposed(story).title

    @pytest.mark.parametrize(("reason", "teaches"), [(SkipReason.TOO_RISKY, True), (SkipReason.NOT_NEEDED, False)])
    def test_only_skips_that_speak_of_the_step(self, reason: SkipReason, teaches: bool) -> None:
        story = walking().at(3).say(c.SkipStep(reason=reason))
        over(story, 9, ended_by=EndedBy.ITSELF, documented=Documented.THIS_ENTRY)
        if teaches:
            assert "skipped in INC-42 (too risky)" in entry(proposed(story)).steps[0].text
        else:
            assert "as it is written" in refused(story)

    def test_a_wait_that_had_to_be_longer(self) -> None:
        story = (
            walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED)).at(4).say(c.AnswerStep(answer=Answer.WORKED))
        )
        story.elapse().say(c.ExtendWait(minutes=15)).elapse().say(c.AnswerWait(as_expected=True))
        over(story, 60, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY)
        assert entry(proposed(story)).steps[2].wait_minutes == 25

    def test_words_that_led_nobody_there(self) -> None:
        story = Story().say(declare("lorries queue at the dock", number=42), SAM).at(1).say(c.TakeLead())
        playbook = sample_intake().guide.playbook(SERVICE, "IX-04")
        assert playbook is not None
        story.say(c.AttachPlaybook(playbook=playbook)).at(3).say(c.AnswerStep(answer=Answer.FIXED))
        made = proposed(over(story, 9, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY))
        assert made.kind is ProposalKind.HOUSEKEEPING
        assert set(entry(made).signals_of(SignalKind.WORDS)) >= {"dock"}
        assert len(added(made)) == 1

    def test_another_entry_named_at_close_gets_the_words(self) -> None:
        story = walking().at(2).say(c.LeavePlaybook())
        made = proposed(over(story, 9, documented=Documented.ANOTHER, failure_id="IX-05"))
        assert made.failure_id == "IX-05"
        assert "words people used" in made.title

    def test_an_entry_that_has_changed_meanwhile_keeps_its_steps(self) -> None:
        story = walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        over(story.at(5).say(c.AnswerStep(answer=Answer.DID_NOT_WORK)), 9)
        newer = sample(SERVICE).replace(b"Restart the workers. `agentctl restart workers`", b"Wake Dana. `page dana`")
        assert "as it is written" in refused(story, newer)

    def test_missing_change_log_rows_alone(self) -> None:
        story = walking().at(3).say(c.SeeChange(change=Change(when="2026-11-20 02:00Z", kind="code", what="build 41")))
        over(story.say(c.AnswerStep(answer=Answer.FIXED)), 9, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY)
        made = proposed(story)
        assert (made.kind, len(added(made))) == (ProposalKind.HOUSEKEEPING, 1)

    def test_a_night_with_everything(self) -> None:
        made = proposed(night())
        assert made.kind is ProposalKind.AMEND
        removed = [line for line in made.diff.splitlines() if line.startswith("-") and not line.startswith("---")]
        assert [line[1:3] for line in removed] == ["3.", "4.", "6."]


class TestDrills:
    def test_last_drilled(self) -> None:
        story = walking(drill=True).at(3).say(c.AnswerStep(answer=Answer.FIXED))
        made = proposed(over(story, 9, ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY))
        assert made.kind is ProposalKind.HOUSEKEEPING
        assert entry(made).last_drilled == date(2026, 11, 20)
        assert len(added(made)) == 1

    def test_a_drill_that_went_wrong_is_news(self) -> None:
        story = walking(drill=True).at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        story.at(5).say(c.AnswerStep(answer=Answer.DID_NOT_WORK))
        made = proposed(over(story, 9))
        assert made.kind is ProposalKind.AMEND
        assert "last drilled" in made.title

    def test_a_drill_without_news(self) -> None:
        assert "drill" in refused(over(unknown(drill=True), 9))
        assert "as it is written" in refused(over(walking(drill=True), 9, documented=Documented.THIS_ENTRY))
