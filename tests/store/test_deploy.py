"""The configuration we hand out makes a server that the bot can use, and that `doctor` has nothing to say about."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.engine.ports import Append, Index, IndexChange, Stored, StoreUnavailable
from bot.store.archive import archive
from bot.store.client import Client
from bot.store.health import check
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.marks import RedisMarks
from bot.store.reindex import reindex
from bot.store.work import RedisWork
from tests.store.contract import opening
from tests.store.server import ServerProcess, WallClock, debian_redis, valkey

CONFIG = Path(__file__).parents[2] / "deploy" / "redis.conf"
PASSWORD, OPERATORS = "replace-this-" + "password", "replace-this-operator-" + "password"


@pytest.mark.parametrize("program", [valkey, pytest.param(debian_redis, marks=pytest.mark.machine)])
async def test_the_configuration_and_its_user_suffice(tmp_path: Path, program: object) -> None:
    assert callable(program)
    server = ServerProcess(tmp_path, program(), base=CONFIG, login=("operator", OPERATORS))
    try:
        server.start()
        client = Client(f"redis://section3:{PASSWORD}@127.0.0.1:{server.port}", replicas=0)
        journal, work = RedisJournal(client), RedisWork(client)
        assert await journal.number("a") == 1
        assert await journal.append(opening()) == Stored(2)
        assert await journal.members(Index.OPEN) == ["a"]
        leases = await work.claim(10, lease_ms=10, limit=5)
        assert await work.retry(leases[0], 20, "again")
        assert len(await work.failing()) == 1
        await RedisMarks(client).start("a", "post:1", 1)
        assert await reindex(client, Keys(), lambda *_: [IndexChange(Index.OPEN, "", 100)])
        assert len(await archive(client, Keys(), "a")) == 5
        health = await check(client, WallClock())
        assert health.problems == ()
        assert health.facts["appendfsync"] == "always"
        for forbidden in (("FLUSHALL",), ("CONFIG", "SET", "appendonly", "no"), ("SET", "other", "key")):
            with pytest.raises(StoreUnavailable, match="does not allow this user"):
                await client.command(*forbidden)
        waiting = Client(f"redis://section3:{PASSWORD}@127.0.0.1:{server.port}", replicas=1)
        assert await RedisJournal(waiting).append(Append("a", 2, (b"{}",), b"{}")) == Stored(3, replicas=0)
        await waiting.close()
        before = await journal.events("a", 0)
        assert await asyncio.to_thread(server.ask, "CONFIG", "REWRITE") == "OK"  # as the runbook and a Sentinel do
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        assert len(before) == 3 and await journal.events("a", 0) == before, "a restart lost facts"
        await client.close()
        outsider = Client(server.url)
        with pytest.raises(StoreUnavailable, match="refuses the user or the password"):
            await RedisJournal(outsider).number("b")
        await outsider.close()
    finally:
        server.stop()
