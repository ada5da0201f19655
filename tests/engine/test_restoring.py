"""What an incident waits for again after it came back from an archive."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.due import DAY, DIGEST_WEEKS, DueKind, Reminder, digest_slot, timers
from bot.domain.vocabulary import MarkKind, ProposalKind
from bot.engine.restoring import stands_beside, work_of
from tests.domain.story import MINUTE, Story, declaration

MADE = c.MakeProposal(kind=ProposalKind.NEW, failure_id="IX-11", title="x", path="p", diff="d")


def story(*commands: c.Command) -> Story:
    told = Story()
    for command in commands:
        told.tell(command)
    return told


def work(told: Story, now: int) -> dict[tuple[DueKind, str], int | None]:
    return {(one.kind, one.detail): one.at for one in work_of(told.state, now)}


def test_an_open_one_is_drawn_and_has_its_timers_the_late_ones_now() -> None:
    told = story(declaration())
    now = told.now + 6 * MINUTE
    wanted = timers(told.state)
    assert wanted[DueKind.REMIND, Reminder.LEAD] < now < wanted[DueKind.REMIND, Reminder.QUIET]
    assert work(told, now) == {
        **wanted,
        (DueKind.REMIND, Reminder.LEAD.value): now,
        (DueKind.DRAW, ""): now,
    }


def test_a_closed_one_is_drafted_and_asked_only_what_is_not_late() -> None:
    action = c.MarkMessage(message="C1:1.5", kind=MarkKind.ACTION, text="rotate the key")
    told = story(declaration(), action, c.Close())
    assert work(told, told.now) == timers(told.state)
    assert (DueKind.DRAFT, "") in timers(told.state)
    now = told.now + 60 * DAY
    monday = digest_slot(now, told.state.dossier.timezone) + 7 * DAY
    assert work(told, now) == {(DueKind.DRAFT, ""): now, (DueKind.REMIND, Reminder.DIGEST.value): monday}
    years = told.now + 2 * DIGEST_WEEKS * 7 * DAY
    assert work(told, years) == {(DueKind.DRAFT, ""): years}


def test_an_accepted_change_is_sent_however_late() -> None:
    draft = c.RecordDraft(fields=17, unfilled=0, digest="d")
    told = story(declaration(), c.Close(), draft, MADE, c.AcceptProposal())
    late = told.now + 2 * DIGEST_WEEKS * 7 * DAY
    assert work(told, late) == {(DueKind.PUBLISH, ""): late}


def test_one_that_was_opened_beside_another_leaves_it_the_service_until_it_is_reopened() -> None:
    assert not stands_beside(story(declaration()).facts)
    assert stands_beside(story(declaration(separate=True), c.Close()).facts)
    assert not stands_beside(story(declaration(separate=True), c.Close(), c.Reopen()).facts)
