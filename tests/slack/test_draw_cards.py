"""Calls, the rollback, the close, and the facts and questions with a message of their own."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.domain.commands import (
    AddService,
    AnswerStep,
    CallContact,
    Close,
    Command,
    DecideRollback,
    DeclineProposal,
    ElapseWait,
    FailRollback,
    FinishRollback,
    Improvise,
    MakeProposal,
    MarkMessage,
    MeetRollbackCondition,
    MergeProposal,
    MissContact,
    Mitigate,
    OfferHandover,
    PostUpdate,
    ReachContact,
    RecordDraft,
    SendProposal,
    TakeLead,
    Talk,
    VerifyRollback,
)
from bot.domain.due import Reminder
from bot.domain.events import Fact, HandoverOffered, Noted, UpdatePosted
from bot.domain.vocabulary import Actor, Answer, Documented, EndedBy, Helped, MarkKind, ProposalKind, StepRef
from bot.slack.blocks import Message
from bot.slack.cards import call_card, catch_up, close_summary, fact_message, rollback_card, rollback_warning
from bot.slack.cards.facts import question
from bot.slack.show import DEFAULT, Options
from tests.slack.drawn import DANA, SAM, START, Night, night, picture, seen, small_dossier, undocumented

LEE = Actor(id="U0LEE", name="Lee")
FIRST = CallContact(who="Primary on-call: Dana", phone="+44 20 7946 0101")


def drawn(message: Message | None) -> str:
    assert message is not None
    return f"» {message.text}\n{picture(message.blocks)}"


def call(told: Night, options: Options = DEFAULT) -> str:
    return drawn(call_card(told.incident, told.now, options))


def rollback(told: Night) -> str:
    return drawn(rollback_card(told.incident, told.now, DEFAULT))


class TestCalls:
    def test_ringing(self) -> None:
        assert seen(call(night().does(FIRST))) == snapshot("""\
» SEV2 INC-42 invoice-extract: call Primary on-call: Dana.
*Call Primary on-call: Dana* <tel:+442079460101|+44 20 7946 0101> · calling since {03:12 UTC}
*Say:* “invoice-extract, severity 2, since 1 min: queue stuck, oldest 70 min. We are at step 1 of 6 \n\
        of IX-04. Nobody leads yet. I need you in INC-42.”
(No answer in 5 minutes: next is Engineering: Mei.)
[Reached] [No answer]\
""")

    def test_no_answer_shows_the_next(self) -> None:
        told = night().does(FIRST, MissContact())
        shown = call(told)
        assert "(Primary on-call: Dana: no answer {03:12 UTC})" in shown
        assert "*Next: Engineering: Mei* <tel:+442079460201|+44 20 7946 0201>" in shown
        assert "[Call next]" in shown

    def test_reached(self) -> None:
        shown = call(night().does(FIRST, ReachContact()))
        assert "*Primary on-call: Dana* was reached." in shown

    def test_nobody_is_left(self) -> None:
        told = night().does(FIRST, MissContact(), CallContact(who="Engineering: Mei", phone=""))
        assert "no number in the runbook" in call(told)
        assert "Nobody comes after this one" in call(told)
        assert "The runbook names nobody else to call." in call(told.does(MissContact()))

    def test_a_shared_channel_shows_no_number(self) -> None:
        for told in (night(), night().does(FIRST), night().does(FIRST, MissContact())):
            assert "7946" not in call(told, Options(shared=True))

    def test_a_number_that_is_none_is_no_link(self) -> None:
        told = night().does(CallContact(who="Ops", phone="ask <@U0EVIL> or 12"))
        assert "ask &lt;@U0EVIL&gt; or 12" in call(told)
        assert "tel:" not in call(told).split("Say:")[0]


class TestRollback:
    def test_by_stage(self) -> None:
        told = night().does(MeetRollbackCondition(condition="workers stop within 30 min of a restart"))
        assert seen(rollback(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: roll back? A person decides.
*INC-42 · Roll back? A person decides* · Dana {03:12 UTC}
*Condition met:* workers stop within 30 min of a restart
(*Authorised:* the primary on-call, alone)
    agentctl rollback invoice-extract
(*What happens to the state*
Queued requests: survive in the broker)
[Decide to roll back ?] [Call next]\
""")
        assert seen(rollback(told.does(DecideRollback(authorised=False)))) == snapshot("""\
» SEV2 INC-42 invoice-extract: rollback decided: run the command.
*INC-42 · Rollback decided: run the command* · Dana {03:13 UTC}
*Decided outside the authorised group.*
*Condition met:* workers stop within 30 min of a restart
    agentctl rollback invoice-extract
(*What happens to the state*
Queued requests: survive in the broker)
[Command finished] [Command failed]\
""")
        assert seen(rollback(told.does(FinishRollback()))) == snapshot("""\
» SEV2 INC-42 invoice-extract: rolled back: does it hold?.
*INC-42 · Rolled back: does it hold?* · Dana {03:14 UTC}
*Decided outside the authorised group.*
*Condition met:* workers stop within 30 min of a restart
*Verify:* `agentctl version` shows the previous build
[Verified] [It did not help]\
""")
        assert "[Roll back again ?]" in rollback(told.does(VerifyRollback(good=False)))

    def test_failed_and_verified(self) -> None:
        decided = (MeetRollbackCondition(why="no other way"), DecideRollback())
        failed = rollback(night().does(*decided, FailRollback()))
        assert "*No condition is met.* Why all the same: no other way" in failed
        assert "    agentctl rollback invoice-extract" in failed
        verified = rollback(night().does(*decided, FinishRollback(), VerifyRollback(good=True)))
        assert "Rolled back and verified" in verified and "[" not in verified

    def test_a_runbook_without_a_command_says_so(self) -> None:
        empty = small_dossier().rollback.model_copy(update={"command": "", "state": (), "authorised": ""})
        told = night(dossier=small_dossier().model_copy(update={"rollback": empty}))
        shown = rollback(told.does(MeetRollbackCondition(why="x")))
        assert "The runbook gives no rollback command." in shown
        assert "does not say what survives" in shown
        assert "*Authorised:* the runbook does not say" in shown

    def test_outside_the_group_one_is_warned_and_not_refused(self) -> None:
        told = night().does(MeetRollbackCondition(why="x"))
        options = Options(authorised=("U0MEI",), contacts={"Engineering on-call: Mei Tan": "U0MEI"})
        assert seen(drawn(rollback_warning(told.incident, options))) == snapshot("""\
» SEV2 INC-42 invoice-extract: you are not in the group that may decide this rollback.
*You are not in the group that may decide this rollback.* Authorised: the primary on-call, alone.
You can decide all the same: it is recorded and marked.
[Ask Mei Tan] [I'm deciding anyway ?]\
""")


PROPOSAL = MakeProposal(
    kind=ProposalKind.NEW,
    failure_id="IX-11",
    title="Poison message blocks queue",
    path="playbooks/invoice-extract.md",
    diff="--- a/playbooks/x.md\n+++ b/playbooks/x.md\n@@ -9,1 +9,3 @@\n kept\n+### IX-11 Poison message\n+\n",
    unfilled=("Verify", "Likely cause"),
)
DRAFT = RecordDraft(fields=17, unfilled=4, digest="d")


class TestClosing:
    def closed(self, *after: Command) -> Night:
        closing = Close(ended_by=EndedBy.SOMETHING_ELSE, documented=Documented.NONE, what="moved it aside")
        return undocumented().does(Mitigate(), closing, minutes=19).does(*after)

    def shown(self, *after: Command) -> str:
        told = self.closed(*after)
        return drawn(close_summary(told.incident, told.now, DEFAULT))

    def test_with_a_draft_and_a_proposal(self) -> None:
        assert seen(self.shown(DRAFT, PROPOSAL)) == snapshot("""\
» SEV2 INC-42 invoice-extract is over, 19 min. Not documented when it struck.
*INC-42 over:* {03:11 UTC}–{03:30 UTC} (19 min). Not documented when it struck. Owner ap-oncall
Post-mortem draft in this thread · 4 of 17 fields need a person   [Fill 4…]
---
*PROPOSED IX-11* “Poison message blocks queue”
new entry · +2 −0 lines · playbooks/invoice-extract.md
    --- a/playbooks/x.md
    +++ b/playbooks/x.md
    @@ -9,1 +9,3 @@
     kept
    +### IX-11 Poison message
    +
    \n\
(*Yours to fill:* Verify, Likely cause)
Would this have helped at {03:11 UTC}?
[Yes, open pull request] [Edit…] [Copy] [Not worth an entry…]\
""")

    def test_before_the_draft(self) -> None:
        assert "The post-mortem draft follows." in self.shown()

    def test_after_the_proposal(self) -> None:
        sent = SendProposal(target="github", ref="https://github.example/pr/7")
        assert "*Sent:* <https://github.example/pr/7>" in self.shown(DRAFT, PROPOSAL, sent)
        assert "*Merged.*" in self.shown(DRAFT, PROPOSAL, sent, MergeProposal())
        declined = self.shown(DRAFT, PROPOSAL, DeclineProposal(why="once only"))
        assert "It counts as a lesson lost." in declined
        assert "[Yes, open pull request]" not in declined

    def test_a_long_diff_is_cut_visibly(self) -> None:
        long = PROPOSAL.model_copy(update={"diff": "+line\n" * 1000})
        shown = self.shown(DRAFT, long)
        assert "The diff is shortened here: Copy shows the whole." in shown
        assert "+1000 −0 lines" in shown


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
*State:* invoice-extract, severity 2, since 7 min: queue stuck, oldest 70 min. We are at step 3 of 6
         of IX-04. Dana leads. I need you in INC-42.
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
        assert told.incident.also_affects == ("ap-portal",)

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


def test_catch_up_is_facts_only() -> None:
    told = night().does(TakeLead(), AnswerStep(answer=Answer.AS_EXPECTED), FIRST, MissContact())
    told.does(Improvise(what="Looked", helped=Helped.UNKNOWN), by=SAM)
    assert seen(drawn(catch_up(told.incident, told.now, DEFAULT))) == snapshot("""\
» SEV2 INC-42 invoice-extract: the facts so far.
*SEV2 · INC-42 · invoice-extract*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Lead:* <@U0DANA>
*Now:* IX-04 (documented: alert `IngestQueueAge`) · step 2 of 6
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
