"""Socket Mode while Slack is away: tried for as long as it takes, said once, and without a traceback."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin.config import StandInConfig
from bot.demo.standin.standin import StandIn
from bot.demo.standin.transport import COMMAND
from bot.slack.transport import SocketClient, socket_client


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


async def test_what_is_answered_without_bolt_is_acknowledged_only_if_nothing_was_raised() -> None:
    async def direct(body: dict[str, Any]) -> BoltResponse | None:
        match body["text"]:
            case "fails":
                raise RuntimeError("on purpose")
            case "known":
                return BoltResponse(status=200, body='{"text":"recorded"}')
            case _:
                return None

    observed, seen = list[tuple[str, int]](), list[str]()
    async with await StandIn.start(StandInConfig(ack_seconds=0.3)) as slack:
        log = logging.getLogger("section3.bolt")
        web = AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=web, signing_secret="", logger=log, process_before_response=True)

        @app.command("/incident")
        async def listen(ack: Any) -> None:
            await ack("by Bolt")

        client = socket_client(
            app, direct, slack.config.app_token, lambda way, _, status: observed.append((way, status)), seen.append, log
        )
        await client.connect()
        try:
            await slack.connected()
            acks = [
                await slack.sockets.deliver(COMMAND, {"command": "/incident", "text": text, "user_id": "U1"})
                for text in ("known", "fails", "other")
            ]
        finally:
            await client.close()
    assert [ack.body for ack in acks] == [{"text": "recorded"}, None, {"text": "by Bolt"}]
    assert [ack.ok for ack in acks] == [True, False, True]
    assert observed == [("socket", 200), ("socket", 500), ("socket", 200)]
