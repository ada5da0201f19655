"""What the store measures of itself, as numbers for monitoring; `health` has the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.engine.ports import Clock
from bot.store.client import Client


@dataclass(frozen=True, slots=True)
class Numbers:
    """The worst of every primary. NaN is unknown."""

    free_memory_ratio: float
    """Of `maxmemory`, or of the machine's memory when there is no limit."""
    evicted_keys: float
    """Since the server started. Anything but 0 means lost facts."""
    replicas: float
    clock_skew_seconds: float
    """How far the server's clock is from this machine's, without the sign."""


async def numbers(client: Client, clock: Clock) -> Numbers:
    """Ask every primary once. Raises StoreUnavailable."""
    free, evicted, replicas, skew = [], [], [], []
    for node in await client.nodes():
        info = await client.info(node)
        free.append(_free(info))
        evicted.append(float(info.get("evicted_keys", "nan")))
        replicas.append(float(info.get("connected_slaves", "nan")))
        before = clock.now()
        seconds, microseconds = await client.ask(node, "TIME")
        server = int(seconds) * 1000 + int(microseconds) // 1000
        skew.append(max(0, server - clock.now(), before - server) / 1000)
    return Numbers(min(free), max(evicted), min(replicas), max(skew))


def _free(info: Mapping[str, Any]) -> float:
    limit = int(info.get("maxmemory", 0)) or int(info.get("total_system_memory", 0))
    return 1 - int(info["used_memory"]) / limit if limit and "used_memory" in info else float("nan")
