"""The step message when there is no step, and when there is too much to show."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.domain.commands import (
    AnswerStep,
    ChangeAnswer,
    ChooseBranch,
    Close,
    Improvise,
    LeavePlaybook,
    Mitigate,
    RejectPlaybooks,
    SkipStep,
    TakeLead,
)
from bot.domain.dossier import Playbook, Verdict
from bot.domain.runbook import Command as Line
from bot.domain.runbook import Step, StepKind
from bot.domain.vocabulary import Answer, Helped, SkipReason, StepRef
from bot.slack.drawing.cards.facts import handover
from bot.slack.drawing.show import DEFAULT, Options
from bot.slack.drawing.step import moved
from tests.slack.drawn import CANDIDATES, night, picture, sample_playbook, seen, undocumented
from tests.slack.steps import UNTIL_THE_WAIT, at_the_branch, drawn, one_step


def test_the_end_of_the_playbook_shows_verify() -> None:
    told = at_the_branch().does(ChooseBranch(choice="No"), SkipStep(reason=SkipReason.NOT_NEEDED))
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04, every step has an answer
… 1 earlier step   [All steps…]
✓ 2 Act: worked · Dana {03:14 UTC}   [Change]
✓ 3 Wait: as expected · Dana {03:25 UTC}   [Change]
✓ 4 Branch: No · Dana {03:26 UTC}   [Change]
(– 5 Roll back: passed over by the branch)
– 6 Escalate: skipped, not needed · Dana {03:27 UTC}   [Change]
INC-42 · *IX-04* · every step has an answer
*Verify:* oldest age &lt; 10 min for 15 min
[Impact over ?] [I did something else] [Call next] [… All steps · Wrong playbook]\
""")
    assert "[Close…]" in drawn(told.does(Mitigate()))


def test_fixed_stops_there() -> None:
    assert seen(drawn(night().does(AnswerStep(answer=Answer.FIXED)))) == snapshot("""\
» SEV2 INC-42 invoice-extract: IX-04, fixed. Make sure before you say that the impact is over.
✓ 1 Check: fixed it · Dana {03:12 UTC}   [Change]
INC-42 · *IX-04* · fixed. Make sure before you say that the impact is over.
*Verify:* oldest age &lt; 10 min for 15 min
[Impact over ?] [It is not fixed…] [I did something else] [Call next] [… All steps · Wrong playbook]\
""")


def test_unsure_shows_the_candidates_and_why() -> None:
    assert seen(drawn(night(verdict=Verdict.UNSURE, playbook=None))) == snapshot("""\
» SEV2 INC-42 invoice-extract: unsure which entry fits: IX-04, IX-05.
INC-42 · *Unsure.* These entries may fit; none is certain.
*IX-04* Queue backlog with idle workers
alert `IngestQueueAge`   [Use IX-04]
*IX-05* In-flight workflows stuck
stuck   [Use IX-05]
[None of these] [Other words…] [I tried something]\
""")


def test_not_documented_is_never_an_empty_thread() -> None:
    told = undocumented().does(Improvise(what="Restarted the broker", command="brokerctl restart", helped=Helped.NO))
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: not documented. Health, changes, rollback and phones are here.
INC-42 · *Not documented.* No entry of the runbook describes this.
*Tried so far*
Restarted the broker `brokerctl restart`: did not help · Dana {03:12 UTC}
*Health:* <https://grafana.acme.internal/d/ix>
   Oldest document: green &lt; 10 min, red &gt; 60 min `queue_oldest_age_minutes`
*Changed in 24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back* with `agentctl rollback invoice-extract` *when:* workers stop within 30 min of a restart
*Call:* *Primary on-call: Dana* <tel:+442079460101|+44 20 7946 0101>
[I tried something] [Call next] [Other words…]\
""")


def test_wrong_playbook_shows_the_next_and_the_way_back() -> None:
    told = night().does(AnswerStep(answer=Answer.AS_EXPECTED), LeavePlaybook(why="wrong"))
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: no playbook is in use. Health, changes, rollback and phones are here.
INC-42 · *No playbook.* Set aside: IX-04.
(*Next candidates:*)
*IX-05* In-flight workflows stuck
stuck   [Use IX-05]
*Health:* <https://grafana.acme.internal/d/ix>
   Oldest document: green &lt; 10 min, red &gt; 60 min `queue_oldest_age_minutes`
*Changed in 24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back* with `agentctl rollback invoice-extract` *when:* workers stop within 30 min of a restart
*Call:* *Primary on-call: Dana* <tel:+442079460101|+44 20 7946 0101>
[I tried something] [Call next] [Other words…] [None of these] [Back to IX-04]\
""")


def test_none_of_these_leaves_the_blank_playbook() -> None:
    told = night(verdict=Verdict.UNSURE, playbook=None).does(RejectPlaybooks())
    shown = drawn(told)
    assert "*No playbook.* Set aside: IX-04, IX-05." in shown
    assert "[Use IX-04]" not in shown and "I tried something" in shown


def test_a_draft_says_so_and_its_acts_ask_twice() -> None:
    act = Step(number=1, kind=StepKind.ACT, text="Restart.", commands=(Line(text="agentctl restart"),))
    assert seen(drawn(one_step(act, draft=True))) == snapshot("""\
» SEV2 INC-42 invoice-extract: X-1 step 1 of 1, Act: Restart.
(*Draft entry:* nobody has reviewed it. Read each command before you run it; an Act asks twice.)
INC-42 · *X-1* · step 1 of 1 · *ACT*
Restart.
    agentctl restart
[Worked ?] [Didn't work ?] [Fixed: stop here] [… I'm on this · Skip · I did something else · All \n\
        steps · Wrong playbook]\
""")
    check = Step(number=1, kind=StepKind.CHECK, text="Look.")
    assert "?]" not in drawn(one_step(check, draft=True))


def test_a_command_that_ran_already_says_when() -> None:
    told = night(candidates=CANDIDATES).does(Improvise(what="Looked", command="agentctl queue head", helped=Helped.NO))
    assert "(already ran {03:12 UTC}: `agentctl queue head`)" in drawn(told)


def test_thirty_steps_show_the_last_five_and_count_the_rest() -> None:
    steps = tuple(Step(number=n, kind=StepKind.ACT, text=f"Do {n}. " + "long " * 600) for n in range(1, 31))
    playbook = Playbook(failure_id="X-1", service="invoice-extract", title="Long", steps=steps)
    told = night(playbook=playbook).does(*[AnswerStep(answer=Answer.WORKED) for _ in range(17)])
    lines = drawn(told).splitlines()
    assert lines[1] == "… 12 earlier steps   [All steps…]"
    assert [line.split(" ")[1] for line in lines[2:7]] == ["13", "14", "15", "16", "17"]
    assert "step 18 of 30" in lines[7]
    assert lines[8].endswith("…") and len(lines[8]) < 1600


def test_an_entry_without_steps_still_says_what_can_be_done() -> None:
    told = night(playbook=sample_playbook().model_copy(update={"steps": ()}))
    assert "this entry has no steps" in drawn(told)


def test_numbers_in_the_authors_sentences_are_hidden_in_a_shared_channel() -> None:
    step = Step(
        number=1,
        kind=StepKind.ACT,
        text="Ring +44 20 7946 0999 and say 42.",
        commands=(Line(text="dial +44 20 7946 0999"),),
    )
    shown = drawn(one_step(step), Options(shared=True))
    assert "Ring (number not shown in a shared channel) and say 42." in shown
    assert "    dial +44 20 7946 0999" in shown, "a command stays as it is"
    assert "+44 20 7946 0999 and say" in drawn(one_step(step))


def test_a_closed_incident_keeps_what_was_done_and_takes_no_answers() -> None:
    told = night().does(*UNTIL_THE_WAIT, Close())
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: closed.
*IX-04* Queue backlog with idle workers
✓ 1 Check: as expected · Dana {03:13 UTC}
✓ 2 Act: worked · Dana {03:14 UTC}
4 steps were not reached
(INC-42 is closed.)\
""")


def test_what_stays_where_the_step_message_stood() -> None:
    assert picture(moved(night().incident).blocks) == "(INC-42: the current step is further down in this thread.)"


def test_a_check_whose_remedy_worked_was_not_as_expected_first() -> None:
    unlike = night().does(TakeLead(), AnswerStep(answer=Answer.NOT_AS_EXPECTED))
    worked = unlike.does(AnswerStep(answer=Answer.WORKED))
    line = "✓ 1 Check: not as expected, then it worked · Dana"
    assert line in drawn(worked)
    assert line in picture(handover(worked.incident, worked.now, DEFAULT).blocks)
    first = StepRef(run=0, number=1)
    corrected = worked.does(ChangeAnswer(step=first, answer=Answer.DID_NOT_WORK))
    assert "✗ 1 Check: not as expected, then it did not work" in drawn(corrected)
    assert "✓ 1 Check: as expected" in drawn(corrected.does(ChangeAnswer(step=first, answer=Answer.AS_EXPECTED)))


def test_a_remedy_that_fixed_it() -> None:
    told = night().does(TakeLead(), AnswerStep(answer=Answer.NOT_AS_EXPECTED), AnswerStep(answer=Answer.FIXED))
    assert "1 Check: not as expected, then that fixed it" in drawn(told)
