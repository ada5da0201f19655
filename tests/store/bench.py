"""What the store costs, as ratios measured in one run: `python -m tests.store.bench`.

The disk is left out (`everysec`): it would cost both sides of a ratio the same and hide the difference.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.engine.ports import Append, DueChange, Index, IndexChange, Stored
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal
from bot.store.lua import Script
from tests.store.server import valkey

EVENT = (
    b'{"kind":"step_answered","by":"U02ABCDEF","at":1795412345678,"step":"3","answer":"as_expected","note":"'
    + b"x" * 150
)
SNAPSHOT = b"s" * 3000
FIVE_WRITES = """
redis.call('XADD', KEYS[1], '*', 'e', ARGV[1])
redis.call('SET', KEYS[2], ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[3], ARGV[5])
redis.call('SET', KEYS[5], ARGV[3], 'PX', 86400000)
return 1
"""


@dataclass(frozen=True)
class Cost:
    """p50 in microseconds."""

    bare: float
    append: float

    @property
    def ratio(self) -> float:
        return self.append / self.bare


async def command_cost(client: Client, facts: int = 500, rounds: int = 1500) -> Cost:
    """An append on an incident with `facts` facts against a bare script of five writes, in turn."""
    journal = RedisJournal(client)
    await journal.append(Append("long", 0, (EVENT,) * facts, SNAPSHOT))
    bare = Script(FIVE_WRITES, hashlib.sha1(FIVE_WRITES.encode(), usedforsecurity=False).hexdigest())
    names = [f"bench:{{p0}}:{name}" for name in ("stream", "snapshot", "due", "index", "dedup")]
    plain: list[float] = []
    full: list[float] = []
    for number in range(rounds):
        names[4] = f"bench:{{p0}}:dedup:{number}"
        args: list[str | bytes | int] = [EVENT, SNAPSHOT, number, "draw:long", "long"]
        plain.append(await timed(lambda args=args: client.run(bare, names, args)))  # type: ignore[misc]
        append = Append(
            "long",
            facts + number,
            (EVENT,),
            SNAPSHOT,
            dedup=f"click-{number}",
            due=(DueChange("draw:long", number),),
            index=(IndexChange(Index.OPEN, "", 5),),
        )
        full.append(await timed(lambda append=append: journal.append(append)))  # type: ignore[misc]
    assert await journal.events("long", facts + rounds - 1) == [EVENT]
    return Cost(statistics.median(plain), statistics.median(full))


async def timed(call: Callable[[], Awaitable[Any]]) -> float:
    """Microseconds."""
    begin = time.perf_counter()
    await call()
    return (time.perf_counter() - begin) * 1e6


async def fill(client: Client, first: int, last: int, events: int = 3) -> None:
    """Store incidents first..last-1 (one in a thousand stays open), many at a time."""
    journal = RedisJournal(client)

    async def one(number: int) -> None:
        name = f"incident-{number}"
        index = [
            IndexChange(Index.SERVICE, f"service-{number % 40}", number),
            IndexChange(Index.DAY, "2026-11-23", number),
        ]
        if number % 1000 == 0:
            index.append(IndexChange(Index.OPEN, "", number))
        await journal.number(name)
        await journal.append(Append(name, 0, (EVENT,) * events, SNAPSHOT, index=tuple(index)))

    for start in range(first, last, 200):
        await asyncio.gather(*(one(number) for number in range(start, min(start + 200, last))))


Times = dict[str, list[float]]
Round = Callable[[Client, int, Times], Awaitable[None]]
"""Opens, shows and lists once, and adds the three times."""


async def one_round(client: Client, number: int, times: Times) -> None:
    """Open an incident, show one and list twenty."""
    journal = RedisJournal(client)
    name = f"new-{number}"
    index = (IndexChange(Index.SERVICE, "service-1", 1), IndexChange(Index.DAY, "2026-11-24", 1))

    async def open_one() -> None:
        await journal.number(name)
        assert isinstance(await journal.append(Append(name, 0, (EVENT,), SNAPSHOT, index=index)), Stored)

    async def list_some() -> None:
        await journal.load_many(await journal.members(Index.SERVICE, "service-7", limit=20))

    times["open"].append(await timed(open_one))
    times["show"].append(await timed(lambda: journal.load(f"incident-{number}")))
    times["list"].append(await timed(list_some))


async def everyday(
    small: Client, large: Client, rounds: int = 500, one_round: Round = one_round
) -> dict[str, tuple[float, float]]:
    """p50 of opening, showing and listing in microseconds, on a small and on a large store, in turn."""
    times: tuple[Times, Times] = ({"open": [], "show": [], "list": []}, {"open": [], "show": [], "list": []})
    for number in range(rounds):
        for client, found in zip((small, large), times, strict=True):
            await one_round(client, number, found)
    return {name: (statistics.median(times[0][name]), statistics.median(times[1][name])) for name in times[0]}


async def memory_per_incident(client: Client, incidents: int) -> float:
    """KiB of the server's memory for each of `incidents`."""
    used = int((await client.info((await client.nodes())[0]))["used_memory"])
    return used / incidents / 1024


async def report(small: int = 1000, large: int = 100_000) -> None:
    """Print every figure."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedServer(Path(folder) / "1", binary=valkey(), fsync="everysec") as first,
        EmbeddedServer(Path(folder) / "2", binary=valkey(), fsync="everysec") as second,
    ):
        few, many = (Client(server.url, pool_size=50, answer_timeout=10) for server in (first, second))
        cost = await command_cost(few)
        print(
            f"append on 500 facts {cost.append:.0f} us, bare script of five writes {cost.bare:.0f} us: {cost.ratio:.2f}"
        )
        await few.command("FLUSHDB")
        await fill(few, 0, small)
        await fill(many, 0, large)
        print(f"memory: {await memory_per_incident(many, large):.1f} KiB per incident of 3 facts and a 3 kB snapshot")
        for name, (before, after) in (await everyday(few, many)).items():
            print(f"{name}: {before:.0f} us with {small}, {after:.0f} us with {large}: {after / before:.2f}")
        for client in (few, many):
            await client.close()


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.store.bench", description=__doc__).parse_args()
    asyncio.run(report())
