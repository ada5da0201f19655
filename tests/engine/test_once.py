"""Once-effects: the mark, the settle delay and the look, through crashes, lost answers and sleep."""

from __future__ import annotations

import pytest

from bot.engine.memory import MemoryMarks
from bot.engine.worker import GiveUp, NotDone, RetryLater
from bot.slack.workspace.once import SETTLE_MS, Once


class World:
    """A place where posts show, on a clock that the test sets."""

    def __init__(self) -> None:
        self.at = 1_000_000
        self.posts: list[str] = []
        self.marks = MemoryMarks()
        self.once = Once(self.marks, self)

    def now(self) -> int:
        return self.at

    async def send(self) -> str:
        self.posts.append(f"ts{len(self.posts)}")
        return self.posts[-1]

    async def look(self, since: int) -> str | None:
        return self.posts[0] if self.posts else None

    async def perform(self) -> str:
        return await self.once.perform("a", "head:0", self.send, self.look)


async def test_it_happens_once() -> None:
    world = World()
    assert await world.perform() == await world.perform() == "ts0"
    assert world.posts == ["ts0"]


async def test_a_crash_after_the_post_finds_it() -> None:
    world = World()
    await world.marks.start("a", "head:0", world.at)
    await world.send()
    with pytest.raises(RetryLater) as early:
        await world.perform()
    assert early.value.delay_ms == SETTLE_MS
    world.at += SETTLE_MS
    assert await world.perform() == "ts0"
    assert world.posts == ["ts0"]


async def test_every_lost_answer_gets_its_time_to_show() -> None:
    """Two attempts in a row lose their answers: the third must not look at once, although the mark is old."""
    world = World()

    async def lost() -> str:
        raise RetryLater("no answer", 500)

    for _ in range(2):
        with pytest.raises(RetryLater) as raised:
            await world.once.perform("a", "head:0", lost, world.look)
        world.at += 2 * SETTLE_MS
    assert raised.value.delay_ms == SETTLE_MS


@pytest.mark.parametrize("refusal", [NotDone("429", 500), GiveUp("not_in_channel")])
async def test_what_was_certainly_not_done_is_tried_again_without_a_look(refusal: Exception) -> None:
    world = World()

    async def refused() -> str:
        raise refusal

    async def never(since: int) -> str | None:
        raise AssertionError("there is nothing to look for")

    with pytest.raises(type(refusal)):
        await world.once.perform("a", "head:0", refused, never)
    assert await world.once.perform("a", "head:0", world.send, never) == "ts0"


async def test_a_refusal_that_comes_late_leaves_the_mark() -> None:
    """Another replica may have tried on the same mark meanwhile."""
    world = World()

    async def refused() -> str:
        world.at += SETTLE_MS
        raise NotDone("429", 500)

    with pytest.raises(NotDone):
        await world.once.perform("a", "head:0", refused, world.look)
    assert await world.marks.get("a", "head:0") is not None


async def test_a_replica_that_slept_on_its_mark_does_not_post() -> None:
    world = World()

    class Sleepy(MemoryMarks):
        async def start(self, incident_id: str, effect: str, now: int) -> None:
            await super().start(incident_id, effect, now)
            world.at += SETTLE_MS

    with pytest.raises(RetryLater):
        await Once(Sleepy(), world).perform("a", "head:0", world.send, world.look)
    assert world.posts == []
