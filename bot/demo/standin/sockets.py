"""Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): connections that the app opens to us."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.demo.standin.errors import Json
from bot.demo.standin.transport import COMMAND, EVENT, TIMEOUT, UNREACHABLE, Ack, Retry
from bot.demo.standin.workspace import Workspace

CONNECTIONS_MOST = 10
"""docs.slack.dev/apis/events-api/using-socket-mode: up to ten at a time, each payload to one of them."""
TICKET_MS = 30_000
"""Measured: a socket URL that is not used soon is refused."""


@dataclass(eq=False, slots=True)
class Connection:
    """One open socket. `received` counts the payloads it was given."""

    socket: web.WebSocketResponse
    received: int = 0
    leaving: bool = False
    waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)


class Sockets:
    """All connections of the app; gives each payload to exactly one, in turn."""

    def __init__(self, ws: Workspace, ack_seconds: float) -> None:
        self._ws = ws
        self._ack_seconds = ack_seconds
        self._tickets: dict[str, int] = {}
        self._turn = 0
        self.connections: list[Connection] = []
        self.silent = False
        """While true, pings stay unanswered: connections that look open and are dead."""
        self.unacked: list[Json] = []
        """Envelopes that nobody acknowledged within three seconds."""

    def ticket(self) -> str:
        """A URL for one connection (docs.slack.dev/reference/methods/apps.connections.open)."""
        ticket = uuid.uuid4().hex
        self._tickets[ticket] = self._ws.clock.now()
        return f"{self._ws.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self._ws.app_id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A connection, from its hello to its end."""
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or self._ws.clock.now() - issued > TICKET_MS:
            return web.Response(status=408, text="ticket expired")
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if len(self.connections) >= CONNECTIONS_MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(socket)
        await socket.send_json(self._hello(len(self.connections) + 1))
        self.connections.append(connection)
        self._ws.changes.notify()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(connection, message.data)
                elif message.type is WSMsgType.PING and not self.silent:
                    await socket.pong(message.data)
        finally:
            self._drop(connection)
        return socket

    def _hello(self, number: int) -> Json:
        return {
            "type": "hello",
            "num_connections": number,
            "debug_info": {"host": "stand-in", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._ws.app_id},
        }

    def _acknowledge(self, connection: Connection, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        future = connection.waiting.pop(str(answer.get("envelope_id")), None)
        if future is not None and not future.done():
            future.set_result(Ack(body=answer.get("payload") or None))

    def _drop(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.set_result(UNREACHABLE)
        self._ws.changes.notify()

    async def deliver(self, kind: str, payload: Json, retry: Retry | None = None) -> Ack:
        """Give one payload to the next connection in turn and wait for its envelope to come back."""
        ready = [connection for connection in self.connections if not connection.leaving]
        if not ready:
            return UNREACHABLE
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "accepts_response_payload": kind == COMMAND
            or payload.get("type") in ("view_submission", "block_suggestion"),
            "payload": payload,
        }
        if kind == EVENT:
            envelope |= {
                "retry_attempt": retry.number if retry else 0,
                "retry_reason": "timeout" if retry else "",
            }
        return await self._send(connection, envelope)

    async def _send(self, connection: Connection, envelope: Json) -> Ack:
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        try:
            await connection.socket.send_json(envelope)
            connection.received += 1
            return await asyncio.wait_for(future, self._ack_seconds)
        except TimeoutError:
            self.unacked.append(envelope)
            return TIMEOUT
        except ConnectionError:
            return UNREACHABLE
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to leave, as Slack does from time to time.

        A `warning` only announces it. After anything else the connection is given no more payloads; the app is
        expected to open another and close this one.
        """
        for connection in list(self.connections):
            notice = {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}
            connection.leaving = connection.leaving or reason != "warning"
            await connection.socket.send_json(notice)

    async def drop(self) -> None:
        """Break every connection without a word."""
        for connection in list(self.connections):
            self._drop(connection)
            await connection.socket.close()

    async def close(self) -> None:
        """End all connections at once."""
        for connection in list(self.connections):
            await connection.socket.close()
