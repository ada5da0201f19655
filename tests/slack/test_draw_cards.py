"""Calls, the rollback, the close, and the facts and questions with a message of their own."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.domain.commands import (
    AcceptProposal,
    CallContact,
    Close,
    Command,
    DecideRollback,
    DeclineProposal,
    FailRollback,
    FinishRollback,
    MakeProposal,
    MeetRollbackCondition,
    MergeProposal,
    MissContact,
    Mitigate,
    ReachContact,
    RecordDraft,
    ReportStuckProposal,
    SendProposal,
    VerifyRollback,
)
from bot.domain.due import Reminder
from bot.domain.vocabulary import Documented, EndedBy, ProposalKind
from bot.slack.drawing.cards import close_summary, rollback_warning
from bot.slack.drawing.cards.facts import question
from bot.slack.drawing.show import DEFAULT, Options
from tests.slack.carded import FIRST, call, drawn, rollback
from tests.slack.drawn import Night, night, picture, seen, small_dossier, undocumented


class TestCalls:
    def test_ringing(self) -> None:
        assert seen(call(night().does(FIRST))) == snapshot("""\
» SEV2 INC-42 invoice-extract: call Primary on-call: Dana.
*Call Primary on-call: Dana* <tel:+442079460101|+44 20 7946 0101> · calling since {03:12 UTC}
*Say:* “invoice-extract, severity 2, for 1 min: queue stuck, oldest 70 min. We are at step 1 of 6 of
         IX-04. Nobody leads yet. I need you in INC-42.”
(No answer in 5 minutes: next is Engineering: Mei.)
[Reached] [No answer] static_select: Primary on-call: Dana | Engineering: Mei\
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
» SEV2 INC-42 invoice-extract: roll back? A person decides
*INC-42 · Roll back? A person decides* · Dana {03:12 UTC}
*Condition met:* workers stop within 30 min of a restart
(*Authorised:* the primary on-call, alone)
    agentctl rollback invoice-extract
(*What happens to the state*
Queued requests: survive in the broker)
[Decide to roll back ?] [Call next]\
""")
        assert seen(rollback(told.does(DecideRollback(authorised=False)))) == snapshot("""\
» SEV2 INC-42 invoice-extract: rollback decided: run the command
*INC-42 · Rollback decided: run the command* · Dana {03:13 UTC}
*Decided outside the authorised group.*
*Condition met:* workers stop within 30 min of a restart
    agentctl rollback invoice-extract
(*What happens to the state*
Queued requests: survive in the broker)
[Command finished] [Command failed]\
""")
        assert seen(rollback(told.does(FinishRollback()))) == snapshot("""\
» SEV2 INC-42 invoice-extract: rolled back: does it hold?
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

    def test_nobody_decided_before_the_close(self) -> None:
        shown = rollback(night().does(MeetRollbackCondition(why="it got worse"), Close()))
        assert "No rollback was decided" in shown
        assert "A person decides" not in shown and "agentctl rollback" not in shown and "[" not in shown

    def test_a_steps_text_is_the_condition_without_its_command(self) -> None:
        condition = "if they stopped again. `agentctl rollback invoice-extract`"
        shown = rollback(night().does(MeetRollbackCondition(condition=condition)))
        assert "*Condition met:* if they stopped again.\n" in shown

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
    diff="\n".join(
        (
            "--- a/playbooks/x.md",
            "+++ b/playbooks/x.md",
            "@@ -9,1 +9,8 @@",
            " kept",
            "+### IX-11 Poison message blocks queue",
            "+",
            "+**Status:** draft",
            "+",
            "+**Symptoms:**",
            "+- oldest > 60 min, depth flat",
            "+",
            "+1. **Act:** Move it aside. `agentctl queue deadletter ID`",
        )
    ),
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
new entry · +8 −0 lines · playbooks/invoice-extract.md
*Status:* draft
*Symptoms:*
• oldest &gt; 60 min, depth flat
1. *Act:* Move it aside. `agentctl queue deadletter ID`
(*Yours to fill:* Verify; Likely cause)
Would this have helped at {03:11 UTC}?
[Yes, open pull request] [Edit…] [Copy] [Not worth an entry…]\
""")

    def test_a_new_entry_shows_what_is_known_and_no_placeholder(self) -> None:
        lines = (
            "### IX-11 Poison message",
            "**Impact:** TODO(owner): what people notice",
            "**Steps:**",
            "1. **Act:** moved it aside",
            "   ```sh",
            "   agentctl queue deadletter ID",
            "   ```",
            "   *Expect:* TODO(owner): what you see",
            "2. **Wait 5 min:** Do nothing. Watch TODO(owner): which metric.",
            "3. **Act:** restarted it",
            "**Notes:**",
        )
        shown = self.shown(DRAFT, PROPOSAL.model_copy(update={"diff": "\n".join("+" + line for line in lines)}))
        assert "\n*Steps:*\n1. *Act:* moved it aside\n`agentctl queue deadletter ID`\n2. *Wait 5 min:*" in shown
        assert "Do nothing. Watch …\n" in shown
        assert "\n3. *Act:* restarted it\n(*Yours to fill:*" in shown
        assert "TODO" not in shown and "Notes" not in shown
        empty = PROPOSAL.model_copy(update={"diff": "+**Impact:** TODO(owner): x"})
        assert "Nothing of it is known yet." in self.shown(DRAFT, empty)

    def test_before_the_draft(self) -> None:
        assert "The post-mortem draft follows." in self.shown()

    def test_after_the_proposal(self) -> None:
        sent = SendProposal(target="github", ref="https://github.example/pr/7")
        assert "*Sent:* <https://github.example/pr/7>" in self.shown(DRAFT, PROPOSAL, sent)
        assert "*Merged:* <https://github.example/pr/7>. The same words find it now." in self.shown(
            DRAFT, PROPOSAL, sent, MergeProposal()
        )
        declined = self.shown(DRAFT, PROPOSAL, DeclineProposal(why="once only"))
        assert "It counts as a lesson lost." in declined
        assert "[Yes, open pull request]" not in declined

    def test_a_long_diff_is_cut_visibly(self) -> None:
        long = PROPOSAL.model_copy(update={"diff": "+line\n" * 1000})
        shown = self.shown(DRAFT, long)
        assert "Shortened here: Copy shows the whole." in shown
        assert "+1000 −0 lines" in shown


def test_a_proposal_on_its_way_has_no_buttons_that_send_it() -> None:
    told = undocumented().does(Close(documented=Documented.NONE), MADE, RECORDED, AcceptProposal())
    shown = drawn(close_summary(told.incident, told.now, DEFAULT))
    assert "It is on its way" in shown
    assert "open pull request" not in shown


@pytest.mark.parametrize(
    ("target", "label"),
    [("github", "Yes, open pull request"), ("git", "Yes, make branch"), ("file", "Yes, write patch file")],
)
def test_the_button_says_where_the_proposal_goes(target: str, label: str) -> None:
    told = undocumented().does(Close(documented=Documented.NONE), MADE, RECORDED)
    options = Options(proposals=target)
    assert f"[{label}]" in drawn(close_summary(told.incident, told.now, options))
    reminder = question(told.incident, f"{Reminder.PROPOSAL}:1", told.now, options)
    assert reminder and f"[{label}]" in picture(reminder.blocks)


def test_a_stuck_proposal_says_why_and_can_be_sent_again() -> None:
    told = undocumented().does(Close(documented=Documented.NONE), MADE, RECORDED, AcceptProposal())
    told.does(ReportStuckProposal(why="GitHub refuses the token. Correct GITHUB_TOKEN; <!channel>"))
    shown = drawn(close_summary(told.incident, told.now, DEFAULT))
    assert "It could not be sent.* GitHub refuses the token" in shown
    assert "<!channel>" not in shown
    assert "[Yes, open pull request]" in shown


MADE = MakeProposal(kind=ProposalKind.NEW, failure_id="IX-11", title="Captcha", path="p.md", diff="d")
RECORDED = RecordDraft(fields=17, unfilled=4, digest="d")
