"""Random histories: the store on Redis and the one in memory give the same answers and end in the same state."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.engine.memory import MemoryJournal, MemoryMarks, MemoryWork
from bot.engine.ports import Append, DueChange, Index, IndexChange, Lease
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.store.contract import Stores

INCIDENTS = ("a", "b")
WORK = ("draw:a", "wait:a:1", "draw:b")
SERVICES = ("ingest", "rag")


@dataclass(frozen=True)
class Step:
    """One call; `pick` chooses among the leases that were ever given."""

    call: str
    key: str = ""
    at: int = 0
    pick: int = 0
    append: Append | None = None


instants = st.integers(0, 60)


@st.composite
def appends(draw: st.DrawFn) -> Append:
    incident = draw(st.sampled_from(INCIDENTS))
    own = [key for key in WORK if key.split(":")[1] == incident]
    services = st.sampled_from(("", *SERVICES))
    due = st.lists(
        st.builds(DueChange, st.sampled_from(own), st.none() | instants), max_size=2, unique_by=lambda one: one.key
    )
    index = st.lists(
        st.builds(IndexChange, st.sampled_from([Index.OPEN, Index.DAY]), st.just(""), st.none() | instants), max_size=2
    )
    return Append(
        incident,
        expected=draw(st.integers(0, 4)),
        events=tuple(draw(st.lists(st.binary(max_size=3), min_size=1, max_size=3))),
        snapshot=draw(st.none() | st.binary(max_size=3)),
        dedup=draw(st.sampled_from(("", "", "d1", "d2"))),
        due=tuple(draw(due)),
        index=tuple(draw(index)),
        claim=draw(services),
        release=draw(services),
    )


def calls(*names: str) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.sampled_from(names), st.sampled_from(WORK), instants, st.integers(0, 5))


steps = st.lists(
    calls("put")
    | calls("claim")
    | calls("complete", "retry", "bury", "extend")
    | calls("replay", "start", "finish")
    | st.builds(lambda append: Step("append", append=append), appends()),
    max_size=40,
)


class History:
    """Performs steps on one store; `answers` and `state` are what the two are compared by."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._leases: list[Lease] = []
        self._now = 0
        self.answers: list[Any] = []

    async def perform(self, step: Step) -> None:
        work, marks = self._stores.work, self._stores.marks
        match step.call:
            case "append":
                assert step.append
                self.answers.append(await self._stores.journal.append(step.append))
            case "put":
                await work.put(step.key, step.at)
            case "claim":
                self._now += step.at // 4
                leases = await work.claim(self._now, lease_ms=10, limit=step.pick)
                self._leases += leases
                self.answers.append([replace(lease, token=0) for lease in leases])
            case "start":
                self.answers.append(await marks.start("a", step.key, step.at))
            case "finish":
                await marks.finish("a", step.key, str(step.at))
            case "replay":
                self.answers.append(await work.replay(step.key, step.at))
            case _ if self._leases:
                self.answers.append(await self._give_back(step, self._leases[-1 - step.pick % len(self._leases)]))

    async def _give_back(self, step: Step, lease: Lease) -> bool:
        work = self._stores.work
        if step.call == "extend":
            return await work.extend(lease, step.at)
        if step.call == "complete":
            return await work.complete(lease)
        if step.call == "retry":
            return await work.retry(lease, step.at, f"error {step.at}")
        return await work.bury(lease, f"error {step.at}", step.at)

    async def state(self) -> list[Any]:
        journal, work, marks = self._stores.journal, self._stores.work, self._stores.marks
        return [
            [await journal.load(incident) for incident in INCIDENTS],
            [await journal.members(index) for index in (Index.OPEN, Index.DAY)],
            [await journal.claim_holder(service) for service in SERVICES],
            await work.pending(),
            await work.failing(),
            await work.dead_letters(),
            await work.next_due(),
            [await marks.get("a", key) for key in WORK],
        ]


async def compare(url: str, history: list[Step]) -> None:
    client, keys = Client(url), Keys(prefix="same-as-memory")
    await client.command("FLUSHDB")
    work = MemoryWork()
    memory = History(Stores(MemoryJournal(work), work, MemoryMarks()))
    redis = History(Stores(RedisJournal(client, keys), RedisWork(client, keys), RedisMarks(client, keys)))
    for step in history:
        await memory.perform(step)
        await redis.perform(step)
        assert redis.answers == memory.answers
    assert await redis.state() == await memory.state()
    await client.close()


@pytest.mark.timeout(60)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_random_histories(redis_server: str, history: list[Step]) -> None:
    asyncio.run(compare(redis_server, history))
