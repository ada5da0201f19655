"""The desk: the one way in. Every click, command, timer and alert passes `handle`, and only `handle` writes facts."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from bot.domain.codec import dump_fact, dump_snapshot, load_facts, load_snapshot
from bot.domain.commands import AddReport, Command, Declare
from bot.domain.decide import Context, dated, decide, facts
from bot.domain.due import AT_ONCE, DueKind, due_after
from bot.domain.events import Fact
from bot.domain.fold import apply, fold
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import Actor
from bot.engine.ports import (
    Append,
    Appended,
    Claimed,
    Clock,
    DueChange,
    Duplicate,
    Journal,
    Loaded,
    Stale,
    Stored,
    StoreUnavailable,
)
from bot.engine.projections import changed, claims

MAX_ROUNDS = 64
"""Each round lost to a conflict means that somebody else made progress; 64 is far beyond any real crowd on one
incident (the race test has 200 clicks and never needs more than the clicks in flight)."""

CACHED_INCIDENTS = 4096

OPENING_ROUNDS = 4
"""How often an opening looks again because the incident that it was to join ended in that moment."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Recorded. `facts` is empty for a duplicate delivery. `replicas` is how many replicas confirmed (None: not asked
    for)."""

    incident: Incident
    facts: tuple[Fact, ...] = ()
    duplicate: bool = False
    joined: bool = False
    """True when an opening was recorded as a report in the incident that is already open for the service."""
    replicas: int | None = None


Outcome = Accepted | Refusal


@dataclass(frozen=True, slots=True)
class Order:
    """A command with its circumstances. Two orders with the same non-empty `dedup` are one delivery."""

    command: Command
    by: Actor
    via: str
    dedup: str = ""
    happened: int | None = None


@dataclass(slots=True)
class Desk:
    """Decides commands on incidents and writes what follows. Raises StoreUnavailable when nothing could be written."""

    journal: Journal
    clock: Clock
    wake: Callable[[int], None] = lambda at: None
    """Told after every write when its first piece of work is due (ms): the worker of this process looks then."""
    soonest: Callable[[str], int] = lambda key: 0
    """The earliest instant (ms) at which a piece of work is worth trying, as the worker of this process knows it."""
    watch: Callable[[str, Order, Outcome], None] = lambda incident_id, order, outcome: None
    """Told of every outcome, with the id of the incident (metrics, logs)."""
    _cache: OrderedDict[str, Incident] = field(default_factory=OrderedDict)
    _stored: dict[str, bytes] = field(default_factory=dict)
    """The snapshot of each cached incident as the store has it, so that an unchanged one need not be read again."""
    _numbers: dict[int, str] = field(default_factory=dict)
    """A number never changes its incident."""
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """One writer at a time for each incident in this process: a crowd that races loses a round for every winner."""

    async def open(self, order: Order) -> Outcome:
        """Open an incident with a `Declare`, or record it as a report in the one that is open for the service."""
        outcome = await self._open(order)
        self.watch(outcome.incident.id if isinstance(outcome, Accepted) else "", order, outcome)
        return outcome

    async def _open(self, order: Order) -> Outcome:
        # The id comes from the delivery's dedup key, so thirty deliveries make one incident and one number.
        declare = order.command
        if not isinstance(declare, Declare) or not order.dedup:
            raise ValueError("open takes a Declare with a dedup key")
        incident_id = opening_id(order.dedup)
        outcome: Outcome | Claimed = Claimed("")
        for _ in range(OPENING_ROUNDS):
            outcome = await self._declare(incident_id, declare, order)
            if isinstance(outcome, Claimed):
                outcome = await self._join(outcome.incident_id, order)
            if not (isinstance(outcome, Refusal) and outcome.reason is Refused.INCIDENT_CLOSED):
                break
        assert not isinstance(outcome, Claimed)
        return outcome

    async def _declare(self, incident_id: str, declare: Declare, order: Order) -> Outcome | Claimed:
        async with self._turn(incident_id):
            # First: a late delivery of an opening belongs to what it opened, whoever has the service by now.
            known = await self._load(incident_id)
            if known:
                return Accepted(known, duplicate=True)
            if not declare.separate and not declare.drill and not declare.private:
                holder = await self.journal.claim_holder(declare.service)
                if holder:
                    return Claimed(holder)
            number = await self.journal.number(incident_id)
            numbered = declare.model_copy(update={"number": number})
            return await self._write(incident_id, None, Order(numbered, order.by, order.via, order.dedup))

    async def handle(self, incident_id: str, order: Order) -> Outcome:
        """Decide a command on an existing incident and record what follows from it."""
        async with self._turn(incident_id):
            before = self._cache.get(incident_id) or await self._load(incident_id)
            outcome = await self._write(incident_id, before, order)
        if isinstance(outcome, Claimed):
            raise AssertionError("only an opening can claim a service")
        self.watch(incident_id, order, outcome)
        return outcome

    async def incident(self, incident_id: str) -> Incident | None:
        """The newest state, or None when there is no such incident."""
        # Read, never remembered: after a failover the store may have less than this process has seen.
        return await self._load(incident_id)

    async def remembered(self, incident_id: str) -> Incident | None:
        """The state as this process last saw it, read only if it never did. Enough to know what a click means: what is
        recorded is decided against the newest state."""
        return self._cache.get(incident_id) or await self._load(incident_id)

    async def by_number(self, number: int, *, newest: bool = True) -> Incident | None:
        """INC-42 by its 42. Without `newest` as `remembered`."""
        if known := self._numbers.get(number):
            if incident := await (self.incident if newest else self.remembered)(known):
                return incident
            # A failover lost the incident: its number may be another's by now.
            del self._numbers[number]
        incident_id = await self.journal.incident_id(number)
        incident = await self.incident(incident_id) if incident_id else None
        if incident_id and incident:
            self._numbers[number] = incident_id
        return incident

    async def facts(self, incident_id: str, after: int = 0) -> tuple[Fact, ...]:
        """The stream."""
        return load_facts(await self.journal.events(incident_id, after))

    async def many(self, incident_ids: list[str]) -> list[Incident]:
        """The newest snapshots of many incidents; the unknown are left out. An incident whose snapshot is of another
        schema is folded from its stream."""
        loaded = await self.journal.load_many(incident_ids)
        found = []
        for incident_id, one in zip(incident_ids, loaded, strict=True):
            snapshot = load_snapshot(one.snapshot) if one and one.snapshot else None
            incident = snapshot or (await self._load(incident_id) if one else None)
            if incident:
                found.append(incident)
        return found

    async def _join(self, incident_id: str, order: Order) -> Outcome:
        declare = order.command
        assert isinstance(declare, Declare)
        report = AddReport(text=declare.symptom, source=declare.source)
        outcome = await self.handle(incident_id, Order(report, order.by, order.via, order.dedup))
        if isinstance(outcome, Refusal):
            return outcome
        return Accepted(outcome.incident, outcome.facts, outcome.duplicate, joined=True, replicas=outcome.replicas)

    async def _write(self, incident_id: str, before: Incident | None, order: Order) -> Outcome | Claimed:
        contested = False
        for _ in range(MAX_ROUNDS):
            context = dated(
                order.command,
                Context(by=order.by, at=self.clock.now(), via=order.via, happened=order.happened),
            )
            decision = decide(before, order.command, context)
            if isinstance(decision, Refusal):
                # What this process remembers may be old, or (after a failover) may never have been kept.
                newest = await self._load(incident_id)
                if newest == before:
                    return decision
                before = newest
                continue
            new = facts(before, decision, context)
            after = before
            for fact in new:
                after = apply(after, fact, incident_id)
            assert after is not None
            change = _append(order, before, after, new, context.at, self.soonest)
            result = await self.journal.append(replace(change, claim="") if contested else change)
            if isinstance(result, Stored):
                self._remember(after, change.snapshot)
                if due := [one.at for one in change.due if one.at is not None]:
                    self.wake(min(due))
                return Accepted(after, new, replicas=result.replicas)
            if isinstance(result, Claimed):
                if before is None:
                    return result
                # Reopened while another incident has the service: it stands beside that one.
                contested = True
                continue
            before = await self._caught_up(incident_id, before, result)
            if isinstance(result, Duplicate):
                return Accepted(before, duplicate=True)
        raise StoreUnavailable(f"{MAX_ROUNDS} other writes came first; nothing of this one was recorded. Try again.")

    async def _caught_up(self, incident_id: str, before: Incident | None, result: Appended) -> Incident:
        if isinstance(result, Stale) and before is not None and result.version < before.version:
            # A failover lost facts that this process has seen: what the store has now is the truth.
            loaded = await self._load(incident_id)
            if loaded is None:
                raise StoreUnavailable(f"The store has lost {before.name}. Nothing of this was recorded.")
            return loaded
        if isinstance(result, Stale):
            return self._remember(_folded(before, result.missed, incident_id))
        newest = await self.incident(incident_id)
        assert newest is not None, "a duplicate of an incident that does not exist"
        return newest

    def _turn(self, incident_id: str) -> asyncio.Lock:
        lock = self._turns.get(incident_id)
        if lock is None:
            lock = self._turns[incident_id] = asyncio.Lock()
        return lock

    async def _load(self, incident_id: str) -> Incident | None:
        loaded = await self.journal.load(incident_id)
        known = self._cache.pop(incident_id, None)
        stored = self._stored.pop(incident_id, None)
        if loaded is None:
            return None
        same = known is not None and stored == loaded.snapshot and not loaded.events
        incident = known if same and known else await self._restored(incident_id, loaded)
        return self._remember(incident, loaded.snapshot if not loaded.events else None)

    async def _restored(self, incident_id: str, loaded: Loaded) -> Incident:
        snapshot = load_snapshot(loaded.snapshot) if loaded.snapshot else None
        if snapshot is not None:
            return _folded(snapshot, loaded.events)
        return _folded(None, await self.journal.events(incident_id), incident_id)

    def _remember(self, incident: Incident, stored: bytes | None = None) -> Incident:
        known = self._cache.get(incident.id)
        if known is None or known.version <= incident.version:
            self._cache[incident.id] = incident
            self._stored.pop(incident.id, None)
            if stored is not None:
                self._stored[incident.id] = stored
        self._cache.move_to_end(incident.id)
        while len(self._cache) > CACHED_INCIDENTS:
            oldest, dropped = self._cache.popitem(last=False)
            self._stored.pop(oldest, None)
            self._numbers.pop(dropped.number, None)
        return incident


def opening_id(dedup: str) -> str:
    """The incident id that a delivery opens: 16 hex digits of its dedup key's hash."""
    return hashlib.sha256(dedup.encode()).hexdigest()[:16]


def _folded(before: Incident | None, events: tuple[bytes, ...] | list[bytes], incident_id: str = "") -> Incident:
    after = fold(load_facts(events), before, incident_id or (before.id if before else ""))
    assert after is not None, "an empty stream has no state"
    return after


def _append(
    order: Order,
    before: Incident | None,
    after: Incident,
    new: tuple[Fact, ...],
    now: int,
    soonest: Callable[[str], int],
) -> Append:
    separate = isinstance(order.command, Declare) and order.command.separate
    claim, release = claims(before, after)
    # Facts never run backwards, clocks do: what is due at once must not wait until the clock has caught up.
    due = []
    for one in due_after(before, after, new):
        at = one.at
        if at is not None and one.kind in AT_ONCE and at <= after.last_at:
            at = min(at, now)
        if at is not None and one.kind in (DueKind.DRAW, DueKind.SAY):
            at = max(at, soonest(one.key))
        due.append(DueChange(one.key, at))
    return Append(
        incident_id=after.id,
        expected=before.version if before else 0,
        events=tuple(dump_fact(fact) for fact in new),
        snapshot=dump_snapshot(after),
        dedup=order.dedup,
        due=tuple(due),
        index=changed(before, after),
        claim="" if separate else claim,
        release=release,
    )
