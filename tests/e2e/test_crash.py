"""kill -9 of a real process at named hops: every acknowledged fact is there, and nothing is posted twice."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.botprocess import BotProcess
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.standin import StandIn
from bot.runbooks.resources import sample_playbooks_dir
from bot.slack.workspace.once import SETTLE_MS
from bot.store.embedded import EmbeddedServer
from tests.e2e.crash_bot import HOP, HOPS, REMEMBERED
from tests.e2e.shift import AP, STUCK, WORKSPACE


@pytest.mark.parametrize("hop", HOPS)
async def test_a_killed_bot_loses_nothing_and_posts_nothing_twice(hop: str, tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "clock")
    crashed = tmp_path / "crashed"
    server = EmbeddedServer(tmp_path / "store", die_with_parent=True)
    async with await StandIn.start(WORKSPACE, clock) as slack, server.running():
        bot = BotProcess(
            slack,
            sample_playbooks_dir(),
            tmp_path / "store",
            tmp_path / "clock",
            extra={HOP: hop, REMEMBERED: str(crashed)},
            module="tests.e2e.crash_bot",
        )
        try:
            await bot.start()
            alice = slack.user("alice")
            reply = await alice.command(f"/incident open invoice-extract {STUCK}", AP)
            acknowledged = reply.ok
            assert bot.process is not None
            await asyncio.wait_for(bot.process.wait(), 15)
            assert crashed.read_text() == hop
            clock.forward(seconds=60)
            await bot.start()
            if hop == "before the append":
                assert not acknowledged
                reply = await alice.command(f"/incident open invoice-extract {STUCK}", AP)
                assert reply.ok, reply.error
            clock.forward(seconds=SETTLE_MS / 1000 + 1)
            head = await slack.channel(AP).wait_for(lambda m: "SEV2 · INC-" in m.text, 20)
            step = await head.thread.wait_for(lambda m: "As expected" in m.buttons, 20)
            await alice.click(step, "As expected")
            await head.thread.wait_for(lambda m: "step 2 of" in m.text and "Worked" in m.buttons, 20)
            assert posts(slack) == {"head:0": 1, "step:0": 1}
        finally:
            await bot.stop()


TAKEN_OVER_S = 5.0


@pytest.mark.machine
@pytest.mark.parametrize("hop", HOPS)
async def test_another_replica_takes_over_within_five_seconds(hop: str, tmp_path: Path) -> None:
    """Real time, nothing moved: the lease of the dead ends, and the settle delay of its posts runs meanwhile."""
    clock = OffsetClock(tmp_path / "clock")
    crashed = tmp_path / "crashed"
    server = EmbeddedServer(tmp_path / "store", die_with_parent=True)
    async with await StandIn.start(WORKSPACE, clock) as slack, server.running():
        places = (slack, sample_playbooks_dir(), tmp_path / "store", tmp_path / "clock")
        survivor = BotProcess(*places)
        victim = BotProcess(*places, extra={HOP: hop, REMEMBERED: str(crashed)}, module="tests.e2e.crash_bot")
        try:
            await survivor.start()
            await victim.start()
            # The survivor sleeps until the victim is dead: polling, it might take the work, and nobody would die.
            assert survivor.process is not None and victim.process is not None
            survivor.process.send_signal(signal.SIGSTOP)
            alice = slack.user("alice")
            reply = await alice.command(f"/incident open invoice-extract {STUCK}", AP)
            await asyncio.wait_for(victim.process.wait(), 15)
            survivor.process.send_signal(signal.SIGCONT)
            await survivor.deliver()
            if not reply.ok:
                assert "the append" in hop
                reply = await alice.command(f"/incident open invoice-extract {STUCK}", AP)
                assert reply.ok
            assert crashed.read_text() == hop
            head = await slack.channel(AP).wait_for(lambda m: "SEV2 · INC-" in m.text, 20)
            step = await head.thread.wait_for(lambda m: "As expected" in m.buttons, 20)
            repeated = hop == "before the append"  # then the time is that of the person who asks again
            assert repeated or float(step.ts) - crashed.stat().st_mtime < TAKEN_OVER_S
            assert set(posts(slack).values()) == {1}
        finally:
            await victim.stop()
            await survivor.stop()


def posts(slack: StandIn) -> dict[str, int]:
    """How many messages stand in the channel for each effect."""
    found = Counter[str]()
    for message in slack.channel(AP).messages:
        replies = [one for one in message.thread.messages if one.ts != message.ts]
        for one in (message, *replies):
            payload = (one.record.metadata or {}).get("event_payload", {})
            found[str(payload.get("effect"))] += 1
    return dict(found)
