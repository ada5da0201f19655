"""Projections are rebuilt from the streams while facts go on being written."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence

from bot.domain.codec import dump_fact
from bot.domain.events import Fact, Noted
from bot.engine.ports import Append, Index, IndexChange, Stored
from bot.engine.projections import rebuilt
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.reindex import Reindexed, reindex
from tests.domain.story import SAM, START

KEYS = Keys()


def rebuild(incident_id: str, events: Sequence[bytes]) -> Iterable[IndexChange]:
    """A toy domain: each event says {"open": bool, "service": name}."""
    if b"unreadable" in events:
        raise ValueError("a fact of a newer version")
    last = json.loads(events[-1])
    yield IndexChange(Index.SERVICE, last["service"], 7)
    yield IndexChange(Index.OPEN, "", 7)
    if not last["open"]:
        yield IndexChange(Index.OPEN, "", None)


def fact(service: str, *, is_open: bool = True) -> bytes:
    return json.dumps({"open": is_open, "service": service}).encode()


async def write(client: Client, name: str, events: tuple[bytes, ...]) -> None:
    changes = tuple(rebuild(name, events)) if b"unreadable" not in events else ()
    await RedisJournal(client).append(Append(name, 0, events, b"{}", index=changes))


async def test_a_sound_store_is_not_changed(redis_client: Client) -> None:
    await write(redis_client, "a", (fact("ingest"),))
    await write(redis_client, "b", (fact("ingest"), fact("rag", is_open=False)))
    assert await reindex(redis_client, KEYS, rebuild) == Reindexed(2, 0, 0, [])


async def test_lost_wrong_and_foreign_entries_are_corrected(redis_client: Client) -> None:
    journal = RedisJournal(redis_client)
    await write(redis_client, "a", (fact("ingest"),))
    await write(redis_client, "b", (fact("rag", is_open=False),))
    await redis_client.command("DEL", KEYS.index(0, Index.OPEN, ""))
    await redis_client.command("ZADD", KEYS.index(0, Index.OPEN, ""), 1, "b", 1, "never-existed")
    await redis_client.command("ZADD", KEYS.index(0, Index.SERVICE, "ingest"), 99, "a", 1, "b")
    done = await reindex(redis_client, KEYS, rebuild)
    assert done == Reindexed(2, added=2, removed=3, unreadable=[])
    assert await journal.members(Index.OPEN) == ["a"]
    assert await journal.members(Index.SERVICE, "ingest") == ["a"]
    assert await journal.members(Index.SERVICE, "rag") == ["b"]
    assert await reindex(redis_client, KEYS, rebuild) == Reindexed(2, 0, 0, [])


async def test_an_incident_that_cannot_be_read_keeps_its_entries_and_is_named(redis_client: Client) -> None:
    await write(redis_client, "a", (fact("ingest"),))
    await RedisJournal(redis_client).append(
        Append("odd", 0, (b"unreadable",), b"{}", index=(IndexChange(Index.OPEN, "", 5),))
    )
    done = await reindex(redis_client, KEYS, rebuild)
    assert done.unreadable == [("odd", "a fact of a newer version")]
    assert await RedisJournal(redis_client).members(Index.OPEN) == ["a", "odd"]


async def test_an_incident_that_moves_meanwhile_ends_right(redis_client: Client) -> None:
    journal = RedisJournal(redis_client)
    await write(redis_client, "a", (fact("s0"),))

    async def move() -> None:
        for version in range(1, 60):
            old, new = f"s{version - 1}", f"s{version}"
            changes = (IndexChange(Index.SERVICE, old, None), IndexChange(Index.SERVICE, new, 7))
            stored = await journal.append(Append("a", version, (fact(new),), b"{}", index=changes))
            assert isinstance(stored, Stored)

    async def correct() -> None:
        for _ in range(10):
            assert (await reindex(redis_client, KEYS, rebuild)).incidents == 1

    await asyncio.gather(move(), correct())
    for version in range(60):
        expected = ["a"] if version == 59 else []
        assert await journal.members(Index.SERVICE, f"s{version}") == expected


async def test_partitions_are_all_visited(redis_client: Client) -> None:
    keys = Keys(partitions=4)
    journal = RedisJournal(redis_client, keys)
    names = [f"incident-{number}" for number in range(12)]
    for name in names:
        await journal.append(Append(name, 0, (fact("ingest"),), b"{}"))
    assert len({keys.partition(name) for name in names}) == 4
    assert (await reindex(redis_client, keys, rebuild)).added == 24
    assert sorted(await journal.members(Index.OPEN)) == sorted(names)


async def test_a_stream_that_begins_with_no_declaration_is_named_and_the_others_are_done(redis_client: Client) -> None:
    noted = Fact(version=1, at=START, happened=START, by=SAM, via="cli", event=Noted(text="first"))
    await RedisJournal(redis_client).append(Append("odd", 0, (dump_fact(noted),), None))
    done = await reindex(redis_client, KEYS, rebuilt)
    assert done.unreadable == [("odd", "its first fact is noted, not declared")]
