"""The same night against a Slack written by others (local-slack, by npm), looked at in a browser."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo.web import CHANNEL, LocalSlack, stage
from tests.e2e.shift import STUCK

pytestmark = pytest.mark.machine

Json = dict[str, Any]
SAM, NOOR = "U01SAM", "U02NOOR"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 20.0


@dataclass(slots=True)
class Page:
    """The workspace, driven by its control interface."""

    slack: LocalSlack
    session: aiohttp.ClientSession

    async def act(self, what: str, **body: Any) -> None:
        async with self.session.post(f"{self.slack.url}/_control/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def messages(self) -> list[Json]:
        async with self.session.get(f"{self.slack.url}/_control/messages/{CHANNEL}") as answer:
            found: list[Json] = (await answer.json())["messages"]
            return found

    async def wait_for(self, fits: Callable[[Json], bool]) -> Json:
        """The newest message that fits, within some seconds."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + SECONDS
        while loop.time() < give_up:
            found = [message for message in await self.messages() if fits(message)]
            if found:
                return found[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"nothing fits among {[message.get('text') for message in await self.messages()]}")

    async def click(self, user: str, message: Json, label: str) -> None:
        """Press a button by its words."""
        for block in message["blocks"]:
            for element in block.get("elements", []):
                if element.get("type") == "button" and element["text"]["text"] == label:
                    action = {
                        "type": "button",
                        "action_id": element["action_id"],
                        "block_id": block.get("block_id", ""),
                        "value": element.get("value", ""),
                        "text": element["text"],
                    }
                    await self.act("interact", channel=CHANNEL, messageTs=message["ts"], user=user, action=action)
                    return
        raise AssertionError(f"no button {label!r} on {message.get('text')!r}")


@pytest.fixture(scope="module")
def program_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local-slack")


@pytest.fixture
async def page(program_folder: Path) -> AsyncIterator[Page]:
    async with (
        stage(program_folder) as slack,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
    ):
        yield Page(slack, session)


def says(words: str) -> Callable[[Json], bool]:
    return lambda message: words in str(message)


async def test_the_night_on_a_page_by_others(page: Page, tmp_path: Path) -> None:
    await page.act("command", channel=CHANNEL, user=SAM, command="/runbook", text=STUCK)
    await page.wait_for(says("Queue backlog with idle workers"))
    await page.act("command", channel=CHANNEL, user=SAM, command="/incident", text=f"open invoice-extract {STUCK}")
    head = await page.wait_for(lambda m: "SEV2 · INC-1" in str(m) and "Call next" in str(m))
    step = await page.wait_for(says("agentctl queue head"))
    assert step.get("thread_ts") == head["ts"]
    await page.click(NOOR, head, "I have it")
    await page.wait_for(lambda m: m["ts"] == head["ts"] and "Post update" in str(m))
    await page.click(NOOR, step, "As expected")
    step = await page.wait_for(lambda m: "step 2 of 6" in str(m) and m.get("thread_ts") == head["ts"])
    await page.click(NOOR, step, "Worked")
    await page.wait_for(lambda m: "Waiting until" in str(m))
    mention = {"channel": CHANNEL, "user": SAM, "thread_ts": head["ts"]}
    await page.act("message", text="looking at the queue too", **mention)
    await page.act("message", text="<@U0BOT> note 4,100 messages left", **mention)
    thread = f"archives/{CHANNEL}/p{step['ts'].replace('.', '')}?thread_ts={head['ts']}&cid={CHANNEL}"
    shot = await screenshot(f"{page.slack.url}/{thread}", tmp_path / "thread.png")
    assert shot.stat().st_size > 20_000, "an empty page is smaller"
    mine = [m for m in await page.messages() if m.get("user") == "U0BOT" and not m.get("ephemeral_to")]
    assert len([m for m in mine if not m.get("thread_ts") or m["thread_ts"] == m["ts"]]) == 1, "one head"


async def screenshot(url: str, target: Path) -> Path:
    """What Chromium shows."""
    chromium = shutil.which("chromium")
    assert chromium, "install chromium (Debian package) to run this test"
    process = await asyncio.create_subprocess_exec(
        chromium,
        *FLAGS,
        f"--user-data-dir={target.parent / 'profile'}",
        "--window-size=1400,1300",
        "--virtual-time-budget=5000",
        f"--screenshot={target}",
        url,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(process.wait(), 60)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return target
