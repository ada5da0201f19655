"""200 waits of 200 incidents over three bots of which one is killed, also while the server restarts or fails over: each
wait ends once, in time, and none is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.runbook import Step, StepKind
from bot.engine.desk import Desk
from bot.engine.orders import Accepted, Order
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.domain.story import SAM, declaration, playbook
from tests.store.server import WallClock, valkey, wait_for
from tests.store.topology import sentinel_trio

TIMERS = 200
SPREAD_MS = 4_000
RECOVERY_MS = 5_000


@contextmanager
def bots(folder: Path, url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Three of them, ready."""
    logs = [folder / f"bot{number}" for number in range(3)]
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen([sys.executable, "-m", "tests.engine.timer_bot", url, str(log)], cwd=root) for log in logs
    ]
    try:
        wait_for(lambda: all(log.exists() and log.read_text().startswith("ready") for log in logs), "the bots")
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait(timeout=10)


def lateness(folder: Path) -> list[int]:
    """How late each wait was that was done (ms)."""
    lines = [line.split() for log in folder.glob("bot?") for line in log.read_text().splitlines()]
    return [
        int(late)
        for key, outcome, late in (line for line in lines if len(line) == 3)
        if key.startswith("wait:") and outcome == "done"
    ]


async def opened(desk: Desk, number: int, until: int) -> str:
    """An incident whose first step is a wait that ends then."""
    minutes = (until - desk.clock.now()) / 60_000
    step = Step(number=1, kind=StepKind.WAIT, text="Do nothing.", wait_minutes=minutes)
    declare = declaration(service=f"service-{number}", playbook=playbook(step, service=f"service-{number}"))
    outcome = await desk.open(Order(declare, SAM, "test", f"d{number}"))
    assert isinstance(outcome, Accepted)
    assert outcome.incident.wait
    return outcome.incident.id


async def ends(desk: Desk, incident_id: str) -> list[tuple[int, int]]:
    """Each end of a wait: when it was recorded, and how late that was (ms)."""
    facts = await desk.stream(incident_id)
    until = next(fact.event.until for fact in facts if fact.event.type == "wait_started")
    return [(fact.at, fact.at - until) for fact in facts if fact.event.type == "wait_elapsed"]


async def all_end(desk: Desk, ids: list[str], since: int) -> list[tuple[int, int]]:
    """Every end of a wait, once each incident has one. The last comes soon after `since` or after it was due."""
    deadline = time.monotonic() + 30
    found = [await ends(desk, one) for one in ids]
    while not all(found) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        found = [await ends(desk, one) for one in ids]
    assert [len(one) for one in found] == [1] * TIMERS, "each wait ends once"
    every = [end for incident in found for end in incident]
    last_due = max(at - late for at, late in every)
    assert max(at for at, _ in every) - max(since, last_due) < RECOVERY_MS
    return every


async def spread(desk: Desk) -> list[str]:
    """200 incidents whose waits end one after the other, from three seconds on."""
    begin = desk.clock.now() + 3_000
    return [await opened(desk, number, begin + number * SPREAD_MS // TIMERS) for number in range(TIMERS)]


async def test_a_killed_bot_delays_only_what_it_held(tmp_path: Path, redis_client: Client, redis_server: str) -> None:
    desk = Desk(RedisJournal(redis_client), WallClock())
    with bots(tmp_path, redis_server) as crew:
        ids = await spread(desk)
        wait_for(lambda: len(lateness(tmp_path)) > TIMERS // 4, "the first quarter")
        crew[0].kill()
        every = await all_end(desk, ids, desk.clock.now())
        assert statistics.median(late for _, late in every) < 50
        assert await RedisWork(redis_client).dead_letters() == []


@pytest.mark.machine
async def test_a_killed_server_delays_only_for_a_moment(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "data", binary=valkey(), die_with_parent=True) as server:
        client = Client(server.url)
        desk = Desk(RedisJournal(client), WallClock())
        with bots(tmp_path, server.url) as crew:
            ids = await spread(desk)
            for part in (1, 2, 3):
                goal = part * TIMERS // 5
                wait_for(lambda goal=goal: len(lateness(tmp_path)) > goal, "the next part")  # type: ignore[misc]
                assert server.pid
                os.kill(server.pid, signal.SIGKILL)
                wait_for(server.ensure, "the restart")
            crew[0].kill()
            await all_end(desk, ids, desk.clock.now())
            assert await RedisWork(client).dead_letters() == []
        await client.close()


@pytest.mark.machine
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_failover_delays_only_for_a_moment(tmp_path: Path, how: signal.Signals) -> None:
    with sentinel_trio(tmp_path / "trio") as trio:
        # Each has connections of its own: those to a server that hangs must time out before they are given up.
        before, after = Client(trio.url, replicas=1), Client(trio.url)
        desk = Desk(RedisJournal(before), WallClock())
        with bots(tmp_path, trio.url) as crew:
            ids = await spread(desk)
            wait_for(lambda: len(lateness(tmp_path)) > TIMERS // 4, "the first quarter")
            old = trio.primary()
            assert old
            old.signal(how)
            wait_for(lambda: trio.primary() not in (None, old), "the failover")
            crew[0].kill()
            await all_end(Desk(RedisJournal(after), desk.clock), ids, desk.clock.now())
            assert await RedisWork(after).dead_letters() == []
        await before.close()
        await after.close()
