"""What the store says of itself: is it durable, is it writable, is it ours to trust?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.engine.ports import Clock, Health, StoreUnavailable
from bot.store.binary import MINIMUM
from bot.store.client import Client

CLOCK_MS = 2000
"""A larger difference between the bot's clock and the server's is worth a look (times in a timeline would mislead)."""
NEARLY_FULL = 0.9
EXPECTED_POLICY = "noeviction"


async def check(client: Client, clock: Clock) -> Health:
    """Ask every primary. Never raises: a server that cannot be used is a problem like the others."""
    problems: list[str] = []
    facts: dict[str, str] = {"store": client.where}
    try:
        for node in await client.nodes():
            info = await client.info(node)
            facts.update(_facts(info))
            facts.update(await _flush(client, node))
            problems += [f"Redis at {client.where} {problem}" for problem in _problems(info, client.replicas)]
            problems += await _clock(client, node, clock, facts)
    except StoreUnavailable as error:
        problems.append(str(error))
    return Health(not problems, tuple(dict.fromkeys(problems)), facts)


async def _flush(client: Client, node: Any) -> dict[str, str]:
    """When writes reach the disk; many hosted servers do not say, and that is no problem."""
    try:
        answer = await client.ask(node, "CONFIG", "GET", "appendfsync")
    except StoreUnavailable:
        return {}
    flat = [part.decode() if isinstance(part, bytes) else str(part) for part in answer]
    return {"appendfsync": flat[1]} if len(flat) == 2 else {}


def _facts(info: Mapping[str, Any]) -> dict[str, str]:
    return {
        "server": f"{info.get('server_name', 'redis')} {info.get('valkey_version') or info.get('redis_version', '?')}",
        "mode": str(info.get("redis_mode", info.get("server_mode", "?"))),
        "role": str(info.get("role", "?")),
        "replicas": str(info.get("connected_slaves", 0)),
        "append-only file": "on" if info.get("aof_enabled") else "off",
        "maxmemory-policy": str(info.get("maxmemory_policy", "?")),
        "memory": f"{int(info.get('used_memory', 0)) // 1024} KiB of {_limit(info)}",
    }


def _limit(info: Mapping[str, Any]) -> str:
    limit = int(info.get("maxmemory", 0))
    return f"{limit // 1024} KiB" if limit else "no limit"


def _problems(info: Mapping[str, Any], replicas: int) -> list[str]:
    found = []
    if not info.get("aof_enabled"):
        found.append(
            "keeps no append-only file: a crash loses incidents. Set `appendonly yes` (CONFIG SET works while it runs)."
        )
    elif info.get("aof_last_write_status") == "err":
        found.append("cannot write its append-only file. Free space on its disk and look at its log.")
    policy = str(info.get("maxmemory_policy", EXPECTED_POLICY))
    if policy != EXPECTED_POLICY:
        found.append(
            f"has the eviction policy {policy}: when memory runs out it deletes incidents. "
            f"Set `maxmemory-policy {EXPECTED_POLICY}`."
        )
    if info.get("role") not in (None, "master"):
        found.append(
            "is a read-only replica: nothing can be saved. Point REDIS_URL at the primary or use redis+sentinel://."
        )
    connected = int(info.get("connected_slaves", 0))
    if connected < replicas:
        found.append(
            f"has {connected} of {replicas} expected replicas: what is saved now is on too few servers. Start them."
        )
    limit, used = int(info.get("maxmemory", 0)), int(info.get("used_memory", 0))
    if limit and used > limit * NEARLY_FULL:
        when = "now" if used >= limit else "soon"
        found.append(
            f"uses {used * 100 // limit} % of maxmemory: {when} nothing can be saved. Raise maxmemory "
            "(for the bot's own server: the memory of its container)."
        )
    version = str(info.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < MINIMUM:
        found.append(f"is version {version}; {'.'.join(map(str, MINIMUM))} or newer is needed. Upgrade it.")
    return found


async def _clock(client: Client, node: Any, clock: Clock, facts: dict[str, str]) -> list[str]:
    before = clock.now()
    seconds, microseconds = await client.ask(node, "TIME")
    server = int(seconds) * 1000 + int(microseconds) // 1000
    after = clock.now()
    ahead = max(0, server - after) - max(0, before - server)
    facts["clock difference"] = f"{ahead} ms"
    if abs(ahead) <= CLOCK_MS:
        return []
    return [
        f"The clock of Redis at {client.where} is {abs(ahead) / 1000:.0f} s {'ahead of' if ahead > 0 else 'behind'} "
        "this machine's. Check that both machines synchronise their time."
    ]
