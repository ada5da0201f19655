"""A night without a screen: what nobody has to see is done, and what is to be shown is neither lost nor said."""

from __future__ import annotations

from bot.domain.due import DueKind
from bot.engine.offscreen import LEFT_MS, UNSEEN, offscreen
from bot.engine.worker import Worker
from tests.domain.story import MINUTE
from tests.engine.test_effects import Bench, Silent


async def test_a_wait_ends_and_the_drawing_is_left_to_a_bot_that_runs() -> None:
    bench = Bench()
    alone = Worker(bench.work, bench.clock, offscreen(bench.desk, Silent(), bench.marks, bench.work))
    incident_id = await bench.waiting()
    bench.clock.at += 10 * MINUTE
    await alone.tick()
    assert (await bench.types(incident_id))[-1] == "wait_elapsed"
    assert not (await bench.work.dead_letters() or bench.screen.drawn)
    elapsed = await bench.desk.incident(incident_id)
    bench.clock.at += LEFT_MS
    await bench.worker.tick()
    assert elapsed is not None
    assert bench.screen.drawn == [elapsed.version]


async def test_nobody_is_asked_where_nobody_looks() -> None:
    bench = Bench()
    alone = Worker(bench.work, bench.clock, offscreen(bench.desk, Silent(), bench.marks, bench.work))
    incident_id = await bench.waiting()
    before = await bench.types(incident_id)
    bench.clock.at += 6 * MINUTE
    await alone.tick()
    assert await bench.types(incident_id) == before, "the question whether somebody has it waits for a screen"
    bench.clock.at += LEFT_MS
    await bench.worker.tick()
    assert (await bench.types(incident_id))[-1] == "reminded"


def test_every_kind_of_work_is_done_or_left() -> None:
    bench = Bench()
    handlers = offscreen(bench.desk, Silent(), bench.marks, bench.work)
    assert set(handlers) == set(DueKind)
    assert set(DueKind) > UNSEEN
