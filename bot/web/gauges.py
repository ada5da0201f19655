"""Numbers that have to be asked for: a background task reads them, so that /metrics and the probes answer at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from bot.engine.desk import Desk
from bot.engine.ports import Clock, Index, StoreUnavailable, Work
from bot.web.metrics import Metrics

EVERY_SECONDS = 5.0


@dataclass(slots=True)
class Readings:
    """The last numbers. NaN where nobody could read them: unknown is not zero."""

    open_incidents: float = float("nan")
    oldest_due_seconds: float = float("nan")
    dead_letters: float = float("nan")
    store_up: float = 0.0


@dataclass(slots=True)
class Gauges:
    """Reads the store's numbers every few seconds until it is stopped."""

    desk: Desk
    work: Work
    clock: Clock
    metrics: Metrics
    readings: Readings = field(default_factory=Readings)

    def __post_init__(self) -> None:
        read = self.readings
        self.metrics.gauge("section3_open_incidents", "Incidents that are open.", lambda: read.open_incidents)
        self.metrics.gauge(
            "section3_due_work_oldest_seconds",
            "Age of the oldest piece of work that is due and not done.",
            lambda: read.oldest_due_seconds,
        )
        self.metrics.gauge("section3_dead_letters", "Work that was given up.", lambda: read.dead_letters)
        self.metrics.gauge("section3_redis_up", "1 while the store answers.", lambda: read.store_up)

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop` is set."""
        while not stop.is_set():
            await self.read()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)

    async def read(self) -> None:
        """Read once; a store that does not answer leaves unknowns."""
        try:
            due = await self.work.next_due()
            late = (self.clock.now() - due) / 1000 if due is not None else 0.0
            self.readings.oldest_due_seconds = max(0.0, late)
            self.readings.dead_letters = float(len(await self.work.dead_letters()))
            self.readings.open_incidents = float(len(await self.desk.journal.members(Index.OPEN, limit=100_000)))
            self.readings.store_up = 1.0
        except StoreUnavailable:
            unknown = float("nan")
            self.readings.oldest_due_seconds = unknown
            self.readings.dead_letters = unknown
            self.readings.open_incidents = unknown
            self.readings.store_up = 0.0
