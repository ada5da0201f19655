"""Streams of facts on Redis."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

from bot.engine.ports import Append, Appended, Index, Loaded
from bot.store import claims, scripts
from bot.store.client import Client, pairs
from bot.store.keys import Keys

PAGE = 500
"""Events per read: a long stream must not hold the server for the time of one huge answer."""
LOADED_AT_ONCE = 100
"""Incidents per read, for the same reason: at 10 kB each an answer of 1 MB."""


class RedisJournal:
    """The Journal of `bot.engine.ports`."""

    def __init__(self, client: Client, keys: Keys | None = None) -> None:
        self._client = client
        self._keys = keys or Keys()

    async def number(self, incident_id: str) -> int:
        return await scripts.number(self._client, self._keys, incident_id)

    async def incident_id(self, number: int) -> str | None:
        return _text(await self._client.command("HGET", self._keys.numbers()[2], number))

    async def append(self, append: Append) -> Appended:
        """Raises ValueError for an append without events, or with due work of another incident."""
        _check(append)
        return await claims.append(self._client, self._keys, append)

    async def append_each(self, appends: Sequence[Append]) -> list[Appended | None]:
        """Raises ValueError as `append` does."""
        for append in appends:
            _check(append)
        return await scripts.append_each(self._client, self._keys, appends)

    async def load(self, incident_id: str, head: str = "") -> Loaded | None:
        return (await scripts.load(self._client, self._keys, {incident_id: head}))[0]

    async def load_many(self, incident_ids: Sequence[str]) -> list[Loaded | None]:
        by_partition: dict[int, list[str]] = defaultdict(list)
        for incident_id in dict.fromkeys(incident_ids):
            by_partition[self._keys.partition(incident_id)].append(incident_id)
        found: dict[str, Loaded | None] = {}
        for group in by_partition.values():
            for start in range(0, len(group), LOADED_AT_ONCE):
                wanted = dict.fromkeys(group[start : start + LOADED_AT_ONCE], "")
                found.update(zip(wanted, await scripts.load(self._client, self._keys, wanted), strict=True))
        return [found[incident_id] for incident_id in incident_ids]

    async def events(self, incident_id: str, after: int = 0) -> list[bytes]:
        found: list[bytes] = []
        key = self._keys.events(incident_id)
        while True:
            start = f"{after + len(found) + 1}-0"
            page = await self._client.command("XRANGE", key, start, "+", "COUNT", PAGE)
            found += [fields[b"e"] for _, fields in page]
            if len(page) < PAGE:
                return found

    async def members(self, index: Index, key: str = "", *, limit: int = 1000, newest: bool = True) -> list[str]:
        if limit < 1:
            return []
        read = "ZREVRANGE" if newest else "ZRANGE"
        pages = await self._client.commands(
            [
                (read, self._keys.index(partition, index, key), 0, limit - 1, "WITHSCORES")
                for partition in self._keys.all_partitions()
            ]
        )
        scored = [(float(score), member.decode()) for page in pages for member, score in pairs(page)]
        pick = heapq.nlargest if newest else heapq.nsmallest
        return [member for _, member in pick(limit, scored)]

    async def claim_holder(self, claim: str) -> str | None:
        return await claims.holder(self._client, self._keys, claim)


def _check(append: Append) -> None:
    if not append.events:
        raise ValueError("an append needs at least one event")
    for due in append.due:
        if due.key.split(":", 2)[1:2] != [append.incident_id]:
            raise ValueError(f"due work {due.key!r} of an append must name its own incident {append.incident_id!r}")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
