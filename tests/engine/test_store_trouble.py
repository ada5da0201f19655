"""The desk and the worker while the store is full, read-only, away, slow or loses answers: one clear sentence, nothing
half-written, and on with it when the cause is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import pytest

from bot.domain import commands as c
from bot.engine.desk import Desk
from bot.engine.effects import Effects
from bot.engine.orders import Accepted, Order, Outcome
from bot.engine.ports import Lease, StoreUnavailable
from bot.engine.worker import Worker
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.domain.story import DANA, SAM, declaration
from tests.engine.test_effects import Silent, Wall
from tests.store.proxy import proxy
from tests.store.server import ServerProcess, WallClock, free_port, valkey

Trouble = tuple[Callable[[ServerProcess], object], Callable[[ServerProcess], object], str, bool]

TROUBLES: dict[str, Trouble] = {
    "full": (
        lambda server: server.ask("CONFIG", "SET", "maxmemory", "1"),
        lambda server: server.ask("CONFIG", "SET", "maxmemory", "0"),
        "is full (maxmemory is reached)",
        False,
    ),
    "read-only": (
        lambda server: server.ask("REPLICAOF", "127.0.0.1", free_port()),
        lambda server: server.ask("REPLICAOF", "NO", "ONE"),
        "is a read-only replica; nothing was saved",
        False,
    ),
    "slow": (
        lambda server: server.signal(SIGSTOP),
        lambda server: server.signal(SIGCONT),
        "did not answer in time",
        True,
    ),
}
"""How the trouble begins and ends, what the person is told, and whether it may have been saved all the same."""


class Bench:
    """A desk and a running worker on a server of their own."""

    def __init__(self, url: str) -> None:
        self.client = Client(url, retry_for=0.3)
        self.clock = WallClock()
        self.desk = Desk(RedisJournal(self.client), self.clock)
        self.screen = Wall()
        self.outcomes: list[str] = []
        work = RedisWork(self.client)
        effects = Effects(self.desk, self.screen, Silent(), RedisMarks(self.client), work)
        self.worker = Worker(work, self.clock, effects.handlers(), observe=self._observe)
        self.desk.wake = self.worker.wake

    def _observe(self, lease: Lease, outcome: str, late: int, error: str) -> None:
        self.outcomes.append(outcome)

    async def opened(self) -> str:
        outcome = await self.desk.open(Order(declaration(), SAM, "test", "d1"))
        assert isinstance(outcome, Accepted)
        return outcome.incident.id

    async def note(self, incident_id: str, text: str, dedup: str = "") -> Outcome:
        return await self.desk.handle(incident_id, Order(c.PostUpdate(text=text), DANA, "test", dedup))

    async def drawn(self, version: int) -> None:
        """Until the screen shows that version."""
        for _ in range(500):
            if self.screen.drawn and self.screen.drawn[-1] >= version:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never drawn: {version}; {self.screen.drawn}")


@asynccontextmanager
async def benched(url: str) -> AsyncIterator[Bench]:
    bench = Bench(url)
    stop = asyncio.Event()
    running = asyncio.create_task(bench.worker.run(stop))
    try:
        yield bench
    finally:
        stop.set()
        await asyncio.wait_for(running, 20)
        await bench.client.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path / "server", valkey()) as process:
        yield process


@pytest.mark.parametrize("name", TROUBLES)
async def test_the_desk_says_it_and_goes_on_without_a_restart(name: str, server: ServerProcess) -> None:
    begin, end, sentence, unsure = TROUBLES[name]
    async with benched(server.url) as bench:
        incident_id = await bench.opened()
        await bench.drawn(5)
        begin(server)
        with pytest.raises(StoreUnavailable) as raised:
            await bench.note(incident_id, "in trouble", "click-1")
        end(server)
        assert sentence in str(raised.value)
        assert raised.value.unsure == unsure
        again = await bench.note(incident_id, "in trouble", "click-1")
        assert isinstance(again, Accepted)
        await bench.note(incident_id, "after it", "click-2")
        facts = await bench.desk.stream(incident_id)
        said = [fact.event.text for fact in facts if fact.event.type == "update_posted"]
        assert said == ["in trouble", "after it"]
        assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
        await bench.drawn(facts[-1].version)
        assert "buried" not in bench.outcomes


async def test_a_server_that_goes_away_and_comes_back(server: ServerProcess) -> None:
    async with benched(server.url) as bench:
        incident_id = await bench.opened()
        server.stop()
        with pytest.raises(StoreUnavailable, match="cannot be reached") as raised:
            await bench.note(incident_id, "while it is away")
        assert "Start it or correct REDIS_URL" in str(raised.value)
        server.start()
        outcome = await bench.note(incident_id, "back")
        assert isinstance(outcome, Accepted)
        await bench.drawn(outcome.incident.version)
        texts = [fact.event.text for fact in await bench.desk.stream(incident_id) if fact.event.type == "update_posted"]
        assert texts == ["back"]


async def test_a_lost_answer_is_told_as_what_it_is_and_recorded_once(server: ServerProcess) -> None:
    async with proxy(server.port) as wire, benched(f"redis://127.0.0.1:{wire.port}") as bench:
        incident_id = await bench.opened()
        await bench.drawn(5)
        wire.lose_answer_to(b"said once")
        outcome = await bench.note(incident_id, "said once")
        assert isinstance(outcome, Accepted)
        assert wire.lost_answers == 1
        texts = [fact.event.text for fact in await bench.desk.stream(incident_id) if fact.event.type == "update_posted"]
        assert texts == ["said once"]
