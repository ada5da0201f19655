"""What we compare with: Bolt with `process_before_response` and a listener that does nothing (b), or one Lua script of
five writes (c). `python -m tests.bench.peer empty|script REDIS_URL API_URL BOT_TOKEN APP_TOKEN SIGNING_SECRET`

It listens over signed HTTP and over Socket Mode, and prints its port when it does.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.store.client import Client
from bot.store.lua import Script
from tests.store.bench import EVENT, FIVE_WRITES, SNAPSHOT

Deed = Callable[[dict[str, Any]], Awaitable[None]]


def deed(kind: str, client: Client) -> Deed:
    """What the listener does before it acknowledges."""
    script = Script(FIVE_WRITES, hashlib.sha1(FIVE_WRITES.encode(), usedforsecurity=False).hexdigest())
    keys = [f"peer:{{p0}}:{name}" for name in ("stream", "snapshot", "due", "index", "dedup")]

    async def nothing(body: dict[str, Any]) -> None:
        return None

    async def five_writes(body: dict[str, Any]) -> None:
        await client.run(script, [*keys[:4], f"{keys[4]}:{body['trigger_id']}"], [EVENT, SNAPSHOT, 1, "draw:i", "i"])

    return {"empty": nothing, "script": five_writes}[kind]


def build(act: Deed, web_client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """The smallest app that answers our clicks and commands."""
    app = AsyncApp(client=web_client, signing_secret=signing_secret, process_before_response=True)

    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        await act(body)
        await ack()

    app.command("/incident")(listen)
    app.action(re.compile(".*"))(listen)
    return app


async def main(kind: str, redis_url: str, api_url: str, bot_token: str, app_token: str, secret: str) -> None:
    """Serve until the parent closes our standard input."""
    client = Client(redis_url)
    async with aiohttp.ClientSession() as session:
        app = build(deed(kind, client), AsyncWebClient(token=bot_token, base_url=api_url, session=session), secret)

        async def deliver(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        server = web.Application()
        server.add_routes([web.post("/slack/events", deliver)])
        runner = web.AppRunner(server, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        handler = AsyncSocketModeHandler(app, app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        sys.stdout.write(json.dumps({"port": runner.addresses[0][1]}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        await handler.close_async()  # type: ignore[no-untyped-call]
        await runner.cleanup()
    await client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
