"""Where an incident is shown: the service's first channel, else where it was typed, and then it says why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.standin.config import ChannelConfig
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, WORKSPACE, Shift, click, shift

ENTRY = "## 3. Common failures\n\n### QU-01 Slow\n\n**Steps:**\n1. **Act:** restart.\n"


@pytest.fixture
async def astray(redis_server: str, redis_client: Client, tmp_path: Path) -> AsyncIterator[Shift]:
    """Two services: section3 is in no channel of theirs."""
    for service, channel in (("gone", "#nowhere"), ("quiet", "#quiet")):
        front = f"---\nservice: {service}\nchannels: ['{channel}']\n---\n\n# {service.title()}\n\n"
        (tmp_path / f"{service}.md").write_text(front + ENTRY)
    channels = (*WORKSPACE.channels, ChannelConfig(name="quiet", bot=False))
    config = WORKSPACE.model_copy(update={"channels": channels})
    async with shift(HTTP, redis_server, tmp_path, config, fallback_phone="+44 20 7946 0999") as night:
        yield night


@pytest.mark.parametrize("service", ["gone", "quiet"])
async def test_where_section3_cannot_write_it_is_shown_where_it_was_typed_and_says_so(
    astray: Shift, service: str
) -> None:
    reply = await astray.alice.command(f"/incident open {service} it is slow", "#general")
    assert reply.text == "INC-1 is open."
    head = await astray.slack.channel("#general").wait_for(lambda m: "INC-1" in m.text)
    await click(astray.dana, head, "I have it")
    head = await astray.slack.channel("#general").wait_for(lambda m: "Lead: @dana" in m.text)
    channel = "#nowhere" if service == "gone" else "#quiet"
    assert f"section3 is not in {channel}. To see incidents there: /invite @section3" in head.text


async def test_the_advice_to_invite_goes_once_it_was_followed(astray: Shift) -> None:
    await astray.alice.command("/incident open quiet it is slow", "#general")
    head = await astray.slack.channel("#general").wait_for(lambda m: "INC-1" in m.text)
    assert "is not in #quiet" in head.text
    await astray.alice.invite_bot("#quiet")
    astray.clock.forward(minutes=2)
    await click(astray.dana, head, "I have it")
    head = await astray.slack.channel("#general").wait_for(lambda m: "Lead: @dana" in m.text)
    assert "is not in #quiet" not in head.text


async def test_a_runbook_that_names_nobody_shows_the_fallback_phone(astray: Shift) -> None:
    await astray.alice.command("/incident open gone it is slow", "#general")
    head = await astray.slack.channel("#general").wait_for(lambda m: "INC-1" in m.text)
    assert "call Fallback phone of the settings +44 20 7946 0999" in head.text


async def test_who_acts_on_an_incident_whose_channel_is_archived_hears_it(
    redis_server: str, redis_client: Client
) -> None:
    async with shift(HTTP, redis_server) as night:
        await night.opened()
        await night.quiet()
        channel = night.slack.channel(AP).record
        channel.archived = True
        for person, words in ((night.bob, "sev INC-1 1"), (night.dana, "lead INC-1")):
            assert (await person.command(f"/incident {words}", "#general")).ok
            told = await person.direct.wait_for(lambda m: "The channel of INC-1 is archived" in m.text)
            assert "Unarchive it" in told.text
        await night.bob.command("/incident sev INC-1 2", "#general")
        await night.quiet()
        assert sum("is archived" in message.text for message in night.bob.direct.messages) == 1
        assert {call.answer["error"] for call in night.refusals} <= {"is_archived", "is_inactive"}
        channel.archived = False
        await night.bob.command("/incident lead INC-1", "#general")
        await night.slack.channel(AP).wait_for(lambda m: "SEV2" in m.text and "Lead: @bob" in m.text)
