"""What an incident teaches: new entries, amendments, and nothing where there is nothing to learn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.dossier import Verdict
from bot.domain.incident import Phase
from bot.domain.runbook import Change, FailureMode, SignalKind, StepKind
from bot.domain.vocabulary import (
    Answer,
    CancelKind,
    Documented,
    EndedBy,
    Helped,
    ProposalKind,
    SkipReason,
    StepRef,
)
from bot.postmortem.lesson import NoLesson, Proposal, propose
from bot.runbooks.intake import Opening
from tests.postmortem.night import night
from tests.postmortem.shelf import path_of, read, sample, sample_intake
from tests.postmortem.story import ALERT, DANA, LEE, SAM, START, Story, declare

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


class TestNewEntry:
    def test_what_helped_with_the_waits_as_they_were(self) -> None:
        story = unknown().at(3).say(c.Improvise(what="check the fetch log", command="agentctl log", helped=Helped.YES))
        story.at(5).say(c.Improvise(what="restarted it", command="agentctl restart", helped=Helped.NO))
        story.at(7).say(c.Improvise(what="use the API", command="agentctl set api=on", helped=Helped.YES))
        mode = entry(proposed(over(story, 18)))
        assert [(step.kind, step.wait_minutes) for step in mode.steps] == [
            (StepKind.CHECK, None),
            (StepKind.ACT, None),
            (StepKind.WAIT, 11.0),
        ]
        assert [command.text for step in mode.steps for command in step.commands] == [
            "agentctl log",
            "agentctl set api=on",
        ]
        assert any("Did not help" in one.text and "agentctl restart" in one.text for one in mode.confused_with)
        assert mode.draft

    def test_severity_alert_words_and_related_changes(self) -> None:
        story = unknown("captcha on the vendor portal", alert="PortalFetchErrors")
        story.at(2).say(c.AddReport(text="> 80 % of portal logins bounce"), LEE)
        story.say(c.ChangeSeverity(severity=Severity.SEV1)).say(c.ChangeSeverity(severity=Severity.SEV3))
        story.say(c.SeeChange(change=Change(when="2026-11-20 02:00Z", kind="config", what="user agent")))
        made = proposed(over(story, 9))
        mode = entry(made)
        assert mode.severity is Severity.SEV1
        assert mode.signals_of(SignalKind.ALERT) == ("PortalFetchErrors",)
        assert set(mode.signals_of(SignalKind.WORDS)) >= {"captcha", "vendor portal"}
        assert [one.text for one in mode.symptoms] == [
            "captcha on the vendor portal",
            "more than 80 % of portal logins bounce",
        ]
        assert "config (user agent at 2026-11-20 02:00Z)" in mode.related_changes.text
        assert "coincident, not proven" in mode.related_changes.text
        assert "Symptoms" not in made.unfilled
        assert "| 2026-11-20 02:00Z | config | user agent |  |  |  |" in added(made)

    def test_ids_are_never_taken_twice(self) -> None:
        story = over(unknown(), 9)
        assert proposed(story).failure_id == "IX-11"
        assert proposed(story, reserved_ids=["IX-11", "IX-14", "RA-20"]).failure_id == "IX-15"

    def test_escalation_is_a_role_and_never_a_name(self) -> None:
        story = unknown()
        contacts = read(SERVICE, sample(SERVICE)).contacts
        called = c.CallContact(who=contacts[1].who, phone=contacts[1].phone)
        story.at(30).say(called).at(31).say(c.ReachContact(who=contacts[1].who))
        made = proposed(over(story, 40))
        assert entry(made).escalate_to.text.endswith("after 31 min")
        for contact in contacts:
            assert contact.who.rpartition(": ")[2] not in "\n".join(added(made))

    def test_a_rollback_that_ended_it_is_the_step(self) -> None:
        story = unknown().at(5).say(c.MeetRollbackCondition(condition="parse failures > 3 % for 15 min"))
        story.say(c.DecideRollback()).at(8).say(c.FinishRollback())
        mode = entry(proposed(over(story, 20, ended_by=EndedBy.ROLLBACK)))
        assert [step.kind for step in mode.steps] == [StepKind.ROLLBACK]
        assert mode.roll_back_when.text == "parse failures > 3 % for 15 min"

    def test_what_went_away_by_itself_is_a_wait(self) -> None:
        mode = entry(proposed(over(unknown(), 40, ended_by=EndedBy.ITSELF)))
        assert [(step.kind, step.wait_minutes) for step in mode.steps] == [(StepKind.WAIT, 40.0)]

    def test_what_was_only_told_at_close_is_a_step(self) -> None:
        mode = entry(proposed(over(unknown(), 20, what="blocked the crawler in the CDN")))
        assert mode.steps[0].text.startswith("blocked the crawler in the CDN")

    def test_nothing_known_leaves_one_blank_step(self) -> None:
        made = proposed(over(unknown(), 20, ended_by=EndedBy.UNKNOWN))
        assert len(entry(made).steps) == 1
        assert "Step 1" in made.unfilled

    def test_what_nobody_judged_counts_when_nothing_else_does(self) -> None:
        story = unknown().at(3).say(c.Improvise(what="flushed the DNS cache", command="agentctl dns flush"))
        assert entry(proposed(over(story, 4))).steps[0].commands[0].text == "agentctl dns flush"
        story = unknown().at(3).say(c.Improvise(what="flushed the DNS cache", command="agentctl dns flush"))
        story.say(c.Improvise(what="use the API", command="agentctl set api=on", helped=Helped.YES))
        mode = entry(proposed(over(story, 4)))
        assert [command.text for step in mode.steps for command in step.commands] == ["agentctl set api=on"]
        assert any("effect unknown" in note.text and "flushed the DNS cache" in note.text for note in mode.notes)

    def test_a_playbook_that_was_taken_for_it_is_a_lookalike(self) -> None:
        story = walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED))
        story.at(4).say(c.AnswerStep(answer=Answer.DID_NOT_WORK)).at(5).say(c.LeavePlaybook(why="other thing"))
        made = proposed(over(story, 20, documented=Documented.NONE))
        assert made.kind is ProposalKind.NEW
        assert any(one.text.startswith("IX-04: its step 2 did not help here") for one in entry(made).confused_with)

    def test_secrets_and_names_stay_out(self) -> None:
        story = unknown("Dana Okoye saw password=" + "hunter2hunter2 in the captcha page")
        helped = c.Improvise(
            what="asked Lee Park", command="agentctl login --token " + "abcdef123456", helped=Helped.YES
        )
        story.at(2).say(c.Note(text="hi"), LEE).say(helped)
        made = proposed(over(story, 9))
        for leaked in ("Dana", "Lee Park", "hunter2", "abcdef123456", "Sam Reyes"):
            assert leaked not in made.diff

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text(st.sampled_from("ab1 #*_`[]()<>|~!\\-+.=>:\n·"), min_size=1, max_size=30).filter(str.strip))
    def test_nothing_typed_becomes_structure(self, typed: str) -> None:
        story = unknown(typed).at(2).say(c.Improvise(what=typed, command=typed, helped=Helped.YES))
        made = proposed(over(story, 3))
        book = read(SERVICE, made.data)
        assert len(book.failures) == 11
        mode = entry(made)
        assert len(mode.steps) >= 1
        assert mode.verify.text.startswith("TODO(owner)")
        assert not any(line.startswith("- >") for line in added(made))


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
        over(story, 9, documented=Documented.STEP_WRONG, step=StepRef(run=0, number=1))
        assert "was wrong in INC-42" in entry(proposed(story)).steps[0].if_not

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


class TestNothing:
    def test_cancelled(self) -> None:
        story = unknown().say(c.Cancel(kind=CancelKind.FALSE_ALARM))
        assert story.ended.phase is Phase.CANCELLED
        assert refused(story) == "it was cancelled"

    def test_no_runbook_or_a_broken_one(self) -> None:
        story = over(unknown(), 9)
        assert isinstance(propose(story.stream, story.ended, None, ""), NoLesson)
        assert "cannot be edited" in refused(story, b"hello\n")
        assert "cannot be edited" in refused(story, sample(SERVICE) + b"\n```\nnever closed\n")

    def test_an_entry_that_is_gone(self) -> None:
        story = over(walking(), 9, documented=Documented.THIS_ENTRY, failure_id="IX-99")
        assert refused(story) == "IX-99 is no longer in the runbook"


def test_an_alert_names_the_new_entry() -> None:
    story = Story().say(declare("portal fetch errors above 80 %", alert="PortalFetchErrors"), ALERT)
    made = proposed(over(story.at(1).say(c.TakeLead(), DANA), 9))
    from tests.postmortem.shelf import intake, samples

    guide = intake({**samples(), SERVICE: made.data}).guide
    found = guide.match("", SERVICE, "PortalFetchErrors")
    assert found.verdict is Verdict.DOCUMENTED
    assert found.best is not None
    assert found.best.failure_id == "IX-11"
