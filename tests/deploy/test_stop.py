"""SIGTERM in the middle of the load: what was acknowledged is recorded, what was recorded is shown."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.driver.places import Place
from bot.demo.standin.rates import POST_PER_SECOND
from bot.demo.standin.standin import StandIn
from bot.domain.events import UpdatePosted
from bot.engine.desk import Desk
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.deploy.processes import Replica
from tests.e2e.shift import AP, HTTP, STUCK, TRANSPORTS, WORKSPACE

UPDATES, ACKNOWLEDGED_FIRST, AT_ONCE = 400, 40, 16
RATE = 3
"""Times Slack's own rates, so that the posts take a third of a minute and not a whole one."""
HEAD_S, MARGIN_S = 10, 20


async def recorded(client: Client) -> list[str]:
    """The updates in the stream of INC-1."""
    desk = Desk(RedisJournal(client), OffsetClock())
    incident = await desk.by_number(1)
    assert incident is not None
    return [fact.event.text for fact in await desk.stream(incident.id) if isinstance(fact.event, UpdatePosted)]


@pytest.mark.machine
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_sigterm_under_load_loses_nothing(
    transport: str, tmp_path: Path, redis_server: str, redis_client: Client
) -> None:
    acknowledged: list[str] = []
    waiting = iter(range(UPDATES))
    in_the_middle = asyncio.Event()

    async with await StandIn.start(WORKSPACE.model_copy(update={"rates": RATE})) as slack:
        bot = Replica(slack, redis_server, tmp_path, socket_mode=transport != HTTP)
        alice = slack.user("alice")

        async def write() -> None:
            for number in waiting:
                text = f"update number {number}"
                if not (await alice.command(f"/incident update INC-1 {text}", AP)).ok:
                    return
                acknowledged.append(text)
                if len(acknowledged) == ACKNOWLEDGED_FIRST:
                    in_the_middle.set()

        try:
            await bot.start()
            await listen(slack, bot)
            assert (await alice.command(f"/incident open invoice-extract {STUCK}", AP)).ok
            writers = [asyncio.create_task(write()) for _ in range(AT_ONCE)]
            await asyncio.wait_for(in_the_middle.wait(), 30)
            bot.terminate()
            assert await bot.ended() == 0
            await asyncio.wait_for(asyncio.gather(*writers), 30)
            assert bot.events("stopped")

            assert ACKNOWLEDGED_FIRST <= len(acknowledged) < UPDATES
            written = await recorded(redis_client)
            assert len(set(written)) == len(written)
            assert set(acknowledged) == set(written), "what was in hand was not finished"

            await bot.start()
            await listen(slack, bot)
            place = slack.channel(AP)
            await place.wait_for(lambda message: f"Latest: {written[-1]} " in message.text, HEAD_S)
            posting = len(written) / (RATE * POST_PER_SECOND)
            assert posting > HEAD_S, "the burst is too small to show that the head does not wait for the posts"
            await slack.until(lambda: len(shown(place)) >= len(written) or None, posting + MARGIN_S, lambda: place.text)
            await quiet(redis_client)
            assert shown(place) == written, "each update once, in the order in which it was said"
            assert len([one for one in place.messages if "Latest:" in one.text]) == 1
        finally:
            await bot.stop()


def shown(place: Place) -> list[str]:
    """The updates that stand in the channel."""
    found = [re.search(r"^update number \d+$", message.text, re.M) for message in place.messages]
    return [one[0] for one in found if one]


async def listen(slack: StandIn, bot: Replica) -> None:
    """Let Slack deliver to the process."""
    if bot.socket_mode:
        slack.deliver_by_socket()
        await slack.connected()
    else:
        await slack.deliver_to(bot.url)


async def quiet(client: Client) -> None:
    """Return once nothing is due; fails after 20 s."""
    work, clock = RedisWork(client), OffsetClock()
    for _ in range(2000):
        due = [key for key, at in await work.pending() if at <= clock.now()]
        if not due:
            assert await work.dead_letters() == []
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"still due: {due}")


async def test_a_bad_setting_is_told_in_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    async with await StandIn.start(WORKSPACE) as slack:
        for setting, value, said in (
            ("PORT", "eighty", "PORT"),
            ("CONTACTS", "{not json", "CONTACTS"),
            ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
            ("PORT", slack.url.rpartition(":")[2], "HOST and PORT: .* address already in use"),
        ):
            bot = Replica(slack, "unix:///nowhere.sock", tmp_path / setting, extra={setting: value})
            with pytest.raises(AssertionError, match=said):
                await bot.start()
            assert await bot.ended() == 2
            text = bot.log.read_text()
            assert "Traceback" not in text and not re.search(r"stand-in-(bot|app|signing)", text)


async def test_a_bot_that_waits_for_slack_ends_at_sigterm(tmp_path: Path, redis_server: str) -> None:
    async with await StandIn.start(WORKSPACE) as slack:
        slack.faults.down()
        bot = Replica(slack, redis_server, tmp_path, socket_mode=True)
        starting = asyncio.create_task(bot.start())
        try:
            await slack.wait_for_call(lambda call: call.method == "apps.connections.open", 30)
            bot.terminate()
            assert await bot.ended() == 0
            assert bot.events("stopped") and not bot.events("ready") and not bot.events("failed")
        finally:
            starting.cancel()
            await asyncio.wait({starting})
            await bot.stop()
