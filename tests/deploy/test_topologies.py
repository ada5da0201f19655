"""A whole incident, by a real bot process, while its store fails over or is killed: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.demo.botprocess import BotProcess
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.standin import StandIn
from bot.domain.events import UpdatePosted
from bot.domain.fold import fold
from bot.engine.desk import Desk
from bot.engine.worker import Pace
from bot.runbooks.resources import sample_playbooks_dir
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.deploy.test_stop import shown
from tests.e2e.shift import AP, STUCK, WORKSPACE, click
from tests.e2e.test_trouble import effects
from tests.store.server import wait_for
from tests.store.topology import cluster, sentinel_trio

BEFORE, AFTER = 10, 10
"""Updates that are acknowledged before the trouble and after it."""


@dataclass(frozen=True)
class Topology:
    """Where the store is, and what happens to it in the middle."""

    url: str
    replicas: int
    trouble: Callable[[], None]


@contextmanager
def sentinel(folder: Path) -> Iterator[Topology]:
    """The primary is killed; the Sentinels name another."""
    with sentinel_trio(folder) as trio:

        def fail_over() -> None:
            old = trio.primary()
            assert old
            old.signal(signal.SIGKILL)
            wait_for(lambda: trio.primary() not in (None, old), "the failover")

        yield Topology(trio.url, 1, fail_over)


@contextmanager
def three_nodes(folder: Path) -> Iterator[Topology]:
    """Every node of a cluster is killed and started again, one after the other."""
    with cluster(folder) as nodes:

        def restart() -> None:
            for node in nodes:
                node.signal(signal.SIGKILL)
                node.start()
            wait_for(lambda: all("cluster_state:ok" in str(one.ask("CLUSTER", "INFO")) for one in nodes), "the cluster")

        yield Topology("redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes), 0, restart)


@dataclass
class Night:
    """One bot on a topology, the workspace, and what people were told was recorded."""

    slack: StandIn
    clock: OffsetClock
    bot: BotProcess
    desk: Desk
    client: Client
    acknowledged: list[str] = field(default_factory=list)
    said: int = 0

    async def update(self, until: int) -> None:
        """Say one update after another, until so many are acknowledged."""
        alice = self.slack.user("alice")
        while len(self.acknowledged) < until:
            text = f"update number {self.said}"
            self.said += 1
            reply = await alice.command(f"/incident update INC-1 {text}", AP)
            if reply.ok and "INC-1 goes to the channel" in reply.text and "one server only" not in reply.text:
                self.acknowledged.append(text)

    async def step(self, head: Posted, label: str) -> Posted:
        return await head.thread.wait_for(lambda m: label in m.buttons, 20)


@asynccontextmanager
async def night(topology: Topology, folder: Path) -> AsyncIterator[Night]:
    clock = OffsetClock(folder / "clock")
    extra = {"REDIS_URL": topology.url, "REDIS_REPLICAS": str(topology.replicas)}
    client = Client(topology.url)
    async with await StandIn.start(WORKSPACE, clock) as slack:
        bot = BotProcess(slack, sample_playbooks_dir(), folder / "data", folder / "clock", extra=extra)
        try:
            await bot.start()
            yield Night(slack, clock, bot, Desk(RedisJournal(client), clock), client)
        finally:
            await bot.stop()
            await client.close()


@pytest.mark.machine
@pytest.mark.parametrize("topology", [sentinel, three_nodes])
async def test_an_incident_goes_on_through_the_trouble(
    topology: Callable[[Path], AbstractContextManager[Topology]], tmp_path: Path
) -> None:
    with topology(tmp_path / "store") as store:
        async with night(store, tmp_path) as running:
            slack, dana = running.slack, running.slack.user("dana")
            assert (await slack.user("alice").command(f"/incident open invoice-extract {STUCK}", AP)).ok
            head = await slack.channel(AP).wait_for(lambda m: "SEV2 · INC-1" in m.text, 20)
            await click(dana, await running.step(head, "As expected"), "As expected")
            await click(dana, await running.step(head, "Worked"), "Worked")
            await running.step(head, "Cut short…")

            saying = asyncio.create_task(running.update(BEFORE + AFTER))
            await slack.until(lambda: len(running.acknowledged) >= BEFORE or None, 30, lambda: "")
            await asyncio.to_thread(store.trouble)
            await asyncio.wait_for(saying, 60)

            running.clock.forward(minutes=10)
            await click(dana, await running.step(head, "5 more minutes"), "Yes")
            await head.thread.wait_for(lambda m: "BRANCH" in m.text, 20)
            await all_done(running)
            await consistent(running)


async def all_done(night: Night) -> None:
    """Let time pass until nothing is due, in hand or to be tried again."""
    work = RedisWork(night.client)
    for _ in range(200):
        due = await work.next_due()
        if not await work.failing() and (due is None or due > night.clock.now() + Pace().lease):
            return
        night.clock.forward(seconds=0.5)
        await asyncio.sleep(0.1)
    raise AssertionError(f"due {due}; failing: {await work.failing()}; pending: {await work.pending()}")


async def consistent(night: Night) -> None:
    """The stream has every acknowledged fact once, the snapshot is its fold, and each effect happened once."""
    incident = await night.desk.by_number(1)
    assert incident
    facts = await night.desk.stream(incident.id)
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    assert incident == fold(facts, incident_id=incident.id)
    said = [fact.event.text for fact in facts if isinstance(fact.event, UpdatePosted)]
    assert len(set(said)) == len(said), "recorded twice"
    assert set(night.acknowledged) <= set(said), "an acknowledged fact was lost"
    types = [fact.event.type for fact in facts]
    assert (types.count("wait_started"), types.count("wait_elapsed"), types.count("wait_answered")) == (1, 1, 1)
    place = night.slack.channel(AP)
    assert shown(place) == said, "each update once, in the order in which it was said"
    assert set(effects(night.slack).values()) == {1}
    assert re.search(rf"Latest: {said[-1]} ", place.text)
