"""The worker: what is due is done once, retried with patience, given up in the open, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.domain.due import DueKind
from bot.engine.memory import MemoryWork
from bot.engine.ports import Lease, StoreUnavailable
from bot.engine.worker import GiveUp, Pace, RetryLater, Worker


class Clock:
    def __init__(self) -> None:
        self.at = 1_000_000

    def now(self) -> int:
        return self.at


class Bench:
    """A worker with one handler that does what the test says."""

    def __init__(self, answer: Callable[[int], Exception | None] = lambda attempt: None) -> None:
        self.clock = Clock()
        self.work = MemoryWork()
        self.done: list[str] = []
        self.finished = asyncio.Event()
        self.seen: list[tuple[str, str, int]] = []
        self.answer = answer
        self.tries = 0
        self.worker = Worker(
            self.work,
            self.clock,
            {DueKind.DRAW: self.handle},
            Pace(faults=3),
            lambda lease, outcome, late, error: self.seen.append((lease.key.partition(":")[0], outcome, late)),
        )

    async def handle(self, incident_id: str, detail: str) -> None:
        self.tries += 1
        error = self.answer(self.tries)
        if error is not None:
            raise error
        self.done.append(incident_id)
        self.finished.set()


async def test_due_work_is_done_and_gone() -> None:
    bench = Bench()
    await bench.work.put("draw:a", bench.clock.at - 40)
    await bench.work.put("draw:b", bench.clock.at + 1)
    assert await bench.worker.tick() == 1
    assert bench.done == ["a"]
    assert bench.seen == [("draw", "done", 40)]
    assert await bench.work.pending() == [("draw:b", bench.clock.at + 1)]


async def test_what_slack_asked_to_wait_for_is_waited_for_however_often() -> None:
    bench = Bench(lambda attempt: RetryLater("429", 5_000) if attempt < 10 else None)
    await bench.work.put("draw:a", bench.clock.at)
    for _ in range(9):
        assert await bench.worker.tick() == 1
        assert await bench.worker.tick() == 0
        bench.clock.at += 5_000
    await bench.worker.tick()
    assert bench.done == ["a"]


async def test_our_own_errors_are_given_up_in_the_open_and_can_be_replayed() -> None:
    bench = Bench(lambda attempt: ValueError("boom") if attempt < 4 else None)
    await bench.work.put("draw:a", bench.clock.at)
    for _ in range(3):
        await bench.worker.tick()
        bench.clock.at += 60_000
    letters = await bench.work.dead_letters()
    assert [(letter.key, letter.error) for letter in letters] == [("draw:a", "ValueError: boom")]
    assert await bench.work.replay("draw:a", bench.clock.at)
    await bench.worker.tick()
    assert bench.done == ["a"]


async def test_a_long_wait_for_slack_leaves_our_own_errors_their_attempts() -> None:
    bench = Bench(lambda attempt: RetryLater("503") if attempt < 20 else ValueError("boom") if attempt == 20 else None)
    await bench.work.put("draw:a", bench.clock.at)
    for _ in range(21):
        await bench.worker.tick()
        bench.clock.at += 60_000
    assert await bench.work.dead_letters() == []
    assert bench.done == ["a"]


async def test_work_that_ends_its_worker_is_given_up_before_it_ends_another() -> None:
    bench = Bench()
    await bench.work.put("draw:a", bench.clock.at)
    for _ in range(3):
        assert len(await bench.work.claim(bench.clock.at, lease_ms=10, limit=9)) == 1
        bench.clock.at += 60_000
    assert await bench.worker.tick() == 1
    assert bench.tries == 0
    letters = await bench.work.dead_letters()
    assert [(letter.attempts, letter.error) for letter in letters] == [
        (3, "the worker that had it fell silent or failed 3 times")
    ]
    assert await bench.work.replay("draw:a", bench.clock.at)
    await bench.worker.tick()
    assert bench.done == ["a"]


async def test_what_cannot_help_is_given_up_at_once() -> None:
    bench = Bench(lambda attempt: GiveUp("channel_not_found"))
    await bench.work.put("draw:a", bench.clock.at)
    await bench.worker.tick()
    assert [letter.error for letter in await bench.work.dead_letters()] == ["channel_not_found"]


async def test_work_of_a_newer_version_is_left_for_a_replica_that_knows_it() -> None:
    bench = Bench()
    await bench.work.put("teleport:a", bench.clock.at)
    await bench.worker.tick()
    assert bench.seen == [("teleport", "retried", 0)]
    assert await bench.work.dead_letters() == []


async def test_a_worker_wakes_at_once_and_stops_when_told() -> None:
    bench = Bench()
    stop = asyncio.Event()
    running = asyncio.create_task(bench.worker.run(stop))
    await bench.work.put("draw:a", bench.clock.at)
    bench.worker.wake()
    async with asyncio.timeout(2):
        await bench.finished.wait()
        stop.set()
        await running


async def test_a_handler_that_hangs_is_cut_off() -> None:
    bench = Bench()

    async def hang(incident_id: str, detail: str) -> None:
        await asyncio.Event().wait()

    worker = Worker(bench.work, bench.clock, {DueKind.DRAW: hang}, Pace(timeout=20))
    await bench.work.put("draw:a", bench.clock.at)
    async with asyncio.timeout(2):
        await worker.tick()
    assert await bench.work.next_due() == bench.clock.at + Pace().first_retry


async def test_what_is_in_hand_is_not_begun_again_when_its_lease_runs_out() -> None:
    """As when the process, or its clock, stood still for longer than a lease."""
    bench = Bench()
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(incident_id: str, detail: str) -> None:
        bench.tries += 1
        begun.set()
        await may_end.wait()

    bench.worker.handlers = {DueKind.DRAW: slow}
    stop = asyncio.Event()
    await bench.work.put("draw:a", bench.clock.at)
    running = asyncio.create_task(bench.worker.run(stop))
    async with asyncio.timeout(10):
        await begun.wait()
        bench.clock.at += bench.worker.pace.lease + 1
        while "retried" not in [outcome for _, outcome, _ in bench.seen]:
            bench.worker.wake()
            await asyncio.sleep(0.01)
    assert bench.tries == 1
    may_end.set()
    stop.set()
    await asyncio.wait_for(running, 10)
    assert [outcome for _, outcome, _ in bench.seen] == ["retried", "lost"]
    assert [key for key, _ in await bench.work.pending()] == ["draw:a"], "looked at once more, when nobody has it"


async def test_a_store_that_goes_away_after_the_work_loses_nothing() -> None:
    class Away(MemoryWork):
        """Away when the first piece is to be completed."""

        away = True

        async def complete(self, lease: Lease) -> bool:
            if self.away:
                self.away = False
                raise StoreUnavailable("Redis cannot be reached.", unsure=True)
            return await super().complete(lease)

    bench = Bench()
    bench.worker.work = bench.work = Away()
    await bench.work.put("draw:a", bench.clock.at)
    assert await bench.worker.tick() == 1
    assert bench.seen == [("draw", "lost", 0)]
    bench.clock.at += Pace().lease
    assert await bench.worker.tick() == 1
    assert await bench.work.next_due() is None
    assert bench.done == ["a", "a"]


async def test_busy_hands_do_not_ask_the_store_again_and_again() -> None:
    class Counting(MemoryWork):
        asked = 0

        async def next_due(self) -> int | None:
            self.asked += 1
            return await super().next_due()

    bench = Bench()
    work, stop, free = Counting(), asyncio.Event(), asyncio.Event()

    async def slow(incident_id: str, detail: str) -> None:
        await free.wait()
        bench.done.append(incident_id)

    worker = Worker(work, bench.clock, {DueKind.DRAW: slow}, Pace(together=2))
    for name in "abcd":
        await work.put(f"draw:{name}", bench.clock.at)
    running = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(2):
        for _ in range(200):
            worker.wake()
            await asyncio.sleep(0)
        assert (len(await work.pending()), work.asked) == (2, 0)
        free.set()
        for _ in range(200):
            worker.wake()
            await asyncio.sleep(0)
        assert sorted(bench.done) == list("abcd")
        stop.set()
        await running


@pytest.mark.parametrize("attempts", [0, 1, 5, 40])
def test_patience_grows_and_has_an_end(attempts: int) -> None:
    bench = Bench()
    lease = Lease("draw:a", 1, 0, 0, attempts)
    assert bench.worker._backoff(lease) == min(500 * 2**attempts, 30_000)
