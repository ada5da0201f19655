"""Help: every word is in it, once."""

from __future__ import annotations

from bot.domain.words import WORDS
from bot.slack.listening.commands import ENTRIES, GROUPS, help_message
from tests.slack.drawn import picture


def test_every_word_is_in_a_group_once() -> None:
    listed = [word for _, words in GROUPS for word in words]
    assert sorted(listed) == sorted([*ENTRIES, *WORDS])


def test_an_unknown_word_gets_the_nearest_first_and_one_that_begins_a_report_gets_the_way() -> None:
    near = picture(help_message("opne", "opne invoice-extract stuck").blocks)
    assert near.startswith("There is no `opne`. Did you mean `open`?") and "/runbook" not in near
    report = picture(help_message("queue", "queue is stuck").blocks)
    assert "If that is what you see: `/runbook queue is stuck` finds its playbook" in report
    assert "Did you mean" not in report
