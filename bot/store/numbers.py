"""What the store measures of itself, as numbers for monitoring; `health` has the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.engine.ports import Clock
from bot.store.client import Client
from bot.store.health import EXPECTED_POLICY


@dataclass(frozen=True, slots=True)
class Numbers:
    """The worst of every primary. NaN is unknown."""

    free_memory_ratio: float
    """Of `maxmemory`, or of the machine's memory when there is no limit."""
    evicted_keys: float
    """Since the server started. Anything but 0 means lost facts."""
    noeviction: float
    """1 when the server refuses writes rather than delete facts when its memory is full."""
    append_only_file: float
    """1 while every write reaches the append-only file; 0 when it is off, or its disk is full."""
    replicas: float
    clock_skew_seconds: float
    """How far the server's clock is from this machine's, without the sign."""


async def numbers(client: Client, clock: Clock) -> Numbers:
    """Ask every primary once. Raises StoreUnavailable."""
    infos, skew = [], []
    for node in await client.nodes():
        infos.append(await client.info(node))
        before = clock.now()
        seconds, microseconds = await client.ask(node, "TIME")
        server = int(seconds) * 1000 + int(microseconds) // 1000
        skew.append(max(0, server - clock.now(), before - server) / 1000)
    return Numbers(
        free_memory_ratio=min(map(_free, infos)),
        evicted_keys=max(float(info.get("evicted_keys", "nan")) for info in infos),
        noeviction=min(float(info.get("maxmemory_policy", EXPECTED_POLICY) == EXPECTED_POLICY) for info in infos),
        append_only_file=min(map(_append_only, infos)),
        replicas=min(float(info.get("connected_slaves", "nan")) for info in infos),
        clock_skew_seconds=max(skew),
    )


def _append_only(info: Mapping[str, Any]) -> float:
    return float(bool(info.get("aof_enabled")) and info.get("aof_last_write_status") == "ok")


def _free(info: Mapping[str, Any]) -> float:
    limit = int(info.get("maxmemory", 0)) or int(info.get("total_system_memory", 0))
    return 1 - int(info["used_memory"]) / limit if limit and "used_memory" in info else float("nan")
