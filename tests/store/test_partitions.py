"""Several partitions: where things live, and claims that live apart from their incident."""

from __future__ import annotations

import pytest

from bot.engine.ports import Append, Claimed, DueChange, Index, IndexChange, Stored
from bot.store import claims
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.work import RedisWork
from tests.store.contract import opening

KEYS = Keys(partitions=5)


def apart() -> list[str]:
    """Names of incidents, none of which lives in the partition of the claim "ingest"."""
    names = [f"incident{number}" for number in range(40)]
    return [name for name in names if KEYS.partition(name) != KEYS.partition("ingest")]


def test_a_partition_is_a_pure_function_of_the_name_and_the_count() -> None:
    assert [Keys(partitions=4).partition(name) for name in ("a", "b", "c", "incident-1")] == [3, 1, 3, 0]
    assert {Keys().partition(str(number)) for number in range(50)} == {0}
    assert {KEYS.partition(str(number)) for number in range(50)} == {0, 1, 2, 3, 4}
    assert KEYS.work_partition("draw:abc") == KEYS.work_partition("wait:abc:3") == KEYS.partition("abc")
    with pytest.raises(ValueError, match="at least 1"):
        Keys(partitions=0)


def test_everything_of_an_incident_shares_a_hash_tag() -> None:
    tag = f"{{p{KEYS.partition('abc')}}}"
    names = [KEYS.events("abc"), KEYS.snapshot("abc"), KEYS.marks("abc"), KEYS.dedup("abc", "x")]
    assert all(tag in name for name in [*names, *KEYS.work(KEYS.work_partition("draw:abc"))])


async def test_due_work_of_another_incident_is_a_mistake(redis_client: Client) -> None:
    journal = RedisJournal(redis_client, KEYS)
    mine, other = "incident0", next(name for name in apart() if KEYS.partition(name) != KEYS.partition("incident0"))
    with pytest.raises(ValueError, match="must name its own incident"):
        await journal.append(Append(mine, 0, (b"{}",), b"{}", due=(DueChange(f"draw:{other}", 1),)))
    assert await journal.load(mine) is None


async def test_leases_find_their_way_home(redis_client: Client) -> None:
    work = RedisWork(redis_client, KEYS)
    for number in range(20):
        await work.put(f"draw:{number}", number)
    leases = await work.claim(100, lease_ms=10, limit=50)
    assert len({lease.token for lease in leases}) == len(leases) == 20
    assert all([await work.complete(lease) for lease in leases])
    assert await work.next_due() is None


async def test_a_busy_partition_does_not_starve_the_others(redis_client: Client) -> None:
    work = RedisWork(redis_client, KEYS)
    lonely = next(name for name in apart() if KEYS.partition(name) != KEYS.partition("busy"))
    for number in range(50):
        await work.put(f"draw:busy:{number}", 1)
    await work.put(f"draw:{lonely}", 1)
    taken = [lease.key for _ in range(5) for lease in await work.claim(5, lease_ms=1000, limit=3)]
    assert f"draw:{lonely}" in taken


async def test_a_claim_without_facts_runs_out(redis_client: Client) -> None:
    journal = RedisJournal(redis_client, KEYS)
    crashed, other = apart()[:2]
    await claims._take(redis_client, KEYS, "ingest", crashed)
    life = await redis_client.command("PTTL", KEYS.claim("ingest"))
    assert 0 < life <= claims.CLAIM_MS
    assert await journal.append(opening(other)) == Claimed(crashed), "it may be on its way"
    assert await journal.claim_holder("ingest") is None, "it is not open"
    await redis_client.command("PEXPIRE", KEYS.claim("ingest"), 0)
    assert isinstance(await journal.append(opening(other)), Stored)
    assert await redis_client.command("PTTL", KEYS.claim("ingest")) == -1, "now it lasts"


async def test_a_claim_of_a_closed_incident_counts_for_nothing(redis_client: Client) -> None:
    journal = RedisJournal(redis_client, KEYS)
    closed, other = apart()[:2]
    await journal.append(opening(closed))
    gone = (IndexChange(Index.OPEN, "", None),)
    await journal.append(Append(closed, 2, (b"{}",), b"{}", index=gone))
    assert await redis_client.command("GET", KEYS.claim("ingest")) == closed.encode(), "as if a crash kept the release"
    assert await journal.claim_holder("ingest") is None
    assert isinstance(await journal.append(opening(other)), Stored)
    assert await journal.claim_holder("ingest") == other
