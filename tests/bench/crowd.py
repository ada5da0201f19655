"""What one process costs, and what two carry: 1,000 open incidents and 200 people on one Redis."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.standin import StandIn
from bot.domain.events import Noted
from bot.engine.desk import Desk
from bot.slack.ids import Verb
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.bench.line import send
from tests.bench.targets import CLICK, Target, declare, heads, workspace
from tests.deploy.processes import Replica
from tests.e2e.shift import AP


@dataclass(frozen=True)
class Alone:
    """One idle process: seconds to "ready", bytes of memory, ms from a click to its redraw request at Slack."""

    ready: float
    memory: int
    redraw: float


@dataclass(frozen=True)
class Together:
    """Two processes under a crowd."""

    clicks: int
    lost: int
    throughput: float
    """Clicks a second with nobody thinking, 200 connections."""
    caught_up: float
    """Seconds after the last of those until nothing is left to draw. Only then the pace begins."""
    paced_p50: float
    paced_p99: float
    """ms, while the crowd clicks `paced` times a second in all."""
    paced: float
    draw_seconds: float
    """From the start of the processes until all the incidents stand in Slack."""


async def alone(folder: Path, redis_url: str, times: int = 15) -> Alone:
    """Start one process on the sample runbooks, let it rest, and click."""
    async with await StandIn.start(workspace()) as slack:
        (incident,) = await declare(redis_url, slack.channel(AP).record.id, 1)
        bot = Replica(slack, redis_url, folder / "alone")
        try:
            await bot.start()
            head = await heads(slack, 1)
            await slack.deliver_to(bot.url)
            await asyncio.sleep(3)
            memory = bot.memory()
            target = Target("section3", slack, bot.url, 0, head, (incident,))
            each = [await _redraw(target, number) for number in range(times)]
            return Alone(bot.started_in, memory, sorted(each)[len(each) // 2] * 1000)
        finally:
            await bot.stop()


async def _redraw(target: Target, number: int) -> float:
    """Seconds from a click that changes the head (over, not over) to the redraw's request reaching Slack."""
    slack = target.slack
    arrived: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    take = slack.faults.take

    def seen(method: str, args: object) -> object:
        if method == "chat.update" and not arrived.done():
            arrived.set_result(time.perf_counter())
        return take(method, args)  # type: ignore[arg-type]

    slack.faults.take = seen  # type: ignore[method-assign, assignment]
    try:
        begun = time.perf_counter()
        ack = await slack.courier.interaction(target.payload(CLICK, verb=(Verb.OVER, Verb.REOPEN)[number % 2]))
        assert ack.ok, ack.error
        return await asyncio.wait_for(arrived, 10) - begun
    finally:
        slack.faults.take = take  # type: ignore[method-assign]
        # The next click is to find the bot at rest, as most clicks do.
        await asyncio.sleep(0.3)


async def together(folder: Path, redis_url: str, incidents: int, people: int, clicks: int, paced: float) -> Together:
    """Half of the clicks as fast as they go, half at a walking pace."""
    chosen = random.Random(1)
    async with await StandIn.start(workspace(people)) as slack, contextlib.AsyncExitStack() as stack:
        ids = await declare(redis_url, slack.channel(AP).record.id, incidents)
        begun = time.perf_counter()
        bots = [Replica(slack, redis_url, folder / name) for name in ("one", "two")]
        for bot in bots:
            stack.push_async_callback(bot.stop)
        await asyncio.gather(*(bot.start() for bot in bots))
        head = await heads(slack, incidents, seconds=300)
        drawn = time.perf_counter() - begun
        targets = [Target("section3", slack, bot.url, 0, head, ids) for bot in bots]
        plan = [(f"p{chosen.randrange(people)}", chosen.choice(ids)) for _ in range(clicks)]
        half = len(plan) // 2
        crowd = [
            send(target.url, [target.request(CLICK, *one) for one in plan[:half][number::2]], people // 2)
            for number, target in enumerate(targets)
        ]
        taken = await asyncio.gather(*crowd)
        throughput = half / max(one.total for one in taken)
        caught_up = await _caught_up(redis_url)
        each = sorted(await _paced(targets, plan[half:], paced))
        found = await _recorded(redis_url, ids)
        lost = sum((Counter(incident for _, incident in plan) - found).values())
        assert not found - Counter(incident for _, incident in plan), "a click was recorded twice"
        p50, p99 = each[len(each) // 2] * 1000, each[int(len(each) * 0.99)] * 1000
        return Together(clicks, lost, throughput, caught_up, p50, p99, paced, drawn)


async def _caught_up(redis_url: str, seconds: float = 300) -> float:
    """Seconds until no work is due any more: all that the clicks changed stands in Slack."""
    client = Client(redis_url)
    work, clock, begun = RedisWork(client), OffsetClock(), time.perf_counter()
    try:
        while (due := await work.next_due()) is not None and due <= clock.now():
            assert time.perf_counter() - begun < seconds, "the drawing never caught up"
            await asyncio.sleep(0.1)
    finally:
        await client.close()
    return time.perf_counter() - begun


async def _paced(targets: list[Target], plan: list[tuple[str, str]], rate: float) -> list[float]:
    """The latency of each click when they come at a steady rate, from when it should have left."""
    each: list[float] = []

    async def one(target: Target, due: float, person: str, incident: str) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await send(target.url, [target.request(CLICK, person, incident)], 1)
        each.append(time.perf_counter() - due)

    begun = time.perf_counter()
    await asyncio.gather(
        *(one(targets[n % len(targets)], begun + n / rate, *who) for n, who in enumerate(plan)),
    )
    return each


async def _recorded(redis_url: str, ids: tuple[str, ...]) -> Counter[str]:
    client = Client(redis_url)
    desk = Desk(RedisJournal(client), OffsetClock())
    found = Counter[str]()
    for incident in ids:
        found[incident] = sum(isinstance(fact.event, Noted) for fact in await desk.stream(incident))
    await client.close()
    return found
