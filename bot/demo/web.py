"""The demo in a browser: a Slack-like page by others (the npm package local-slack), the bot connected to it, and users
to act as. It is a program of its own that npm fetches into a temporary folder; nothing of it is kept.
"""

from __future__ import annotations

import asyncio
import json
import platform
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot.runbooks.resources import sample_playbooks_dir
from bot.settings import Settings
from bot.wire import running

VERSION = "0.1.8"
INSTALL_SECONDS = 180.0
READY_SECONDS = 20.0
STOP_SECONDS = 5.0
BOT_TOKEN = "xoxb-" + "local-slack-demo"
APP_TOKEN = "xapp-" + "local-slack-demo"
CHANNEL = "C02AP"
USERS = (
    ("U01SAM", "sam", "Sam Reyes"),
    ("U02NOOR", "noor", "Noor Haddad"),
    ("U03MEI", "mei", "Mei Tan"),
)
CHANNELS = (("C01GEN", "general"), (CHANNEL, "ap-automation"), ("C03TRI", "support-triage"))


class WebDemoFailed(Exception):
    """The page cannot be shown; the message says what is missing and what to do."""


def package() -> str:
    """The npm package with the program for this machine. Raises WebDemoFailed where there is none."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "windows"}.get(sys.platform, "")
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower())
    if not system or not machine:
        raise WebDemoFailed("local-slack has no program for this machine. `section3 demo` needs none.")
    return f"local-slack-{system}-{machine}"


async def install(folder: Path) -> Path:
    """Fetch the program with npm into a folder; its path. Raises WebDemoFailed."""
    npm = shutil.which("npm")
    if npm is None:
        raise WebDemoFailed("npm is not installed, and the page comes by npm. `section3 demo` needs none.")
    name = package()
    process = await asyncio.create_subprocess_exec(
        npm,
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        f"{name}@{VERSION}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), INSTALL_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise WebDemoFailed(
            f"npm did not fetch {name} within {INSTALL_SECONDS:.0f} s. Is the registry there?"
        ) from None
    found = sorted((folder / "node_modules" / name / "bin").glob("local-slack*"))
    if process.returncode or not found:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or ["nothing"]
        raise WebDemoFailed(f"npm could not fetch {name}@{VERSION}. It said: {last[0]}")
    return found[0]


@dataclass(frozen=True, slots=True)
class LocalSlack:
    """The running page."""

    port: int

    @property
    def url(self) -> str:
        """Where a browser looks at it."""
        return f"http://localhost:{self.port}"

    @property
    def api_url(self) -> str:
        """What the bot uses as SLACK_API_URL."""
        return f"{self.url}/api/"


def workspace() -> dict[str, object]:
    """The workspace: people to act as, channels with the bot in them, one app by Socket Mode."""
    members = [*(user for user, _, _ in USERS), "U0BOT"]
    return {
        "workspace": {"name": "Night Shift", "domain": "night-shift", "teamId": "T01NIGHT"},
        "app": {
            "appId": "A01SECTION3",
            "botUserId": "U0BOT",
            "botName": "section3",
            "botToken": BOT_TOKEN,
            "appToken": APP_TOKEN,
            "signingSecret": "local-slack-demo",
            "mode": "socket",
        },
        "users": [{"id": user, "name": name, "real_name": real, "tz": "UTC"} for user, name, real in USERS],
        "channels": [{"id": channel, "name": name, "members": members} for channel, name in CHANNELS],
    }


@asynccontextmanager
async def local_slack(program: Path, folder: Path, port: int = 0) -> AsyncIterator[LocalSlack]:
    """Start the page and end it afterwards. Raises WebDemoFailed when it does not answer."""
    config = folder / "workspace.json"
    config.write_text(json.dumps(workspace()))
    slack = LocalSlack(port or _free_port())
    with (folder / "local-slack.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            str(program), "--config", str(config), "--port", str(slack.port), stdout=log, stderr=log, cwd=folder
        )
    try:
        await _answers(slack, process)
        yield slack
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answers(slack: LocalSlack, process: asyncio.subprocess.Process) -> None:
    """Return once it answers."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + READY_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while process.returncode is None and loop.time() < give_up:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"{slack.url}/_control/state") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise WebDemoFailed(f"local-slack did not start on port {slack.port}. Is the port taken? Try --port with another.")


def settings(slack: LocalSlack, folder: Path) -> Settings:
    """The settings of the bot beside the page; nothing of the caller's own counts."""
    return Settings(
        _env_file=None,
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_app_token=SecretStr(APP_TOKEN),
        slack_signing_secret=None,
        slack_api_url=slack.api_url,
        playbooks_dir=sample_playbooks_dir(),
        redis_url="",
        data_dir=folder / "store",
        port=0,
    )


GUIDE = """\
section3 is connected. Open {url} in a browser and act as sam, noor or mei ("Act as", top right).
In #ap-automation, type:
    /runbook queue is stuck, oldest message 70 min, workers idle
    /incident open invoice-extract queue is stuck, oldest message 70 min, workers idle
    /incident            (a form)
then open the thread below the message, and click. In a thread: @section3 done, @section3 note …
The page is local-slack {version}, fetched by npm. It listens on ALL interfaces of this machine, port {port}:
anybody who reaches this machine can read and act. The bot and its store listen on this machine alone.
Slack writes times in your own zone and commands as code; this page shows the tokens of the times (<!date…>), &gt; as
it is sent, and [rich_text] in place of a command: "All steps" or /runbook IX-04 has the commands as text.
Ctrl-C ends it all; nothing is kept.
"""


@asynccontextmanager
async def stage(folder: Path, port: int = 0) -> AsyncIterator[LocalSlack]:
    """The page with the bot connected to it."""
    program = await install(folder)
    async with local_slack(program, folder, port) as slack, running(settings(slack, folder)):
        yield slack


def guide(slack: LocalSlack) -> str:
    """What to look at, what to type, and who can reach it."""
    return GUIDE.format(url=slack.url, port=slack.port, version=VERSION)
