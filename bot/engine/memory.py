"""Journal, Work and Marks in memory: the same contract as the store on Redis, for tests and trials. Nothing is kept.

Each call does its work without awaiting, so it is as atomic as a script on the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.engine.ports import (
    Append,
    Appended,
    Claimed,
    DeadLetter,
    Duplicate,
    FailingWork,
    Index,
    Lease,
    Loaded,
    Mark,
    Stale,
    Stored,
)


@dataclass(slots=True)
class _Held:
    """A lease, and what was asked for meanwhile: nothing, or (an instant, or None for a cancellation)."""

    lease: Lease
    redo: list[int | None] = field(default_factory=list)


class MemoryWork:
    """The Work of `bot.engine.ports`."""

    def __init__(self) -> None:
        self._due: dict[str, int] = {}
        self._held: dict[str, _Held] = {}
        self._tries: dict[str, tuple[int, int, str]] = {}
        """Attempts, faults and the last error."""
        self._dead: dict[str, DeadLetter] = {}
        self._token = 0

    async def claim(self, now: int, *, lease_ms: int, limit: int) -> list[Lease]:
        taken: list[Lease] = []
        ended = sorted((held.lease.until, key) for key, held in self._held.items() if held.lease.until <= now)
        for _, key in ended[: max(0, limit)]:
            held = self._held.pop(key)
            if held.redo == [None]:
                self._tries.pop(key, None)
                continue
            self._fail(key, "the worker that had it fell silent", fault=True)
            later = [at for at in held.redo if at is not None and at > now]
            taken.append(self._take(key, held.lease.due_at, now + lease_ms, later))
        due = sorted((at, key) for key, at in self._due.items() if at <= now)
        for at, key in due[: max(0, limit - len(taken))]:
            del self._due[key]
            taken.append(self._take(key, at, now + lease_ms, []))
        return taken

    async def extend(self, lease: Lease, until: int) -> bool:
        held = self._held.get(lease.key)
        if held is None or held.lease.token != lease.token:
            return False
        held.lease = replace(held.lease, until=until)
        return True

    async def complete(self, lease: Lease) -> bool:
        held = self._give_back(lease)
        if held is None:
            return False
        self._tries.pop(lease.key, None)
        self._dead.pop(lease.key, None)
        self._put_redo(held)
        return True

    async def retry(self, lease: Lease, at: int, error: str, *, fault: bool = False) -> bool:
        held = self._give_back(lease)
        if held is None:
            return False
        if held.redo == [None]:
            self._tries.pop(lease.key, None)
            return True
        self._fail(lease.key, error, fault=fault)
        self._due[lease.key] = max([at, *(redo for redo in held.redo if redo is not None)])
        return True

    async def bury(self, lease: Lease, error: str, now: int, *, tried: bool = True) -> bool:
        held = self._give_back(lease)
        if held is None:
            return False
        self._tries.pop(lease.key, None)
        self._dead[lease.key] = DeadLetter(lease.key, error, lease.attempts + tried, now)
        self._put_redo(held)
        return True

    async def put(self, key: str, at: int) -> None:
        self.change(key, at)

    async def next_due(self) -> int | None:
        return min([*self._due.values(), *(held.lease.until for held in self._held.values())], default=None)

    async def dead_letters(self) -> list[DeadLetter]:
        return sorted(self._dead.values(), key=lambda letter: (letter.at, letter.key))

    async def replay(self, key: str, now: int) -> bool:
        if self._dead.pop(key, None) is None:
            return False
        self.change(key, now)
        return True

    async def pending(self, limit: int = 1000) -> list[tuple[str, int]]:
        return sorted(self._due.items(), key=lambda item: (item[1], item[0]))[: max(0, limit)]

    async def failing(self) -> list[FailingWork]:
        return [FailingWork(key, error, attempts) for key, (attempts, _, error) in sorted(self._tries.items())]

    def change(self, key: str, at: int | None) -> None:
        """Put or (None) cancel a piece, in the same step as an append."""
        if key in self._held:
            self._held[key].redo = [at]
        elif at is None:
            self._due.pop(key, None)
            self._tries.pop(key, None)
        else:
            self._due[key] = at

    def _take(self, key: str, due_at: int, until: int, redo: Iterable[int]) -> Lease:
        self._token += 1
        attempts, faults, _ = self._tries.get(key, (0, 0, ""))
        lease = Lease(key, self._token, due_at, until, attempts, faults)
        self._held[key] = _Held(lease, list(redo))
        return lease

    def _give_back(self, lease: Lease) -> _Held | None:
        held = self._held.get(lease.key)
        return self._held.pop(lease.key) if held and held.lease.token == lease.token else None

    def _fail(self, key: str, error: str, *, fault: bool) -> None:
        attempts, faults, _ = self._tries.get(key, (0, 0, ""))
        self._tries[key] = (attempts + 1, faults + fault, error)

    def _put_redo(self, held: _Held) -> None:
        for at in held.redo:
            if at is not None:
                self._due[held.lease.key] = at


class MemoryMarks:
    """The Marks of `bot.engine.ports`."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], Mark] = {}

    async def start(self, incident_id: str, effect: str, now: int) -> Mark | None:
        known = self._marks.get((incident_id, effect))
        if known is None:
            self._marks[incident_id, effect] = Mark(now)
        return known

    async def withdraw(self, incident_id: str, effect: str, started_at: int) -> None:
        if self._marks.get((incident_id, effect)) == Mark(started_at):
            del self._marks[incident_id, effect]

    async def finish(self, incident_id: str, effect: str, result: str) -> None:
        known = self._marks.get((incident_id, effect), Mark(0))
        self._marks[incident_id, effect] = Mark(known.started_at, result)

    async def get(self, incident_id: str, effect: str) -> Mark | None:
        return self._marks.get((incident_id, effect))


class MemoryJournal:
    """The Journal of `bot.engine.ports`; due work of an append goes to `work`. Deliveries are remembered for ever."""

    def __init__(self, work: MemoryWork) -> None:
        self._work = work
        self._streams: dict[str, list[bytes]] = {}
        self._snapshots: dict[str, tuple[int, bytes]] = {}
        self._deliveries: dict[tuple[str, str], int] = {}
        self._indexes: dict[tuple[Index, str], dict[str, int]] = {}
        self._claims: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    async def number(self, incident_id: str) -> int:
        return self._numbers.setdefault(incident_id, len(self._numbers) + 1)

    async def incident_id(self, number: int) -> str | None:
        return next((incident_id for incident_id, known in self._numbers.items() if known == number), None)

    async def append(self, append: Append) -> Appended:
        if not append.events:
            raise ValueError("an append needs at least one event")
        refused = self._refused(append)
        if refused is not None:
            return refused
        stream = self._streams.setdefault(append.incident_id, [])
        stream += append.events
        version = len(stream)
        if append.snapshot:
            self._snapshots[append.incident_id] = (version, append.snapshot)
        for due in append.due:
            self._work.change(due.key, due.at)
        self._reindex(append)
        if append.claim:
            self._claims[append.claim] = append.incident_id
        if append.release and self._claims.get(append.release) == append.incident_id:
            del self._claims[append.release]
        if append.dedup:
            self._deliveries[append.incident_id, append.dedup] = version
        return Stored(version, head=self._head(append.incident_id))

    async def append_each(self, appends: Sequence[Append]) -> list[Appended | None]:
        answers: list[Appended | None] = []
        for append in appends:
            follows = not answers or isinstance(answers[-1], Stored)
            stale = Stale(append.expected - 1, (), self._head(append.incident_id))
            answers.append(await self.append(append) if follows else stale)
        return answers

    async def load(self, incident_id: str, head: str = "") -> Loaded | None:
        if incident_id not in self._streams:
            return None
        stream, newest = self._streams[incident_id], self._head(incident_id)
        if head == newest:
            return Loaded(None, 0, (), len(stream), newest)
        version, snapshot = self._snapshots.get(incident_id, (0, None))
        return Loaded(snapshot, version, tuple(stream[version:]), len(stream), newest)

    async def load_many(self, incident_ids: Sequence[str]) -> list[Loaded | None]:
        return [await self.load(incident_id) for incident_id in incident_ids]

    async def events(self, incident_id: str, after: int = 0) -> list[bytes]:
        return self._streams.get(incident_id, [])[after:]

    async def members(self, index: Index, key: str = "", *, limit: int = 1000, newest: bool = True) -> list[str]:
        scored = [(score, member) for member, score in self._indexes.get((index, key), {}).items()]
        return [member for _, member in sorted(scored, reverse=newest)[: max(0, limit)]]

    async def claim_holder(self, claim: str) -> str | None:
        return self._claims.get(claim)

    def _head(self, incident_id: str) -> str:
        return f"{incident_id} {len(self._streams.get(incident_id, []))}"

    def _refused(self, append: Append) -> Appended | None:
        known = self._deliveries.get((append.incident_id, append.dedup)) if append.dedup else None
        if known is not None:
            return Duplicate(known)
        stream = self._streams.get(append.incident_id, [])
        if len(stream) != append.expected:
            return Stale(len(stream), tuple(stream[append.expected :]), self._head(append.incident_id))
        holder = self._claims.get(append.claim) if append.claim else None
        return Claimed(holder) if holder is not None and holder != append.incident_id else None

    def _reindex(self, append: Append) -> None:
        for change in append.index:
            members = self._indexes.setdefault((change.index, change.key), {})
            if change.score is None:
                members.pop(append.incident_id, None)
            else:
                members[append.incident_id] = change.score
