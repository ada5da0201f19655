"""What people said is shown once each, in the order in which it was said, and keeps nothing else waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.domain import commands as c
from bot.domain.commands import Command
from bot.domain.events import Fact, UpdatePosted
from bot.domain.incident import Incident
from bot.domain.vocabulary import Surface
from bot.engine.memory import MemoryMarks
from bot.engine.orders import Accepted, Order
from bot.engine.ports import Mark
from bot.engine.worker import GiveUp, NotDone, Worker
from tests.domain.story import DANA, SAM, declaration
from tests.engine.test_effects import Bench, Wall

BURST = 60


class Channel(Wall):
    """A screen with Slack's rate: one post a second, after a burst of three."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench
        self._free_at = 0
        self.attempts = 0
        self.refused = ""

    async def draw(self, incident: Incident) -> Sequence[Command]:
        self.drawn.append(incident.version)
        if Surface.HEAD in incident.shown:
            return ()
        return (c.Show(surface=Surface.HEAD, channel="C1", ts=f"{incident.number}.1"),)

    async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
        self.attempts += 1
        assert isinstance(fact.event, UpdatePosted)
        if fact.event.text == self.refused:
            raise GiveUp("invalid_blocks")
        now = self._bench.clock.at
        if self._free_at - now > 2_000:
            raise NotDone("Slack asked to wait", 1_000)
        self._free_at = max(self._free_at, now) + 1_000
        self.posted.append(fact.event.text)


class Said(Bench):
    """A bench whose screen has Slack's rate."""

    def __init__(self) -> None:
        super().__init__()
        self.channel = Channel(self)
        self.worker: Worker = self.replica(self.channel)

    async def opened(self, dedup: str = "d1") -> str:
        outcome = await self.desk.open(Order(declaration(separate=True), SAM, "test", dedup))
        assert isinstance(outcome, Accepted)
        return outcome.incident.id

    async def say(self, incident_id: str, first: int, last: int) -> list[str]:
        texts = [f"update {number}" for number in range(first, last)]
        for text in texts:
            await self.desk.handle(incident_id, Order(c.PostUpdate(text=text), DANA, "test"))
        return texts

    async def seconds(self, count: int) -> None:
        for _ in range(count):
            self.clock.at += 1_000
            await self.worker.tick()


async def test_a_burst_is_posted_in_order_as_fast_as_slack_takes_it() -> None:
    bench = Said()
    incident_id = await bench.opened()
    await bench.seconds(1)
    said = await bench.say(incident_id, 0, BURST)
    await bench.seconds(BURST)
    assert bench.channel.posted == said
    assert bench.channel.attempts <= 2 * BURST, "every post costs at most one refusal, however many wait behind it"
    assert await bench.work.failing() == []


async def test_the_newest_head_and_other_incidents_do_not_wait_for_the_posts() -> None:
    bench = Said()
    incident_id = await bench.opened()
    await bench.seconds(1)
    await bench.say(incident_id, 0, BURST)
    other = await bench.opened("d2")
    await bench.seconds(1)
    newest, beside = await bench.desk.incident(incident_id), await bench.desk.incident(other)
    assert newest and beside
    assert newest.version in bench.channel.drawn
    assert Surface.HEAD in beside.shown
    assert len(bench.channel.posted) < BURST / 2


async def test_what_slack_refuses_holds_up_nothing_and_can_be_replayed() -> None:
    bench = Said()
    incident_id = await bench.opened()
    await bench.seconds(1)
    bench.channel.refused = "update 1"
    await bench.say(incident_id, 0, 4)
    await bench.seconds(6)
    assert bench.channel.posted == ["update 0", "update 2", "update 3"]
    letters = await bench.work.dead_letters()
    assert [letter.error for letter in letters] == ["invalid_blocks"]
    bench.channel.refused = ""
    assert await bench.work.replay(letters[0].key, bench.clock.at)
    await bench.seconds(1)
    assert bench.channel.posted[-1] == "update 1"
    assert await bench.work.dead_letters() == []


async def test_what_was_said_before_the_head_is_there_follows_it() -> None:
    bench = Said()
    said = await bench.say(await bench.opened(), 0, 2)
    await bench.worker.tick()
    await bench.seconds(1)
    assert bench.channel.posted == said


class Meanwhile(MemoryMarks):
    """Marks whose first reading takes so long that somebody says something in that time."""

    def __init__(self, say: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self._say: Callable[[], Awaitable[object]] | None = say

    async def get(self, incident_id: str, effect: str) -> Mark | None:
        say, self._say = self._say, None
        if say:
            await say()
        return await super().get(incident_id, effect)


async def test_what_is_said_while_earlier_things_are_shown_is_shown_as_it_is_said() -> None:
    """An offer that was recorded between the reading of the state and of the facts looked as if it had been taken."""
    bench, states = Said(), list[tuple[str, str]]()

    class Screen(Channel):
        async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
            states.append((fact.event.type, incident.offered_to.name if incident.offered_to else "nobody"))

    async def offer() -> object:
        return await bench.desk.handle(incident_id, Order(c.OfferHandover(to=DANA), SAM, "test"))

    bench.marks = Meanwhile(offer)
    bench.worker = bench.replica(Screen(bench))
    incident_id = await bench.opened()
    await bench.seconds(3)
    assert states == [("handover_offered", DANA.name)]
