"""The desk on a real server and in memory: crowds, duplicates, conflicts, and what a refusal is based on."""

from __future__ import annotations

import asyncio
import copy
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from bot.domain import commands as c
from bot.domain.codec import dump_fact
from bot.domain.fold import fold
from bot.domain.refusals import Refusal, Refused
from bot.domain.runbook import Step, StepKind
from bot.domain.vocabulary import Actor, Answer, StepRef, Surface
from bot.engine.desk import TOGETHER, Desk, opening_id
from bot.engine.memory import MemoryJournal, MemoryWork
from bot.engine.orders import Accepted, Order, Outcome
from bot.engine.plan import FACTS_BETWEEN_SNAPSHOTS
from bot.engine.ports import Append, Appended, Index, Journal, StoreUnavailable
from bot.engine.projections import entries
from bot.store.client import Client
from bot.store.journal import RedisJournal
from tests.domain.story import DANA, SAM, declaration, playbook


class Ticking:
    """A clock that moves a millisecond with every look."""

    def __init__(self) -> None:
        self.at = 1_800_000_000_000

    def now(self) -> int:
        self.at += 1
        return self.at


Desks = Callable[[], Desk]


@pytest.fixture(params=["redis", "memory"])
async def desks(request: pytest.FixtureRequest, redis_client: Client) -> AsyncIterator[Desks]:
    """Makes desks on one journal, as several replicas have them: each with a cache of its own."""
    journal: Journal = RedisJournal(redis_client) if request.param == "redis" else MemoryJournal(MemoryWork())
    clock = Ticking()
    yield lambda: Desk(journal, clock)


def opening(dedup: str = "d1", **changed: object) -> Order:
    return Order(declaration(**changed), SAM, "test", dedup)


async def opened(desk: Desk, dedup: str = "d1", **changed: object) -> str:
    outcome = await desk.open(opening(dedup, **changed))
    assert isinstance(outcome, Accepted)
    return outcome.incident.id


async def test_thirty_deliveries_make_one_incident_and_burn_one_number(desks: Desks) -> None:
    several = [desks() for _ in range(5)]
    outcomes = await asyncio.gather(*(several[n % 5].open(opening()) for n in range(30)))
    assert {one.incident.id for one in outcomes if isinstance(one, Accepted)} == {opening_id("d1")}
    assert {one.incident.number for one in outcomes if isinstance(one, Accepted)} == {1}
    other = await several[0].open(opening("d2", service="support-triage"))
    assert isinstance(other, Accepted)
    assert other.incident.number == 2


async def test_ten_people_who_open_for_one_service_at_once_use_up_one_number(desks: Desks) -> None:
    desk = desks()
    outcomes = await asyncio.gather(*(desk.open(opening(f"d{n}", symptom=f"seen by {n}")) for n in range(10)))
    assert {(one.incident.number, one.incident.id) for one in outcomes if isinstance(one, Accepted)} == {
        (1, opening_id("d0"))
    }
    assert [isinstance(one, Accepted) and one.joined for one in outcomes] == [False] + [True] * 9
    other = await desk.open(opening("other", service="support-triage"))
    assert isinstance(other, Accepted)
    assert other.incident.number == 2


async def test_200_racing_clicks_record_each_step_once(desks: Desks) -> None:
    """20 steps, five people, two deliveries each: every step has one answer, whoever was first."""
    steps = tuple(Step(number=n, kind=StepKind.ACT, text=f"do {n}") for n in range(1, 21))
    several = [desks() for _ in range(3)]
    incident_id = await opened(several[0], playbook=playbook(*steps))

    def click(person: int, number: int, delivery: int) -> asyncio.Future[object]:
        by = Actor(id=f"U{person}", name=f"p{person}")
        command = c.AnswerStep(step=StepRef(run=0, number=number), answer=Answer.WORKED)
        order = Order(command, by, "test", f"click:{person}:{number}")
        return asyncio.ensure_future(several[delivery].handle(incident_id, order))

    clicks = [click(p, n, d) for n in range(1, 21) for p in range(5) for d in range(2)]
    outcomes = await asyncio.gather(*clicks)
    facts = await several[2].stream(incident_id)
    answered = Counter(f.event.step.number for f in facts if f.event.type == "step_answered")
    assert answered == dict.fromkeys(range(1, 21), 1)
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    assert {one.reason for one in refused} == {Refused.STEP_ALREADY_DONE}
    assert len(outcomes) == 200


class Trips:
    """A journal that counts how often it is asked to write, and fails when it is told to."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.taken = 0
        self.broken = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    async def append(self, append: Append) -> Appended:
        self.taken += 1
        if self.broken:
            raise StoreUnavailable("is full")
        await asyncio.sleep(0)
        return await self._journal.append(append)

    async def append_each(self, appends: Sequence[Append]) -> list[Appended | None]:
        self.taken += 1
        if self.broken:
            return [None for _ in appends]
        await asyncio.sleep(0)
        return await self._journal.append_each(appends)


def noted(desk: Desk, incident_id: str, number: int) -> asyncio.Task[Outcome]:
    order = Order(c.Note(text=f"note {number}"), DANA, "test", f"note:{number}")
    return asyncio.ensure_future(desk.handle(incident_id, order))


async def test_a_crowd_goes_to_the_store_in_few_trips(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    desk.journal = trips = Trips(desk.journal)  # type: ignore[assignment]
    outcomes = await asyncio.gather(*(noted(desk, incident_id, number) for number in range(64)))
    assert trips.taken <= 1 + 64 / TOGETHER
    told = [one.facts[0].event.text for one in outcomes if isinstance(one, Accepted)]  # type: ignore[union-attr]
    assert told == [f"note {number}" for number in range(64)], "each is told of its own fact"
    facts = await desks().stream(incident_id)
    assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
    assert await desks().incident(incident_id) == fold(facts, None, incident_id) == await desk.remembered(incident_id)


async def test_in_a_crowd_each_is_answered_for_itself(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    commands: list[tuple[c.Command, str]] = [
        (c.Note(text="a"), "1"),
        (c.Note(text="a"), "1"),
        (c.TakeLead(), "2"),
        (c.AnswerStep(step=StepRef(run=9, number=9), answer=Answer.WORKED), "3"),
        (c.Close(), "4"),
        (c.Note(text="b"), "5"),
        (c.Note(text="without a delivery"), ""),
    ]
    orders = [Order(command, DANA, "test", dedup) for command, dedup in commands]
    outcomes = await asyncio.gather(*(desk.handle(incident_id, order) for order in orders))
    accepted = [one for one in outcomes if isinstance(one, Accepted)]
    assert [one.duplicate for one in accepted] == [False, True, False, False, False, False]
    assert isinstance(outcomes[3], Refusal)
    kinds = Counter(fact.event.type for fact in await desks().stream(incident_id))
    assert (kinds["noted"], kinds["closed"]) == (3, 1)
    assert await desk.journal.claim_holder("invoice-extract") is None


async def test_a_crowd_that_comes_second_decides_on_what_the_first_wrote(desks: Desks) -> None:
    """Another replica writes as many facts as the first of the crowd would have."""
    one, two = desks(), desks()
    incident_id = await opened(one)
    ann, bob = Actor(id="U1", name="ann"), Actor(id="U2", name="bob")

    class Overtaken(Trips):
        async def append_each(self, appends: Sequence[Append]) -> list[Appended | None]:
            await two.handle(incident_id, Order(c.TakeLead(), bob, "test", "bob"))
            return await super().append_each(appends)

    one.journal = Overtaken(one.journal)  # type: ignore[assignment]
    crowd = [Order(c.Note(text="first in line"), DANA, "test", "note"), Order(c.TakeLead(), ann, "test", "ann")]
    crowd += [Order(c.Note(text=f"note {number}"), DANA, "test", f"note:{number}") for number in range(9)]
    outcomes = await asyncio.gather(*(one.handle(incident_id, order) for order in crowd))
    assert isinstance(outcomes[1], Refusal)
    assert [type(outcome) for outcome in outcomes[2:]] == [Accepted] * 9
    assert not any(outcome.duplicate for outcome in outcomes if isinstance(outcome, Accepted))
    cold = await desks().incident(incident_id)
    assert cold
    assert cold == fold(await one.stream(incident_id), None, incident_id)
    assert (cold.lead and cold.lead.id) == "U2"


async def test_an_opening_that_is_delivered_often_is_decided_once_at_a_time(desks: Desks) -> None:
    desk = desks()
    inside, most = 0, 0
    real = desk.journal.number

    async def counted(incident_id: str) -> int:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1
        return await real(incident_id)

    desk.journal.number = counted  # type: ignore[method-assign]
    await asyncio.gather(*(desk.open(opening()) for _ in range(10)))
    assert most == 1


async def test_who_leaves_the_line_is_not_recorded(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    desk.journal = Trips(desk.journal)  # type: ignore[assignment]
    waiting = [noted(desk, incident_id, number) for number in range(4)]
    await asyncio.sleep(0)
    waiting[2].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in outcomes] == [Accepted, Accepted, asyncio.CancelledError, Accepted]
    texts = [getattr(fact.event, "text", "") for fact in await desk.stream(incident_id)]
    assert [text for text in texts if text.startswith("note")] == ["note 0", "note 1", "note 3"]


async def test_a_crowd_that_the_store_refuses_is_told_so_one_by_one(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    before = await desk.stream(incident_id)
    desk.journal = trips = Trips(desk.journal)  # type: ignore[assignment]
    trips.broken = True
    outcomes = await asyncio.gather(*(noted(desk, incident_id, n) for n in range(4)), return_exceptions=True)
    assert [type(one) for one in outcomes] == [StoreUnavailable] * 4
    assert await desk.stream(incident_id) == before
    trips.broken = False
    assert isinstance(await noted(desk, incident_id, 1), Accepted)


async def test_a_refusal_is_never_based_on_an_old_state(desks: Desks) -> None:
    one, two = desks(), desks()
    incident_id = await opened(one)
    await two.incident(incident_id)
    await one.handle(incident_id, Order(c.Close(), DANA, "test"))
    await one.handle(incident_id, Order(c.Reopen(), DANA, "test"))
    await two.handle(incident_id, Order(c.Close(), DANA, "test"))
    outcome = await one.handle(incident_id, Order(c.Reopen(), DANA, "test"))
    assert isinstance(outcome, Accepted), outcome


async def test_the_snapshot_is_the_fold(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    for command in (c.AnswerStep(answer=Answer.AS_EXPECTED), c.Note(text="x"), c.Mitigate(), c.Close()):
        await desk.handle(incident_id, Order(command, DANA, "test"))
    fresh = await desks().incident(incident_id)
    facts = await desk.stream(incident_id)
    assert fresh == fold(facts, None, incident_id)
    assert sum(len(dump_fact(fact)) for fact in facts) > 0


async def test_a_state_is_the_newest_snapshot_and_the_facts_after_it(desks: Desks) -> None:
    writer = desks()
    incident_id = await opened(writer)
    written, count = set(), 3 * FACTS_BETWEEN_SNAPSHOTS
    for number in range(count):
        outcome = await writer.handle(incident_id, Order(c.PostUpdate(text=f"update {number}"), DANA, "test"))
        assert isinstance(outcome, Accepted)
        loaded = await writer.journal.load(incident_id)
        assert loaded
        written.add(loaded.snapshot_version)
        assert len(loaded.events) < FACTS_BETWEEN_SNAPSHOTS
        cold = desks()
        assert await cold.incident(incident_id) == await writer.incident(incident_id) == outcome.incident
        assert await cold.many([incident_id]) == [outcome.incident]
    assert 3 <= len(written) <= count / FACTS_BETWEEN_SNAPSHOTS + 2
    closed = await writer.handle(incident_id, Order(c.Close(), DANA, "test"))
    assert isinstance(closed, Accepted)
    await writer.handle(incident_id, Order(c.Note(text="after the close"), DANA, "test"))
    loaded = await writer.journal.load(incident_id)
    assert loaded
    assert loaded.snapshot_version == loaded.version, "what is over is read from its snapshot alone"


async def test_a_second_opening_joins_and_a_separate_one_does_not(desks: Desks) -> None:
    desk = desks()
    first = await opened(desk)
    joined = await desk.open(opening("d2", symptom="still stuck"))
    assert isinstance(joined, Accepted)
    assert (joined.incident.id, joined.joined, joined.incident.reports) == (first, True, 1)
    again = await desk.open(opening("d2", symptom="still stuck"))
    assert isinstance(again, Accepted)
    assert again.incident.reports == 1
    separate = await desk.open(opening("d3", separate=True))
    assert isinstance(separate, Accepted)
    assert separate.incident.id != first


async def test_the_lists_follow_every_fact(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    for command in (
        c.Show(surface=Surface.HEAD, channel="C1", ts="1.5"),
        c.AddService(service="support-triage"),
        c.Note(text="nothing that a list shows"),
        c.Close(),
        c.Reopen(),
        c.Show(surface=Surface.HEAD, channel="C2", ts="2.5", generation=1),
        c.MakePrivate(),
    ):
        await desk.handle(incident_id, Order(command, DANA, "test"))
        incident = await desk.incident(incident_id)
        assert incident is not None
        wanted = entries(incident)
        for index, key in wanted:
            assert await desk.journal.members(index, key) == [incident_id], (command, index, key)
        for index, key in {(Index.OPEN, ""), (Index.CHANNEL, "C1"), (Index.THREAD, "C1:1.5")} - wanted:
            assert await desk.journal.members(index, key) == [], (command, index, key)


async def test_a_closed_incident_gives_its_service_back(desks: Desks) -> None:
    desk = desks()
    first = await opened(desk)
    await desk.handle(first, Order(c.Close(), DANA, "test"))
    assert await desk.journal.members(Index.OPEN) == []
    second = await opened(desk, "d2")
    assert second != first


async def test_a_drill_stands_in_nobody_s_way(desks: Desks) -> None:
    desk = desks()
    await opened(desk, drill=True)
    real = await desk.open(opening("d2"))
    assert isinstance(real, Accepted)
    assert real.joined is False


async def test_a_late_delivery_belongs_to_what_it_opened(desks: Desks) -> None:
    desk = desks()
    first = await opened(desk)
    await desk.handle(first, Order(c.Close(), DANA, "test"))
    await opened(desk, "d2")
    again = await desks().open(opening("d1"))
    assert isinstance(again, Accepted)
    assert (again.incident.id, again.duplicate, again.joined) == (first, True, False)


async def test_what_is_reopened_takes_its_service_back(desks: Desks) -> None:
    desk = desks()
    first = await opened(desk)
    await desk.handle(first, Order(c.Close(), DANA, "test"))
    await desk.handle(first, Order(c.Reopen(), DANA, "test"))
    joined = await desk.open(opening("d2"))
    assert isinstance(joined, Accepted)
    assert (joined.incident.id, joined.joined) == (first, True)


async def test_what_is_reopened_beside_another_takes_nothing_from_it(desks: Desks) -> None:
    desk = desks()
    first = await opened(desk)
    await desk.handle(first, Order(c.Close(), DANA, "test"))
    second = await opened(desk, "d2")
    reopened = await desk.handle(first, Order(c.Reopen(), DANA, "test"))
    assert isinstance(reopened, Accepted)
    await desk.handle(first, Order(c.Close(), DANA, "test"))
    joined = await desk.open(opening("d3"))
    assert isinstance(joined, Accepted)
    assert (joined.incident.id, joined.joined) == (second, True)


async def test_a_report_to_an_incident_that_ends_in_that_moment_opens_a_new_one() -> None:
    class EndsMeanwhile(MemoryJournal):
        """Between the look and the report, somebody closes the incident."""

        async def claim_holder(self, claim: str) -> str | None:
            holder = await super().claim_holder(claim)
            if holder:
                await Desk(self, clock).handle(holder, Order(c.Close(), DANA, "test"))
            return holder

    clock = Ticking()
    desk = Desk(EndsMeanwhile(MemoryWork()), clock)
    first = await opened(desk)
    outcome = await desk.open(opening("d2"))
    assert isinstance(outcome, Accepted)
    assert outcome.incident.id == opening_id("d2") != first


async def test_facts_lost_by_a_failover_are_neither_shown_nor_a_reason_to_refuse() -> None:
    journal = MemoryJournal(MemoryWork())
    desk = Desk(journal, Ticking())
    incident_id = await opened(desk)
    replica = copy.deepcopy(journal)
    await desk.handle(incident_id, Order(c.Close(), DANA, "test"))
    desk.journal = replica
    shown = await desk.incident(incident_id)
    assert shown is not None
    assert shown.live
    await Desk(journal, Ticking()).incident(incident_id)
    desk.journal = journal
    await desk.handle(incident_id, Order(c.Reopen(), DANA, "test"))
    desk.journal = replica
    assert isinstance(await desk.handle(incident_id, Order(c.Close(), DANA, "test")), Accepted)


async def test_a_clock_that_is_set_back_holds_up_no_drawing() -> None:
    work = MemoryWork()
    clock = Ticking()
    desk = Desk(MemoryJournal(work), clock)
    clock.at += 3_600_000
    incident_id = await opened(desk)
    clock.at -= 3_600_000
    for lease in await work.claim(clock.at + 3_600_000, lease_ms=1, limit=9):
        await work.complete(lease)
    outcome = await desk.handle(incident_id, Order(c.PostUpdate(text="workers are back"), DANA, "test"))
    assert isinstance(outcome, Accepted)
    now = {key.partition(":")[0] for key, at in await work.pending() if at <= clock.at}
    assert now == {"draw", "say"}
    facts = await desk.stream(incident_id)
    assert [fact.at for fact in facts] == sorted(fact.at for fact in facts)


async def test_a_second_close_is_drafted_again(desks: Desks) -> None:
    desk = desks()
    incident_id = await opened(desk)
    drafted = c.RecordDraft(fields=17, unfilled=4, digest="one")
    for command in (c.Close(), drafted, c.Reopen(), c.Close()):
        outcome = await desk.handle(incident_id, Order(command, DANA, "test"))
        assert isinstance(outcome, Accepted), command
    closed = await desk.incident(incident_id)
    assert closed is not None
    assert closed.draft is None
    assert isinstance(await desk.handle(incident_id, Order(drafted, DANA, "test")), Accepted)
