"""A small real Bolt app for the stand-in's own tests, and the ways to connect it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin import ChannelConfig, GroupConfig, StandIn, StandInConfig, UserConfig

BUSY = StandInConfig(
    rates=0,
    users=(UserConfig(name="alice"), UserConfig(name="bob"), UserConfig(name="dan", foreign=True)),
    channels=(
        ChannelConfig(name="general"),
        ChannelConfig(name="ap", shared=True),
        ChannelConfig(name="war", private=True, members=("alice",)),
        ChannelConfig(name="secret", private=True, members=("alice",), bot=False),
        ChannelConfig(name="elsewhere", bot=False),
        ChannelConfig(name="old", archived=True),
    ),
    groups=(GroupConfig(handle="oncall", members=("alice",)),),
)
"""People, a stranger, and a channel of every kind."""


def client(slack: StandIn) -> AsyncWebClient:
    """The real client, pointed at the stand-in, without retries of its own."""
    return AsyncWebClient(token=slack.config.bot_token, base_url=slack.api_url, retry_handlers=[])


def bolt(slack: StandIn) -> AsyncApp:
    """The real framework, as the product uses it."""
    return AsyncApp(client=client(slack), signing_secret=slack.config.signing_secret, process_before_response=True)


@asynccontextmanager
async def over_http(slack: StandIn, app: AsyncApp) -> AsyncIterator[None]:
    """Serve the app on a free port and let the stand-in deliver to it, signed."""
    runner = web.AppRunner(app.web_app(path="/slack/events"), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_socket(slack: StandIn, app: AsyncApp) -> AsyncIterator[None]:
    """Connect the app by Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.config.app_token, web_client=client(slack))
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.connected()
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


CONNECT = {"http": over_http, "socket": over_socket}


async def call(slack: StandIn, method: str, token: str | None = None, **args: Any) -> dict[str, Any]:
    """A raw Web API request: JSON with the bot token, around every library. The answer's body, `ok` or not."""
    status, body = await raw_call(slack, method, token, **args)
    assert status == 200, (status, body)
    return body


async def raw_call(slack: StandIn, method: str, token: str | None = None, **args: Any) -> tuple[int, dict[str, Any]]:
    """The same, with the HTTP status; `Retry-After` is added to the body of a 429."""
    bearer = slack.config.bot_token if token is None else token
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.api_url + method, json=args, headers=headers) as response,
    ):
        body: dict[str, Any] = await response.json() if "json" in response.content_type else {"ok": False}
        if response.status == 429:
            body["retry_after"] = int(response.headers["Retry-After"])
        return response.status, body


async def post(slack: StandIn, channel: str = "#ap", **args: Any) -> dict[str, Any]:
    """A message, "x" unless told otherwise."""
    return await call(slack, "chat.postMessage", channel=slack.channel(channel).id, **({"text": "x"} | args))


async def error(slack: StandIn, method: str, **args: Any) -> str:
    """The code of a refusal."""
    return str((await call(slack, method, **args))["error"])


def plain(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal with a submit button."""
    return {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": list(blocks), **more}
