"""Each Lua script as a typed function: the signature is its contract. Scripts hold mechanism, never incident rules."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from bot.engine.ports import (
    Append,
    Appended,
    Claimed,
    DueChange,
    Duplicate,
    Index,
    Lease,
    Loaded,
    Mark,
    Stale,
    Stored,
)
from bot.store.client import Arg, Client
from bot.store.keys import Keys
from bot.store.lua import script

REMEMBER_MS = 24 * 3600 * 1000
"""How long a delivery is remembered: Slack retries for about an hour, a person's CLI for less."""


async def append(client: Client, keys: Keys, append: Append) -> Appended:
    """Write one command's events, snapshot, due work, projections, claim and dedup key in one atomic step, or nothing.

    Every call has a random attempt, which is kept beside its events as their name: a re-send after a lost answer finds
    it beside the first event and answers Stored again instead of Stale or Duplicate. A `Stale` whose version is below
    `append.expected` means that a failover lost writes (the stream is shorter, or the event there has another name than
    `append.head`): the caller's fold must be loaded anew. Claims need a single partition (else see `claims`).
    """
    attempt = new_name()
    names, args = _written(keys, append, attempt, append.head)
    answer, replicas = await client.run_replicated(script("append", "put"), names, args)
    return _appended(answer, replicas, attempt)


async def append_each(client: Client, keys: Keys, appends: Sequence[Append]) -> list[Appended | None]:
    """Several of them in one trip, each on the one before it; None for one that the server refused to write."""
    attempts = [new_name() for _ in appends]
    # Each names the one before it: if that was not written, somebody else's facts stand in its place, and the version
    # alone would not tell.
    heads = [appends[0].head, *attempts[:-1]] if appends else []
    calls = [_written(keys, *one) for one in zip(appends, attempts, heads, strict=True)]
    answers, replicas = await client.run_each(script("append", "put"), calls)
    pairs = zip(answers, attempts, strict=True)
    return [None if answer is None else _appended(answer, replicas, attempt) for answer, attempt in pairs]


def _written(keys: Keys, append: Append, attempt: str, head: str) -> tuple[list[str], list[Arg]]:
    """The keys and the arguments of the script. `head` is the name of the event that these come after."""
    partition = keys.partition(append.incident_id)
    due, _, lease, redo, tries, *_ = keys.work(partition)
    names = [keys.events(append.incident_id), keys.snapshot(append.incident_id)]
    names += [keys.dedup(append.incident_id, append.dedup), due, lease, redo, tries]
    names += [keys.claim(claim) for claim in (append.claim, append.release) if claim]
    names += [keys.index(partition, change.index, change.key) for change in append.index]
    plan = {
        "expected": append.expected,
        "attempt": attempt,
        "head": head,
        "incident": append.incident_id,
        "deduplicates": bool(append.dedup),
        "remember": REMEMBER_MS,
        "claims": bool(append.claim),
        "releases": bool(append.release),
        "due": [due.key for due in append.due],
        "instants": ["" if due.at is None else due.at for due in append.due],
        "scores": ["" if change.score is None else change.score for change in append.index],
    }
    return names, [to_json(plan), append.snapshot or "", *append.events]


def _appended(answer: list[Any], replicas: int | None, attempt: str) -> Appended:
    match answer[0]:
        case b"stored":
            return Stored(answer[1], replicas, attempt)
        case b"duplicate":
            return Duplicate(answer[1])
        case b"claimed":
            return Claimed(answer[1].decode())
        case _:
            return Stale(answer[1], tuple(answer[2]), answer[3].decode())


def new_name() -> str:
    """A name for the events of one append: random, so that none was ever given before."""
    return secrets.token_urlsafe(9)


async def load(client: Client, keys: Keys, wanted: Mapping[str, str]) -> list[Loaded | None]:
    """Snapshots and the events after them, read in one step: incident id -> the name of the newest event that the
    caller has, whose snapshot and events are then left out. All of one partition."""
    names = [name for incident_id in wanted for name in (keys.events(incident_id), keys.snapshot(incident_id))]
    answer = await client.run(script("load"), names, list(wanted.values()), reads=True)
    return [_loaded(*one) if one else None for one in answer]


def _loaded(version: int, head: bytes, stored: bytes, events: list[bytes]) -> Loaded:
    known, _, snapshot = stored.partition(b" ")
    return Loaded(snapshot if known else None, int(known or 0), tuple(events), version, head.decode())


async def number(client: Client, keys: Keys, incident_id: str) -> int:
    """The number an id has, else the next one."""
    answer: int = await client.run(script("number"), keys.numbers(), [incident_id])
    return answer


async def claim(client: Client, keys: Keys, partition: int, *, now: int, until: int, limit: int) -> list[Lease]:
    """Lease up to `limit` pieces due at `now`: first those whose lease has ended, then the earliest due."""
    taken = await client.run(script("claim", "put", "fence"), keys.work(partition), [now, until, limit])
    return [
        Lease(key.decode(), token * keys.partitions + partition, int(float(due_at)), until, attempts, faults)
        for key, token, due_at, attempts, faults in taken
    ]


async def next_due(client: Client, keys: Keys, partition: int) -> int | None:
    """When `claim` will next find something in a partition, None when nothing waits there."""
    soonest = await client.run(script("next_due", "put"), keys.work(partition), [], reads=True)
    return None if soonest is None else int(float(soonest))


async def extend(client: Client, keys: Keys, lease: Lease, until: int) -> bool:
    """Keep the piece until then, unless the lease was lost."""
    return await _with_lease(client, keys, "extend", lease, until)


async def complete(client: Client, keys: Keys, lease: Lease) -> bool:
    """Take the piece off, unless the lease was lost; what was put meanwhile becomes due."""
    return await _with_lease(client, keys, "complete", lease)


async def retry(client: Client, keys: Keys, lease: Lease, at: int, error: str, *, fault: bool) -> bool:
    """Back to due, with one more failure."""
    return await _with_lease(client, keys, "retry", lease, at, error, int(fault))


async def bury(client: Client, keys: Keys, lease: Lease, error: str, now: int, *, tried: bool) -> bool:
    """To the dead letters, with one more failure if it was `tried`."""
    return await _with_lease(client, keys, "bury", lease, now, error, int(tried))


async def put(client: Client, keys: Keys, key: str, at: int) -> None:
    """Due at `at`, replacing the same key; a leased key comes back after its lease."""
    await client.run(script("put_one", "put"), keys.work(keys.work_partition(key)), [key, at])


async def replay(client: Client, keys: Keys, key: str, now: int) -> bool:
    """A dead letter becomes due; False when there is none."""
    names = keys.work(keys.work_partition(key))
    return bool(await client.run(script("replay", "put"), names, [key, now]))


async def mark_start(client: Client, keys: Keys, incident_id: str, effect: str, now: int) -> Mark | None:
    """The earlier mark, or None after a new one was set."""
    names = [keys.marks(incident_id)]
    known, _ = await client.run_replicated(script("mark_start"), names, [effect, now])
    return None if known is None else parse_mark(known)


async def mark_withdraw(client: Client, keys: Keys, incident_id: str, effect: str, started_at: int) -> None:
    """Take the mark off, if it is the one that was started then and has no result."""
    await client.run(script("mark_withdraw"), [keys.marks(incident_id)], [effect, started_at])


async def mark_finish(client: Client, keys: Keys, incident_id: str, effect: str, result: str) -> None:
    """Keep the result; the instant of the start stays."""
    await client.run_replicated(script("mark_finish"), [keys.marks(incident_id)], [effect, result])


@dataclass(frozen=True, slots=True)
class Taken:
    """The claim is ours; `fresh` when it was not before."""

    fresh: bool


@dataclass(frozen=True, slots=True)
class Held:
    """The claim is somebody else's; `unconfirmed` while it was only taken for a moment."""

    by: str
    unconfirmed: bool


async def claim_take(
    client: Client, keys: Keys, claim: str, incident_id: str, hold_ms: int, *, instead_of: str = ""
) -> Taken | Held:
    """Take a claim for `hold_ms` if it is free, or held by `instead_of`."""
    answer = await client.run(script("claim_take"), [keys.claim(claim)], [incident_id, hold_ms, instead_of])
    return Taken(bool(answer)) if isinstance(answer, int) else Held(answer[0].decode(), answer[1] > 0)


async def claim_settle(client: Client, keys: Keys, claim: str, incident_id: str, *, keep: bool) -> None:
    """Make a taken claim last, or give it back; nothing happens when somebody else holds it."""
    await client.run(script("claim_settle"), [keys.claim(claim)], [incident_id, "keep" if keep else "release"])


async def reindex(
    client: Client, keys: Keys, incident_id: str, version: int, scores: Mapping[tuple[Index, str], int | None]
) -> tuple[int, int] | None:
    """Set (or, with None, remove) projection entries; (added, removed), or None when the stream is not at `version`."""
    partition = keys.partition(incident_id)
    names = [keys.events(incident_id), *(keys.index(partition, index, key) for index, key in scores)]
    args: list[Arg] = [version, incident_id, *("" if score is None else score for score in scores.values())]
    answer = await client.run(script("reindex"), names, args)
    return (answer[0], answer[1]) if answer else None


async def restore(
    client: Client,
    keys: Keys,
    incident_id: str,
    *,
    events: Sequence[bytes],
    snapshot: bytes,
    marks: Mapping[bytes, bytes],
    scores: Mapping[tuple[Index, str], int],
    due: Sequence[DueChange],
) -> int:
    """Write an archived stream with the stored form of its snapshot and marks, its projection entries and its due work.
    The version that was already there (then nothing was written), or 0 when the stream was written."""
    partition = keys.partition(incident_id)
    names = [keys.events(incident_id), keys.snapshot(incident_id), keys.marks(incident_id), *keys.work(partition)]
    names += [keys.index(partition, index, key) for index, key in scores]
    plan = {
        "events": len(events),
        "attempt": new_name(),
        "incident": incident_id,
        "due": [one.key for one in due],
        "instants": ["" if one.at is None else one.at for one in due],
        "scores": list(scores.values()),
    }
    flat = [part for pair in marks.items() for part in pair]
    answer: int = await client.run(script("restore", "put"), names, [to_json(plan), snapshot, *events, *flat])
    return answer


async def number_restore(client: Client, keys: Keys, incident_id: str, number: int) -> bool:
    """Give an id the number it had, and never give it to another. False when either belongs to something else."""
    return bool(await client.run(script("number_restore"), keys.numbers(), [incident_id, number]))


def parse_mark(stored: bytes) -> Mark:
    """ "started_at" or "started_at result"."""
    started, space, result = stored.decode().partition(" ")
    return Mark(int(started), result if space else None)


async def _with_lease(client: Client, keys: Keys, name: str, lease: Lease, *args: Arg) -> bool:
    # The token names its partition, so that a lease finds its way home without one more field.
    token, partition = divmod(lease.token, keys.partitions)
    shared = ("put", "fence")
    return bool(await client.run(script(name, *shared), keys.work(partition), [lease.key, token, *args]))
