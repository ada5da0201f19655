"""Every key in Redis, in one place.

The keys of an incident and the due work about it share a hash tag (`{p0}`), so that one script may touch them all on a
single server, behind Sentinel and on a Redis Cluster alike. The numbers for people have a tag of their own: they are
counted once for the whole installation.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass

from bot.engine.ports import Index

WORK_PARTS = ("due", "leased", "lease", "redo", "tries", "dead", "letters", "tokens")
"""due: zset key -> at · leased: zset key -> end of lease · lease: hash key -> token and due time · redo: hash key ->
at, asked for during a lease · tries: hash key -> attempts, f and faults, error · dead: zset key -> at · letters: hash
key -> attempts and error · tokens: counter of leases."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of keys. `partitions` must never change on a store that holds incidents: it decides where they live."""

    partitions: int = 1
    prefix: str = "section3"

    def __post_init__(self) -> None:
        if self.partitions < 1:
            raise ValueError(f"the number of partitions must be at least 1, not {self.partitions}")

    def partition(self, name: str) -> int:
        """The partition of an incident id (or of a claim): a pure function of the name and the partition count."""
        return zlib.crc32(name.encode()) % self.partitions

    def work_partition(self, work_key: str) -> int:
        """The partition of a piece of due work: that of the second part of "kind:incident[:detail]"."""
        parts = work_key.split(":", 2)
        return self.partition(parts[1] if len(parts) > 1 else work_key)

    def events(self, incident_id: str) -> str:
        """Stream: the facts; the entry id `N-0` is the version."""
        return f"{self._tag(self.partition(incident_id))}:incident:{incident_id}:events"

    def snapshot(self, incident_id: str) -> str:
        """String: "version json"."""
        return f"{self._tag(self.partition(incident_id))}:incident:{incident_id}:snapshot"

    def marks(self, incident_id: str) -> str:
        """Hash: effect -> "started_at result"."""
        return f"{self._tag(self.partition(incident_id))}:incident:{incident_id}:marks"

    def dedup(self, incident_id: str, dedup: str) -> str:
        """String with a life of 24 h: "version attempt" of the delivery that was recorded."""
        return f"{self._tag(self.partition(incident_id))}:incident:{incident_id}:delivery:{dedup}"

    def claim(self, claim: str) -> str:
        """String: the incident that holds a claim."""
        return f"{self._tag(self.partition(claim))}:claim:{claim}"

    def index(self, partition: int, index: Index, key: str) -> str:
        """Sorted set: incident ids of a projection by instant of declaration."""
        return f"{self._tag(partition)}:index:{index.value}:{key}"

    def work(self, partition: int) -> tuple[str, ...]:
        """The keys of the due work of a partition, in the order of WORK_PARTS."""
        return _work(self._tag(partition))

    def numbers(self) -> list[str]:
        """Counter, hash id -> number, hash number -> id."""
        return [f"{self.prefix}:{{numbers}}:{part}" for part in ("last", "by-id", "by-number")]

    def all_partitions(self) -> range:
        return range(self.partitions)

    def events_pattern(self, partition: int) -> str:
        """A SCAN pattern for the streams of a partition."""
        return f"{self._tag(partition)}:incident:*:events"

    def index_pattern(self, partition: int) -> str:
        """A SCAN pattern for the projections of a partition."""
        return f"{self._tag(partition)}:index:*"

    def incident_of(self, events_key: str) -> str:
        """The incident id in the name of a stream."""
        return events_key.split(":", 3)[3].removesuffix(":events")

    def index_of(self, index_key: str) -> tuple[Index, str] | None:
        """The projection and its key in the name of a sorted set; None for one that this version does not know."""
        name, _, key = index_key.split(":", 3)[3].partition(":")
        return (Index(name), key) if name in set(Index) else None

    def _tag(self, partition: int) -> str:
        return f"{self.prefix}:{{p{partition}}}"


@functools.cache
def _work(tag: str) -> tuple[str, ...]:
    return tuple(f"{tag}:work:{part}" for part in WORK_PARTS)
