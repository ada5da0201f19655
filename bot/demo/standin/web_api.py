"""The Web API over HTTP: tokens, scopes, rates and faults around the methods."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from bot.demo.standin.api.method import TIER_3, Method
from bot.demo.standin.api.table import METHODS
from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.faults import Fault, Faults
from bot.demo.standin.rates import Rates
from bot.demo.standin.sockets import Sockets
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import ApiCall

CONNECTIONS_OPEN = "apps.connections.open"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RateLimited(Exception):
    """The call came too early. `after` is the seconds to wait."""

    def __init__(self, after: int) -> None:
        super().__init__(after)
        self.after = after


class WebApi:
    """Answers `/api/<method>` as the service does and keeps the log of every call."""

    def __init__(self, ws: Workspace, rates: Rates, faults: Faults, sockets: Sockets) -> None:
        self._ws = ws
        self._rates = rates
        self._faults = faults
        self._sockets = sockets

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call, from its arguments to its answer."""
        name = request.match_info["method"]
        try:
            raw, token = await read_request(request)
        except SlackError as refusal:
            return self._answer(name, Args({}), 200, refusal.body())
        args = Args(raw)
        fault = self._faults.take(name, args)
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.hold is not None:
                await fault.hold.wait()
            if fault.drop_request:
                return self._cut(request, name, args)
        if (trouble := self._trouble(name, args, fault)) is not None:
            return trouble
        try:
            answer = {"ok": True, **self._call(name, args, token)}
        except SlackError as refusal:
            answer = refusal.body()
        except RateLimited as early:
            return self._limited(name, args, early.after)
        if fault is not None and fault.drop_reply:
            return self._cut(request, name, args, answer)
        return self._answer(name, args, 200, answer)

    def _trouble(self, name: str, args: Args, fault: Fault | None) -> web.Response | None:
        if self._faults.is_down:
            return self._broken(name, args, self._faults.is_down)
        if fault is None:
            return None
        if fault.status == 429:
            return self._limited(name, args, fault.retry_after, ordered=True)
        if fault.status:
            return self._broken(name, args, fault.status)
        if fault.error:
            return self._answer(name, args, 200, {"ok": False, "error": fault.error}, ordered=True)
        return None

    def _call(self, name: str, args: Args, token: str) -> Json:
        if name == CONNECTIONS_OPEN:
            return self._open_connection(token)
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if name != "api.test":
            self._check_token(token, app=False)
        self._check_rates(method, args)
        self._check_scopes(method, args)
        return method.handler(self._ws, args)

    def _check_token(self, token: str, *, app: bool) -> None:
        """docs.slack.dev/authentication/tokens: xoxb for methods, xapp for opening a socket."""
        config = self._ws.config
        if not token:
            raise SlackError("not_authed")
        if token not in (config.bot_token, config.app_token):
            raise SlackError("invalid_auth")
        if token != (config.app_token if app else config.bot_token):
            raise SlackError("not_allowed_token_type")

    def _check_rates(self, method: Method, args: Args) -> None:
        after = self._rates.method(method.name, method.per_minute)
        if not after and method.name == "chat.postMessage":
            after = self._rates.post(str(args.raw.get("channel")))
        if after:
            raise RateLimited(after)

    def _open_connection(self, token: str) -> Json:
        """docs.slack.dev/reference/methods/apps.connections.open"""
        if not token:
            raise SlackError("missing_args")
        self._check_token(token, app=True)
        if after := self._rates.method(CONNECTIONS_OPEN, TIER_3):
            raise RateLimited(after)
        return {"url": self._sockets.ticket()}

    def _check_scopes(self, method: Method, args: Args) -> None:
        """docs.slack.dev/reference/scopes: any one of a method's scopes will do that fits the kind of conversation."""
        granted = self._ws.config.scopes
        if granted is None or not method.scopes:
            return
        family = self._family(args) + ":"
        fitting = [scope for scope in method.scopes if scope.startswith(family)] or list(method.scopes)
        if not granted & set(fitting):
            raise SlackError("missing_scope", needed=fitting[0], provided=",".join(sorted(granted)))

    def _family(self, args: Args) -> str:
        """channels, groups or im: the family of scopes for the conversation a call is about."""
        channel = self._ws.channels.get(str(args.raw.get("channel")))
        if channel is not None and channel.im:
            return "im"
        private = channel.private if channel is not None else args.flag("is_private")
        return "groups" if private else "channels"

    def _answer(
        self, name: str, args: Args, status: int, body: Json, *, ordered: bool = False, after: int = 0
    ) -> web.Response:
        self._log(name, args, status, body, ordered)
        headers = {"Retry-After": str(after)} if after else {}
        if self._ws.config.scopes is not None:
            headers["x-oauth-scopes"] = ",".join(sorted(self._ws.config.scopes))
        return web.json_response(body, status=status, headers=headers)

    def _limited(self, name: str, args: Args, after: int, *, ordered: bool = False) -> web.Response:
        return self._answer(name, args, 429, {"ok": False, "error": "ratelimited"}, ordered=ordered, after=after)

    def _broken(self, name: str, args: Args, status: int) -> web.Response:
        self._log(name, args, status, {"ok": False, "error": f"http_{status}"}, ordered=True)
        return web.Response(status=status, text="server error")

    def _cut(self, request: web.Request, name: str, args: Args, answer: Json | None = None) -> web.Response:
        """Break the connection. What was done stays done; the log says that nobody heard the answer."""
        self._log(name, args, 0, answer or {"ok": False, "error": "connection_cut"}, ordered=True)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _log(self, name: str, args: Args, status: int, answer: Json, ordered: bool) -> None:
        self._ws.calls.append(ApiCall(name, args.raw, self._ws.clock.now(), status, answer, ordered))
        self._ws.changes.notify()


async def read_request(request: web.Request) -> tuple[dict[str, Any], str]:
    """The arguments and the token of a call (docs.slack.dev/apis/web-api: query, form or JSON with a bearer token)."""
    raw: dict[str, Any] = dict(request.query)
    token = ""
    if request.body_exists:
        kind = request.content_type
        if kind == "application/json":
            raw |= _from_json(await request.read())
        elif kind in _FORMS:
            raw |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
            token = str(raw.get("token", ""))
        elif await request.read():
            raise SlackError("invalid_post_type")
    token = token or request.query.get("token", "")
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = bearer.strip()
    raw.pop("token", None)
    return raw, token


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value
