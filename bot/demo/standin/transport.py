"""How payloads reach the app: what every way of delivery promises, and the signed HTTP one."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.demo.standin.errors import Json

COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"


@dataclass(frozen=True, slots=True)
class Retry:
    """Which repetition of an event this is, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ack:
    """What the app answered. `error` is empty, or what Slack calls this failure."""

    body: Any = None
    error: str = ""
    reason: str = ""
    """For events: the `x-slack-retry-reason` of the repetition."""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged in time."""
        return not self.error


TIMEOUT = Ack(error="operation_timeout", reason="http_timeout")
"""After three silent seconds (docs.slack.dev/interactivity/handling-user-interaction); the word is measured."""
UNREACHABLE = Ack(error="dispatch_failed", reason="connection_failed")
"""Measured: what the user sees when the app cannot be reached or answers with an error."""


class Transport(Protocol):
    """One way to the app."""

    async def deliver(self, kind: str, payload: Json, retry: Retry | None = None) -> Ack:
        """Hand over one payload and wait for its acknowledgement, three seconds at most."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """docs.slack.dev/authentication/verifying-requests-from-slack"""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return "v0=" + digest.hexdigest()


class HttpTransport:
    """Requests to the app, signed: to its request URL, or in turn to its replicas, as a load balancer would.

    Signatures carry the real time, not the moved clock's: the app's own library checks them against real time.
    """

    def __init__(self, urls: Sequence[str], secret: str, ack_seconds: float) -> None:
        self._urls = itertools.cycle(urls)
        self._secret = secret
        self._timeout = aiohttp.ClientTimeout(total=ack_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, kind: str, payload: Json, retry: Retry | None = None) -> Ack:
        """One signed request and its answer."""
        body, content_type = encode(kind, payload)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._secret, timestamp, body),
        }
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(next(self._urls), data=body, headers=headers) as response:
                return _read_ack(response.status, await response.text(), dict(response.headers))
        except TimeoutError:
            return TIMEOUT
        except aiohttp.ClientError:
            return UNREACHABLE

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body as Slack sends it: commands as a form, interactions as JSON in a form, events as JSON."""
    if kind == EVENT:
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _read_ack(status: int, text: str, headers: dict[str, str]) -> Ack:
    silent = any(name.lower() == "x-slack-no-retry" and value == "1" for name, value in headers.items())
    if not 200 <= status < 300:
        return Ack(error="dispatch_failed", reason="http_error", no_retry=silent)
    if not text:
        return Ack()
    try:
        return Ack(body=json.loads(text))
    except ValueError:
        return Ack(body=text)
