"""Claims when there are several partitions.

With one partition a claim is taken and released in the same script as the facts. With several, the claim of a service
may live in another partition than the incident; then it is taken first, for CLAIM_MS, and made lasting once the facts
are written. A crash in between costs little: a claim nobody confirmed runs out, and a claim whose incident is no longer
open counts for nothing.
"""

from __future__ import annotations

from dataclasses import replace

from bot.engine.ports import Append, Appended, Claimed, Duplicate, Index, Stored
from bot.store import scripts
from bot.store.client import Client
from bot.store.keys import Keys
from bot.store.scripts import Held, Taken

CLAIM_MS = 30_000
"""How long a claim waits for its facts: longer than any append may take, short enough to wait out."""


async def append(client: Client, keys: Keys, append: Append) -> Appended:
    """`scripts.append`; with several partitions the claim is taken before it and settled after it."""
    if keys.partitions == 1 or not (append.claim or append.release):
        return await scripts.append(client, keys, append)
    claim, release = append.claim, append.release
    taken = await _take(client, keys, claim, append.incident_id) if claim else Taken(fresh=False)
    if isinstance(taken, Held) and await _would_be_written(client, keys, append):
        return Claimed(taken.by)
    answer = await scripts.append(client, keys, replace(append, claim="", release=""))
    written = isinstance(answer, Stored | Duplicate)
    if claim and isinstance(taken, Taken) and (written or taken.fresh):
        await scripts.claim_settle(client, keys, claim, append.incident_id, keep=written)
    if release and isinstance(answer, Stored):
        await scripts.claim_settle(client, keys, release, append.incident_id, keep=False)
    return answer


async def holder(client: Client, keys: Keys, claim: str) -> str | None:
    """The open incident that holds a claim."""
    stored: bytes | None = await client.command("GET", keys.claim(claim))
    if stored is None:
        return None
    incident_id = stored.decode()
    return incident_id if keys.partitions == 1 or await _is_open(client, keys, incident_id) else None


async def take(client: Client, keys: Keys, claim: str, incident_id: str) -> None:
    """Give the claim to an incident whose facts are there already, unless another that is open has it."""
    if isinstance(await _take(client, keys, claim, incident_id), Taken):
        await scripts.claim_settle(client, keys, claim, incident_id, keep=True)


async def _take(client: Client, keys: Keys, claim: str, incident_id: str) -> Taken | Held:
    """Take the claim, also from an incident that is no longer open."""
    answer = await scripts.claim_take(client, keys, claim, incident_id, CLAIM_MS)
    if isinstance(answer, Taken) or answer.unconfirmed or await _is_open(client, keys, answer.by):
        return answer
    return await scripts.claim_take(client, keys, claim, incident_id, CLAIM_MS, instead_of=answer.by)


async def _is_open(client: Client, keys: Keys, incident_id: str) -> bool:
    index = keys.index(keys.partition(incident_id), Index.OPEN, "")
    return await client.command("ZSCORE", index, incident_id) is not None


async def _would_be_written(client: Client, keys: Keys, append: Append) -> bool:
    """Whether only the claim stands in the way: a duplicate or stale append must be answered as such."""
    if append.dedup and await client.command("EXISTS", keys.dedup(append.incident_id, append.dedup)):
        return False
    version: int = await client.command("XLEN", keys.events(append.incident_id))
    return version == append.expected
