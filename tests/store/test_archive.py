"""An incident written as JSON lines comes back exactly, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from bot.engine.ports import Append, Index, IndexChange, Mark
from bot.store.archive import ArchiveError, Restored, archive, restore
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.store.contract import opening

KEYS = Keys()
EVENTS = (b'{"declared": "\xc3\xbc"}', b'{ "b":2,\n "c":3}', b"\x00\xff not json", b"null")


def rebuild(incident_id: str, events: Sequence[bytes]) -> list[IndexChange]:
    return [IndexChange(Index.SERVICE, "ingest", len(events))]


async def written(client: Client) -> list[bytes]:
    journal = RedisJournal(client)
    await journal.number("other")
    await journal.number("a")
    await journal.append(opening(events=EVENTS))
    await RedisMarks(client).start("a", "post:1", 10)
    await RedisMarks(client).finish("a", "post:1", "1.2 C1")
    await RedisMarks(client).start("a", "file:2", 20)
    return await archive(client, KEYS, "a")


async def test_it_comes_back_exactly(redis_client: Client) -> None:
    lines = await written(redis_client)
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines]
    assert json.loads(lines[0])["number"] == 2
    assert json.loads(lines[1]) == {"version": 1, "json": {"declared": "ü"}}
    await redis_client.command("FLUSHDB")
    assert await restore(redis_client, KEYS, lines, rebuild) == Restored("a", 2, 4, new=True)
    journal, marks = RedisJournal(redis_client), RedisMarks(redis_client)
    assert await journal.events("a") == list(EVENTS)
    assert await journal.number("a") == 2
    assert await journal.incident_id(2) == "a"
    assert await journal.number("new") == 3, "a restored number is never given again"
    assert await journal.members(Index.SERVICE, "ingest") == ["a"]
    assert await marks.get("a", "post:1") == Mark(10, "1.2 C1")
    assert await marks.get("a", "file:2") == Mark(20)
    assert await RedisWork(redis_client).pending() == []
    loaded = (await journal.load_many(["a"]))[0]
    assert loaded
    assert (loaded.snapshot, loaded.version) == (b'{"state": "open"}', 4)
    assert await archive(redis_client, KEYS, "a") == lines


async def test_twice_is_harmless_also_when_it_went_on_meanwhile(redis_client: Client) -> None:
    lines = await written(redis_client)
    assert await restore(redis_client, KEYS, lines, rebuild) == Restored("a", 2, 4, new=False)
    await RedisJournal(redis_client).append(Append("a", 4, (b"{}",), b"{}"))
    assert not (await restore(redis_client, KEYS, lines, rebuild)).new
    assert len(await RedisJournal(redis_client).events("a")) == 5


async def test_other_facts_are_not_overwritten(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    await RedisJournal(redis_client).append(Append("a", 0, (b"{}",), b"{}"))
    with pytest.raises(ArchiveError, match="already there with other facts"):
        await restore(redis_client, KEYS, lines, rebuild)
    assert await RedisJournal(redis_client).events("a") == [b"{}"]


async def test_a_number_that_is_in_use_is_not_taken(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    for name in ("first", "second"):
        await RedisJournal(redis_client).number(name)
    with pytest.raises(ArchiveError, match="number 2 or the incident a is in use"):
        await restore(redis_client, KEYS, lines, rebuild)
    assert await RedisJournal(redis_client).load("a") is None


async def test_an_unknown_incident(redis_client: Client) -> None:
    with pytest.raises(ArchiveError, match="There is no incident nobody"):
        await archive(redis_client, KEYS, "nobody")


Damage = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda lines: [], "Line 1 is not the header"),
        (lambda lines: lines[1:], "Line 1 is not the header"),
        (lambda lines: [lines[0].replace(b'"format": 1', b'"format": 2'), *lines[1:]], "not a header of format 1"),
        (lambda lines: [lines[0].replace(b'"number": 2', b'"number": "x"'), *lines[1:]], "not a header of format 1"),
        (lambda lines: lines[:-1], "7 lines of 8"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "Line 2 is not version 1"),
        (lambda lines: [*lines[:2], lines[2].replace(b'"base64":"', b'"base64":"!'), *lines[3:]], "Line 3 is not"),
        (lambda lines: [*lines[:-1], b'{"mark": 1}\n'], "Line 8 is not a done-mark"),
        (lambda lines: [*lines[:-1], b'{"mark": "x", "value": "soon"}\n'], "Line 8 is not a done-mark"),
    ],
)
async def test_a_damaged_archive_restores_nothing(redis_client: Client, damage: Damage, message: str) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    with pytest.raises(ArchiveError, match=message):
        await restore(redis_client, KEYS, damage(lines), rebuild)
    assert await redis_client.command("DBSIZE") == 0
