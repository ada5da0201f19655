"""200 timers over three workers of which one is killed: none lost, none completed twice, none late for long."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.work import RedisWork
from tests.store.server import valkey, wait_for
from tests.store.timer_worker import now
from tests.store.topology import sentinel_trio

TIMERS = 200
SPREAD_MS = 1500
RECOVERY_S = 5


class Workers:
    """Three worker processes and what they wrote down."""

    def __init__(self, folder: Path, url: str) -> None:
        self._logs = [folder / f"worker{number}" for number in range(3)]
        root = Path(__file__).parents[2]
        self.processes = [
            subprocess.Popen([sys.executable, "-m", "tests.store.timer_worker", url, str(log)], cwd=root)
            for log in self._logs
        ]

    def lines(self) -> list[list[str]]:
        texts = [log.read_text() for log in self._logs if log.exists()]
        return [line.split() for text in texts for line in text.splitlines()]

    def keys(self, event: str) -> list[str]:
        return [line[1] for line in self.lines() if line[0] == event]

    def lateness(self) -> list[int]:
        return [int(line[2]) for line in self.lines() if line[0] == "performed"]


@contextmanager
def workers(folder: Path, url: str) -> Iterator[Workers]:
    crew = Workers(folder, url)
    try:
        wait_for(lambda: len([line for line in crew.lines() if line == ["ready"]]) == 3, "the workers")
        yield crew
    finally:
        for process in crew.processes:
            process.kill()
            process.wait(timeout=10)


async def put_timers(url: str) -> int:
    """Put 200 timers, due between half a second from now and SPREAD_MS later; the instant of the last."""
    client = Client(url)
    work = RedisWork(client)
    begin = now() + 500
    for number in range(TIMERS):
        await work.put(f"wait:incident{number}:1", begin + number * SPREAD_MS // TIMERS)
    await client.close()
    return begin + SPREAD_MS


async def until_nothing_is_left(url: str) -> None:
    """Also what a killed worker performed but did not complete is taken up again, when its lease ends."""
    client = Client(url)
    for _ in range(100):
        if await RedisWork(client).next_due() is None:
            break
        await asyncio.sleep(0.05)
    assert await RedisWork(client).next_due() is None
    await client.close()


async def check(crew: Workers, url: str, ended: float, last_due: int) -> None:
    """Wait for the end of all work and compare what was done with what was asked."""
    wanted = {f"wait:incident{number}:1" for number in range(TIMERS)}
    wait_for(lambda: set(crew.keys("performed")) == wanted, "every timer", seconds=20)
    assert time.time() - max(ended, last_due / 1000) < RECOVERY_S
    await until_nothing_is_left(url)
    assert max(Counter(crew.keys("completed")).values()) == 1, "completed twice"


async def test_a_killed_worker_delays_only_what_it_held(
    tmp_path: Path, redis_client: Client, redis_server: str
) -> None:
    with workers(tmp_path, redis_server) as crew:
        last_due = await put_timers(redis_server)
        wait_for(lambda: len(crew.keys("performed")) > TIMERS // 4, "the first quarter")
        crew.processes[0].kill()
        await check(crew, redis_server, time.time(), last_due)
        assert statistics.median(crew.lateness()) < 50


async def test_a_killed_server_delays_only_for_a_moment(tmp_path: Path) -> None:
    with (
        EmbeddedServer(tmp_path / "data", binary=valkey(), die_with_parent=True) as server,
        workers(tmp_path, server.url) as crew,
    ):
        last_due = await put_timers(server.url)
        for part in (1, 2, 3):
            goal = part * TIMERS // 5
            wait_for(lambda goal=goal: len(crew.keys("performed")) > goal, "the next part")  # type: ignore[misc]
            assert server.pid
            os.kill(server.pid, signal.SIGKILL)
            wait_for(server.ensure, "the restart")
        crew.processes[0].kill()
        await check(crew, server.url, time.time(), last_due)


@pytest.mark.machine
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_failover_loses_no_timer(tmp_path: Path, how: signal.Signals) -> None:
    with ExitStack() as stack:
        trio = stack.enter_context(sentinel_trio(tmp_path / "trio"))
        crew = stack.enter_context(workers(tmp_path, trio.url))
        last_due = await put_timers(trio.url)
        wait_for(lambda: len(crew.keys("performed")) > TIMERS // 4, "the first quarter")
        old = trio.primary()
        assert old
        old.signal(how)
        wait_for(lambda: trio.primary() not in (None, old), "the failover")
        crew.processes[0].kill()
        await check(crew, trio.url, time.time(), last_due)
