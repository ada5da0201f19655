"""Done-marks on Redis: a hash beside each incident."""

from __future__ import annotations

from bot.engine.ports import Mark
from bot.store import scripts
from bot.store.client import Client
from bot.store.keys import Keys


class RedisMarks:
    """The Marks of `bot.engine.ports`."""

    def __init__(self, client: Client, keys: Keys | None = None) -> None:
        self._client = client
        self._keys = keys or Keys()

    async def start(self, incident_id: str, effect: str, now: int) -> Mark | None:
        return await scripts.mark_start(self._client, self._keys, incident_id, effect, now)

    async def withdraw(self, incident_id: str, effect: str, started_at: int) -> None:
        await scripts.mark_withdraw(self._client, self._keys, incident_id, effect, started_at)

    async def finish(self, incident_id: str, effect: str, result: str) -> None:
        await scripts.mark_finish(self._client, self._keys, incident_id, effect, result)

    async def get(self, incident_id: str, effect: str) -> Mark | None:
        stored = await self._client.command("HGET", self._keys.marks(incident_id), effect)
        return None if stored is None else scripts.parse_mark(stored)
