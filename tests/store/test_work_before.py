"""What an earlier version kept of work that failed is read by this one: a rolling deploy must not stop the worker."""

from __future__ import annotations

from bot.engine.ports import FailingWork
from bot.store.client import Client
from bot.store.keys import WORK_PARTS, Keys
from bot.store.work import RedisWork


async def test_attempts_without_faults_count_none(redis_client: Client) -> None:
    work = RedisWork(redis_client)
    await work.put("draw:a", 10)
    tries = Keys().work(0)[WORK_PARTS.index("tries")]
    await redis_client.command("HSET", tries, "draw:a", "5 64 other writes came first")
    assert await work.failing() == [FailingWork("draw:a", "64 other writes came first", 5)]
    (lease,) = await work.claim(10, lease_ms=100, limit=9)
    assert (lease.attempts, lease.faults) == (5, 0)
    assert await work.retry(lease, 20, "ValueError", fault=True)
    assert await work.failing() == [FailingWork("draw:a", "ValueError", 6)]
    (again,) = await work.claim(20, lease_ms=100, limit=9)
    assert (again.attempts, again.faults) == (6, 1)
