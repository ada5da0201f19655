"""The worker: claims due work and performs it. What it learns comes back as commands through the desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from math import inf

from bot.domain.due import DueKind, parse_key
from bot.engine.ports import Clock, Lease, StoreUnavailable, Work

Handler = Callable[[str, str], Awaitable[None]]
"""Performs one piece of work: (incident id, detail)."""


class RetryLater(Exception):
    """The outside world asked to wait (429) or is away (5xx, no connection): try again after `delay_ms`."""

    def __init__(self, reason: str, delay_ms: int | None = None) -> None:
        super().__init__(reason)
        self.delay_ms = delay_ms


class NotDone(RetryLater):
    """The same, and it is certain that nothing was done: an effect that happens once needs not be looked for."""


class GiveUp(Exception):
    """Trying again cannot help (the channel is gone, the payload is refused): straight to the dead letters."""


REMEMBERED_HOLDS = 5000
"""Pieces whose soonest next attempt is remembered: more than incidents are ever open at once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the worker is. All times in ms."""

    poll: int = 250
    """Other replicas' work is seen within this time; our own at once."""
    lease: int = 4_000
    """Short, so that another worker takes over within seconds of a crash; kept up while the work is in hand."""
    keep_up: int = 1_000
    timeout: int = 20_000
    """A handler that takes longer is cut off and tried again."""
    shortest_pause: int = 5
    rest: int = 25
    """Between two looks while there are hands free."""
    spacing: int = 100
    """Between two drawings of one incident: a crowd that clicks makes one drawing of many."""
    longest_spacing: int = 1_200
    """It doubles up to this while an incident does not rest: Slack takes 50 updates a minute (docs.slack.dev, rate
    limits, tier 3)."""
    first_retry: int = 500
    longest_retry: int = 30_000
    faults: int = 12
    """Attempts that end with an error of our own, or with the end of the worker, before a piece is given up; what is
    `RetryLater` is tried for as long as it takes."""
    together: int = 8


@dataclass(frozen=True, slots=True)
class _Hold:
    """Not before `until` (ms) again; `spacing` is how far it was from the last start."""

    until: int
    spacing: int


@dataclass(slots=True)
class Worker:
    """Performs due work until it is told to stop. Safe to run in any number of processes."""

    work: Work
    clock: Clock
    handlers: Mapping[DueKind, Handler]
    pace: Pace = Pace()
    observe: Callable[[Lease, str, int, str], None] = lambda lease, outcome, late_ms, error: None
    """Told of every finished piece: outcome (done, retried, buried, lost), lateness in ms, and the error if any."""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _holds: dict[str, _Hold] = field(default_factory=dict)
    _next_look: float = -inf
    """When the pause ends (ms); -inf outside a pause."""
    _asked: float = inf
    """The earliest instant (ms) that `wake` named since the last look."""

    def wake(self, at: int = 0) -> None:
        """There is work that is due at `at` (ms): look then rather than at the next poll."""
        self._asked = min(self._asked, at)
        if at < self._next_look:
            self._wake.set()

    def soonest(self, key: str) -> int:
        """The earliest instant (ms) at which this piece is worth trying again: Slack asked to wait, or it was drawn a
        moment ago."""
        hold = self._holds.get(key)
        return hold.until if hold else 0

    def _begun(self, key: str) -> None:
        """Work has begun: what is asked for meanwhile comes after the spacing too."""
        now, last = self.clock.now(), self._holds.get(key)
        restless = last is not None and now < last.until + last.spacing
        spacing = min(2 * last.spacing, self.pace.longest_spacing) if last and restless else self.pace.spacing
        self._hold(key, now + spacing, spacing)

    def _hold(self, key: str, until: int, spacing: int) -> None:
        if len(self._holds) >= REMEMBERED_HOLDS:
            now = self.clock.now()
            self._holds = {one: hold for one, hold in self._holds.items() if hold.until + hold.spacing > now}
        self._holds[key] = _Hold(until, spacing)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is in hand is finished first. A store that is away is waited for."""
        stopping = asyncio.create_task(stop.wait())
        in_hand: set[asyncio.Task[None]] = set()
        try:
            while not stop.is_set():
                try:
                    started = await self._start(in_hand)
                    full = len(in_hand) >= self.pace.together
                    if started and not full:
                        await asyncio.wait({stopping}, timeout=self.pace.rest / 1000)
                    elif not started:
                        await self._pause(stopping, in_hand, await self._until_due(full))
                except StoreUnavailable:
                    await self._pause(stopping, in_hand, self.pace.poll)
        finally:
            stopping.cancel()
            with suppress(asyncio.CancelledError):
                await stopping
            if in_hand:
                await asyncio.wait(in_hand)

    async def _start(self, in_hand: set[asyncio.Task[None]]) -> int:
        """Claim what is due, as much as there are hands for, and begin it. A slow piece holds up no other."""
        free = self.pace.together - len(in_hand)
        if free <= 0:
            return 0
        self._asked = inf
        leases = await self.work.claim(self.clock.now(), lease_ms=self.pace.lease, limit=free)
        busy = {task.get_name() for task in in_hand}
        for lease in leases:
            if lease.key in busy:
                # This process was held up for longer than its lease. Two attempts at once could do it twice.
                await self._retry(lease, "this worker is still at it", self.pace.lease)
                continue
            task = asyncio.create_task(self._perform(lease), name=lease.key)
            in_hand.add(task)
            task.add_done_callback(in_hand.discard)
        return len(leases)

    async def _until_due(self, full: bool) -> int:
        """How long to pause (ms): until the next piece is due, but no longer than the poll. `full`: every hand has
        work, so that only the end of a piece is worth waking up for."""
        due = None if full else await self.work.next_due()
        left = self.pace.poll if due is None else due - self.clock.now()
        return max(self.pace.shortest_pause, min(left, self.pace.poll))

    async def _pause(self, stopping: asyncio.Task[bool], in_hand: set[asyncio.Task[None]], pause: int) -> None:
        waking = asyncio.create_task(self._wake.wait())
        full = in_hand if len(in_hand) >= self.pace.together else set()
        # What was asked for during the look may be in hand already: worth another look, but not one after another.
        pause = int(min(pause, max(self.pace.rest, self._asked - self.clock.now())))
        self._next_look = self.clock.now() + pause
        await asyncio.wait({waking, stopping, *full}, timeout=pause / 1000, return_when=asyncio.FIRST_COMPLETED)
        self._next_look = -inf
        waking.cancel()
        self._wake.clear()

    async def tick(self) -> int:
        """Claim what is due now and perform it to the end; how many pieces there were."""
        in_hand: set[asyncio.Task[None]] = set()
        started = await self._start(in_hand)
        if in_hand:
            await asyncio.wait(in_hand)
        return started

    async def _perform(self, lease: Lease) -> None:
        try:
            await self._attempt(lease)
        except StoreUnavailable as error:
            # Done or not, it cannot be said now: the lease ends by itself and the piece is taken up again.
            self._observe(lease, "lost", str(error))

    async def _attempt(self, lease: Lease) -> None:
        try:
            kind, incident_id, detail = parse_key(lease.key)
            handler = self.handlers[kind]
        except (ValueError, KeyError):
            # A newer version wrote it during a rolling deploy: leave it for a replica that knows it.
            await self._retry(lease, f"this version cannot do {lease.key!r}", self.pace.longest_retry)
            return
        if lease.faults >= self.pace.faults:
            # Seen only here: the workers that had it last could not say so any more.
            await self._bury(lease, f"the worker that had it fell silent or failed {lease.faults} times", tried=False)
            return
        self._begun(lease.key)
        try:
            async with asyncio.timeout(self.pace.timeout / 1000), self._kept(lease):
                await handler(incident_id, detail)
        except RetryLater as error:
            if error.delay_ms:
                self._hold(lease.key, self.clock.now() + error.delay_ms, self.pace.spacing)
            await self._retry(lease, str(error), error.delay_ms or self._backoff(lease))
        except (StoreUnavailable, TimeoutError) as error:
            await self._retry(lease, str(error) or "timed out", self._backoff(lease))
        except GiveUp as error:
            await self._bury(lease, str(error))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            if lease.faults + 1 >= self.pace.faults:
                await self._bury(lease, reason)
            else:
                await self._retry(lease, reason, self._backoff(lease), fault=True)
        else:
            await self._settled(lease, await self.work.complete(lease), "done")

    @asynccontextmanager
    async def _kept(self, lease: Lease) -> AsyncIterator[None]:
        """Keep the lease while the work is in hand."""

        async def keep() -> None:
            kept = True
            while kept:
                await asyncio.sleep(self.pace.keep_up / 1000)
                with suppress(StoreUnavailable):
                    kept = await self.work.extend(lease, self.clock.now() + self.pace.lease)

        keeping = asyncio.create_task(keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    def _backoff(self, lease: Lease) -> int:
        return int(min(self.pace.first_retry * 2 ** min(lease.attempts, 16), self.pace.longest_retry))

    async def _retry(self, lease: Lease, reason: str, delay_ms: int, *, fault: bool = False) -> None:
        kept = await self.work.retry(lease, self.clock.now() + delay_ms, reason, fault=fault)
        await self._settled(lease, kept, "retried", reason)

    async def _bury(self, lease: Lease, reason: str, *, tried: bool = True) -> None:
        kept = await self.work.bury(lease, reason, self.clock.now(), tried=tried)
        await self._settled(lease, kept, "buried", reason)

    async def _settled(self, lease: Lease, kept: bool, outcome: str, error: str = "") -> None:
        if not kept and lease.key.startswith(DueKind.DRAW):
            # Somebody else has drawn meanwhile, and our older drawing may have come last: once more.
            await self.work.put(lease.key, self.clock.now())
        self._observe(lease, outcome if kept else "lost", error)

    def _observe(self, lease: Lease, outcome: str, error: str = "") -> None:
        self.observe(lease, outcome, max(0, self.clock.now() - lease.due_at), error)
