"""What the desk costs, as ratios measured in one run: `python -m tests.engine.bench`.

A command is decided, folded, written and answered; the bare script only writes. Its cost is measured as the bot's own
server runs (`always`: each write reaches the disk) and without the disk (`everysec`), which hides no difference.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import statistics
import tempfile
from pathlib import Path

from bot.domain import commands as c
from bot.engine.desk import Desk
from bot.engine.orders import Accepted, Order
from bot.engine.ports import Append, Index, IndexChange
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal
from bot.store.lua import Script
from tests.domain.story import DANA, SAM, declaration
from tests.store.bench import FIVE_WRITES, Cost, Times, everyday, timed
from tests.store.server import WallClock, valkey

BATCH = 100


async def long_incident(desk: Desk, facts: int) -> str:
    """An incident with that many facts."""
    opened = await desk.open(Order(declaration(), SAM, "bench", "long"))
    assert isinstance(opened, Accepted)
    while (opened.incident.version) < facts:
        noted = await desk.handle(opened.incident.id, Order(c.Note(text="still looking at the queue"), DANA, "bench"))
        assert isinstance(noted, Accepted)
        opened = noted
    return opened.incident.id


async def command_cost(client: Client, facts: int = 500, rounds: int = 600) -> Cost:
    """A command on an incident with `facts` facts against a bare script of five writes of the same bytes, in turn."""
    journal, clock = RedisJournal(client), WallClock()
    desk = Desk(journal, clock)
    incident_id = await long_incident(desk, facts)
    loaded = await journal.load(incident_id)
    assert loaded
    assert loaded.snapshot
    event = (await journal.events(incident_id, facts - 1))[0]
    bare = Script(FIVE_WRITES, hashlib.sha1(FIVE_WRITES.encode(), usedforsecurity=False).hexdigest())
    plain: list[float] = []
    full: list[float] = []
    for number in range(rounds):
        names = [f"bench:{{p0}}:{name}" for name in ("stream", "snapshot", "due", "index", f"dedup:{number}")]
        args: list[str | bytes | int] = [event, loaded.snapshot, number, "draw:long", "long"]
        plain.append(await timed(lambda names=names, args=args: client.run(bare, names, args)))  # type: ignore[misc]
        order = Order(c.PostUpdate(text="workers are back, the queue drains"), DANA, "bench", f"click-{number}")
        full.append(await timed(lambda order=order: desk.handle(incident_id, order)))  # type: ignore[misc]
    return Cost(statistics.median(plain), statistics.median(full))


async def fill(client: Client, first: int, last: int) -> None:
    """Store incidents first..last-1, each with the facts and the snapshot of a real one; one in a thousand is open."""
    journal = RedisJournal(client)
    incident_id = await long_incident(Desk(journal, WallClock()), 5)
    events = tuple(await journal.events(incident_id))
    loaded = await journal.load(incident_id)
    assert loaded
    assert loaded.snapshot
    snapshot = loaded.snapshot

    async def one(number: int) -> None:
        name = f"incident-{number}"
        index = [IndexChange(Index.SERVICE, f"service-{number % 40}", number)]
        index += [IndexChange(Index.OPEN, "", number)] if number % 1000 == 0 else []
        await journal.number(name)
        await journal.append(Append(name, 0, events, snapshot, index=tuple(index)))

    for start in range(first, last, BATCH):
        await asyncio.gather(*(one(number) for number in range(start, min(start + BATCH, last))))


async def one_round(client: Client, number: int, times: Times) -> None:
    """Open an incident, show it on a desk that has never seen it, and list what is open."""
    desk, fresh = (Desk(RedisJournal(client), WallClock()) for _ in range(2))
    order = Order(declaration(service=f"new-{number}"), SAM, "bench", f"new-{number}")
    times["open"].append(await timed(lambda: desk.open(order)))
    times["show"].append(await timed(lambda: fresh.by_number(number + 2)))

    async def list_some() -> None:
        await fresh.many(await fresh.journal.members(Index.SERVICE, f"service-{number % 40}", limit=20))

    times["list"].append(await timed(list_some))


async def report(small: int = 1000, large: int = 100_000) -> None:
    """Print every figure."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedServer(Path(folder) / "1", binary=valkey(), fsync="everysec") as first,
        EmbeddedServer(Path(folder) / "2", binary=valkey(), fsync="everysec") as second,
    ):
        few, many = (Client(server.url, pool_size=50, answer_timeout=10) for server in (first, second))
        for fsync in ("always", "everysec"):
            await few.command("CONFIG", "SET", "appendfsync", fsync)
            cost = await command_cost(few)
            print(f"{fsync}: command on 500 facts {cost.append:.0f} us, bare {cost.bare:.0f} us: {cost.ratio:.2f}")
            await few.command("FLUSHDB")
        await fill(few, 0, small)
        await fill(many, 0, large)
        for name, (before, after) in (await everyday(few, many, 400, one_round)).items():
            print(f"{name}: {before:.0f} us with {small}, {after:.0f} us with {large}: {after / before:.2f}")
        for client in (few, many):
            await client.close()


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tests.engine.bench", description=__doc__).parse_args()
    asyncio.run(report())
