"""Numbers that have to be asked for: a background task reads them, so that /metrics and the probes answer at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from bot.engine.desk import Desk
from bot.engine.ports import Clock, Index, StoreUnavailable, Work
from bot.postmortem.coverage import Coverage
from bot.web.covered import read_coverage
from bot.web.metrics import Metrics

EVERY_SECONDS = 5.0
COVERAGE_EVERY = 120
"""Coverage moves by the day and costs a read of six months: once in so many readings."""
UNKNOWN = float("nan")


class Store(Protocol):
    """What the store measures of itself."""

    @property
    def free_memory_ratio(self) -> float: ...

    @property
    def evicted_keys(self) -> float: ...

    @property
    def noeviction(self) -> float: ...

    @property
    def append_only_file(self) -> float: ...

    @property
    def replicas(self) -> float: ...

    @property
    def clock_skew_seconds(self) -> float: ...


class Runbooks(Protocol):
    """How the runbooks are."""

    @property
    def runbooks(self) -> tuple[object, ...]: ...

    @property
    def problems(self) -> tuple[object, ...]: ...


@dataclass(slots=True)
class Readings:
    """The last numbers. NaN where nobody could read them: unknown is not zero."""

    open_incidents: float = UNKNOWN
    oldest_due_seconds: float = UNKNOWN
    dead_letters: float = UNKNOWN
    store_up: float = UNKNOWN
    store: Store | None = None
    coverage: Coverage | None = None
    socket_up: float = UNKNOWN

    def of_store(self, name: str) -> float:
        """One of the store's own numbers."""
        return float(getattr(self.store, name)) if self.store else UNKNOWN

    def forget(self) -> None:
        """The store does not answer: what it said is not known any more. Coverage of months is still true."""
        self.open_incidents = self.oldest_due_seconds = self.dead_letters = UNKNOWN
        self.store = None
        self.store_up = 0.0


@dataclass(slots=True)
class Gauges:
    """Reads the numbers every few seconds until it is stopped."""

    desk: Desk
    work: Work
    clock: Clock
    metrics: Metrics
    ask_store: Callable[[], Awaitable[Store]]
    runbooks: Runbooks
    socket: Callable[[], Awaitable[bool]] | None = None
    """Whether the Socket Mode connection stands; None when the bot is not told over one."""
    on_store: Callable[[str], None] = lambda reason: None
    """Hears once why the store does not answer, and once "" when it does again."""
    readings: Readings = field(default_factory=Readings)

    def __post_init__(self) -> None:
        read, shelf = self.readings, self.runbooks
        for name, meaning, of in (
            ("open_incidents", "Incidents that are open.", lambda: read.open_incidents),
            (
                "due_work_oldest_seconds",
                "Age of the oldest piece of work that is due and not done; one that failed is due at its next attempt.",
                lambda: read.oldest_due_seconds,
            ),
            ("dead_letters", "Work that was given up.", lambda: read.dead_letters),
            ("redis_up", "1 while the store answers.", lambda: read.store_up),
            (
                "redis_free_memory_ratio",
                "Free part of the store's maxmemory, or of its machine's memory without one.",
                lambda: read.of_store("free_memory_ratio"),
            ),
            (
                "redis_evicted_keys",
                "Keys the store has deleted to make room; anything but 0 is lost facts.",
                lambda: read.of_store("evicted_keys"),
            ),
            (
                "redis_noeviction",
                "1 when the store refuses writes rather than delete facts when it is full.",
                lambda: read.of_store("noeviction"),
            ),
            (
                "redis_append_only_file",
                "1 while every write reaches the append-only file; 0 when it is off or its disk is full.",
                lambda: read.of_store("append_only_file"),
            ),
            ("redis_replicas", "Replicas connected to the store.", lambda: read.of_store("replicas")),
            (
                "clock_skew_seconds",
                "Difference between this machine's clock and the store's.",
                lambda: read.of_store("clock_skew_seconds"),
            ),
            (
                "socket_up",
                "1 while Socket Mode is connected; NaN without it.",
                lambda: read.socket_up,
            ),
            ("runbooks", "Runbooks in service.", lambda: float(len(shelf.runbooks))),
            (
                "runbooks_broken",
                "Runbook files whose newest version cannot be used.",
                lambda: float(len(shelf.problems)),
            ),
            (
                "coverage_ratio",
                "Documented part of the incidents of six months; NaN while there were none.",
                lambda: ratio(read.coverage),
            ),
            (
                "coverage_incidents",
                "Closed incidents of six months that count for coverage.",
                lambda: float(read.coverage.total.incidents) if read.coverage else UNKNOWN,
            ),
        ):
            self.metrics.gauge(f"section3_{name}", meaning, of)

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop` is set."""
        count = 0
        while not stop.is_set():
            await self.read()
            if count % COVERAGE_EVERY == 0:
                await self.read_coverage()
            count += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)

    async def read(self) -> None:
        """Read once; a store that does not answer leaves unknowns."""
        read = self.readings
        if self.socket is not None:
            read.socket_up = float(await self.socket())
        try:
            due = await self.work.next_due()
            late = (self.clock.now() - due) / 1000 if due is not None else 0.0
            letters = await self.work.dead_letters()
            live = await self.desk.journal.members(Index.OPEN, limit=100_000)
            read.store = await self.ask_store()
        except StoreUnavailable as error:
            if read.store_up != 0.0:
                self.on_store(str(error))
            read.forget()
            return
        if read.store_up == 0.0:
            self.on_store("")
        read.oldest_due_seconds = max(0.0, late)
        read.dead_letters = float(len(letters))
        read.open_incidents = float(len(live))
        read.store_up = 1.0

    async def read_coverage(self) -> None:
        """Read coverage once; a store that does not answer leaves the last one."""
        with suppress(StoreUnavailable):
            self.readings.coverage = await read_coverage(self.desk, self.clock.now())


def ratio(coverage: Coverage | None) -> float:
    """The documented part, or NaN."""
    found = coverage.total.ratio if coverage else None
    return UNKNOWN if found is None else found
