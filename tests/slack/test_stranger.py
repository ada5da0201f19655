"""Who may be named in Slack without being mentioned: a login of a terminal that has taken part."""

from __future__ import annotations

from bot.domain.commands import OfferHandover, TakeLead
from bot.domain.vocabulary import Actor
from bot.slack.listening.typed import stranger
from tests.domain.story import DANA, Story, declaration

CAROL = Actor(id="cli:carol", name="carol")


def test_a_login_counts_once_it_has_taken_part() -> None:
    story = Story()
    story.tell(declaration())
    for command in (TakeLead(lead=CAROL, over=True), OfferHandover(to=CAROL)):
        assert stranger(command, story.state) == "carol"
    story.tell(TakeLead(), by=CAROL)
    for known in (TakeLead(lead=CAROL, over=True), OfferHandover(to=CAROL), TakeLead(), TakeLead(lead=DANA)):
        assert stranger(known, story.state) == ""
