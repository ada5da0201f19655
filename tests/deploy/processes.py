"""`section3 run` as real processes, on a stand-in and a store."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.standin.standin import StandIn
from bot.runbooks.resources import sample_playbooks_dir

CODE = Path(__file__).resolve().parents[2]
READY_SECONDS = 30.0
STOP_SECONDS = 30.0


@dataclass(slots=True)
class Replica:
    """One process of the bot, started as an operator would, with its log in `folder`."""

    slack: StandIn
    redis_url: str
    folder: Path
    socket_mode: bool = False
    extra: dict[str, str] = field(default_factory=dict)
    started_in: float = 0.0
    """Seconds from the start to "ready"."""
    port: int = 0
    process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> Path:
        return self.folder / "bot.log"

    @property
    def url(self) -> str:
        """Its request URL for Slack."""
        return f"http://127.0.0.1:{self.port}/slack/events"

    def environment(self) -> dict[str, str]:
        """Its settings; nothing of the caller's own leaks in."""
        config = self.slack.config
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        way_in = (
            {"SLACK_APP_TOKEN": config.app_token}
            if self.socket_mode
            else {"SLACK_SIGNING_SECRET": config.signing_secret}
        )
        return {
            **kept,
            "PYTHONPATH": str(CODE),
            "SLACK_BOT_TOKEN": config.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "PLAYBOOKS_DIR": str(sample_playbooks_dir()),
            "DATA_DIR": str(self.folder / "data"),
            "REDIS_URL": self.redis_url,
            "PORT": "0",
            **way_in,
            **self.extra,
        }

    async def start(self) -> None:
        """Start it and return once it says that it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        begun = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", stderr=log, env=self.environment(), cwd=self.folder
            )
        while not (ready := self.events("ready")):
            assert self.process.returncode is None, self.log.read_text()
            assert time.perf_counter() - begun < READY_SECONDS, self.log.read_text()
            await asyncio.sleep(0.005)
        self.started_in = time.perf_counter() - begun
        self.port = ready[0]["port"]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of the log with this event. A line that is only half written is left for the next look."""
        whole = self.log.read_text(encoding="utf-8").rpartition("\n")[0]
        lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    async def get(self, path: str) -> tuple[int, str]:
        """One of its own pages: (status, text)."""
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.status, await answer.text()

    async def counter(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        from prometheus_client.parser import text_string_to_metric_families

        _, text = await self.get("/metrics")
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def memory(self) -> int:
        """Resident bytes (Linux)."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))

    def cpu(self) -> float:
        """Seconds of CPU it has used (Linux)."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def terminate(self) -> None:
        """SIGTERM."""
        assert self.process is not None
        self.process.terminate()

    async def ended(self) -> int:
        """Wait for it to end; its exit code."""
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), STOP_SECONDS)

    async def stop(self) -> None:
        """SIGTERM and wait; SIGKILL for one that does not end."""
        if self.process is None or self.process.returncode is not None:
            return
        self.terminate()
        try:
            await self.ended()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
