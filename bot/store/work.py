"""Due work on Redis: sorted sets that are written in the same script as the facts."""

from __future__ import annotations

import re
from typing import Any

from bot.engine.ports import DeadLetter, FailingWork, Lease
from bot.store import scripts
from bot.store.client import Arg, Client, pairs
from bot.store.keys import WORK_PARTS, Keys

FAULTS = re.compile(r"(?<=\d) f\d+(?= )")
"""In what is kept of a piece that failed: how many of its attempts were faults."""


class RedisWork:
    """The Work of `bot.engine.ports`."""

    def __init__(self, client: Client, keys: Keys | None = None) -> None:
        self._client = client
        self._keys = keys or Keys()
        self._first = 0

    async def claim(self, now: int, *, lease_ms: int, limit: int) -> list[Lease]:
        # Each call begins at another partition, so that a busy one cannot starve the rest.
        count = self._keys.partitions
        self._first = first = (self._first + 1) % count
        taken: list[Lease] = []
        for step in range(count):
            if len(taken) < limit:
                partition, left = (first + step) % count, limit - len(taken)
                taken += await scripts.claim(
                    self._client, self._keys, partition, now=now, until=now + lease_ms, limit=left
                )
        return taken

    async def extend(self, lease: Lease, until: int) -> bool:
        return await scripts.extend(self._client, self._keys, lease, until)

    async def complete(self, lease: Lease) -> bool:
        return await scripts.complete(self._client, self._keys, lease)

    async def retry(self, lease: Lease, at: int, error: str, *, fault: bool = False) -> bool:
        return await scripts.retry(self._client, self._keys, lease, at, error, fault=fault)

    async def bury(self, lease: Lease, error: str, now: int, *, tried: bool = True) -> bool:
        return await scripts.bury(self._client, self._keys, lease, error, now, tried=tried)

    async def put(self, key: str, at: int) -> None:
        await scripts.put(self._client, self._keys, key, at)

    async def next_due(self) -> int | None:
        found = [await scripts.next_due(self._client, self._keys, p) for p in self._keys.all_partitions()]
        return min((at for at in found if at is not None), default=None)

    async def dead_letters(self) -> list[DeadLetter]:
        found: list[DeadLetter] = []
        dead = await self._everywhere("dead", "ZRANGE", 0, -1, "WITHSCORES")
        letters = await self._everywhere("letters", "HGETALL")
        for page, texts in zip(dead, letters, strict=True):
            for key, at in pairs(page):
                attempts, _, error = texts.get(key, b"0 ").decode().partition(" ")
                found.append(DeadLetter(key.decode(), error, int(attempts), int(at)))
        return sorted(found, key=lambda letter: letter.at)

    async def replay(self, key: str, now: int) -> bool:
        return await scripts.replay(self._client, self._keys, key, now)

    async def pending(self, limit: int = 1000) -> list[tuple[str, int]]:
        if limit < 1:
            return []
        pages = await self._everywhere("due", "ZRANGE", 0, limit - 1, "WITHSCORES")
        found = [(key.decode(), int(at)) for page in pages for key, at in pairs(page)]
        return sorted(found, key=lambda item: item[1])[:limit]

    async def failing(self) -> list[FailingWork]:
        found: list[FailingWork] = []
        for texts in await self._everywhere("tries", "HGETALL"):
            for key, text in texts.items():
                attempts, _, error = FAULTS.sub("", text.decode(), count=1).partition(" ")
                found.append(FailingWork(key.decode(), error, int(attempts)))
        return sorted(found, key=lambda piece: piece.key)

    async def _everywhere(self, part: str, command: str, *args: Arg) -> list[Any]:
        place = WORK_PARTS.index(part)
        return await self._client.commands(
            [(command, self._keys.work(p)[place], *args) for p in self._keys.all_partitions()]
        )
