"""200 waits of 200 incidents over three bots of which one is killed: each wait ends once, in time, and none is lost."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.runbook import Step, StepKind
from bot.engine.desk import Accepted, Desk, Order
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.domain.story import SAM, declaration, playbook
from tests.store.server import WallClock, wait_for

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
    facts = await desk.facts(incident_id)
    until = next(fact.event.until for fact in facts if fact.event.type == "wait_started")
    return [(fact.at, fact.at - until) for fact in facts if fact.event.type == "wait_elapsed"]


async def test_a_killed_bot_delays_only_what_it_held(tmp_path: Path, redis_client: Client, redis_server: str) -> None:
    clock = WallClock()
    desk = Desk(RedisJournal(redis_client), clock)
    with bots(tmp_path, redis_server) as crew:
        begin = clock.now() + 3_000
        ids = [await opened(desk, number, begin + number * SPREAD_MS // TIMERS) for number in range(TIMERS)]
        wait_for(lambda: len(lateness(tmp_path)) > TIMERS // 4, "the first quarter")
        crew[0].kill()
        killed = clock.now()
        deadline = time.monotonic() + 20
        found = [await ends(desk, one) for one in ids]
        while not all(found) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            found = [await ends(desk, one) for one in ids]
        assert [len(one) for one in found] == [1] * TIMERS, "each wait ends once"
        every = [end for incident in found for end in incident]
        assert max(at for at, _ in every) - max(killed, begin + SPREAD_MS) < RECOVERY_MS
        assert statistics.median(late for _, late in every) < 50
        assert await RedisWork(redis_client).dead_letters() == []
