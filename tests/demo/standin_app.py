"""A small real Bolt app for the stand-in's own tests, and the ways to connect it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin import StandIn


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
