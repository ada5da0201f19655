"""What the worker does when time passes: timers fire once, at their instant, and are never taken for done before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.domain import commands as c
from bot.domain.commands import Command
from bot.domain.due import DAY, NAG_DAYS
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.runbook import Step, StepKind
from bot.domain.vocabulary import ProposalKind
from bot.engine.desk import Desk
from bot.engine.effects import Effects, WhenNeeded
from bot.engine.memory import MemoryJournal, MemoryMarks, MemoryWork
from bot.engine.orders import Accepted, Order
from bot.engine.worker import Worker
from tests.domain.story import DANA, MINUTE, SAM, START, Story, declaration, playbook


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> int:
        return self.at


class Wall:
    """A screen that keeps what was drawn and posted, and may do something before it draws."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.posted: list[str] = []

    async def draw(self, incident: Incident) -> Sequence[Command]:
        self.drawn.append(incident.version)
        return ()

    async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
        self.posted.append(fact.event.type)

    async def settle(self, incident: Incident, facts: Sequence[Fact]) -> None:
        pass

    async def digest(self, incidents: Sequence[Incident], slot: int) -> None:
        self.posted.append("digest " + " ".join(one.name for one in incidents))


class Silent:
    """A scribe with nothing to say."""

    async def draft(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        return ()

    async def publish(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        return ()

    async def follow(self, incident: Incident) -> Sequence[Command]:
        return ()


class Bench:
    """A desk and a worker in memory, on one clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.work = MemoryWork()
        self.marks = MemoryMarks()
        self.desk = Desk(MemoryJournal(self.work), self.clock)
        self.screen = Wall()
        self.worker = self.replica(self.screen)

    def replica(self, screen: Wall) -> Worker:
        desk = Desk(self.desk.journal, self.clock)
        effects = Effects(desk, screen, Silent(), self.marks, self.work)
        return Worker(self.work, self.clock, effects.handlers())

    async def waiting(self) -> str:
        """An incident whose first step is a wait of ten minutes."""
        wait = Step(number=1, kind=StepKind.WAIT, text="Do nothing.", wait_minutes=10)
        outcome = await self.desk.open(Order(declaration(playbook=playbook(wait)), SAM, "test", "d1"))
        assert isinstance(outcome, Accepted)
        return outcome.incident.id

    async def types(self, incident_id: str) -> list[str]:
        return [fact.event.type for fact in await self.desk.stream(incident_id)]


async def test_a_timer_that_is_claimed_before_the_clock_is_set_back_still_fires() -> None:
    bench = Bench()
    incident_id = await bench.waiting()
    await bench.worker.tick()
    bench.clock.at += 10 * MINUTE
    taken = await bench.work.claim(bench.clock.at, lease_ms=4_000, limit=9)
    lease = next(one for one in taken if one.key.startswith("wait:"))
    bench.clock.at -= 30_000
    await bench.worker._perform(lease)
    assert "wait_elapsed" not in await bench.types(incident_id)
    bench.clock.at += 30_000
    await bench.worker.tick()
    assert (await bench.types(incident_id)).count("wait_elapsed") == 1


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_proposal_that_was_copied_by_hand_is_not_asked_about(by_hand: bool) -> None:
    class Sees(Silent):
        async def follow(self, incident: Incident) -> Sequence[Command]:
            return (c.MergeProposal(ref="by hand"),) if by_hand else ()

    bench = Bench()
    effects = Effects(bench.desk, bench.screen, Sees(), bench.marks, bench.work)
    worker = Worker(bench.work, bench.clock, effects.handlers())
    incident_id = await bench.waiting()
    made = c.MakeProposal(kind=ProposalKind.NEW, failure_id="IX-11", title="x", path="p", diff="d")
    for command in (c.Close(), c.RecordDraft(fields=17, unfilled=4, digest="d"), made):
        await bench.desk.handle(incident_id, Order(command, DANA, "test"))
    bench.clock.at += NAG_DAYS[0] * DAY
    await worker.tick()
    types = await bench.types(incident_id)
    assert ("proposal_merged" in types, "reminded" in types) == (by_hand, not by_hand)


async def test_a_moved_timer_fires_at_its_new_instant_alone() -> None:
    bench = Bench()
    incident_id = await bench.waiting()
    bench.clock.at += 9 * MINUTE
    await bench.desk.handle(incident_id, Order(c.ExtendWait(minutes=5), DANA, "test"))
    bench.clock.at += 5 * MINUTE
    await bench.worker.tick()
    assert "wait_elapsed" not in await bench.types(incident_id)
    bench.clock.at += MINUTE
    await bench.worker.tick()
    assert (await bench.types(incident_id)).count("wait_elapsed") == 1


async def test_a_paused_replica_does_not_leave_old_state_on_the_screen() -> None:
    """It held version 1 when it fell asleep; others recorded and drew meanwhile; what it draws last is the newest."""
    bench = Bench()
    asleep, awake = asyncio.Event(), asyncio.Event()

    class Sleepy(Wall):
        async def draw(self, incident: Incident) -> Sequence[Command]:
            if not asleep.is_set():
                asleep.set()
                await awake.wait()
            shared.append(incident.version)
            return ()

    class Quick(Wall):
        async def draw(self, incident: Incident) -> Sequence[Command]:
            shared.append(incident.version)
            return ()

    shared: list[int] = []
    incident_id = await bench.waiting()
    paused, other = bench.replica(Sleepy()), bench.replica(Quick())
    async with asyncio.timeout(5):
        slow = asyncio.create_task(paused.tick())
        await asleep.wait()
        bench.clock.at += 5_000
        outcome = await bench.desk.handle(incident_id, Order(c.PostUpdate(text="looking"), DANA, "test"))
        assert isinstance(outcome, Accepted)
        await other.tick()
        assert shared == [outcome.incident.version]
        awake.set()
        await slow
        await other.tick()
    assert shared[-1] == outcome.incident.version
    assert shared[1] < outcome.incident.version, "the old state was drawn over the new one for a moment"


async def test_a_scribe_is_made_once_and_only_when_there_is_something_to_write() -> None:
    made: list[Silent] = []

    async def make() -> Silent:
        await asyncio.sleep(0)
        made.append(Silent())
        return made[-1]

    scribe = WhenNeeded(make)
    assert not made
    story = Story()
    story.tell(declaration())
    await asyncio.gather(*(scribe.draft(story.state, story.facts) for _ in range(3)))
    assert await scribe.publish(story.state, story.facts) == await scribe.follow(story.state) == ()
    assert len(made) == 1
