"""What the engine needs from the world, as Protocols. Adapters implement them; the engine never imports an adapter.

Events and snapshots cross these borders as JSON bytes: the store holds mechanism and never incident rules. All instants
are whole milliseconds since the Unix epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Clock(Protocol):
    """The only way the engine learns the time."""

    def now(self) -> int:
        """Milliseconds since the epoch."""


class StoreUnavailable(Exception):
    """The store cannot be used now. The message is for people: what is wrong and what to do next.

    `unsure`: the request was sent and no answer came back, so it may have been saved. False: nothing was saved.
    """

    def __init__(self, message: str = "", *, unsure: bool = False) -> None:
        super().__init__(message)
        self.unsure = unsure

    @property
    def of_a_write(self) -> str:
        """For whoever wanted something recorded: what is certain of that, and why. Who only looked needs the message
        alone."""
        if self.unsure:
            return f"{self} Whether all of it was saved is not known: look at the incident before you repeat it."
        return f"Nothing was recorded. {self}"


class Index(StrEnum):
    """The projections: each maps a key to incident ids, and all can be rebuilt from the streams."""

    ALL = "all"
    """key "": every incident, whether a runbook knows its service or not."""
    OPEN = "open"
    """key "": every open incident."""
    SERVICE = "service"
    """key = service id: every incident of it."""
    CHANNEL = "channel"
    """key = channel: its open incidents."""
    THREAD = "thread"
    """key = "channel:ts": the one incident of a thread."""
    DAY = "day"
    """key = "YYYY-MM-DD" of the declaration, UTC."""


@dataclass(frozen=True, slots=True)
class IndexChange:
    """Add an incident to a projection (`score` orders it, ms of declaration) or, with `score` None, take it out."""

    index: Index
    key: str
    score: int | None


@dataclass(frozen=True, slots=True)
class DueChange:
    """Put a piece of due work at an instant, or, with `at` None, cancel it. The same key replaces itself; an append
    names each key once."""

    key: str
    at: int | None


@dataclass(frozen=True, slots=True)
class Append:
    """Everything one command writes, in one atomic step."""

    incident_id: str
    expected: int
    """The version the decision was made on; 0 for a new incident. The version is the number of events in the stream."""
    events: tuple[bytes, ...]
    snapshot: bytes | None
    """The state after these events. None (or nothing): not this time."""
    head: str = ""
    """The name of the newest event that the decision was made on, "" when it is not known."""
    dedup: str = ""
    """Deliveries with the same non-empty key change nothing the second time (per incident, remembered 24 h)."""
    due: tuple[DueChange, ...] = ()
    index: tuple[IndexChange, ...] = ()
    claim: str = ""
    """A service that this incident takes for itself when it opens: refused while another incident holds it."""
    release: str = ""
    """A claim given back, in the same step, if this incident holds it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The events are in the stream; `version` is that of the last one, `head` its name. `replicas` acknowledged (None:
    not asked)."""

    version: int
    replicas: int | None = None
    head: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was written: the stream had moved. `missed` are the events after `expected`, in order.

    A `version` below `expected` means that a failover lost writes (or replaced them): the caller's fold is not of this
    stream, and must be loaded anew. `head` is the name of the newest event.
    """

    version: int
    missed: tuple[bytes, ...]
    head: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Nothing was written: this delivery was already recorded, at `version`."""

    version: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """Nothing was written: `incident_id` already holds the claim."""

    incident_id: str


Appended = Stored | Stale | Duplicate | Claimed


@dataclass(frozen=True, slots=True)
class Loaded:
    """An incident as stored: the newest snapshot, its version, and the events after it."""

    snapshot: bytes | None
    snapshot_version: int
    events: tuple[bytes, ...]
    version: int
    head: str = field(default="", compare=False)
    """The name of the newest event. No two events of all streams have the same name, unless one command wrote both: who
    finds the name they know has the state already."""


class Journal(Protocol):
    """Streams of facts. Every method raises StoreUnavailable when the store cannot answer."""

    async def number(self, incident_id: str) -> int:
        """The number for people (the 42 of INC-42). Asking again for the same id gives the same number."""

    async def incident_id(self, number: int) -> str | None:
        """The id behind a number."""

    async def append(self, append: Append) -> Appended:
        """Write one command's events, snapshot, due work, indexes and dedup key, or nothing at all."""

    async def append_each(self, appends: Sequence[Append]) -> list[Appended | None]:
        """Several appends of one incident in one trip, each decided on the state after the one before it; none takes or
        gives back a claim. After one that was not Stored none is. None for one that the store refused to write: asked
        for singly, it says why."""

    async def load(self, incident_id: str, head: str = "") -> Loaded | None:
        """The newest snapshot and what came after it; None for an unknown id. When the newest event is still the one
        named `head`, snapshot and events are left out."""

    async def load_many(self, incident_ids: Sequence[str]) -> list[Loaded | None]:
        """The same of many incidents, in the order asked, in few round trips."""

    async def events(self, incident_id: str, after: int = 0) -> list[bytes]:
        """Events with a version greater than `after`, in order."""

    async def members(self, index: Index, key: str = "", *, limit: int = 1000, newest: bool = True) -> list[str]:
        """Incident ids of a projection, newest declaration first (or oldest first)."""

    async def claim_holder(self, claim: str) -> str | None:
        """The incident that holds a claim."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A piece of due work that this worker holds until `until`. The token fences a worker that came back too late."""

    key: str
    token: int
    due_at: int
    until: int
    attempts: int
    """Failed attempts so far."""
    faults: int = 0
    """How many of them ended with an error of ours or with the end of the worker: those are not repeated for ever."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that was given up after its last attempt; an operator can look at it and replay it."""

    key: str
    error: str
    attempts: int
    at: int


@dataclass(frozen=True, slots=True)
class FailingWork:
    """Work that has failed and will be tried again: `attempts` so far, and the last error."""

    key: str
    error: str
    attempts: int


class Work(Protocol):
    """The set of due work. Keys are "kind:incident[:detail]"; due work of an append names the append's incident."""

    async def claim(self, now: int, *, lease_ms: int, limit: int) -> list[Lease]:
        """Take up to `limit` pieces that are due at `now`. A leased piece is invisible until its lease ends; if its
        key is put again meanwhile, it comes back when the lease is completed (never two workers on one key)."""

    async def extend(self, lease: Lease, until: int) -> bool:
        """Keep the piece until then: a short lease that is extended lets others take over soon after a crash. False
        when the lease was lost."""

    async def complete(self, lease: Lease) -> bool:
        """The work is done. False when the lease was lost (somebody else has it); nothing changes then."""

    async def retry(self, lease: Lease, at: int, error: str, *, fault: bool = False) -> bool:
        """Give it back, due at `at`, with one more failed attempt. False when the lease was lost."""

    async def bury(self, lease: Lease, error: str, now: int, *, tried: bool = True) -> bool:
        """Move it to the dead letters, with one more failed attempt if it was `tried` under this lease. False when the
        lease was lost."""

    async def put(self, key: str, at: int) -> None:
        """Add work outside a command (reconciliation, Home). Same key, same rule as in `Append.due`."""

    async def next_due(self) -> int | None:
        """When `claim` will next find something: the earliest due piece or end of a lease; None when there is none."""

    async def dead_letters(self) -> list[DeadLetter]:
        """Everything that was given up, oldest first."""

    async def replay(self, key: str, now: int) -> bool:
        """Make a dead letter due again, with its attempts forgotten. False when there is no such letter."""

    async def pending(self, limit: int = 1000) -> list[tuple[str, int]]:
        """What is waiting, (key, due at), earliest first. Leased pieces are not waiting."""

    async def failing(self) -> list[FailingWork]:
        """What has failed at least once and is not yet given up, by key."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a *once* effect got: started at an instant, and its result once it is known to have happened."""

    started_at: int
    result: str | None = None


class Marks(Protocol):
    """Done-marks of effects that must happen once (a post, a file)."""

    async def start(self, incident_id: str, effect: str, now: int) -> Mark | None:
        """Note that the effect is about to be tried. Returns the earlier mark if there was one (then nothing is
        changed): the caller must look at the outside world before it tries again."""

    async def withdraw(self, incident_id: str, effect: str, started_at: int) -> None:
        """Nothing was tried after all: the mark that was started then goes, unless the effect happened."""

    async def finish(self, incident_id: str, effect: str, result: str) -> None:
        """The effect happened; `result` (a message ts, a file id) is kept with it."""

    async def get(self, incident_id: str, effect: str) -> Mark | None:
        """The mark, or None."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the store says of itself, for `doctor` and /readyz."""

    ok: bool
    problems: tuple[str, ...] = ()
    """Sentences for an operator: what is wrong and what to do about it."""
    facts: Mapping[str, str] = field(default_factory=dict)
