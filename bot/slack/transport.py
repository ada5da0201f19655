"""The two ways Slack reaches the app: signed HTTP and Socket Mode."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp import web
from pydantic_core import from_json
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
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

Answer = Callable[[dict[str, Any]], Awaitable[BoltResponse | None]]
"""What answers a delivery without Bolt; None for what needs Bolt."""


class FormRequest(AsyncBoltRequest):
    """An HTTP delivery as it really is.

    Bolt 1.30 takes any form that contains the word "payload" for an interactive one and then finds nothing in it, so
    `/incident note … payload too large` would reach no listener. It also unquotes forms with urllib, which takes most
    of the time of a click (0.36 ms for 6 kB, against 0.04 ms here)."""

    def __init__(self, body: str, query: str, headers: Mapping[str, str]) -> None:
        # A body that is parsed already is taken only from Socket Mode; what makes this an HTTP one follows.
        super().__init__(body=_parsed(body), query=query, headers=dict(headers), mode="socket_mode")
        self.mode, self.raw_body = "http", body


def _parsed(body: str) -> dict[str, Any]:
    """Raises ValueError for what is neither a form nor a JSON object."""
    if body.startswith("{"):
        return dict(from_json(body))
    form = URL.build(query_string=body, encoded=True).query
    payload = from_json(form["payload"]) if "payload" in form else dict(form)
    if not isinstance(payload, dict):
        raise ValueError("the payload is no object")
    return payload


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
        return web.Response(
            status=answer.status, body=answer.body.encode(), headers=answer.first_headers_without_set_cookie()
        )

    return [web.post(HTTP_PATH, deliver)]


class SocketClient(SocketModeClient):
    """A connection that is kept up however long Slack is away, told to `seen` ("" or why it does not stand), and whose
    `close` first finishes what it has received: answered means recorded, also at the end."""

    def __init__(self, seen: Callable[[str], None], **options: Any) -> None:
        super().__init__(**options)
        self._seen = seen
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

    async def connect(self) -> None:
        """Connect, and try again until it succeeds. slack_sdk 3.47 logs a traceback for each attempt, and tries an
        address again that Slack takes once and not for long."""
        while not self.closed:
            try:
                await self._attempt(await self._address())
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
                self._seen(_why(error))
                await asyncio.sleep(max(self.ping_interval, _asked_to_wait(error)))
            else:
                return

    async def issue_new_wss_url(self) -> str:
        """None yet: `connect` asks for one for each attempt."""
        return ""

    async def _address(self) -> str:
        answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        return str(answer["url"])

    async def _attempt(self, address: str) -> None:
        self.auto_reconnect_enabled = False
        if self.current_session is not None:
            # Slack allows few connections at once, and an old one that is broken may refuse even to be closed.
            with suppress(aiohttp.ClientError, OSError):
                await self.current_session.close()
        session = await self.aiohttp_client_session.ws_connect(
            address,
            autoping=False,
            heartbeat=self.ping_interval,
            proxy=self.proxy,
            ssl=self.web_client.ssl if self.web_client.ssl is not None else True,
        )
        await session.ping(f"sdk-ping-pong:{time.time()}".encode())
        self.current_session, self.stale = session, False
        self.auto_reconnect_enabled = self.default_auto_reconnect_enabled
        self._seen("")
        # One of the two may be who called: nothing is awaited after it is cancelled.
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None:
                task.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

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


def _asked_to_wait(error: Exception) -> float:
    """The seconds of Slack's Retry-After, 0 for none."""
    headers = error.response.headers if isinstance(error, SlackApiError) else {}
    return float(headers.get("Retry-After", 0))


def _why(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        data = error.response.data
        # What stands between us and Slack answers with pages, not with JSON.
        code = data.get("error") if isinstance(data, dict) else f"http_{error.response.status_code}"
        return f"Slack answered {code} to apps.connections.open"
    return f"Slack cannot be reached: {type(error).__name__} {error}".rstrip()


def _acknowledged(envelope_id: str, answer: BoltResponse) -> str:
    """The envelope of an answer. It is JSON already: Bolt's own function reads it and writes it again."""
    if not answer.body:
        return json.dumps({"envelope_id": envelope_id})
    is_json = answer.headers["content-type"][0].startswith("application/json")
    payload = answer.body if is_json else json.dumps({"text": answer.body})
    return f'{{"envelope_id":{json.dumps(envelope_id)},"payload":{payload}}}'


def socket_client(
    app: AsyncApp, direct: Answer, app_token: str, observe: Observe, seen: Callable[[str], None], log: logging.Logger
) -> SocketClient:
    """A Socket Mode connection that is kept up by itself; call `connect` and `close`. What a listener raised is not
    acknowledged, so Slack sends an event again.

    The connection is Slack's and nothing is left to be verified, so what a person does is answered before Bolt makes a
    request of it with a client of its own: a tenth of the time of a command."""
    client = SocketClient(seen, app_token=app_token, web_client=app.client, ping_interval=PING_SECONDS, logger=log)

    async def deliver(connection: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        started, status = time.perf_counter(), 500
        client.took()
        try:
            answer = await direct(request.payload) or await run_async_bolt_app(app, request)
            if answer.status == 200:
                await connection.send_message(_acknowledged(request.envelope_id, answer))
            status = answer.status
        finally:
            client.answered()
            observe("socket", time.perf_counter() - started, status)

    client.socket_mode_request_listeners.append(deliver)
    return client
