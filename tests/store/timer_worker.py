"""A worker process that performs due work until it is killed: `python -m tests.store.timer_worker URL LOG`.

LOG gets one line per event: "performed KEY LATENESS_MS" before the work is completed, "completed KEY" when the store
confirmed it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from bot.engine.ports import StoreUnavailable
from bot.store.client import Client
from bot.store.work import RedisWork
from tests.store.server import die_with_parent

LEASE_MS = 1000
LOOK_EVERY_S = 0.25
LIFE_S = 60


def now() -> int:
    return time.time_ns() // 1_000_000


async def work_until(end: float, url: str, log: Path) -> None:
    """Claim, perform, complete; sleep until the next piece is due, at most LOOK_EVERY_S."""
    lines = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    client = Client(url, retry_for=0.2)
    work = RedisWork(client)
    os.write(lines, b"ready\n")
    while time.monotonic() < end:
        try:
            for lease in await work.claim(now(), lease_ms=LEASE_MS, limit=5):
                os.write(lines, f"performed {lease.key} {now() - lease.due_at}\n".encode())
                await asyncio.sleep(0.002)
                if await work.complete(lease):
                    os.write(lines, f"completed {lease.key}\n".encode())
            due = await work.next_due()
            pause = LOOK_EVERY_S if due is None else max(0.0, min(LOOK_EVERY_S, (due - now()) / 1000))
        except StoreUnavailable:
            pause = 0.05
        await asyncio.sleep(pause)
    await client.close()


if __name__ == "__main__":
    end_with_test_run = die_with_parent()
    if end_with_test_run:
        end_with_test_run()
    asyncio.run(work_until(time.monotonic() + LIFE_S, sys.argv[1], Path(sys.argv[2])))
