"""The desk: the one way in. Every click, command, timer and alert passes `handle`, and only `handle` writes facts."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from weakref import WeakValueDictionary

from bot.domain.codec import load_facts, load_snapshot
from bot.domain.commands import AddReport, Declare
from bot.domain.decide import Context
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.limits import too_long
from bot.domain.refusals import Refusal, Refused
from bot.engine.orders import Accepted, Order, Outcome
from bot.engine.plan import Plan, folded, plan
from bot.engine.ports import Appended, Claimed, Clock, Duplicate, Journal, Loaded, Stale, Stored, StoreUnavailable
from bot.engine.recall import Known, Recall, known

MAX_ROUNDS = 64
"""Each round lost to a conflict means that somebody else made progress; 64 is far beyond any real crowd on one
incident (the race test has 200 clicks and never needs more than the clicks in flight)."""

TOGETHER = 16
"""Commands on one incident that go to the store in one trip: a crowd waits for one answer instead of sixteen."""

OPENING_ROUNDS = 4
"""How often an opening looks again because the incident that it was to join ended in that moment."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """An order in the line; `outcome` when somebody before it has recorded it as well, `error` when they could not."""

    order: Order
    outcome: Outcome | None = None
    error: StoreUnavailable | None = None


@dataclass(slots=True, weakref_slot=True)
class _Line:
    """Who wants to write to one incident, first come first: a crowd that races loses a round for every winner."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: deque[_Waiting] = field(default_factory=deque)


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
    _recall: Recall = field(default_factory=Recall)
    _lines: WeakValueDictionary[str, _Line] = field(default_factory=WeakValueDictionary)

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
        if refused := too_long(declare):  # before it takes a number
            return refused
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
        alone = declare.separate or declare.drill or declare.private
        # Who opens for a service waits for whoever is opening for it: one becomes the incident, the others report in it
        # and use up no number.
        line = self._line(incident_id if alone else f"service {declare.service}")
        async with line.turn:
            # First: a late delivery of an opening belongs to what it opened, whoever has the service by now.
            known = await self._load(incident_id)
            if known:
                return Accepted(known.incident, duplicate=True)
            if not alone:
                holder = await self.journal.claim_holder(declare.service)
                if holder:
                    return Claimed(holder)
            number = await self.journal.number(incident_id)
            numbered = declare.model_copy(update={"number": number})
            return await self._write(incident_id, None, Order(numbered, order.by, order.via, order.dedup))

    async def handle(self, incident_id: str, order: Order) -> Outcome:
        """Decide a command on an existing incident and record what follows from it."""
        line, mine = self._line(incident_id), _Waiting(order)
        line.waiting.append(mine)
        try:
            async with line.turn:
                if mine.error is not None:
                    raise StoreUnavailable(str(mine.error), unsure=mine.error.unsure)
                if mine.outcome is None and len(line.waiting) > 1:
                    await self._in_one_trip(incident_id, list(islice(line.waiting, TOGETHER)))
                outcome = mine.outcome or await self._write(incident_id, await self._known(incident_id), order)
        finally:
            line.waiting.remove(mine)
        if isinstance(outcome, Claimed):
            raise AssertionError("only an opening can claim a service")
        self.watch(incident_id, order, outcome)
        return outcome

    async def incident(self, incident_id: str) -> Incident | None:
        """The newest state, or None when there is no such incident."""
        # Read, never remembered: after a failover the store may have less than this process has seen.
        newest = await self._load(incident_id)
        return newest.incident if newest else None

    async def remembered(self, incident_id: str) -> Incident | None:
        """The state as this process last saw it, read only if it never did. Enough to know what a click means: what is
        recorded is decided against the newest state."""
        known = await self._known(incident_id)
        return known.incident if known else None

    async def by_number(self, number: int, *, newest: bool = True) -> Incident | None:
        """INC-42 by its 42. Without `newest` as `remembered`."""
        if known := self._recall.numbered(number):
            if incident := await (self.incident if newest else self.remembered)(known):
                return incident
            # A failover lost the incident: its number may be another's by now.
            self._recall.number(number, None)
        incident_id = await self.journal.incident_id(number)
        incident = await self.incident(incident_id) if incident_id else None
        if incident_id and incident:
            self._recall.number(number, incident_id)
        return incident

    async def facts(self, incident: Incident, after: int = 0) -> tuple[Fact, ...]:
        """The facts that led to this state. What was recorded since is left out: beside an older state an offer looks
        taken and a question answered."""
        return tuple(fact for fact in await self.stream(incident.id, after) if fact.version <= incident.version)

    async def stream(self, incident_id: str, after: int = 0) -> tuple[Fact, ...]:
        """Every fact there is by now."""
        return load_facts(await self.journal.events(incident_id, after))

    async def many(self, incident_ids: list[str]) -> list[Incident]:
        """The newest state of many incidents; the unknown are left out."""
        loaded = await self.journal.load_many(incident_ids)
        return [(await self._restored(id_, one))[0] for id_, one in zip(incident_ids, loaded, strict=True) if one]

    async def _join(self, incident_id: str, order: Order) -> Outcome:
        declare = order.command
        assert isinstance(declare, Declare)
        report = AddReport(text=declare.symptom, source=declare.source)
        outcome = await self.handle(incident_id, Order(report, order.by, order.via, order.dedup))
        if isinstance(outcome, Refusal):
            return outcome
        return Accepted(outcome.incident, outcome.facts, outcome.duplicate, joined=True, replicas=outcome.replicas)

    async def _in_one_trip(self, incident_id: str, crowd: list[_Waiting]) -> None:
        """`_together`, and a store that does not answer is waited for once and not by each of the crowd."""
        try:
            await self._together(incident_id, crowd)
        except StoreUnavailable as error:
            for one in crowd:
                one.error = error
            raise

    async def _together(self, incident_id: str, crowd: list[_Waiting]) -> None:
        """Record in one trip what several ask for at once. What does not come to a plain end here (it is refused, or
        somebody else was first) is left without an outcome, for its own turn."""
        before = await self._known(incident_id)
        told: list[tuple[_Waiting, Plan]] = []
        for one in crowd:
            # Its own turn may be the second attempt: only a delivery is recognised then.
            planned = self._plan(incident_id, before, one.order) if one.order.dedup and one.outcome is None else None
            if not isinstance(planned, Plan):
                continue
            if planned.change.claim or planned.change.release:
                break
            told.append((one, planned))
            before = planned.after
        if not told:
            return
        results = await self.journal.append_each([planned.change for _, planned in told])
        for (one, planned), result in zip(told, results, strict=True):
            if not isinstance(result, Stored):
                break
            one.outcome = self._stored(planned, result)

    async def _write(self, incident_id: str, before: Known | None, order: Order) -> Outcome | Claimed:
        contested = False
        for _ in range(MAX_ROUNDS):
            planned = self._plan(incident_id, before, order, contested=contested)
            if isinstance(planned, Refusal):
                # What this process remembers may be old, or (after a failover) may never have been kept.
                newest = await self._load(incident_id)
                if newest is before:
                    return planned
                before = newest
                continue
            result = await self.journal.append(planned.change)
            if isinstance(result, Stored):
                return self._stored(planned, result)
            if isinstance(result, Claimed):
                if before is None:
                    return result
                # Reopened while another incident has the service: it stands beside that one.
                contested = True
                continue
            before = await self._caught_up(incident_id, before, result)
            if isinstance(result, Duplicate):
                return Accepted(before.incident, duplicate=True)
        raise StoreUnavailable(f"{MAX_ROUNDS} other writes came first; nothing of this one was recorded. Try again.")

    def _plan(self, incident_id: str, before: Known | None, order: Order, *, contested: bool = False) -> Plan | Refusal:
        """What would be written, if nobody else was first."""
        context = Context(by=order.by, at=self.clock.now(), via=order.via, happened=order.happened)
        separate = contested or (isinstance(order.command, Declare) and order.command.separate)
        return plan(
            incident_id, before, order.command, context, dedup=order.dedup, separate=separate, soonest=self.soonest
        )

    def _stored(self, planned: Plan, result: Stored) -> Accepted:
        self._recall.keep(planned.after.written(result.head))
        if due := [one.at for one in planned.change.due if one.at is not None]:
            self.wake(min(due))
        return Accepted(planned.after.incident, planned.new, replicas=result.replicas)

    async def _caught_up(self, incident_id: str, before: Known | None, result: Appended) -> Known:
        if isinstance(result, Stale) and before is not None and result.version < before.version:
            # A failover lost facts that this process has seen: what the store has now is the truth.
            loaded = await self._load(incident_id)
            if loaded is None:
                raise StoreUnavailable(f"The store has lost {before.incident.name}. Nothing of this was recorded.")
            return loaded
        if isinstance(result, Stale):
            state = folded(before.incident if before else None, load_facts(result.missed), incident_id)
            return self._recall.keep(known(state, result.head, before.snapshot if before else 0))
        try:
            newest = await self._load(incident_id)
        except StoreUnavailable as error:
            # It is recorded, and cannot be shown: who asks must not hear that nothing was.
            raise StoreUnavailable(str(error), unsure=True) from error
        assert newest is not None, "a duplicate of an incident that does not exist"
        return newest

    def _line(self, incident_id: str) -> _Line:
        line = self._lines.get(incident_id)
        if line is None:
            line = self._lines[incident_id] = _Line()
        return line

    async def _known(self, incident_id: str) -> Known | None:
        return self._recall.get(incident_id) or await self._load(incident_id)

    async def _load(self, incident_id: str) -> Known | None:
        had = self._recall.get(incident_id)
        loaded = await self.journal.load(incident_id, had.head if had else "")
        if had and loaded and loaded.head == had.head:
            return self._recall.keep(had)
        # What is remembered may be ahead of the store (after a failover): it must not stay because it is newer.
        self._recall.forget(incident_id)
        if loaded is None:
            return None
        incident, snapshot = await self._restored(incident_id, loaded)
        return self._recall.keep(known(incident, loaded.head, snapshot))

    async def _restored(self, incident_id: str, loaded: Loaded) -> tuple[Incident, int]:
        """The state, and the version of the snapshot that it was made from."""
        snapshot = load_snapshot(loaded.snapshot) if loaded.snapshot else None
        if snapshot is not None:
            return folded(snapshot, load_facts(loaded.events), incident_id), loaded.snapshot_version
        events = await self.journal.events(incident_id)
        return folded(None, load_facts(events[: loaded.version]), incident_id), 0


def opening_id(dedup: str) -> str:
    """The incident id that a delivery opens: 16 hex digits of its dedup key's hash."""
    return hashlib.sha256(dedup.encode()).hexdigest()[:16]
