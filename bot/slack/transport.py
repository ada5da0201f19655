"""The two ways Slack reaches the app, over one dispatch: signed HTTP and Socket Mode."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

HTTP_PATH = "/slack/events"
PING_SECONDS = 10.0
"""A connection that has not answered a ping for four of these is stale and is replaced (slack_sdk's own rule)."""

Observe = Callable[[str, float, int], None]
"""Told of every delivery: transport, seconds until the acknowledgement, HTTP status."""


class FormRequest(AsyncBoltRequest):
    """An HTTP delivery as it really is.

    Bolt 1.30 takes any form that contains the word "payload" for an interactive one and then finds nothing in it, so
    `/incident note … payload too large` would reach no listener. The form is read again here in that case."""

    def __init__(self, body: str, query: str, headers: Mapping[str, str]) -> None:
        super().__init__(body=body, query=query, headers=dict(headers))
        if not self.body and body and not body.startswith("{"):
            self.body = dict(parse_qsl(body, keep_blank_values=True))
            self.context = build_async_context(AsyncBoltContext(), self.body)


def http_routes(app: AsyncApp, observe: Observe) -> list[web.RouteDef]:
    """The route that Slack's request URLs point at. Signatures are verified by Bolt."""

    async def deliver(request: web.Request) -> web.Response:
        started = time.perf_counter()
        bolt = FormRequest(await request.text(), request.query_string, request.headers)
        answer = await app.async_dispatch(bolt)
        observe("http", time.perf_counter() - started, answer.status)
        return await to_aiohttp_response(answer)

    return [web.post(HTTP_PATH, deliver)]


def socket_client(app: AsyncApp, app_token: str, observe: Observe, log: logging.Logger) -> SocketModeClient:
    """A Socket Mode connection that is kept up by itself; call `connect` and `close`. What a listener raised is not
    acknowledged, so Slack sends an event again."""
    client = SocketModeClient(app_token=app_token, web_client=app.client, ping_interval=PING_SECONDS, logger=log)

    async def deliver(connection: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        started = time.perf_counter()
        answer = await run_async_bolt_app(app, request)
        await send_async_response(connection, request, answer, time.time())
        observe("socket", time.perf_counter() - started, answer.status)

    client.socket_mode_request_listeners.append(deliver)
    return client
