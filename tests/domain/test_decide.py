"""The rules of an incident, told as short stories."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.incident import CallOutcome, Phase, RollbackStage, StepStatus
from bot.domain.refusals import Refused
from bot.domain.runbook import Step, StepKind
from bot.domain.vocabulary import (
    Answer,
    CancelKind,
    CutShort,
    Documented,
    EndedBy,
    Helped,
    MarkKind,
    SkipReason,
    StepRef,
    Surface,
)
from tests.domain.story import DANA, MINUTE, SAM, START, Story, declaration, playbook


@pytest.fixture
def story() -> Story:
    told = Story()
    told.tell(declaration(), by=SAM)
    return told


def statuses(story: Story) -> list[str]:
    run = story.state.runs[-1]
    return [state.status.value for state in run.steps]


def current(story: Story) -> int | None:
    ref = story.state.current
    return ref.number if ref else None


def test_declaring_briefs_matches_and_starts_the_first_step() -> None:
    story = Story()
    assert story.tell(declaration()) == ["declared", "briefed", "matched", "playbook_attached", "step_started"]
    assert current(story) == 1


def test_declaring_twice_is_refused(story: Story) -> None:
    assert story.refuses(declaration()) is Refused.ALREADY_DECLARED


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", " \ufeff\u2060\n"])
def test_words_of_which_nothing_can_be_seen_are_refused(nothing: str) -> None:
    assert Story().refuses(declaration(symptom=nothing)) is Refused.EMPTY_TEXT
    story = Story()
    story.tell(declaration())
    assert story.refuses(c.Note(text=nothing)) is Refused.EMPTY_TEXT
    assert story.refuses(c.PostUpdate(text=nothing)) is Refused.EMPTY_TEXT
    assert story.refuses(c.AddReport(text=nothing)) is Refused.EMPTY_TEXT
    assert story.refuses(c.Improvise(what=nothing, command=nothing)) is Refused.EMPTY_TEXT


def test_an_expected_check_leads_to_the_next_step(story: Story) -> None:
    assert story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED)) == ["step_answered", "step_started"]
    assert current(story) == 2


def test_a_check_that_is_not_as_expected_makes_its_if_not_the_step(story: Story) -> None:
    assert story.tell(c.AnswerStep(answer=Answer.NOT_AS_EXPECTED)) == ["step_answered", "follow_up_started"]
    state = story.state.runs[0].steps[0]
    assert (state.status, state.follow_up) == (StepStatus.CURRENT, "move it aside")
    story.tell(c.AnswerStep(answer=Answer.DID_NOT_WORK))
    assert story.state.runs[0].steps[0].status is StepStatus.FAILED
    assert current(story) == 2


def test_an_if_not_may_lead_to_another_step() -> None:
    story = Story()
    steps = (
        Step(number=1, kind=StepKind.CHECK, text="a", if_not="go to step 3"),
        Step(number=2, kind=StepKind.ACT, text="b"),
        Step(number=3, kind=StepKind.ACT, text="c"),
    )
    story.tell(declaration(playbook=playbook(*steps)))
    story.tell(c.AnswerStep(answer=Answer.NOT_AS_EXPECTED))
    assert current(story) == 3


def test_the_second_clicker_is_told_who_was_first(story: Story) -> None:
    ref = StepRef(run=0, number=1)
    story.tell(c.AnswerStep(step=ref, answer=Answer.AS_EXPECTED), by=DANA)
    said = story.say(c.AnswerStep(step=ref, answer=Answer.AS_EXPECTED), by=SAM)
    assert not isinstance(said, list)
    assert said.sentence(str) == (
        f"Step 1 was answered by Dana at {START + 2 * MINUTE}: as expected. If that is wrong:"
        " change 1 done, failed or fixed."
    )


def test_an_answer_of_another_kind_is_refused(story: Story) -> None:
    assert story.refuses(c.AnswerStep(answer=Answer.WORKED)) is Refused.WRONG_ANSWER


def test_fixed_stops_the_playbook(story: Story) -> None:
    assert story.tell(c.AnswerStep(answer=Answer.FIXED)) == ["step_answered"]
    assert current(story) is None
    assert story.state.phase is Phase.OPEN


def test_a_later_step_may_be_answered_without_moving_the_current_one(story: Story) -> None:
    assert story.tell(c.AnswerStep(step=StepRef(run=0, number=2), answer=Answer.WORKED)) == ["step_answered"]
    assert current(story) == 1
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    assert current(story) == 3


def test_a_skipped_step_keeps_its_reason(story: Story) -> None:
    story.tell(c.SkipStep(reason=SkipReason.NO_ACCESS))
    state = story.state.runs[0].steps[0]
    assert (state.status, state.outcome, current(story)) == (StepStatus.SKIPPED, "no_access", 2)


def test_a_mis_tap_is_corrected_by_a_new_fact(story: Story) -> None:
    ref = StepRef(run=0, number=1)
    assert story.refuses(c.ChangeAnswer(step=ref, answer=Answer.AS_EXPECTED)) is Refused.STEP_NOT_DONE
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    same = c.ChangeAnswer(step=ref, answer=Answer.AS_EXPECTED)
    assert story.refuses(same) is Refused.SAME_ANSWER
    story.tell(c.ChangeAnswer(step=ref, answer=Answer.NOT_AS_EXPECTED))
    assert story.state.runs[0].steps[0].outcome == "not_as_expected"
    assert [fact.event.type for fact in story.facts][-3:] == ["step_answered", "step_started", "step_changed"]
    noted = c.ChangeAnswer(step=ref, answer=Answer.NOT_AS_EXPECTED, note="seen twice")
    assert story.tell(noted) == ["step_changed"], "a note is something new"


def walk_to_wait(story: Story) -> None:
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    story.tell(c.AnswerStep(answer=Answer.WORKED))


def test_a_wait_runs_by_itself_and_asks_once_it_is_over(story: Story) -> None:
    walk_to_wait(story)
    wait = story.state.wait
    assert wait and wait.until == story.now + 10 * MINUTE
    assert story.refuses(c.ElapseWait(step=wait.step), minutes=5) is Refused.WAIT_RUNNING
    assert story.elapse(5) == ["wait_elapsed"]
    assert story.refuses(c.ElapseWait(step=wait.step)) is Refused.NO_WAIT
    assert story.tell(c.AnswerWait(as_expected=True)) == ["wait_answered", "step_answered", "step_started"]
    assert current(story) == 4
    assert story.state.wait is None


def test_a_wait_can_be_made_longer_within_reason(story: Story) -> None:
    walk_to_wait(story)
    story.elapse(10)
    assert story.refuses(c.ExtendWait(minutes=0)) is Refused.BAD_MINUTES
    story.tell(c.ExtendWait(minutes=5), minutes=0)
    assert story.state.wait and story.state.wait.until == story.now + 5 * MINUTE
    assert story.state.wait.asked == 0


@pytest.mark.parametrize(
    ("why", "events"),
    [
        (CutShort.BETTER, ["wait_cut_short", "step_answered"]),
        (CutShort.WORSE, ["wait_cut_short", "step_answered", "step_started", "rollback_condition_met"]),
        (CutShort.WRONG_PLAYBOOK, ["wait_cut_short", "playbook_left", "playbook_rejected"]),
    ],
)
def test_a_wait_cut_short_says_why(story: Story, why: CutShort, events: list[str]) -> None:
    walk_to_wait(story)
    assert story.tell(c.CutWait(why=why)) == events
    assert story.state.wait is None


def test_a_branch_goes_where_its_choice_says(story: Story) -> None:
    walk_to_wait(story)
    story.elapse(10)
    story.tell(c.AnswerWait(as_expected=True))
    assert story.refuses(c.ChooseBranch(choice="Maybe")) is Refused.UNKNOWN_CHOICE
    story.tell(c.ChooseBranch(choice="no"))
    assert current(story) == 6
    assert statuses(story)[4] == "passed"


def test_a_rollback_step_holds_the_playbook_until_the_command_was_run(story: Story) -> None:
    walk_to_wait(story)
    story.elapse(10)
    story.tell(c.AnswerWait(as_expected=True))
    story.tell(c.ChooseBranch(choice="Yes"))
    assert story.tell(c.AnswerStep(answer=Answer.CONDITION_MET)) == ["step_answered", "rollback_condition_met"]
    assert current(story) is None
    assert story.refuses(c.FinishRollback()) is Refused.ROLLBACK_NOT_DECIDED
    story.tell(c.DecideRollback(authorised=False))
    assert story.state.rollback.authorised is False
    assert story.refuses(c.DecideRollback()) is Refused.ROLLBACK_RUNNING
    assert story.tell(c.FinishRollback()) == ["rollback_finished", "step_started"]
    story.tell(c.VerifyRollback(good=True))
    assert story.state.rollback.stage is RollbackStage.VERIFIED


def test_rolling_back_without_a_condition_needs_a_reason(story: Story) -> None:
    assert story.refuses(c.MeetRollbackCondition()) is Refused.ROLLBACK_NEEDS_REASON
    story.tell(c.MeetRollbackCondition(why="nothing else is left"))


def test_a_rollback_is_decided_after_somebody_said_why(story: Story) -> None:
    assert story.refuses(c.DecideRollback()) is Refused.ROLLBACK_NEEDS_REASON
    story.tell(c.MeetRollbackCondition(why="nothing else is left"))
    story.tell(c.DecideRollback())
    story.tell(c.FailRollback(what="it hung"))
    story.tell(c.DecideRollback())
    story.tell(c.FinishRollback())
    story.tell(c.VerifyRollback(good=True))
    assert story.refuses(c.DecideRollback()) is Refused.ROLLBACK_NEEDS_REASON, "it held: another one needs its own why"


def test_an_incident_is_not_closed_while_nobody_knows_if_it_was_rolled_back(story: Story) -> None:
    story.tell(c.MeetRollbackCondition(why="nothing else is left"))
    story.tell(c.DecideRollback())
    assert story.refuses(c.Close()) is Refused.ROLLBACK_UNDER_WAY
    story.tell(c.FailRollback(what="never run"))
    story.tell(c.Close())


def test_nobody_answers_so_the_next_contact_is_to_be_called(story: Story) -> None:
    story.tell(c.CallContact())
    assert story.state.calls[-1].who == "Dana Okoye"
    assert story.tell(c.CallContact()) == ["call_unanswered", "called"]
    assert [call.outcome for call in story.state.calls] == [CallOutcome.NO_ANSWER, CallOutcome.OPEN]
    story.tell(c.ReachContact())
    assert story.refuses(c.ReachContact()) is Refused.NOT_CALLED
    assert story.refuses(c.CallContact()) is Refused.NO_CONTACT


def test_the_wrong_playbook_is_left_and_can_be_gone_back_to(story: Story) -> None:
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    assert story.tell(c.LeavePlaybook()) == ["playbook_left", "playbook_rejected"]
    assert story.refuses(c.LeavePlaybook()) is Refused.NO_PLAYBOOK
    assert story.refuses(c.AnswerStep(step=StepRef(run=0, number=2), answer=Answer.WORKED)) is Refused.PLAYBOOK_LEFT
    other = playbook(Step(number=1, kind=StepKind.ACT, text="x"), failure_id="IX-05")
    assert story.tell(c.AttachPlaybook(playbook=other)) == ["playbook_attached", "step_started"]
    assert story.tell(c.ResumePlaybook(run=0)) == ["playbook_left", "playbook_resumed", "step_started"]
    assert current(story) == 2
    assert story.state.runs[0].steps[0].status is StepStatus.DONE


def test_attaching_the_same_playbook_again_resumes_it(story: Story) -> None:
    story.tell(c.LeavePlaybook())
    assert story.tell(c.AttachPlaybook(playbook=playbook())) == ["playbook_resumed", "step_started"]
    assert len(story.state.runs) == 1


def test_the_lead_stays_until_the_new_one_takes_it(story: Story) -> None:
    story.tell(c.TakeLead(), by=SAM)
    assert story.refuses(c.TakeLead(), by=SAM) is Refused.ALREADY_LEAD
    story.tell(c.OfferHandover(to=DANA), by=SAM)
    assert story.state.lead == SAM
    assert story.refuses(c.TakeHandover(), by=SAM) is Refused.NOT_OFFERED_TO_YOU
    story.tell(c.TakeHandover(), by=DANA)
    assert (story.state.lead, story.state.offered_to) == (DANA, None)


def test_the_first_person_who_acts_acknowledges(story: Story) -> None:
    assert story.state.acknowledged_at == 0
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED), minutes=4)
    acknowledged = story.state.acknowledged_at
    story.tell(c.TakeLead(), minutes=4)
    assert story.state.acknowledged_at == acknowledged == START + 5 * MINUTE


def test_an_end_may_be_dated_back_but_not_forward_nor_before_the_start(story: Story) -> None:
    declared = story.state.declared_at
    assert story.refuses(c.Mitigate(since=story.now + MINUTE)) is Refused.IN_THE_FUTURE
    assert story.refuses(c.Mitigate(since=declared - 1)) is Refused.BEFORE_IT_BEGAN
    story.tell(c.Mitigate(since=declared + MINUTE), minutes=30)
    assert story.state.mitigated_at == declared + MINUTE
    assert story.facts[-1].at == story.now
    assert story.refuses(c.Mitigate()) is Refused.ALREADY_MITIGATED


def test_what_was_over_too_soon_is_open_again(story: Story) -> None:
    story.tell(c.Mitigate())
    assert story.tell(c.Reopen(why="errors are back")) == ["reopened"]
    assert (story.state.phase, story.state.mitigated_at) == (Phase.OPEN, 0)
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    assert current(story) == 2


def test_nothing_moves_after_the_close(story: Story) -> None:
    story.tell(c.Close(ended_by=EndedBy.STEP, documented=Documented.THIS_ENTRY))
    assert story.refuses(c.AnswerStep(answer=Answer.AS_EXPECTED)) is Refused.INCIDENT_CLOSED
    assert story.refuses(c.Close()) is Refused.INCIDENT_CLOSED
    assert story.tell(c.Note(text="written the next morning")) == ["noted"]
    assert story.tell(c.Reopen()) == ["reopened"]
    assert story.refuses(c.Reopen()) is Refused.INCIDENT_OPEN
    assert current(story) == 1


def test_a_duplicate_names_the_other_incident(story: Story) -> None:
    assert story.refuses(c.Cancel(kind=CancelKind.DUPLICATE)) is Refused.NEEDS_DUPLICATE
    story.tell(c.Cancel(kind=CancelKind.DUPLICATE, duplicate_of=7))
    assert story.state.ending.duplicate_of == 7


def test_marks_follow_their_message(story: Story) -> None:
    story.tell(c.MarkMessage(message="C1:1", kind=MarkKind.ACTION, text="add an alert", author="Sam"))
    assert story.refuses(c.MarkMessage(message="C1:1", kind=MarkKind.ACTION, text="x")) is Refused.ALREADY_MARKED
    story.tell(c.EditMark(message="C1:1", text="add two alerts"))
    assert story.state.actions[0].text == "add two alerts"
    story.tell(c.CloseAction(message="C1:1"))
    assert story.refuses(c.CloseAction(message="C1:1")) is Refused.NO_ACTION
    story.tell(c.RemoveMark(message="C1:1"))
    assert story.refuses(c.RemoveMark(message="C1:1")) is Refused.NOT_MARKED
    assert story.state.actions == ()


def test_three_messages_below_bring_the_step_message_down_again(story: Story) -> None:
    for number in range(3):
        story.tell(c.Talk(ts=str(number)))
    assert story.state.step_generation == 0
    story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
    assert (story.state.step_generation, story.state.below) == (1, 0)


def test_recalled_steps_are_done_and_the_others_stay_unknown(story: Story) -> None:
    story.tell(c.RecallSteps(steps=(StepRef(run=0, number=2),)))
    assert statuses(story)[:3] == ["current", "recalled", "pending"]


@pytest.mark.parametrize("answer", [Documented.THIS_ENTRY, Documented.STEP_WRONG])
def test_nothing_was_documented_by_a_playbook_that_was_not_used(answer: Documented) -> None:
    story = Story()
    story.tell(declaration(playbook=None))
    assert story.refuses(c.Close(documented=answer)) is Refused.NO_ENTRY
    story.tell(c.Close(documented=Documented.UNKNOWN))
    assert story.refuses(c.FillField(field="documented", text=answer)) is Refused.NO_ENTRY


def recalled(*numbers: int, goes_on: bool = True) -> c.RecallSteps:
    return c.RecallSteps(steps=tuple(StepRef(run=0, number=number) for number in numbers), goes_on=goes_on)


def test_the_walk_goes_on_behind_the_steps_that_were_done_unclicked(story: Story) -> None:
    assert story.tell(recalled(1, 2)) == ["steps_recalled", "step_started", "wait_started"]
    assert current(story) == 3


def test_a_wait_that_was_done_unclicked_asks_nothing_later(story: Story) -> None:
    walk_to_wait(story)
    wait = story.state.wait
    assert wait is not None
    story.tell(recalled(wait.step.number))
    assert (story.state.wait, current(story)) == (None, wait.step.number + 1)


def test_steps_recalled_out_of_turn_or_at_the_close_begin_no_other(story: Story) -> None:
    assert story.tell(recalled(2)) == ["steps_recalled"]
    assert story.tell(recalled(1, goes_on=False)) == ["steps_recalled"]
    assert current(story) is None


def test_improvised_steps_remember_where_they_were_tried(story: Story) -> None:
    assert story.refuses(c.Improvise(what=" ")) is Refused.EMPTY_TEXT
    story.tell(c.Improvise(what="moved it aside", command="agentctl queue deadletter 1", helped=Helped.YES))
    assert story.state.improvised[0].helped is Helped.YES
    event = story.facts[-1].event
    assert getattr(event, "during", None) == StepRef(run=0, number=1)


def test_what_slack_answers_is_known_once(story: Story) -> None:
    shown = c.Show(surface=Surface.HEAD, channel="C1", ts="1.2")
    story.tell(shown)
    assert story.refuses(shown) is Refused.ALREADY_SHOWN
    assert [one.kind.value for one in story.due] == ["say"], "a drawing asks for no drawing"


def test_severity_changes_keep_who_was_not_authorised(story: Story) -> None:
    assert story.refuses(c.ChangeSeverity(severity=Severity.SEV2)) is Refused.SAME_SEVERITY
    story.tell(c.ChangeSeverity(severity=Severity.SEV3, authorised=False))
    assert story.state.severity is Severity.SEV3


def test_a_proposal_is_sent_once(story: Story) -> None:
    from bot.domain.vocabulary import ProposalKind

    made = c.MakeProposal(kind=ProposalKind.NEW, failure_id="IX-11", title="x", path="p", diff="d")
    assert story.refuses(made) is Refused.INCIDENT_OPEN
    assert story.refuses(c.SendProposal(target="file", ref="x")) is Refused.NO_PROPOSAL
    story.tell(c.Close())
    story.tell(made)
    assert story.refuses(made) is Refused.SAME_DRAFT
    story.tell(c.SendProposal(target="github", ref="#7"))
    assert story.refuses(c.SendProposal(target="github", ref="#8")) is Refused.PROPOSAL_OUT
    assert story.refuses(made) is Refused.PROPOSAL_OUT
    story.tell(c.MergeProposal(ref="#7"))
    assert story.refuses(c.DeclineProposal(why="late")) is Refused.NO_PROPOSAL


def test_who_has_it_is_not_replaced_by_i_have_it(story: Story) -> None:
    story.tell(c.TakeLead(), by=SAM, minutes=2)
    refused = story.refuses(c.TakeLead(), by=DANA)
    assert refused is Refused.LED_BY_ANOTHER
    assert story.tell(c.TakeLead(over=True), by=DANA) == ["lead_taken"]
    assert story.state.lead == DANA and story.state.lead_at == story.now


def test_a_drill_that_hurries_waits_and_asks_at_its_pace() -> None:
    """Of ten minutes one is left; a real night is never hurried, whatever was asked for."""
    for drill, pace in ((True, 10), (False, 1)):
        story = Story()
        story.tell(declaration(drill=drill, pace=10))
        assert story.state.pace == pace
        story.tell(c.AnswerStep(answer=Answer.AS_EXPECTED))
        story.tell(c.AnswerStep(answer=Answer.WORKED))
        wait = story.state.wait
        assert wait is not None and wait.until - story.now == 10 * MINUTE // pace
        for asked in (False, True):
            if asked:
                story.now = wait.until
                story.tell(c.ElapseWait(step=wait.step))
            story.tell(c.ExtendWait(minutes=5))
            assert story.state.wait is not None
            assert story.state.wait.until - max(wait.until, story.state.last_at) == 5 * MINUTE // pace
            wait = story.state.wait
