"""What an undocumented incident teaches, and where there is nothing to learn.

After a wanted change: `python -m tests.postmortem.test_lesson` writes the golden proposal anew.
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.dossier import Verdict
from bot.domain.incident import Phase
from bot.domain.runbook import Change, SignalKind, StepKind
from bot.domain.vocabulary import (
    Answer,
    CancelKind,
    Documented,
    EndedBy,
    Helped,
    ProposalKind,
)
from bot.postmortem.lessons.lesson import NoLesson, propose
from tests.postmortem.lessons import SERVICE, added, entry, over, proposed, refused, unknown, walking
from tests.postmortem.shelf import read, sample
from tests.postmortem.story import ALERT, DANA, LEE, Story, declare

GOLDEN = Path(__file__).parent / "golden" / "INC-51.diff"


def portal() -> Story:
    """The night of INC-51."""
    story = unknown("captcha on the vendor portal, every fetch fails", alert="PortalFetchErrors")
    story.at(2).say(c.AddReport(text="> 80 % of portal logins bounce"), LEE)
    story.at(3).say(c.Improvise(what="checked the fetch log", command="agentctl fetch log --tail", helped=Helped.YES))
    story.at(5).say(c.Improvise(what="restarted the workers", command="agentctl restart workers", helped=Helped.NO))
    story.at(7).say(c.Improvise(what="switched to the API", command="agentctl set connector=api", helped=Helped.YES))
    return over(story, 17, documented=Documented.NONE)


def test_the_golden_proposal() -> None:
    made = proposed(portal())
    assert made.diff == GOLDEN.read_text(encoding="utf-8")
    assert made.title == "Captcha on the vendor portal"
    assert made.unfilled == (
        "Impact",
        "Likely cause",
        "Step 2: what you see when it worked",
        "Step 3: which metric, and what it shows when it is over",
        "Verify",
        "Roll back when",
        "Escalate to: how many min",
    )


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
        assert any("(did not help)" in one.text and "agentctl restart" in one.text for one in mode.confused_with)
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
        assert "Step 1: what to look at first, with its command" in made.unfilled

    def test_what_nobody_judged_counts_when_nothing_else_does(self) -> None:
        story = unknown().at(3).say(c.Improvise(what="flushed the DNS cache", command="agentctl dns flush"))
        assert entry(proposed(over(story, 4))).steps[0].commands[0].text == "agentctl dns flush"
        story = unknown().at(3).say(c.Improvise(what="flushed the DNS cache", command="agentctl dns flush"))
        story.say(c.Improvise(what="use the API", command="agentctl set api=on", helped=Helped.YES))
        mode = entry(proposed(over(story, 4)))
        assert [command.text for step in mode.steps for command in step.commands] == ["agentctl set api=on"]
        assert "flushed the DNS cache `agentctl dns flush`" in mode.notes[-1].text

    def test_a_bare_command_stands_in_the_notes_and_among_what_did_not_help(self) -> None:
        story = unknown().at(3).say(c.Improvise(what="agentctl ps --all", command="agentctl ps --all"))
        story.say(c.Improvise(what="agentctl flush", command="agentctl flush", helped=Helped.NO))
        story.say(c.Improvise(what="use the API", command="agentctl set api=on", helped=Helped.YES))
        mode = entry(proposed(over(story, 4)))
        assert mode.notes[-1].text.endswith("effect unknown\\: `agentctl ps --all`")
        assert [line.text for line in mode.confused_with] == ["`agentctl flush` (did not help)"]

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


if __name__ == "__main__":
    GOLDEN.write_text(proposed(portal()).diff, encoding="utf-8")
