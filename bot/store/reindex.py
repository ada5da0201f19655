"""Rebuilding the projections from the streams, while the bot runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine.ports import Index, IndexChange
from bot.store import scripts
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys

Rebuild = Callable[[str, Sequence[bytes]], Iterable[IndexChange]]
"""From an incident id and its events to every projection entry it should have. Raises ValueError when it cannot say."""
TRIES = 20


@dataclass(slots=True)
class Reindexed:
    """What `reindex` did. `unreadable` incidents keep the entries they had; each is (incident id, reason)."""

    incidents: int = 0
    added: int = 0
    removed: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


async def reindex(client: Client, keys: Keys, rebuild: Rebuild) -> Reindexed:
    """Make every projection say what the streams say.

    Each incident is corrected in one step that does nothing when the incident moved meanwhile (then it is read
    again), so appends may go on and no reader ever finds an empty list.
    """
    result = Reindexed()
    async for events_key in scan(client, [keys.events_pattern(partition) for partition in keys.all_partitions()]):
        result.incidents += 1
        await _correct(client, keys, keys.incident_of(events_key), rebuild, (), result)
    for partition in keys.all_partitions():
        async for index_key in scan(client, [keys.index_pattern(partition)]):
            place = keys.index_of(index_key)
            if place is not None:
                for member in await client.command("ZRANGE", index_key, 0, -1):
                    await _correct(client, keys, member.decode(), rebuild, (place,), result)
    return result


async def index_one(client: Client, keys: Keys, incident_id: str, rebuild: Rebuild) -> Reindexed:
    """Add the missing projection entries of one incident."""
    result = Reindexed(incidents=1)
    await _correct(client, keys, incident_id, rebuild, (), result)
    return result


async def scan(client: Client, patterns: Iterable[str]) -> AsyncIterator[str]:
    """Names of keys, each at least once, on every primary."""
    for node in await client.nodes():
        for pattern in patterns:
            cursor = 0
            while True:
                cursor, page = await client.ask(node, "SCAN", cursor, "MATCH", pattern, "COUNT", 500)
                for name in page:
                    yield name.decode()
                cursor = int(cursor)
                if cursor == 0:
                    break


async def _correct(
    client: Client,
    keys: Keys,
    incident_id: str,
    rebuild: Rebuild,
    suspects: Iterable[tuple[Index, str]],
    result: Reindexed,
) -> None:
    """Set what the stream says, and remove the `suspects` it does not name."""
    for _ in range(TRIES):
        events = await RedisJournal(client, keys).events(incident_id)
        try:
            wanted = _entries(rebuild(incident_id, events)) if events else {}
        except ValueError as error:
            if incident_id not in {known for known, _ in result.unreadable}:
                result.unreadable.append((incident_id, str(error)))
            return
        scores = {**dict.fromkeys(suspects), **wanted}
        done = await scripts.reindex(client, keys, incident_id, len(events), scores)
        if done is not None:
            result.added += done[0]
            result.removed += done[1]
            return
    result.unreadable.append((incident_id, "it changed again and again while it was read; run this once more"))


def _entries(changes: Iterable[IndexChange]) -> Mapping[tuple[Index, str], int]:
    found: dict[tuple[Index, str], int] = {}
    for change in changes:
        if change.score is None:
            found.pop((change.index, change.key), None)
        else:
            found[change.index, change.key] = change.score
    return found
