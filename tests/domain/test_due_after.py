"""What is due after the close: the draft, the morning, and two questions about what is left open."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain import commands as c
from bot.domain.due import (
    DAY,
    DIGEST_WEEKS,
    DRAFT_DELAY_MINUTES,
    NAG_DAYS,
    DueKind,
    Reminder,
    digest_name,
    digest_slot,
    reminders,
    timers,
)
from bot.domain.fold.ending import AFTER_THE_END
from bot.domain.refusals import Refused
from bot.domain.vocabulary import TIMER, CancelKind, Documented, MarkKind, ProposalKind
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


def test_another_end_is_asked_about_again(closed: Story) -> None:
    for _ in NAG_DAYS:
        at, what = reminders(closed.state)[Reminder.ACTIONS]
        closed.now = at
        closed.tell(c.Remind(what=what), minutes=0)
    closed.tell(c.Reopen())
    assert AFTER_THE_END == (Reminder.PROPOSAL, Reminder.ACTIONS, Reminder.DIGEST)
    closed.tell(c.Close())
    assert reminders(closed.state)[Reminder.ACTIONS][0] == closed.now + NAG_DAYS[0] * DAY


def test_what_is_settled_is_not_asked_about(closed: Story) -> None:
    closed.tell(MADE)
    assert set(reminders(closed.state)) == {Reminder.PROPOSAL, Reminder.ACTIONS, Reminder.DIGEST}
    closed.tell(c.CloseAction(message="C1:1.5"))
    closed.tell(c.AcceptProposal())
    assert set(reminders(closed.state)) == {Reminder.DIGEST}, "a change that is not merged yet is still open"
    closed.tell(c.MergeProposal())
    assert reminders(closed.state) == {}


def test_what_is_still_open_is_in_a_digest_each_monday_for_half_a_year(closed: Story) -> None:
    closed.tell(c.RecordDraft(fields=17, unfilled=4, digest="d"))
    began = closed.state.closed_at + NAG_DAYS[-1] * DAY
    slots = []
    while due := reminders(closed.state).get(Reminder.DIGEST):
        at, what = due
        when = datetime.fromtimestamp(at / 1000, ZoneInfo(closed.state.dossier.timezone or "UTC"))
        assert (when.weekday(), when.hour, when.minute) == (0, 9, 0)
        assert digest_slot(at, closed.state.dossier.timezone) == at
        slots.append(at)
        closed.now = at
        closed.tell(c.Remind(what=what), minutes=0)
    assert slots[0] > began and slots[0] - began <= 7 * DAY
    assert len(slots) == DIGEST_WEEKS


def test_after_an_outage_one_digest_stands_for_the_weeks_that_were_missed(closed: Story) -> None:
    closed.tell(c.RecordDraft(fields=17, unfilled=4, digest="d"))
    first, _ = reminders(closed.state)[Reminder.DIGEST]
    late = digest_slot(first + 24 * DAY, closed.state.dossier.timezone)
    closed.tell(c.Remind(what=digest_name(late)))
    following, _ = reminders(closed.state)[Reminder.DIGEST]
    assert late < following <= late + 7 * DAY + 3_600_000


def test_a_drill_and_a_cancelled_incident_owe_no_prose() -> None:
    for how, drill in ((c.Close(), True), (c.Cancel(kind=CancelKind.FALSE_ALARM), False)):
        story = Story()
        story.tell(declaration(drill=drill))
        story.tell(how)
        story.tell(c.RecordDraft(fields=17, unfilled=4, digest="d"))
        assert reminders(story.state) == {}


def test_what_is_said_after_the_draft_is_drafted_minutes_after_the_last_word(closed: Story) -> None:
    closed.tell(c.RecordDraft(fields=17, unfilled=4, digest="d"))
    assert (DueKind.DRAFT, "") not in timers(closed.state)
    closed.tell(c.FillField(field="impact", text="40 invoices were late"))
    closed.tell(c.Note(text="impact since 02:40"))
    assert timers(closed.state)[DueKind.DRAFT, ""] == closed.now + DRAFT_DELAY_MINUTES * MINUTE
    closed.tell(c.RecordDraft(fields=17, unfilled=3, digest="e"))
    assert (DueKind.DRAFT, "") not in timers(closed.state)


def test_saying_whether_it_was_documented_drafts_everything_anew(closed: Story) -> None:
    closed.tell(c.RecordDraft(fields=17, unfilled=4, digest="d"))
    closed.tell(c.FillField(field="documented", text="none"))
    assert closed.state.ending.documented is Documented.NONE
    assert closed.state.draft is None
    assert (DueKind.DRAFT, "") in timers(closed.state)


@pytest.mark.parametrize(
    ("field", "text", "when", "reason"),
    [
        ("shoe size", "42", 0, Refused.NO_FIELD),
        ("documented", "perhaps", 0, Refused.NO_FIELD),
        ("documented", "another", 0, Refused.NO_FIELD),
        ("impact", "  ", 0, Refused.EMPTY_TEXT),
        ("impact_start", "", 0, Refused.NO_FIELD),
        ("impact_start", "", 2**45, Refused.IN_THE_FUTURE),
    ],
)
def test_a_blank_that_is_none(closed: Story, field: str, text: str, when: int, reason: Refused) -> None:
    assert closed.refuses(c.FillField(field=field, text=text, when=when)) is reason


def test_the_proposal_of_a_private_incident_leaves_once_a_person_has_saved_it(closed: Story) -> None:
    closed.tell(c.MakePrivate())
    closed.tell(MADE, by=TIMER)
    assert closed.refuses(c.AcceptProposal()) is Refused.NOT_REDACTED
    closed.tell(MADE)
    assert closed.refuses(MADE, by=TIMER) is Refused.SAME_DRAFT
    assert closed.refuses(MADE.model_copy(update={"diff": "other"}), by=TIMER) is Refused.SAME_DRAFT, "a person's stays"
    closed.tell(c.AcceptProposal())


def test_what_was_saved_for_all_to_see_is_read_again_once_it_is_private(closed: Story) -> None:
    closed.tell(MADE)
    closed.tell(c.MakePrivate())
    assert closed.refuses(c.AcceptProposal()) is Refused.NOT_REDACTED


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
