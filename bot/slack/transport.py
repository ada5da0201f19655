"""The two ways Slack reaches the app, over one dispatch: signed HTTP and Socket Mode."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web
from pydantic_core import from_json
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from yarl import URL

HTTP_PATH = "/slack/events"
PING_SECONDS = 10.0
"""A connection that has not answered a ping for four of these is stale and is replaced (slack_sdk's own rule)."""

FINISH_SECONDS = 3.0
"""Slack waits no longer for an acknowledgement."""

Observe = Callable[[str, float, int], None]
"""Told of every delivery: transport, seconds until the acknowledgement, HTTP status."""


class FormRequest(AsyncBoltRequest):
    """An HTTP delivery as it really is.

    Bolt 1.30 takes any form that contains the word "payload" for an interactive one and then finds nothing in it, so
    `/incident note … payload too large` would reach no listener. It also unquotes forms with urllib, which takes most
    of the time of a click (0.36 ms for 6 kB, against 0.04 ms here)."""

    def __init__(self, body: str, query: str, headers: Mapping[str, str]) -> None:
        is_form = bool(body) and not body.startswith("{")
        super().__init__(body="" if is_form else body, query=query, headers=dict(headers))
        if is_form:
            form = URL.build(query_string=body, encoded=True).query
            self.raw_body = body
            self.body = from_json(form["payload"]) if "payload" in form else dict(form)
            self.context = build_async_context(AsyncBoltContext(), self.body)


def http_routes(app: AsyncApp, observe: Observe) -> list[web.RouteDef]:
    """The route that Slack's request URLs point at. Signatures are verified by Bolt."""

    async def deliver(request: web.Request) -> web.Response:
        started = time.perf_counter()
        try:
            bolt = FormRequest(await request.text(), request.query_string, request.headers)
        except (ValueError, LookupError):  # neither a form nor JSON, or in no encoding: not from Slack
            observe("http", time.perf_counter() - started, 400)
            return web.Response(status=400)
        answer = await app.async_dispatch(bolt)
        observe("http", time.perf_counter() - started, answer.status)
        return await to_aiohttp_response(answer)

    return [web.post(HTTP_PATH, deliver)]


class SocketClient(SocketModeClient):
    """A connection whose `close` first finishes what it has received: answered means recorded, also at the end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def took(self) -> None:
        """A delivery is being answered."""
        self._in_hand += 1
        self._idle.clear()

    def answered(self) -> None:
        """It is answered."""
        self._in_hand -= 1
        if not self._in_hand:
            self._idle.set()

    async def close(self) -> None:
        """Receive nothing more, answer what is here (FINISH_SECONDS at most), and disconnect."""
        self.auto_reconnect_enabled = False
        if self.message_receiver is not None:
            self.message_receiver.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                # Each turn starts one of the deliveries that wait in the queue.
                while not (self.message_queue.empty() and self._idle.is_set()):
                    await asyncio.sleep(0)
                    await self._idle.wait()
        await super().close()  # type: ignore[no-untyped-call]


def socket_client(app: AsyncApp, app_token: str, observe: Observe, log: logging.Logger) -> SocketClient:
    """A Socket Mode connection that is kept up by itself; call `connect` and `close`. What a listener raised is not
    acknowledged, so Slack sends an event again."""
    client = SocketClient(app_token=app_token, web_client=app.client, ping_interval=PING_SECONDS, logger=log)

    async def deliver(connection: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        started = time.perf_counter()
        client.took()
        try:
            answer = await run_async_bolt_app(app, request)
            await send_async_response(connection, request, answer, time.time())
        finally:
            client.answered()
        observe("socket", time.perf_counter() - started, answer.status)

    client.socket_mode_request_listeners.append(deliver)
    return client
