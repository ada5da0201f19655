"""What a declaration carries, whoever asks for it: an alert source has no channel to type in."""

from __future__ import annotations

from bot.demo.standin.clock import OffsetClock
from bot.runbooks.guide import Guide
from bot.runbooks.intake import Intake, Opening
from bot.runbooks.library.library import Library
from bot.runbooks.resources import sample_playbooks_dir


def test_it_is_shown_in_the_first_channel_of_its_service_unless_another_is_said() -> None:
    clock = OffsetClock()
    guide = Guide(Library(sample_playbooks_dir(), clock))
    intake, runbook = Intake(guide), guide.runbook("invoice-extract")
    assert runbook is not None and runbook.channels

    def channel(service: str, said: str = "") -> str:
        return intake.declare(Opening(service, "the queue is stuck", channel=said), clock.now()).channel

    assert channel("invoice-extract") == runbook.channels[0]
    assert channel("invoice-extract", "C0OTHER") == "C0OTHER"
    assert channel("nobody-knows-it") == ""
