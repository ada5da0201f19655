"""A server that is full, read-only, misconfigured, gone, slow or lossy: a clear sentence, nothing half-written."""

from __future__ import annotations

import asyncio
import resource
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import BusyLoadingError, ClusterDownError, NoPermissionError, RedisClusterException, ResponseError

from bot.engine.ports import Append, Duplicate, Index, Loaded, Stored, StoreUnavailable
from bot.store.client import Client
from bot.store.errors import explain
from bot.store.health import check
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.store.contract import opening
from tests.store.server import ServerProcess, WallClock, free_port, valkey, wait_for

NEXT = Append("a", 2, (b'{"next":1}', b'{"next":2}'), b'{"state":"moved"}', dedup="next", release="ingest")

TWO_ANSWERS_S = 3.0
"""Twice as long as the bot waits for one. The tests wait as long as the bot: with less, a machine that runs others as
well looks like a slow server."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of its own, to be mistreated."""
    with ServerProcess(tmp_path / "server", valkey()) as process:
        yield process


@pytest.fixture
async def client(server: ServerProcess) -> AsyncIterator[Client]:
    client = Client(server.url, retry_for=0.3)
    yield client
    await client.close()


async def refusal(client: Client, append: Append) -> StoreUnavailable:
    with pytest.raises(StoreUnavailable) as caught:
        await RedisJournal(client).append(append)
    return caught.value


async def assert_untouched_then_works(client: Client) -> None:
    """The refused NEXT left nothing, and goes through once the cause is gone."""
    journal, work = RedisJournal(client), RedisWork(client)
    assert await journal.load("a") == Loaded(b'{"state": "open"}', 2, (), 2)
    assert await journal.claim_holder("ingest") == "a"
    assert await journal.members(Index.OPEN) == ["a"]
    assert await work.pending() == [("draw:a", 5), ("wait:a:3", 900)]
    assert await journal.append(NEXT) == Stored(4)
    assert await journal.append(NEXT) == Duplicate(4)


async def test_full(server: ServerProcess, client: Client) -> None:
    await RedisJournal(client).append(opening())
    server.ask("CONFIG", "SET", "maxmemory", "1")
    error = await refusal(client, NEXT)
    assert "is full (maxmemory is reached); nothing was saved" in str(error)
    assert not error.unsure
    assert [letter.key for letter in await RedisWork(client).dead_letters()] == []
    with pytest.raises(StoreUnavailable, match="is full"):
        await RedisWork(client).claim(10, lease_ms=10, limit=1)
    with pytest.raises(StoreUnavailable, match="is full"):
        await RedisJournal(client).number("a")
    server.ask("CONFIG", "SET", "maxmemory", "0")
    assert await RedisJournal(client).number("a") == 1
    await assert_untouched_then_works(client)


async def test_disk_full(server: ServerProcess, client: Client) -> None:
    await RedisJournal(client).append(opening())
    size = sum(path.stat().st_size for path in server.folder.glob("appendonlydir/*.incr.aof"))
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    await client.command("SET", "other", "data")
    wait_for(lambda: "'aof_last_write_status': 'err'" in str(server.ask("INFO", "persistence")), "the failed write")
    error = await refusal(client, NEXT)
    assert "cannot write to its disk; nothing was saved. Free space there" in str(error)
    health = await check(client, WallClock())
    assert any("cannot write its append-only file" in problem for problem in health.problems)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait_for(lambda: "'aof_last_write_status': 'ok'" in str(server.ask("INFO", "persistence")), "the recovery")
    await assert_untouched_then_works(client)


async def test_leased_work_can_still_be_given_back_when_full(server: ServerProcess, client: Client) -> None:
    work = RedisWork(client)
    for key in ("draw:a", "post:a:1", "file:a:1"):
        await work.put(key, 1)
    leases = {lease.key: lease for lease in await work.claim(5, lease_ms=1000, limit=9)}
    await work.put("draw:a", 7)
    server.ask("CONFIG", "SET", "maxmemory", "1")
    assert await work.complete(leases["draw:a"])
    assert await work.retry(leases["post:a:1"], 8, "again")
    assert await work.bury(leases["file:a:1"], "never", 8)
    assert await work.pending() == [("draw:a", 7), ("post:a:1", 8)]


async def test_read_only(server: ServerProcess, client: Client) -> None:
    await RedisJournal(client).append(opening())
    server.ask("REPLICAOF", "127.0.0.1", free_port())
    error = await refusal(client, NEXT)
    assert "is a read-only replica; nothing was saved" in str(error)
    assert "redis+sentinel://" in str(error)
    health = await check(client, WallClock())
    assert any("is a read-only replica" in problem for problem in health.problems)
    server.ask("REPLICAOF", "NO", "ONE")
    await assert_untouched_then_works(client)


async def test_too_few_replicas_to_accept_writes(server: ServerProcess, client: Client) -> None:
    await RedisJournal(client).append(opening())
    server.ask("CONFIG", "SET", "min-replicas-to-write", "1")
    assert "too few replicas to accept writes" in str(await refusal(client, NEXT))
    server.ask("CONFIG", "SET", "min-replicas-to-write", "0")
    await assert_untouched_then_works(client)


async def test_unreachable_and_back(server: ServerProcess, client: Client) -> None:
    await RedisJournal(client).append(opening())
    server.stop()
    error = await refusal(client, NEXT)
    assert "cannot be reached" in str(error)
    assert "correct REDIS_URL" in str(error)
    health = await check(client, WallClock())
    assert not health.ok
    assert "cannot be reached" in health.problems[0]
    server.start()
    await assert_untouched_then_works(client)


async def test_a_request_that_never_left_is_known_to_be_unsaved(tmp_path: Path) -> None:
    client = Client(f"unix://{tmp_path}/nobody.sock", retry_for=0.1)
    error = await refusal(client, NEXT)
    assert not error.unsure
    assert "not known" not in str(error)
    assert "cannot be reached (No such file or directory). Start it" in str(error)


async def test_wrong_password(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "server", valkey()) as server:
        server.ask("CONFIG", "SET", "requirepass", "secret-of-the-test")
        for user in ("", ":wrong@"):
            client = Client(f"redis://{user}127.0.0.1:{server.port}")
            error = await refusal(client, NEXT)
            assert "refuses the user or the password. Correct them in REDIS_URL." in str(error)
            assert "wrong" not in str(error)
            await client.close()
        client = Client(f"redis://:secret-of-the-test@127.0.0.1:{server.port}")
        assert isinstance(await RedisJournal(client).append(opening()), Stored)
        assert "secret" not in client.where
        await client.close()


async def test_slow(server: ServerProcess, client: Client) -> None:
    journal = RedisJournal(client)
    await journal.append(opening())
    server.signal(signal.SIGSTOP)
    begun = time.monotonic()
    error = await refusal(client, NEXT)
    assert time.monotonic() - begun < TWO_ANSWERS_S, "a time-out is not tried again"
    assert "did not answer in time" in str(error)
    assert error.unsure, "the request may be waiting in the server's socket"
    for reading in (journal.load("a"), journal.claim_holder("ingest"), journal.events("a")):
        with pytest.raises(StoreUnavailable) as raised:
            await reading
        assert not raised.value.unsure, "whatever becomes of it, nothing is saved"
    server.signal(signal.SIGCONT)
    assert isinstance(await journal.append(NEXT), Stored | Duplicate)
    assert len(await journal.events("a")) == 4


async def test_a_server_without_tls_is_guessed_from_its_silence(server: ServerProcess) -> None:
    client = Client(server.url.replace("redis://", "rediss://"))
    assert "did not answer in time" in (said := str(await refusal(client, NEXT)))
    assert "it may have no TLS: then the address begins with redis, not rediss." in said
    await client.close()


async def test_what_is_wrong_with_the_configuration_is_said(server: ServerProcess) -> None:
    client = Client(server.url, replicas=2)
    sound = await check(client, WallClock())
    assert [problem for problem in sound.problems if "replicas" not in problem] == []
    assert sound.facts["append-only file"] == "on"
    for setting in (("appendonly", "no"), ("maxmemory-policy", "allkeys-lru"), ("maxmemory", "1200000")):
        server.ask("CONFIG", "SET", *setting)
    health = await check(client, WallClock(ahead=90_000))
    said = " | ".join(health.problems)
    assert not health.ok
    for part in (
        "keeps no append-only file",
        "Set `appendonly yes`",
        "eviction policy allkeys-lru",
        "Set `maxmemory-policy noeviction`",
        "has 0 of 2 expected replicas",
        "% of maxmemory",
        "90 s behind this machine's",
    ):
        assert part in said
    await client.close()


async def test_a_sound_server_has_no_problems(redis_client: Client) -> None:
    health = await check(redis_client, WallClock())
    assert health.ok, health.problems
    assert health.facts["server"].startswith("valkey 9")
    assert health.facts["role"] == "master"


async def test_a_server_that_forgot_the_scripts_learns_them_again(redis_client: Client) -> None:
    journal = RedisJournal(redis_client)
    await journal.append(opening())
    await redis_client.command("SCRIPT", "FLUSH")
    assert await journal.append(NEXT) == Stored(4)
    assert await journal.number("a") == 1


async def test_requests_beyond_the_pool_stand_in_line(redis_server: str) -> None:
    client = Client(redis_server, pool_size=2)
    order: list[int] = []

    async def ask(number: int) -> None:
        assert await client.command("PING")
        order.append(number)

    await asyncio.gather(*(ask(number) for number in range(300)))
    assert all(abs(place - number) < 3 for place, number in enumerate(order)), "first come, first served"
    await client.close()


async def test_the_line_is_not_endless(redis_server: str) -> None:
    client = Client(redis_server, pool_size=1, queue_for=0.05)
    await client.command("CLIENT", "PAUSE", "200", "ALL")
    answers = await asyncio.gather(client.command("PING"), client.command("PING"), return_exceptions=True)
    assert answers[0]
    assert isinstance(answers[1], StoreUnavailable)
    assert "is busy: every connection of the bot is in use" in str(answers[1])
    assert not answers[1].unsure
    await client.close()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BusyLoadingError("Redis is loading"), "is loading its data after a start"),
        (NoPermissionError("no permissions"), "does not allow this user"),
        (MasterNotFoundError("No master found"), "no Sentinel names a primary"),
        (ClusterDownError("Hash slot not served"), "slots without a primary"),
        (RedisClusterException("cannot be connected"), "is a cluster that cannot be used now"),
        (ResponseError("MISCONF Errors writing to the AOF file"), "cannot write to its disk; nothing was saved"),
        (ResponseError("WRONGTYPE Operation"), "refused the request: WRONGTYPE Operation. Run `section3 doctor`."),
        (ConnectionError("DB index is out of range"), "has no database of that number. Correct REDIS_URL"),
        (ConnectionError("max number of clients reached"), "has reached its limit of clients"),
    ],
)
def test_every_refusal_has_a_sentence(error: Exception, sentence: str) -> None:
    said = explain(error, "unix:/data/redis.sock")
    assert sentence in str(said)
    assert str(said).startswith("Redis at unix:/data/redis.sock ")


@pytest.mark.parametrize("url", ["http://host", "redis+sentinel://host:1", "host:6379"])
def test_an_address_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="REDIS_URL"):
        Client(url)


async def test_a_busy_server_frees_itself(server: ServerProcess, client: Client) -> None:
    server.signal(signal.SIGSTOP)
    with pytest.raises(StoreUnavailable, match="did not answer in time"):
        await client.command("PING")
    server.signal(signal.SIGCONT)
    wait_for(lambda: server.ask("PING"), "the server")
    assert await client.command("PING")
