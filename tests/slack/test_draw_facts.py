"""Facts and questions with a message of their own, and catching up."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.domain.commands import (
    AcceptProposal,
    AddService,
    AnswerStep,
    Close,
    CloseAction,
    DecideRollback,
    ElapseWait,
    FinishRollback,
    Improvise,
    MakeProposal,
    MarkMessage,
    MeetRollbackCondition,
    MissContact,
    OfferHandover,
    PostUpdate,
    TakeLead,
    Talk,
)
from bot.domain.due import Reminder
from bot.domain.events import AlsoAffects, Fact, HandoverOffered, Noted, UpdatePosted
from bot.domain.vocabulary import Actor, Answer, Helped, MarkKind, ProposalKind, StepRef
from bot.slack.drawing.cards import catch_up, digest, fact_message
from bot.slack.drawing.cards.facts import also_affects, question
from bot.slack.drawing.show import DEFAULT, Options
from tests.slack.carded import FIRST, LEE, drawn
from tests.slack.drawn import DANA, SAM, START, Night, night, seen


def fact(event: UpdatePosted | HandoverOffered | Noted, by: Actor = DANA) -> Fact:
    return Fact(version=9, at=START, happened=START, by=by, via="slack", event=event)


class TestFacts:
    def test_update(self) -> None:
        told = night().does(TakeLead(), PostUpdate(text="Calm <!here>", next_minutes=30))
        event = UpdatePosted(text="Calm <!here>", next_minutes=30)
        assert seen(drawn(fact_message(told.incident, fact(event), told.now, DEFAULT))) == snapshot("""\
» SEV2 INC-42 invoice-extract update: Calm &lt;!here&gt;
*SEV2 · INC-42 · invoice-extract* update
Calm &lt;!here&gt;
(Dana {03:11 UTC} · Next in 30 minutes · lead Dana)\
""")

    def test_handover(self) -> None:
        told = night().does(
            TakeLead(),
            AnswerStep(answer=Answer.AS_EXPECTED),
            AnswerStep(answer=Answer.WORKED),
            Improvise(what="Moved one aside", command="agentctl queue deadletter 7", helped=Helped.YES),
            MarkMessage(message="C1:1", kind=MarkKind.QUESTION, text="Why only id 7?"),
            MarkMessage(message="C1:2", kind=MarkKind.ACTION, text="raise the limit"),
            OfferHandover(to=LEE),
        )
        event = HandoverOffered(to=LEE)
        assert seen(drawn(fact_message(told.incident, fact(event), told.now, DEFAULT))) == snapshot("""\
» SEV2 INC-42 invoice-extract: handover offered to Lee.
<@U0LEE>: take over INC-42? <@U0DANA> stays lead until then.
*State:* invoice-extract, severity 2, for 7 min: queue stuck, oldest 70 min. We are at step 3 of 6 \n\
        of IX-04. Dana leads.
*Wait* of step 3: until {03:24 UTC}
*Tried*
✓ 1 Check: as expected · Dana {03:13 UTC}
✓ 2 Act: worked · Dana {03:14 UTC}
Moved one aside `agentctl queue deadletter 7`: helped · Dana {03:15 UTC}
*Open questions:* 1 marked in this thread
*Action items:* raise the limit
[I have it] [Catch me up]\
""")

    def test_a_second_service(self) -> None:
        told = night().does(AddService(service="ap-portal"))
        assert "Also affects *ap-portal* · Dana" in drawn(
            also_affects(told.incident, AlsoAffects(service="ap-portal"), "Dana", Options())
        )

    def test_other_facts_have_no_message(self) -> None:
        assert fact_message(night().incident, fact(Noted(text="x")), START, DEFAULT) is None


def asked(told: Night, reminder: Reminder, since: int = START) -> str:
    return drawn(question(told.incident, f"{reminder.value}:{since}", told.now, DEFAULT))


class TestQuestions:
    def test_nobody_has_it(self) -> None:
        shown = asked(night(), Reminder.LEAD)
        assert "Nobody has it, and Slack wakes nobody. Call *Primary on-call: Dana*" in shown
        assert "[I have it] [Call next]" in shown

    def test_who_talks_without_clicking_is_asked(self) -> None:
        told = night().does(Talk(ts="1.2"), by=LEE)
        assert "<@U0LEE>, do you have it?\n[I have it] [Call next]" in asked(told, Reminder.LEAD)

    def test_update_is_asked_of_the_lead(self) -> None:
        assert "<@U0DANA>, an update is due: what is true now?\n[Post update]" in asked(
            night().does(TakeLead()), Reminder.UPDATE
        )

    def test_wait(self) -> None:
        told = night().does(AnswerStep(answer=Answer.AS_EXPECTED), AnswerStep(answer=Answer.WORKED))
        told.does(ElapseWait(step=StepRef(run=0, number=3)), minutes=11)
        assert "[Yes, as expected] [No] [Call next]" in asked(told, Reminder.WAIT)

    def test_call_quiet_and_rollback(self) -> None:
        assert "Did Primary on-call: Dana answer?" in asked(night().does(FIRST), Reminder.CALL)
        quiet = asked(night(), Reminder.QUIET)
        assert "[Yes, since 03:11 UTC] [Other time] [Still going]" in quiet
        told = night().does(MeetRollbackCondition(why="x"), DecideRollback(), FinishRollback())
        assert "[Verified] [It did not help]" in asked(told, Reminder.ROLLBACK)

    @pytest.mark.parametrize("what", ["wait:1", "call:1", "unknown:1", ""])
    def test_a_question_that_makes_no_sense_any_more_is_not_asked(self, what: str) -> None:
        assert question(night().incident, what, START, DEFAULT) is None

    def test_nothing_is_asked_after_the_end(self) -> None:
        told = night().does(Close())
        assert all(question(told.incident, f"{one.value}:1", told.now, DEFAULT) is None for one in Reminder)

    def test_what_is_left_open_is_asked_about_after_the_end(self) -> None:
        text = "rotate the <!channel> key"
        mark = MarkMessage(message="C1:1.5", kind=MarkKind.ACTION, text=text, author=LEE.name, author_id=LEE.id)
        other = MarkMessage(message="C1:1.6", kind=MarkKind.ACTION, text="buy a pager")
        made = MakeProposal(kind=ProposalKind.NEW, failure_id="IX-11", title="Poison message", path="p", diff="d")
        told = night().does(mark, other, Close(), made)
        proposal = asked(told, Reminder.PROPOSAL)
        assert "IX-11 “Poison message” waits for an answer. Owner ap-oncall." in proposal
        known = question(
            told.incident, f"{Reminder.PROPOSAL.value}:1", told.now, Options(contacts={"ap-oncall": SAM.id})
        )
        assert f"Owner ap-oncall (<@{SAM.id}>)." in drawn(known)
        assert "[Yes, open pull request] [Edit…] [Not worth an entry…]" in proposal
        actions = asked(told, Reminder.ACTIONS)
        assert "2 action items are open" in actions
        assert "key · <@U0LEE>\n• buy a pager · nobody" in actions
        week = drawn(digest([told.incident], told.now, DEFAULT))
        assert "key · <@U0LEE>\n• Action item: buy a pager · nobody" in week
        assert "<!channel>" not in actions
        told.does(CloseAction(message="C1:1.5"), CloseAction(message="C1:1.6"), AcceptProposal())
        for one in (Reminder.PROPOSAL, Reminder.ACTIONS):
            assert question(told.incident, f"{one.value}:1", told.now, DEFAULT) is None


def test_catch_up_is_facts_only() -> None:
    told = night().does(TakeLead(), AnswerStep(answer=Answer.AS_EXPECTED), FIRST, MissContact())
    told.does(Improvise(what="Looked", helped=Helped.UNKNOWN), by=SAM)
    assert seen(drawn(catch_up(told.incident, told.now, DEFAULT))) == snapshot("""\
» SEV2 INC-42 invoice-extract: the facts so far.
*SEV2 · INC-42 · invoice-extract*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Lead:* <@U0DANA>
*Now:* IX-04 (documented by alert `IngestQueueAge`) · step 2 of 6
*Latest:* none · next update {03:41 UTC}
*24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back when:* &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
*IX-04* Queue backlog with idle workers
✓ 1 Check: as expected · Dana {03:13 UTC}
*Tried beside the playbook*
Looked: unknown whether it helped · Sam {03:16 UTC}
*Calls*
Primary on-call: Dana: no answer {03:14 UTC}
(*Here:* Sam, Dana)\
""")
