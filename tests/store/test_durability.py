"""What "acknowledged" means when a server is lost: shown with WAIT, and shown to fail without it."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.ports import Append, Stale, Stored, StoreUnavailable
from bot.store.client import Client
from bot.store.health import check
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.store.contract import opening
from tests.store.proxy import proxy
from tests.store.server import ServerProcess, WallClock, debian_redis, valkey, wait_for
from tests.store.topology import Trio, cluster, link_is_up, replicated, sentinel_trio


def fact(version: int) -> Append:
    return Append("a", version - 1, (b"fact %d" % version,), b"{}")


async def wait_for_link(replica: ServerProcess) -> None:
    await asyncio.to_thread(wait_for, lambda: link_is_up(replica), "the replica")


@pytest.mark.parametrize("replicas", [0, 1])
async def test_a_lost_server_takes_only_what_was_not_promised(tmp_path: Path, replicas: int) -> None:
    """The replica's link is stalled, the primary is killed, the replica is promoted."""
    with ServerProcess(tmp_path / "primary", valkey(), repl_diskless_sync_delay="0") as primary:
        async with proxy(primary.port) as link:
            replica = ServerProcess(tmp_path / "replica", valkey(), replicaof=f"127.0.0.1 {link.port}")
            try:
                await asyncio.to_thread(replica.start)
                await wait_for_link(replica)
                client = Client(primary.url, replicas=replicas)
                first = await RedisJournal(client).append(fact(1))
                assert first == Stored(1, replicas=replicas or None)
                link.stall()
                answers = [await RedisJournal(client).append(fact(version)) for version in (2, 3)]
                await client.close()
                primary.signal(signal.SIGKILL)
                replica.ask("REPLICAOF", "NO", "ONE")
                survivor = Client(replica.url)
                present = len(await RedisJournal(survivor).events("a"))
                await survivor.close()
            finally:
                replica.stop()
    promised = [answer.version for answer in (first, *answers) if isinstance(answer, Stored) and answer.replicas != 0]
    lost = [version for version in promised if version > present]
    if replicas:
        assert answers == [Stored(2, replicas=0), Stored(3, replicas=0)], "saved on one server only, and said so"
        assert lost == []
    else:
        assert set(lost) >= {2, 3}, "without WAIT a promise was made and broken"


async def test_a_fold_that_outlived_a_failover_is_told_that_it_is_ahead(tmp_path: Path) -> None:
    with replicated(tmp_path, valkey()) as (primary, replica):
        client = Client(primary.url, replicas=1)
        assert await RedisJournal(client).append(fact(1)) == Stored(1, replicas=1)
        await client.close()
        primary.stop()
        replica.ask("REPLICAOF", "NO", "ONE")
        client = Client(replica.url)
        assert await RedisJournal(client).append(fact(5)) == Stale(1, ())
        assert await RedisJournal(client).append(fact(2)) == Stored(2)
        await client.close()


async def test_a_fold_of_facts_that_were_replaced_is_told_so(redis_client: Client) -> None:
    """As after a failover: the facts this bot knows are gone, and another bot has written as many others."""
    journal = RedisJournal(redis_client)
    heads = []
    for _ in range(2):
        await journal.append(fact(1))
        stored = await journal.append(fact(2))
        assert isinstance(stored, Stored)
        heads.append(stored.head)
        if len(heads) == 1:
            await redis_client.command("DEL", Keys().events("a"))
    gone, present = heads
    assert await journal.append(replace(fact(3), head=gone)) == Stale(1, ()), "a version below the expected: load anew"
    assert len(await journal.events("a")) == 2
    loaded = await journal.load("a", gone)
    assert loaded
    assert (loaded.version, loaded.head, loaded.events) == (
        2,
        present,
        (b"fact 1", b"fact 2")[loaded.snapshot_version :],
    )
    assert await journal.append(replace(fact(3), head=present)) == Stored(3)
    stale = await journal.append(replace(fact(3), head=present))
    assert stale == Stale(3, (b"fact 3",))
    assert isinstance(stale, Stale)
    assert await journal.append(replace(fact(4), head=stale.head)) == Stored(4)


async def test_marks_are_replicated_before_the_effect_may_begin(tmp_path: Path) -> None:
    with replicated(tmp_path, valkey()) as (primary, replica):
        client = Client(primary.url, replicas=1)
        await RedisMarks(client).start("a", "post:1", 10)
        await RedisMarks(client).finish("a", "post:1", "1.2")
        primary.stop()
        replica.ask("REPLICAOF", "NO", "ONE")
        survivor = Client(replica.url)
        mark = await RedisMarks(survivor).get("a", "post:1")
        assert mark
        assert mark.result == "1.2"
        await client.close()
        await survivor.close()


class Writer:
    """Appends facts as fast as it can, and remembers which were promised (acknowledged by a replica)."""

    def __init__(self, url: str) -> None:
        self.client = Client(url, replicas=1, answer_timeout=0.8)
        self.promised = 0
        self.failures: list[str] = []
        self._stop = asyncio.Event()
        self._moved = asyncio.Condition()

    async def run(self) -> None:
        version = 0
        while not self._stop.is_set():
            try:
                answer = await RedisJournal(self.client).append(fact(version + 1))
            except StoreUnavailable as error:
                self.failures.append(str(error))
                await asyncio.sleep(0.05)
                continue
            version = answer.version if isinstance(answer, Stored | Stale) else version
            if isinstance(answer, Stored) and answer.replicas:
                self.promised = version
                async with self._moved:
                    self._moved.notify_all()

    async def reached(self, version: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: self.promised >= version)

    def stop(self) -> None:
        self._stop.set()


async def until_promised(writer: Writer, version: int) -> None:
    await asyncio.wait_for(writer.reached(version), timeout=25)


async def fail_over(trio: Trio, how: signal.Signals) -> ServerProcess:
    old = await asyncio.to_thread(trio.primary)
    assert old
    old.signal(how)
    await asyncio.to_thread(wait_for, lambda: trio.primary() not in (None, old), "the failover")
    return old


@pytest.mark.machine
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_sentinel_failover_keeps_every_promise(tmp_path: Path, how: signal.Signals) -> None:
    with sentinel_trio(tmp_path) as trio:
        writer = Writer(trio.url)
        writing = asyncio.create_task(writer.run())
        try:
            await until_promised(writer, 50)
            old = await fail_over(trio, how)
            at_failover = writer.promised
            await until_promised(writer, at_failover + 50)
            if how == signal.SIGSTOP:
                old.signal(signal.SIGCONT)
                await asyncio.to_thread(wait_for, lambda: "slave" in str(old.ask("ROLE")), "the old primary's demotion")
                await until_promised(writer, writer.promised + 50)
        finally:
            writer.stop()
            await writing
        events = await RedisJournal(writer.client).events("a")
        assert len(events) >= writer.promised > 100
        assert events == [b"fact %d" % version for version in range(1, len(events) + 1)]
        assert writer.failures, "the failover was felt"
        assert all("Redis at redis+sentinel://" in failure for failure in writer.failures)
        assert "primary" in " ".join(writer.failures) or "did not answer" in " ".join(writer.failures)
        assert (await check(writer.client, WallClock())).facts["role"] == "master"
        await writer.client.close()


@pytest.mark.machine
async def test_a_cluster_works(tmp_path: Path) -> None:
    with cluster(tmp_path) as nodes:
        url = "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)
        client = Client(url)
        journal, work = RedisJournal(client), RedisWork(client)
        assert await journal.number("a") == 1
        assert await journal.append(opening()) == Stored(2)
        assert isinstance(await journal.append(opening(expected=1, dedup="")), Stale)
        loaded = await journal.load("a")
        assert loaded
        assert loaded.version == 2
        assert [lease.key for lease in await work.claim(10, lease_ms=10, limit=5)] == ["draw:a"]
        assert await RedisMarks(client).start("a", "post:1", 1) is None
        health = await check(client, WallClock())
        assert health.ok, health.problems
        assert health.facts["mode"] == "cluster"
        waiting = Client(url, replicas=1)
        assert await RedisJournal(waiting).append(fact(3)) == Stored(3, replicas=0), "no replicas to wait for"
        await waiting.close()
        await client.close()


@pytest.mark.machine
async def test_debians_server_works(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, debian_redis()) as server:
        client = Client(server.url)
        assert await RedisJournal(client).append(opening()) == Stored(2)
        assert (await check(client, WallClock())).problems == ()
        await client.close()
