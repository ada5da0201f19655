"""The modals about people, scope, the lesson, and those that only show."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.domain.base import Severity
from bot.domain.commands import (
    AnswerStep,
    ChangeSeverity,
    Close,
    DecideRollback,
    DeclineProposal,
    MakePrivate,
    MakeProposal,
    MarkMessage,
    MeetRollbackCondition,
    Note,
    PostUpdate,
    TakeLead,
)
from bot.domain.vocabulary import (
    Answer,
    MarkKind,
    ProposalKind,
)
from bot.slack.drawing import modals
from bot.slack.ids import Meta
from tests.slack.drawn import Night, night, seen, undocumented
from tests.slack.submitting import commands, errors, said, shown

SERVICES = ["invoice-extract", "support-triage"]


class TestPeople:
    incident = night().does(TakeLead()).incident

    def test_update(self) -> None:
        view = modals.update(self.incident)
        assert seen(shown(view)) == snapshot("""\
Post an update | Post
text: What is true now?
   plain_text_input:
   (It goes to the channel as well.)
next: Next update in
   static_select: 15 minutes | *30 minutes | 1 h | 2 h | 4 h | No promise\
""")
        assert commands(view, text="calm") == (PostUpdate(text="calm", next_minutes=30),)
        assert commands(view, text="calm", next="none") == (PostUpdate(text="calm"),)
        assert list(errors(view)) == ["text"]

    def test_note_severity_lead_handover(self) -> None:
        assert commands(modals.note(self.incident), text="seen") == (Note(text="seen"),)
        worse = ChangeSeverity(severity=Severity.SEV1, why="money")
        assert commands(modals.severity(self.incident), severity="SEV1", why="money") == (worse,)
        for draw in (modals.lead, modals.handover):
            picked = said(draw(self.incident), user="U0LEE").picked
            assert picked is not None and picked.user_id == "U0LEE"
            assert list(errors(draw(self.incident))) == ["user"]

    def test_mark(self) -> None:
        extra = {"message": "C1:1.2", "author": "Lee", "author_id": "U0LEE", "link": "https://l"}
        view = modals.mark([self.incident], "", "look at this", Meta(channel="C1", extra=extra))
        understood = said(view, kind="action")
        marked = MarkMessage(
            message="C1:1.2",
            kind=MarkKind.ACTION,
            text="look at this",
            author="Lee",
            author_id="U0LEE",
            link="https://l",
        )
        assert understood.commands == (marked,)
        assert understood.incident_id == "01NIGHT"
        assert list(errors(view, text="")) == ["text"]
        assert "No incident is open" in shown(modals.mark([], "", "", Meta()))


class TestScope:
    incident = night().incident

    def test_rollback(self) -> None:
        view = modals.rollback(self.incident)
        assert seen(shown(view)) == snapshot("""\
Roll back | Continue
*Roll back when:*
• &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
• workers stop within 30 min of a restart
condition: Which condition is met?
   static_select: >= 1 worker stop within 30 min of a restart, on workers released < 24 h ago | \n\
        workers stop within 30 min of a restart | No condition is met (say why below)
why: Why all the same, if none is met? (optional)
   plain_text_input:
    agentctl rollback invoice-extract
(*Authorised:* the primary on-call, alone. The bot never runs the command: a person does.)
decide: Decision (optional)
   checkboxes: I decide now: roll back (without this, the card waits for a decision)\
""")
        asked = said(view, condition="condition:1").rollback
        assert asked is not None
        met = MeetRollbackCondition(condition="workers stop within 30 min of a restart")
        assert asked.commands(self.incident, authorised=False) == (met,)
        decided = said(view, condition="none", why="it got worse", decide=["decide"]).rollback
        assert decided is not None
        why = MeetRollbackCondition(why="it got worse")
        assert decided.commands(self.incident, authorised=False) == (why, DecideRollback(authorised=False))
        assert list(errors(view, condition="none")) == ["why"]
        assert list(errors(view)) == ["condition"]

    def test_other_services_privacy_and_words(self) -> None:
        view = modals.also_affects(self.incident, SERVICES)
        picked = said(view, service="support-triage").picked
        assert picked is not None and picked.service == "support-triage"
        assert "invoice-extract" not in shown(view)
        assert commands(modals.make_private(self.incident), channel="G1") == (MakePrivate(channel="G1"),)
        again = said(modals.rematch(self.incident), text="other words").picked
        assert again is not None and again.text == "other words"


DIFF = "--- a/x.md\n+++ b/x.md\n@@ -1,1 +1,4 @@\n keep\n+### IX-11 Poison message\n+\n+**Status:** draft\n"


class TestLesson:
    def told(self, diff: str = DIFF) -> Night:
        made = MakeProposal(
            kind=ProposalKind.NEW,
            failure_id="IX-11",
            title="Poison message",
            path="playbooks/x.md",
            diff=diff,
            unfilled=("Verify",),
        )
        return undocumented().does(Close(), made)

    def test_edit(self) -> None:
        view = modals.proposal_edit(self.told().incident)
        assert seen(shown(view)) == snapshot("""\
Edit the proposal | Save
(*Yours to fill:* Verify)
title: Title
   plain_text_input: Poison message
text-0: The entry
   plain_text_input: ### IX-11 Poison message

**Status:** draft\
""")
        picked = said(view, title="Better").picked
        assert picked is not None
        assert (picked.title, picked.text) == ("Better", "### IX-11 Poison message\n\n**Status:** draft")
        assert list(errors(view, text_0=" ")) == ["text-0"]

    def test_a_long_entry_is_edited_in_pieces_and_comes_back_whole(self) -> None:
        lines = [f"{n} " + "word " * 20 for n in range(120)]
        view = modals.proposal_edit(self.told("\n".join("+" + line for line in lines)).incident)
        picked = said(view).picked
        assert picked is not None and picked.text == "\n".join(lines)
        assert sum(block["type"] == "input" for block in view["blocks"]) > 4

    def test_decline_and_copy(self) -> None:
        told = self.told()
        assert commands(modals.proposal_decline(told.incident), why="once only") == (DeclineProposal(why="once only"),)
        assert list(errors(modals.proposal_decline(told.incident))) == ["why"]
        assert "+### IX-11 Poison message" in shown(modals.proposal_copy(told.incident))


class TestLists:
    def test_all_steps(self) -> None:
        told = night().does(AnswerStep(answer=Answer.AS_EXPECTED))
        assert seen(shown(modals.all_steps(told.incident))) == snapshot("""\
All steps
*IX-04* Queue backlog with idle workers
✓ *1 Check:* Does the same message fail again and again?
_as expected_ · Dana {03:12 UTC}
*Expect:* at most one id repeats.
*If not:* move it aside with `agentctl queue deadletter ID`.   [Change]
    agentctl queue head
→ *2 Act:* Restart the workers.
_now_
*Expect:* the processed count rises within 2 min.   [… Worked · Didn't work · Fixed: stop here · \n\
        Skip]
    agentctl restart workers
· *3 Wait 10 min:* Do nothing. Watch `queue_depth`.
*Expect:* it falls by &gt; 100 per 5 min.
*If not:* double the workers until depth &lt; 200: `agentctl scale workers 2x`.   [… As expected · \n\
        Not as expected · Fixed: stop here · Skip]
· *4 Branch:* Did the workers stop again, on a release &lt; 24 h old?
*Yes:* go to step 5.
*No:* go to step 6.   [… Yes · No · Fixed: stop here · Skip]
· *5 Roll back:* if they stopped within 30 min and were released &lt; 24 h ago.   [… Condition met ·
         Not met · Fixed: stop here · Skip]
    agentctl rollback invoice-extract
· *6 Escalate:* to engineering on-call if the oldest age is &gt; 4 h.   [… Reached · No answer · \n\
        Fixed: stop here · Skip]
*Verify:* oldest age &lt; 10 min for 15 min\
""")

    def test_more(self) -> None:
        told = night().does(MarkMessage(message="C1:1", kind=MarkKind.ACTION, text="raise the limit"))
        assert seen(shown(modals.more(told.incident))) == snapshot("""\
More on INC-42
What is true now, to the channel.   [Post update…]
The facts so far, for you alone.   [Catch me up]
A fact for the timeline.   [Note…]
Worse or better than it looked.   [Severity…]
State, timers and open questions to the next lead.   [Hand over…]
At once, without asking.   [Give the lead…]
Look again for a playbook.   [Other words…]
A second service.   [Also affects…]
Post the current step at the bottom of the thread.   [Show the step]
When a message is gone or looks old.   [Draw again]
A private channel, and out of all lists.   [Make private…]
---
It is resolved. Two questions.   [Close…]
Opened by mistake, a false alarm, or a duplicate.   [Cancel…]
---
# Action items
raise the limit   [Done]\
""")
        ended = shown(modals.more(told.does(Close()).incident))
        assert "Cancel…" not in ended and "[Done]" in ended
