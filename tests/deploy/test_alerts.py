"""The alerts on a real night: Debian's Prometheus and Alertmanager watch two bots, and each thing that can be broken in
seconds is broken. `test_watching.py` has the others, on series that are written by hand."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from bot.demo.botprocess import BotProcess
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.standin import StandIn
from bot.runbooks.resources import sample_playbooks_dir
from tests.deploy.files import DEPLOY
from tests.deploy.processes import Replica
from tests.e2e.shift import AP, STUCK, WORKSPACE
from tests.store.server import ServerProcess, debian_redis, die_with_parent, free_port

SECONDS = 40.0
QUICKER = ((r"^(\s*for:) \w+$", r"\1 2s"), (r"\[5m\]", "[15s]"))
"""The rules as they are, but for how long something must last: nobody waits 15 minutes in a test."""


@contextmanager
def program(*command: object) -> Iterator[None]:
    """A server that runs as long as the block."""
    log = subprocess.DEVNULL
    process = subprocess.Popen([*map(str, command)], stdout=log, stderr=log, preexec_fn=die_with_parent())
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


class Watch:
    """Prometheus and Alertmanager, and the bots that they look at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._alerts = free_port(), free_port()
        self._targets = folder / "targets.json"

    def look_at(self, *ports: int) -> None:
        """From now on these are the bots."""
        self._targets.write_text(json.dumps([{"targets": [f"127.0.0.1:{port}" for port in ports]}]))

    @contextmanager
    def running(self) -> Iterator[None]:
        rules = (DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8")
        for pattern, instead in QUICKER:
            rules = re.sub(pattern, instead, rules, flags=re.M)
        (self._folder / "rules.yml").write_text(rules)
        page = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{self._alerts}"]}]}]},
            "scrape_configs": [
                {"job_name": "section3", "file_sd_configs": [{"files": ["targets.json"], "refresh_interval": "1s"}]}
            ],
        }
        (self._folder / "prometheus.yml").write_text(yaml.safe_dump(page))
        (self._folder / "alertmanager.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        alertmanager = (
            "prometheus-alertmanager",
            f"--config.file={self._folder / 'alertmanager.yml'}",
            f"--storage.path={self._folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{self._alerts}",
            "--cluster.listen-address=",
        )
        prometheus = (
            "prometheus",
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
        )
        with program(*alertmanager), program(*prometheus):
            yield

    async def sees(self, expression: str) -> None:
        """Wait until this is so for Prometheus."""

        async def answered() -> bool:
            found = await _ask(f"http://127.0.0.1:{self._port}/api/v1/query", query=expression)
            return bool(found and found["data"]["result"])

        await self._until(answered, expression)

    async def firing(self) -> set[str]:
        """What Alertmanager would tell people now."""
        alerts = await _ask(f"http://127.0.0.1:{self._alerts}/api/v2/alerts")
        return {one["labels"]["alertname"].removeprefix("Section3") for one in alerts or ()}

    async def tells(self, *names: str) -> None:
        """Wait until these alerts have arrived."""

        async def arrived() -> bool:
            return set(names) <= await self.firing()

        await self._until(arrived, " and ".join(names))

    async def _until(self, so: Callable[[], Awaitable[bool]], what: str) -> None:
        give_up = time.monotonic() + SECONDS
        while not await so():
            assert time.monotonic() < give_up, f"not {what}, but {sorted(await self.firing())}"
            await asyncio.sleep(0.2)


async def _ask(url: str, **query: str) -> Any:
    """The answer as JSON; None while nobody listens."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url, params=query) as answer:
            return await answer.json()
    except (aiohttp.ClientError, ValueError):
        return None


@asynccontextmanager
async def bots(slack: StandIn, redis_url: str, folder: Path, playbooks: Path) -> AsyncIterator[list[Replica]]:
    """Two replicas, Slack talking to the first."""
    extra = {"PLAYBOOKS_DIR": str(playbooks)}
    both = [Replica(slack, redis_url, folder / name, extra=extra) for name in ("one", "two")]
    async with AsyncExitStack() as stack:
        for one in both:
            stack.push_async_callback(one.stop)
        await asyncio.gather(*(one.start() for one in both))
        await slack.deliver_to(both[0].url)
        yield both


@pytest.mark.machine
async def test_what_is_broken_is_told_by_its_alert(tmp_path: Path) -> None:
    playbooks = tmp_path / "playbooks"
    shutil.copytree(sample_playbooks_dir(), playbooks)
    redis, watch = ServerProcess(tmp_path / "redis", debian_redis()), Watch(tmp_path)
    clock = OffsetClock(tmp_path / "clock")
    clock.forward(minutes=1)
    with redis:
        async with await StandIn.start(WORKSPACE) as slack, bots(slack, redis.url, tmp_path, playbooks) as both:
            alice = slack.user("alice")
            assert (await alice.command(f"/incident open invoice-extract {STUCK}", AP)).ok
            await slack.channel(AP).wait_for(lambda message: "INC-1 " in message.text, 20)
            watch.look_at(*(one.port for one in both))
            with watch.running():
                await watch.sees("min(count_over_time(section3_redis_up[30s])) >= 5")
                assert await watch.firing() == set()

                redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
                redis.ask("CONFIG", "SET", "appendonly", "no")
                (playbooks / "section3.md").write_text("---\nservice: [\n---\n")
                # Refused in its turn, and again as work of its own: then it is a dead letter.
                slack.faults.next("chat.postMessage", error="invalid_blocks", times=2)
                assert (await alice.command("/incident update INC-1 nobody will see this", AP)).ok
                await watch.tells("EvictionPolicy", "RedisRefusesWrites", "RunbookBroken", "DeadLetters")

                skewed = BotProcess(
                    slack, playbooks, tmp_path / "data", tmp_path / "clock", extra={"REDIS_URL": redis.url}
                )
                try:
                    await skewed.start()
                    watch.look_at(*(one.port for one in both), skewed.port)
                    await watch.tells("TooManyProcesses", "ClockSkew")
                finally:
                    await skewed.stop()

                await slack.deliver_to(both[0].url)
                slack.faults.down()
                assert (await alice.command("/incident update INC-1 Slack is away", AP)).ok
                await watch.tells("SlackErrors")
                redis.stop()
                await watch.tells("RedisDown")
                await asyncio.gather(*(one.stop() for one in both))
                await watch.tells("Restarting")
