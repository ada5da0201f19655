"""Slack's Web API: one shared session, honest errors, and rate limits kept per method and channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.ports import Clock
from bot.engine.worker import GiveUp, NotDone, RetryLater
from bot.slack.drawing.gate import gate
from bot.slack.drawing.mrkdwn import shorten_mrkdwn
from bot.slack.workspace.outage import Outage

SERVER_TROUBLE = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "ratelimited"}
)
"""Errors that Slack says will pass (docs.slack.dev, "Web API: error responses")."""
TOKEN_TROUBLE = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_expired", "token_revoked"})
"""Errors about the token and not about the call (docs.slack.dev, "Web API: error responses"): whatever is sent meets
them until somebody sets a good one."""


UPDATE_TEXT = 1_000
"""Characters of an update's text: Slack takes 4,000 bytes there (docs.slack.dev, chat.update), and a character may be
four."""


class SlackAnswer(GiveUp):
    """Slack refused the call and would refuse it again. `code` is its error."""

    def __init__(self, method: str, code: str, details: tuple[str, ...] = ()) -> None:
        more = f" ({'; '.join(details)})" if details else ""
        super().__init__(f"Slack answered {code} to {method}{more}")
        self.code = code


class TokenRefused(NotDone):
    """Slack takes our token no more. The same call succeeds once it has a good one, so nothing is given up."""


class SlackApi:
    """Calls Slack. Raises RetryLater when Slack is away, asks to wait or refuses our token, SlackAnswer when it refuses
    the call."""

    def __init__(
        self,
        client: AsyncWebClient,
        clock: Clock,
        observe: Callable[[str, str], None] = lambda method, status: None,
        outage: Outage | None = None,
    ) -> None:
        self.client = client
        self._clock = clock
        self._observe = observe
        self._closed_until: dict[tuple[str, str], int] = {}
        self.outage = outage or Outage()

    async def call(self, method: str, **payload: Any) -> dict[str, Any]:
        """One call, its payload brought within Slack's limits. Slack's 429 is remembered per method and channel, so
        that nothing is sent before it may be."""
        place = (method, str(payload.get("channel", "")))
        self._hold(place, method)
        if method == "chat.update" and "text" in payload:
            payload["text"] = shorten_mrkdwn(str(payload["text"]), UPDATE_TEXT)
        try:
            answer = await self.client.api_call(method, json=gate(payload))
        except SlackApiError as error:
            raise self._explained(method, place, error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._seen(method, "unreachable")
            raise RetryLater(f"Slack cannot be reached for {method}: {type(error).__name__} {error}") from error
        self._seen(method, "ok")
        return _plain(answer.data)

    async def get(self, method: str, **params: Any) -> dict[str, Any]:
        """A reading call; those take their arguments as a query."""
        place = (method, str(params.get("channel", "")))
        self._hold(place, method)
        try:
            answer = await self.client.api_call(method, http_verb="GET", params=params)
        except SlackApiError as error:
            raise self._explained(method, place, error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._seen(method, "unreachable")
            raise RetryLater(f"Slack cannot be reached for {method}: {type(error).__name__} {error}") from error
        self._seen(method, "ok")
        return _plain(answer.data)

    async def upload(self, channel: str, thread_ts: str, filename: str, content: bytes, comment: str) -> str:
        """A file in a thread; its id."""
        try:
            answer = await self.client.files_upload_v2(
                channel=channel, thread_ts=thread_ts, filename=filename, content=content, initial_comment=comment
            )
        except SlackApiError as error:
            raise self._explained("files.uploadV2", ("files.uploadV2", channel), error) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._seen("files.uploadV2", "unreachable")
            raise RetryLater(f"Slack cannot be reached for the upload of {filename}: {error}") from error
        self._seen("files.uploadV2", "ok")
        files = _plain(answer.data).get("files") or [{}]
        return str(files[0].get("id", ""))

    def _seen(self, method: str, status: str, trouble: bool = False) -> None:
        why = f"no answer to {method}" if status == "unreachable" else f"Slack answered {status} to {method}"
        self.outage.seen(self._clock, why if trouble or status == "unreachable" else "")
        self._observe(method, status)

    def _hold(self, place: tuple[str, str], method: str) -> None:
        wait = self._closed_until.get(place, 0) - self._clock.now()
        if wait > 0:
            raise NotDone(f"Slack asked to wait before the next {method}", wait)

    def _explained(self, method: str, place: tuple[str, str], error: SlackApiError) -> Exception:
        response = error.response
        status = int(getattr(response, "status_code", 0) or 0)
        if status == 429:
            delay = 1000 * int(_header(response, "retry-after") or 1)
            self._closed_until[place] = self._clock.now() + delay
            self._seen(method, "ratelimited")
            return NotDone(f"Slack asked to wait {delay // 1000} s before the next {method}", delay)
        data = _plain(getattr(response, "data", None))
        code = str(data.get("error", "")) or f"http_{status}"
        away, refused = status >= 500 or code in SERVER_TROUBLE, code in TOKEN_TROUBLE
        self._seen(method, code, away or refused)
        if refused:
            return TokenRefused(f"Slack answered {code} to {method}")
        if away:
            return RetryLater(f"Slack answered {code} to {method}")
        messages = (data.get("response_metadata") or {}).get("messages") or ()
        return SlackAnswer(method, code, tuple(str(one) for one in messages))


def _plain(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _header(response: Any, name: str) -> str:
    """Header names arrive in any case, and values sometimes as lists."""
    for key, value in (getattr(response, "headers", None) or {}).items():
        if str(key).lower() == name:
            return str(value[0] if isinstance(value, list) else value)
    return ""


async def open_client(token: str, base_url: str = "", timeout_s: int = 10) -> AsyncWebClient:
    """A client with one shared session (a session per call costs ten times as much) and no retries of its own: the
    worker retries, because it knows what may be sent twice. Close it with `close_client`."""
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s))
    url = (base_url or AsyncWebClient.BASE_URL).rstrip("/") + "/"
    return AsyncWebClient(token=token, base_url=url, session=session, timeout=timeout_s, retry_handlers=[])


async def close_client(client: AsyncWebClient) -> None:
    """Close the shared session."""
    if client.session is not None:
        await client.session.close()
        # aiohttp closes TLS transports in the next turn of the loop.
        await asyncio.sleep(0)
