"""Socket Mode while Slack is away: tried for as long as it takes, said once, and without a traceback."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin.standin import StandIn
from bot.slack.transport import SocketClient


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def test_the_connection_comes_up_with_slack(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    async with await StandIn.start() as slack:
        web = AsyncWebClient(base_url=slack.api_url)
        client = SocketClient(seen.append, app_token=slack.config.app_token, web_client=web, ping_interval=0.05)
        slack.deliver_by_socket()
        slack.faults.down()
        connecting = asyncio.create_task(client.connect())
        try:
            await until(lambda: len(seen) > 2)
            assert set(seen) == {"Slack answered http_503 to apps.connections.open"}
            slack.faults.up()
            await asyncio.wait_for(connecting, 10)
            assert seen[-1] == "" and await client.is_connected()

            seen.clear()
            slack.faults.next("apps.connections.open", error="internal_error")
            await slack.sockets.drop()
            await until(lambda: seen[-1:] == [""])
            assert seen[0] == "Slack answered internal_error to apps.connections.open"
            await slack.connected()
        finally:
            connecting.cancel()
            await client.close()
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING or record.exc_info]
    assert [record.getMessage() for record in loud] == []
