"""What is due after the close: the draft, the morning, and two questions about what is left open."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain.due import DAY, NAG_DAYS, DueKind, Reminder, reminders, timers
from bot.domain.vocabulary import MarkKind, ProposalKind
from tests.domain.story import MINUTE, Story, declaration

MADE = c.MakeProposal(kind=ProposalKind.NEW, failure_id="IX-11", title="x", path="p", diff="d")
ACTION = c.MarkMessage(message="C1:1.5", kind=MarkKind.ACTION, text="rotate the key")


@pytest.fixture
def closed() -> Story:
    story = Story()
    story.tell(declaration())
    story.tell(ACTION)
    story.tell(c.Close())
    return story


def test_a_draft_of_the_night_is_posted_and_drawn_in_the_morning(closed: Story) -> None:
    morning = closed.now + 300 * MINUTE
    closed.tell(c.RecordDraft(fields=17, unfilled=4, digest="d", announce_at=morning))
    due = {one.kind: one.at for one in closed.due}
    assert (due[DueKind.POST], due[DueKind.ANNOUNCE]) == (morning, morning)
    closed.tell(c.Note(text="one more thing"))
    assert DueKind.ANNOUNCE not in {one.kind for one in closed.due}, "a fact in between does not move the morning"
    closed.tell(c.Reopen())
    assert timers(closed.state).get((DueKind.ANNOUNCE, "")) is None
    assert (DueKind.ANNOUNCE, None) in {(one.kind, one.at) for one in closed.due}


def test_a_draft_of_the_day_is_posted_at_once(closed: Story) -> None:
    closed.tell(c.RecordDraft(fields=17, unfilled=4, digest="d"))
    assert {one.kind: one.at for one in closed.due}[DueKind.POST] == closed.now
    assert (DueKind.ANNOUNCE, "") not in timers(closed.state)


@pytest.mark.parametrize("kind", [Reminder.PROPOSAL, Reminder.ACTIONS])
def test_what_is_left_open_is_asked_about_twice(closed: Story, kind: Reminder) -> None:
    since = closed.now if kind is Reminder.ACTIONS else closed.now + MINUTE
    closed.tell(MADE)
    for days in NAG_DAYS:
        at, what = reminders(closed.state)[kind]
        assert at == since + days * DAY
        closed.now = at
        closed.tell(c.Remind(what=what), minutes=0)
    assert kind not in reminders(closed.state)


def test_what_is_settled_is_not_asked_about(closed: Story) -> None:
    closed.tell(MADE)
    assert set(reminders(closed.state)) == {Reminder.PROPOSAL, Reminder.ACTIONS}
    closed.tell(c.CloseAction(message="C1:1.5"))
    closed.tell(c.AcceptProposal())
    assert reminders(closed.state) == {}


def test_a_sent_proposal_is_followed_and_not_asked_about(closed: Story) -> None:
    closed.tell(MADE)
    closed.tell(c.AcceptProposal())
    closed.tell(c.SendProposal(target="github", ref="#7"))
    assert (DueKind.FOLLOW, "") in timers(closed.state)
    assert Reminder.PROPOSAL not in reminders(closed.state)


def test_who_talks_and_never_clicks_is_asked_once_when_the_talk_pauses() -> None:
    story = Story()
    story.tell(declaration())
    at, what = reminders(story.state)[Reminder.LEAD]
    assert at == story.now + 5 * MINUTE
    for pause in (3, 4):
        story.tell(c.Talk(ts=f"1.{pause}"), minutes=pause)
        at, what = reminders(story.state)[Reminder.LEAD]
        assert at == story.now + 5 * MINUTE, "nobody is asked while somebody talks"
    story.tell(c.Remind(what=what), minutes=5)
    story.tell(c.Talk(ts="1.9"), minutes=3)
    assert Reminder.LEAD not in reminders(story.state)


def test_a_drill_that_hurries_asks_sooner() -> None:
    story = Story()
    story.tell(declaration(drill=True, pace=10))
    assert reminders(story.state)[Reminder.LEAD][0] == story.now + MINUTE // 2


def test_an_update_is_asked_of_a_lead_who_has_looked_around() -> None:
    story = Story()
    story.tell(declaration())
    assert Reminder.UPDATE not in reminders(story.state), "there is nobody to ask"
    story.tell(c.TakeLead(), minutes=40)
    assert reminders(story.state)[Reminder.UPDATE][0] == story.now + 5 * MINUTE
    story.tell(c.PostUpdate(text="half is through", next_minutes=15))
    assert reminders(story.state)[Reminder.UPDATE][0] == story.now + 15 * MINUTE
