"""A desk and a worker as a process, until it is killed: `python -m tests.engine.timer_bot URL LOG`.

LOG gets "ready", and one line for every finished piece of work: its key, the outcome and how late it was (ms).
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.engine.desk import Desk
from bot.engine.effects import Effects
from bot.engine.ports import Lease
from bot.engine.worker import Worker
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.engine.test_effects import Silent, Wall
from tests.store.server import WallClock, die_with_parent

LIFE_S = 60


async def run(url: str, log: Path) -> None:
    lines = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def observe(lease: Lease, outcome: str, late: int, error: str) -> None:
        os.write(lines, f"{lease.key} {outcome} {late}\n".encode())

    client, clock = Client(url), WallClock()
    desk = Desk(RedisJournal(client), clock)
    work = RedisWork(client)
    effects = Effects(desk, Wall(), Silent(), RedisMarks(client), work)
    worker = Worker(work, clock, effects.handlers(), observe=observe)
    desk.wake = worker.wake
    os.write(lines, b"ready\n")
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(LIFE_S, stop.set)
    await worker.run(stop)
    await client.close()


if __name__ == "__main__":
    ends_with_test_run = die_with_parent()
    if ends_with_test_run:
        ends_with_test_run()
    asyncio.run(run(sys.argv[1], Path(sys.argv[2])))
