"""Streams of facts on Redis."""

from __future__ import annotations

import heapq
import secrets
from collections import OrderedDict, defaultdict
from collections.abc import Sequence

from bot.engine.ports import Append, Appended, Index, Loaded, Stale, Stored
from bot.store import claims, scripts
from bot.store.client import Client, pairs
from bot.store.keys import Keys

PAGE = 500
"""Events per read: a long stream must not hold the server for the time of one huge answer."""
REMEMBERED = 5000
"""Incidents whose newest attempt is remembered: more than are ever open at once."""


class RedisJournal:
    """The Journal of `bot.engine.ports`."""

    def __init__(self, client: Client, keys: Keys | None = None) -> None:
        self._client = client
        self._keys = keys or Keys()
        self._newest: OrderedDict[str, tuple[int, str]] = OrderedDict()

    async def number(self, incident_id: str) -> int:
        return await scripts.number(self._client, self._keys, incident_id)

    async def incident_id(self, number: int) -> str | None:
        return _text(await self._client.command("HGET", self._keys.numbers()[2], number))

    async def append(self, append: Append) -> Appended:
        """Raises ValueError for an append without events, or with due work of another incident."""
        _check(append, self._keys)
        version, attempt = self._newest.get(append.incident_id, (0, ""))
        last = attempt if version == append.expected else ""
        answer, newest = await claims.append(self._client, self._keys, append, secrets.token_urlsafe(9), last)
        if isinstance(answer, Stored | Stale) and answer.version >= append.expected:
            self._remember(append.incident_id, answer.version, newest)
        return answer

    async def load(self, incident_id: str) -> Loaded | None:
        loaded, newest = await scripts.load(self._client, self._keys, incident_id)
        if loaded is not None:
            self._remember(incident_id, loaded.version, newest)
        return loaded

    async def load_many(self, incident_ids: Sequence[str]) -> list[Loaded | None]:
        by_partition: dict[int, list[str]] = defaultdict(list)
        for incident_id in dict.fromkeys(incident_ids):
            by_partition[self._keys.partition(incident_id)].append(incident_id)
        found: dict[str, Loaded | None] = {}
        groups = list(by_partition.values())
        answers = await self._client.commands([("MGET", *map(self._keys.snapshot, group)) for group in groups])
        for group, stored in zip(groups, answers, strict=True):
            for incident_id, value in zip(group, stored, strict=True):
                version, snapshot = scripts.split_snapshot(value or b"")
                found[incident_id] = None if snapshot is None else Loaded(snapshot, version, (), version)
        return [found[incident_id] for incident_id in incident_ids]

    async def events(self, incident_id: str, after: int = 0) -> list[bytes]:
        found: list[bytes] = []
        key = self._keys.events(incident_id)
        while True:
            start = f"{after + len(found) + 1}-0"
            page = await self._client.command("XRANGE", key, start, "+", "COUNT", PAGE)
            found += [fields[b"e"] for _, fields in page]
            if len(page) < PAGE:
                if page:
                    self._remember(incident_id, after + len(found), page[-1][1][b"a"].decode())
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

    def _remember(self, incident_id: str, version: int, attempt: str) -> None:
        """Which attempt wrote the newest event that callers have seen, so that an append can tell after a failover
        whether the stream still holds it."""
        self._newest[incident_id] = (version, attempt)
        self._newest.move_to_end(incident_id)
        while len(self._newest) > REMEMBERED:
            self._newest.popitem(last=False)


def _check(append: Append, keys: Keys) -> None:
    if not append.events:
        raise ValueError("an append needs at least one event")
    home = keys.partition(append.incident_id)
    for due in append.due:
        if keys.work_partition(due.key) != home:
            raise ValueError(f"due work {due.key!r} of an append must name its own incident {append.incident_id!r}")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()
