"""A connection that breaks before its answer: the request is sent again and nothing is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.ports import Append, Stored
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.store.contract import opening
from tests.store.proxy import proxy
from tests.store.server import ServerProcess, valkey

NEXT = Append("a", 2, (b'{"next":1}', b'{"next":2}'), b'{"state":"moved"}', dedup="next")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that a proxy can stand before."""
    with ServerProcess(tmp_path / "server", valkey()) as process:
        yield process


async def test_a_broken_connection_is_mended_unseen(server: ServerProcess) -> None:
    client = Client(server.url)
    await RedisJournal(client).append(opening())
    server.ask("CLIENT", "KILL", "TYPE", "normal")
    assert await RedisJournal(client).append(NEXT) == Stored(4)
    await client.close()


@pytest.mark.parametrize("dedup", ["next", ""])
async def test_a_lost_answer_is_asked_for_again_and_nothing_is_doubled(server: ServerProcess, dedup: str) -> None:
    async with proxy(server.port) as wire:
        client = Client(f"redis://127.0.0.1:{wire.port}")
        journal = RedisJournal(client)
        await journal.append(opening())
        wire.lose_answer_to(b'{"next":1}')
        assert await journal.append(replace(NEXT, dedup=dedup)) == Stored(4)
        assert wire.lost_answers == 1
        assert await journal.events("a", 2) == list(NEXT.events)
        assert await journal.number("a") == 1
        wire.lose_answer_to(b"fresh-id")
        assert await journal.number("fresh-id") == 2
        assert await journal.number("other") == 3
        assert wire.lost_answers == 2
        await client.close()


async def test_work_given_back_twice_is_given_back_once(server: ServerProcess) -> None:
    async with proxy(server.port) as wire:
        client = Client(f"redis://127.0.0.1:{wire.port}")
        work = RedisWork(client)
        await work.put("draw:a", 1)
        await work.put("draw:b", 2)
        first, second = await work.claim(5, lease_ms=9, limit=9)
        assert await work.complete(first)
        wire.lose_answer_to(b"draw:b")
        assert not await work.complete(second), "done by the first send; the second finds no lease"
        assert wire.lost_answers == 1
        assert await work.next_due() is None
        await client.close()


async def test_a_lost_answer_to_a_stale_append_stays_stale(server: ServerProcess) -> None:
    async with proxy(server.port) as wire:
        client = Client(f"redis://127.0.0.1:{wire.port}")
        journal = RedisJournal(client)
        await journal.append(opening())
        wire.lose_answer_to(b"late")
        late = await journal.append(Append("a", 1, (b"late",), b"{}"))
        assert late == await journal.append(Append("a", 1, (b"late",), b"{}"))
        assert len(await journal.events("a")) == 2
        await client.close()
