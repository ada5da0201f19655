"""A crowd that clicks on one incident makes one drawing of many, and none while Slack asks to wait."""

from __future__ import annotations

from bot.domain.commands import Note
from bot.domain.due import DueKind
from bot.engine.desk import Desk
from bot.engine.memory import MemoryJournal, MemoryWork
from bot.engine.orders import Accepted, Order
from bot.engine.worker import RetryLater, Worker
from tests.domain.story import SAM, declaration


class Still:
    """A clock that stands until it is moved."""

    at = 1_800_000_000_000

    def now(self) -> int:
        return self.at


class Bench:
    """A desk and a worker that belong together."""

    def __init__(self) -> None:
        self.clock = Still()
        self.work = MemoryWork()
        self.drawn = 0
        self.wait_ms = 0

        async def draw(incident_id: str, detail: str) -> None:
            if self.wait_ms:
                raise RetryLater("Slack asked to wait", self.wait_ms)
            self.drawn += 1

        self.worker = Worker(self.work, self.clock, {DueKind.DRAW: draw})
        self.desk = Desk(MemoryJournal(self.work), self.clock, soonest=self.worker.soonest)

    async def opened(self) -> str:
        outcome = await self.desk.open(Order(declaration(), SAM, "test", "d"))
        assert isinstance(outcome, Accepted)
        return outcome.incident.id

    async def click(self, incident: str) -> None:
        assert isinstance(await self.desk.handle(incident, Order(Note(text="x"), SAM, "test")), Accepted)
        await self.worker.tick()


async def test_the_first_click_is_drawn_at_once_and_the_next_ones_together() -> None:
    bench = Bench()
    incident = await bench.opened()
    await bench.worker.tick()
    assert bench.drawn == 1
    for _ in range(20):
        await bench.click(incident)
    assert bench.drawn == 1
    bench.clock.at += bench.worker.pace.spacing
    await bench.worker.tick()
    assert bench.drawn == 2
    bench.clock.at += 4 * bench.worker.pace.spacing
    await bench.click(incident)
    assert bench.drawn == 3, "after a rest at once again"


async def test_an_incident_that_never_rests_is_drawn_as_often_as_slack_takes_it() -> None:
    bench = Bench()
    incident = await bench.opened()
    for _ in range(600):
        bench.clock.at += 100
        await bench.click(incident)
        await bench.worker.tick()
    assert 45 <= bench.drawn <= 55, "a minute"
    bench.clock.at += 2 * bench.worker.pace.longest_spacing
    await bench.worker.tick()
    before = bench.drawn
    bench.clock.at += 2 * bench.worker.pace.longest_spacing
    await bench.click(incident)
    assert bench.drawn == before + 1


async def test_nothing_is_tried_before_slack_may_be_asked_again() -> None:
    bench = Bench()
    incident = await bench.opened()
    bench.wait_ms = 7000
    await bench.worker.tick()
    bench.wait_ms = 0
    for _ in range(20):
        bench.clock.at += 100
        await bench.click(incident)
    assert bench.drawn == 0
    bench.clock.at += 5000
    await bench.worker.tick()
    assert bench.drawn == 1


async def test_what_a_process_remembers_is_what_the_store_has() -> None:
    bench = Bench()
    other = Desk(bench.desk.journal, bench.clock)
    incident = await bench.opened()
    assert await bench.desk.remembered(incident) == await other.incident(incident)
    await other.handle(incident, Order(Note(text="elsewhere"), SAM, "test"))
    newest = await bench.desk.incident(incident)
    assert newest and newest == await other.remembered(incident) == await bench.desk.remembered(incident)
    assert await bench.desk.by_number(1) == newest == await bench.desk.by_number(1)
    assert await bench.desk.by_number(2) is None
