"""When Slack was down: told on the head, once it is over and as long as that is news."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.domain import commands as c
from bot.domain.refusals import Refused
from bot.slack.drawing.card import DOWN_SHOWN_MS, head
from bot.slack.workspace.outage import SHORTEST_MS, Outage
from tests.domain.story import MINUTE, Story, declaration


@dataclass(frozen=True, slots=True)
class At:
    """A clock that stands."""

    at: int

    def now(self) -> int:
        return self.at


def drawn(story: Story, now: int) -> str:
    return str(head(story.state, now).blocks)


@pytest.fixture
def story() -> Story:
    opened = Story()
    opened.tell(declaration())
    return opened


def test_only_what_lasts_is_an_outage() -> None:
    told: list[tuple[str, int]] = []
    outage = Outage(lambda reason, lasted: told.append((reason, lasted)))

    def seen(at: int, reason: str = "") -> None:
        outage.seen(At(at), reason)

    seen(1_000, "http_503")
    seen(SHORTEST_MS, "http_500")
    seen(SHORTEST_MS)
    assert outage.until == 0, "tried again within a minute"
    assert told == [("http_503", 0), ("", SHORTEST_MS - 1_000)], "each is told once, however often it was tried"
    seen(100_000, "no answer")
    seen(100_000 + SHORTEST_MS)
    assert (outage.since, outage.until) == (100_000, 100_000 + SHORTEST_MS)
    seen(900_000)
    assert outage.until == 100_000 + SHORTEST_MS
    assert len(told) == 4


def test_the_head_says_it_for_an_hour(story: Story) -> None:
    since = story.now
    story.tell(c.ReportScreenDown(since=since, until=since + 10 * MINUTE), minutes=10)
    assert "Slack was down" in drawn(story, since + 10 * MINUTE)
    assert "Slack was down" not in drawn(story, since + 10 * MINUTE + DOWN_SHOWN_MS)


def test_two_bots_that_saw_it_make_one_fact(story: Story) -> None:
    since = story.now
    story.tell(c.ReportScreenDown(since=since, until=since + 10 * MINUTE))
    again = c.ReportScreenDown(since=since + 1_000, until=since + 11 * MINUTE)
    assert story.refuses(again) is Refused.ALREADY_SHOWN


def test_what_was_over_before_the_incident_is_not_its_business(story: Story) -> None:
    over = c.ReportScreenDown(since=1, until=story.state.declared_at)
    assert story.refuses(over) is Refused.BEFORE_IT_BEGAN
