"""Starting, killing and restarting the bot as a real process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.standin.standin import StandIn

READY_SECONDS = 20.0
STOP_SECONDS = 10.0
CODE = Path(__file__).resolve().parents[2]
"""Where `bot` is imported from: the process starts beside the runbooks, so that their paths read as a team's would."""


class BotFailed(Exception):
    """The bot did not start; the message holds what it wrote."""


@dataclass(slots=True)
class BotProcess:
    """One bot on a stand-in: over signed HTTP, or over Socket Mode."""

    slack: StandIn
    playbooks: Path
    data: Path
    clock: Path
    socket_mode: bool = False
    extra: dict[str, str] = field(default_factory=dict)
    module: str = "bot.demo.process"
    process: asyncio.subprocess.Process | None = None
    port: int = 0
    """Where it listens, once it has started."""

    def environment(self) -> dict[str, str]:
        """What the bot is told; nothing of the caller's own settings leaks in."""
        config = self.slack.config
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        code = os.pathsep.join([str(CODE), *filter(None, [os.environ.get("PYTHONPATH")])])
        transport = (
            {"SLACK_APP_TOKEN": config.app_token}
            if self.socket_mode
            else {"SLACK_SIGNING_SECRET": config.signing_secret}
        )
        return {
            **kept,
            "PYTHONPATH": code,
            "SLACK_BOT_TOKEN": config.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "PLAYBOOKS_DIR": self.playbooks.name,
            "DATA_DIR": str(self.data),
            "PORT": "0",
            "ANNOUNCE": "at_once",
            **transport,
            **self.extra,
        }

    async def start(self) -> None:
        """Start, wait until it is ready, and let Slack deliver to it. Raises BotFailed."""
        with (self.data.parent / "bot.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.module,
                str(self.clock),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self.environment(),
                cwd=self.playbooks.parent,
            )
        assert self.process.stdout is not None
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), READY_SECONDS)
            ready = json.loads(line)
        except (TimeoutError, ValueError) as error:
            await self.kill()
            raise BotFailed(f"The bot did not start. It wrote:\n{self.log_tail()}") from error
        self.port = ready["port"]
        await self.deliver()

    async def deliver(self) -> None:
        """From now on this bot gets what Slack has to say."""
        if self.socket_mode:
            self.slack.deliver_by_socket()
            await self.slack.connected()
        else:
            await self.slack.deliver_to(f"http://127.0.0.1:{self.port}/slack/events")

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not listen."""
        if self.process is None or self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):  # it died in this moment
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            await self.kill()

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the bot wrote."""
        path = self.data.parent / "bot.log"
        written = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(written[-lines:]) or "(nothing)"
