"""The step message: every kind of step, every stage, and what stands there when there is no step."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.domain.commands import (
    AnswerStep,
    CallContact,
    ChooseBranch,
    DecideRollback,
    FinishRollback,
)
from bot.domain.runbook import Choice, Step, StepKind
from bot.domain.vocabulary import Answer
from bot.slack.drawing.show import Options
from bot.slack.drawing.step import step_message
from tests.slack.drawn import night, seen
from tests.slack.steps import UNTIL_THE_WAIT, at_the_branch, drawn, one_step, waited


def test_check() -> None:
    assert seen(drawn(night())) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 1 of 6, Check: Does the same message fail again and again?
INC-42 · *IX-04* · step 1 of 6 · *CHECK*
Does the same message fail again and again?
    agentctl queue head
*Expect:* at most one id repeats.
*If not:* move it aside with `agentctl queue deadletter ID`.
[As expected] [Not as expected] [Fixed: stop here] [… I'm on this · Skip · I did something else · \n\
        All steps · Wrong playbook]\
""")


def test_act_with_a_finished_step_above() -> None:
    assert seen(drawn(night().does(*UNTIL_THE_WAIT[:2]))) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 2 of 6, Act: Restart the workers.
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
<@U0DANA> · INC-42 · *IX-04* · step 2 of 6 · *ACT*
Restart the workers.
    agentctl restart workers
*Expect:* the processed count rises within 2 min.
[Worked] [Didn't work] [Fixed: stop here] [… I'm on this · Skip · I did something else · All steps ·
         Wrong playbook]\
""")


def test_a_screen_reader_hears_which_step_is_changed() -> None:
    told = night().does(*UNTIL_THE_WAIT)
    lines = [block["accessory"] for block in step_message(told.incident, told.now).blocks if "accessory" in block]
    assert [change["accessibility_label"] for change in lines] == ["Change step 1", "Change step 2"]


def test_not_as_expected_makes_the_if_not_the_step() -> None:
    assert seen(drawn(night().does(AnswerStep(answer=Answer.NOT_AS_EXPECTED)))) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 1b of 6, Check: move it aside with `agentctl queue \n\
        deadletter ID`.
INC-42 · *IX-04* · step 1b of 6 · *CHECK*
(Not as expected, so now:)
move it aside with `agentctl queue deadletter ID`.
    agentctl queue deadletter ID
[Worked] [Didn't work] [… I'm on this · Skip · I did something else · All steps · Wrong playbook]\
""")


def test_wait_running() -> None:
    assert seen(drawn(night().does(*UNTIL_THE_WAIT))) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 3 of 6, Wait: Do nothing. Watch `queue_depth`.
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
<@U0DANA> · INC-42 · *IX-04* · step 3 of 6 · *WAIT*
Do nothing. Watch `queue_depth`.
*Expect:* it falls by &gt; 100 per 5 min.
*If not:* double the workers until depth &lt; 200: `agentctl scale workers 2x`.
Waiting until *{03:24 UTC}* (10 minutes). You are asked then.
[Cut short…] [… I'm on this · Skip · I did something else · All steps · Wrong playbook]\
""")


def test_wait_question() -> None:
    assert seen(drawn(waited())) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 3 of 6, Wait: Do nothing. Watch `queue_depth`.
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
<@U0DANA> · INC-42 · *IX-04* · step 3 of 6 · *WAIT*
Do nothing. Watch `queue_depth`.
*The 10 minutes are over.* Is it so: it falls by &gt; 100 per 5 min?
[Yes] [No] [5 more minutes] [Ask me again at…] [… I'm on this · Skip · I did something else · All \n\
        steps · Wrong playbook]\
""")


def test_branch() -> None:
    assert seen(drawn(at_the_branch())) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 4 of 6, Branch: Did the workers stop again, on a release \n\
        &lt; 24 h old?
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
✓ 3 Wait: as expected · Dana {03:25 UTC}   [Change]
<@U0DANA> · INC-42 · *IX-04* · step 4 of 6 · *BRANCH*
Did the workers stop again, on a release &lt; 24 h old?
*Yes:* go to step 5.
*No:* go to step 6.
[Yes] [No] [Fixed: stop here] [… I'm on this · Skip · I did something else · All steps · Wrong \n\
        playbook]\
""")


def test_a_branch_that_says_what_to_do() -> None:
    choices = (Choice(label="Yes", text="restart OCR"), Choice(label="No", text="go to the next step"))
    told = one_step(Step(number=1, kind=StepKind.BRANCH, text="Empty?", choices=choices)).does(
        ChooseBranch(choice="Yes")
    )
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: X-1 step 1b of 1, Branch: restart OCR
INC-42 · *X-1* · step 1b of 1 · *BRANCH*
(*Yes*, so now:)
restart OCR
[Worked] [Didn't work] [… I'm on this · Skip · I did something else · All steps · Wrong playbook]\
""")


def test_rollback_step_and_what_stands_there_while_the_rollback_is_open() -> None:
    told = at_the_branch().does(ChooseBranch(choice="Yes"))
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 5 of 6, Roll back: if they stopped within 30 min and were \n\
        released &lt; 24 h ago.
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
✓ 3 Wait: as expected · Dana {03:25 UTC}   [Change]
✓ 4 Branch: Yes · Dana {03:26 UTC}   [Change]
<@U0DANA> · INC-42 · *IX-04* · step 5 of 6 · *ROLL BACK*
if they stopped within 30 min and were released &lt; 24 h ago.
    agentctl rollback invoice-extract
(*Section 5, roll back when:* workers stop within 30 min of a restart)
(A person decides, and a person runs the command. Condition met opens the rollback card.)
[Condition met] [Not met] [… I'm on this · Skip · I did something else · All steps · Wrong playbook]\
""")
    assert seen(drawn(told.does(AnswerStep(answer=Answer.CONDITION_MET)))) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04, a rollback is open: its card in this thread says what comes \n\
        next
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
✓ 3 Wait: as expected · Dana {03:25 UTC}   [Change]
✓ 4 Branch: Yes · Dana {03:26 UTC}   [Change]
✓ 5 Roll back: condition met · Dana {03:27 UTC}   [Change]
INC-42 · *IX-04* · a rollback is open: its card in this thread says what comes next
[Impact over ?] [I did something else] [Call next] [… All steps · Wrong playbook]\
""")
    assert "step 6 of 6 · *ESCALATE*" in drawn(told.does(DecideRollback(), FinishRollback()))


def test_escalate_shows_whom_to_call() -> None:
    told = at_the_branch().does(ChooseBranch(choice="No"))
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04 step 6 of 6, Escalate: to engineering on-call if the oldest age
         is &gt; 4 h.
✓ 1 Check: as expected · Dana {03:13 UTC}   [Change]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
✓ 3 Wait: as expected · Dana {03:25 UTC}   [Change]
✓ 4 Branch: No · Dana {03:26 UTC}   [Change]
(– 5 Roll back: passed over by the branch)
<@U0DANA> · INC-42 · *IX-04* · step 6 of 6 · *ESCALATE*
to engineering on-call if the oldest age is &gt; 4 h.
Call *Primary on-call: Dana* <tel:+442079460101|+44 20 7946 0101>
[Reached] [No answer] [Fixed: stop here] [… I'm on this · Skip · I did something else · All steps · \n\
        Wrong playbook]\
""")
    assert "7946" not in drawn(told, Options(shared=True))
    ringing = told.does(CallContact(who="Primary on-call: Dana", phone="+44 20 7946 0101"))
    assert "Call *Primary on-call: Dana*" in drawn(ringing)
    assert "Primary on-call: Dana: no answer" in drawn(ringing.does(AnswerStep(answer=Answer.NO_ANSWER)))
