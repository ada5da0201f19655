"""The start of a bot whose runbooks cannot be read: it works without them, and its log says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.demo.standin.standin import StandIn
from tests.deploy.processes import Replica
from tests.e2e.shift import WORKSPACE


async def test_runbooks_that_cannot_be_read_are_told_in_the_log(tmp_path: Path, redis_server: str) -> None:
    (tmp_path / "bin").mkdir()
    extra = {"PATH": str(tmp_path / "bin"), "PLAYBOOKS_GIT_URL": "https://reader:a-password@host/books.git"}
    async with await StandIn.start(WORKSPACE) as slack:
        bot = Replica(slack, redis_server, tmp_path, extra=extra)
        try:
            await bot.start()
            assert bot.events("ready")[0]["runbooks"] == 0
            async with asyncio.timeout(10):
                while len(bot.events("runbook_unusable")) < 2:  # noqa: ASYNC110 - a log tells nobody that it has grown
                    await asyncio.sleep(0.01)
            folder, remote = (line["reason"] for line in bot.events("runbook_unusable"))
            assert "The folder of runbooks cannot be read" in folder
            assert "The program git is not installed." in remote and "https://host/books.git (main)" in remote
            assert "a-password" not in bot.log.read_text()
        finally:
            await bot.stop()
