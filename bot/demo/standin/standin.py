"""The stand-in itself: one object that runs the pretended Slack on a loopback port."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from aiohttp import web

from bot.demo.standin.api.files import receive
from bot.demo.standin.changes import Changes
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import StandInConfig
from bot.demo.standin.courier import Courier
from bot.demo.standin.driver.person import Person
from bot.demo.standin.driver.places import Place
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.errors import SlackError
from bot.demo.standin.faults import Faults
from bot.demo.standin.rates import Rates
from bot.demo.standin.reading import Eyes
from bot.demo.standin.respond import Respond
from bot.demo.standin.sockets import Sockets
from bot.demo.standin.transport import EVENT, HttpTransport
from bot.demo.standin.web_api import WebApi
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import ApiCall, Link, Mention

T = TypeVar("T")
UPLOAD_MOST = 64 * 1024 * 1024


class StandIn:
    """A workspace with one app in it, answering at `api_url`. Use `await StandIn.start(...)`, then `await stop()`."""

    def __init__(self, config: StandInConfig, clock: OffsetClock) -> None:
        self.config = config
        self.clock = clock
        self.changes = Changes()
        self.workspace = Workspace(config, clock, self.changes)
        self.faults = Faults(hold_seconds=config.wait_seconds)
        self.rates = Rates(clock, config.rates)
        self.sockets = Sockets(self.workspace, config.ack_seconds)
        self.courier = Courier(self.workspace, self.sockets)
        self.respond = Respond(self.workspace)
        self._api = WebApi(self.workspace, self.rates, self.faults, self.sockets)
        self._http: HttpTransport | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    @classmethod
    async def start(cls, config: StandInConfig | None = None, clock: OffsetClock | None = None) -> StandIn:
        """Listen on loopback, on a free port unless the configuration names one."""
        slack = cls(config or StandInConfig(), clock or OffsetClock())
        await slack._listen()
        return slack

    async def _listen(self) -> None:
        app = web.Application(client_max_size=UPLOAD_MOST)
        app.router.add_route("*", "/api/{method}", self._api.handle)
        app.router.add_post("/upload/{secret}", self._upload)
        app.router.add_get("/files/{file}", self._download)
        app.router.add_post("/respond/{team}/{secret}", self.respond.handle)
        app.router.add_get("/link/", self.sockets.handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.config.port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        self.workspace.base_url = self.url
        self.workspace.emit = self.courier.emit

    async def stop(self) -> None:
        """End everything that was started."""
        await self.courier.close()
        await self.sockets.close()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> StandIn:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self.stop()

    @property
    def api_url(self) -> str:
        """What the app is to use as `SLACK_API_URL`."""
        return f"{self.url}/api/"

    async def deliver_to(self, *urls: str) -> None:
        """Send everything to this request URL from now on (HTTP mode), or in turn to several replicas."""
        if self._http is not None:
            await self._http.close()
        self._http = HttpTransport(urls, self.config.signing_secret, self.config.ack_seconds)
        self.courier.transport = self._http

    async def verify_url(self) -> bool:
        """Whether the request URL answers Slack's challenge (docs.slack.dev/reference/events/url_verification)."""
        challenge = uuid.uuid4().hex
        payload = {"type": "url_verification", "token": "verification", "challenge": challenge}
        ack = await self.courier.transport.deliver(EVENT, payload)
        return ack.ok and (ack.body == challenge or ack.body == {"challenge": challenge})

    def deliver_by_socket(self) -> None:
        """Send everything over the app's own connections (Socket Mode, the default)."""
        self.courier.transport = self.sockets

    async def connected(self, count: int = 1, seconds: float | None = None) -> None:
        """Return once the app has at least so many sockets open."""
        await self.until(
            lambda: True if len(self.sockets.connections) >= count else None,
            seconds,
            lambda: f"{len(self.sockets.connections)} of {count} sockets are open",
        )

    async def settled(self) -> None:
        """Return once every event has reached the app (or waits for its next repetition)."""
        await self.courier.settled(self.config.wait_seconds)

    async def until(self, probe: Callable[[], T | None], seconds: float | None, instead: Callable[[], str]) -> T:
        """The first answer of `probe` that is not None; `seconds` defaults to the configuration's."""
        return await self.changes.until(probe, seconds or self.config.wait_seconds, instead)

    def user(self, name: str) -> Person:
        """A person by handle. Raises `KeyError` naming who there is."""
        return Person(self, self.workspace.user_named(name))

    def channel(self, name: str) -> Place:
        """A channel by name or id. Raises `KeyError` naming the channels there are."""
        return Place(self, self.workspace.channel_named(name))

    def visible_text(self, message: Posted, reader: Person | None = None) -> str:
        """The message as a person reads it (in `reader`'s time zone, UTC without one)."""
        return Eyes(self.workspace, reader.user.tz if reader else "Etc/UTC").message(message.record)

    def visible_for(self, person: Person) -> list[str]:
        """What only this person sees, oldest first."""
        return [self.visible_text(message, person) for message in person.whispers.messages]

    def watch(self, see: Callable[[str, Posted], None]) -> None:
        """Call `see` at once with "posted", "edited" or "deleted" and the message, ephemeral ones included."""
        self.workspace.watchers.append(lambda what, message: see(what, Posted(self, message)))

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API request, in order, refused ones included."""
        return self.workspace.calls

    def calls_of(self, *methods: str) -> list[ApiCall]:
        """The requests for these methods that succeeded."""
        return [call for call in self.calls if call.method in methods and call.ok]

    async def wait_for_call(self, predicate: Callable[[ApiCall], bool], seconds: float | None = None) -> ApiCall:
        """The first request that fits, now or as soon as one does."""
        return await self.until(
            lambda: next((call for call in self.calls if predicate(call)), None),
            seconds,
            lambda: f"no such call among {[(call.method, call.status, call.error) for call in self.calls[-20:]]}",
        )

    @property
    def refusals(self) -> list[ApiCall]:
        """The requests Slack understood and refused, troubles ordered through `faults` left out."""
        return [call for call in self.calls if call.status == 200 and not call.ok and not call.ordered]

    @property
    def links(self) -> list[Link]:
        """Every live link in something the app showed; an address that Slack itself makes clickable is none."""
        return self.workspace.links

    @property
    def mentions(self) -> list[Mention]:
        """Every live mention in something the app showed."""
        return self.workspace.mentions

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file, raw or as a form (docs.slack.dev/messaging/working-with-files)."""
        if request.content_type == "multipart/form-data":
            fields = await request.post()
            parts = [part.file.read() for part in fields.values() if isinstance(part, web.FileField)]
            content = parts[0] if parts else b""
        else:
            content = await request.read()
        try:
            receive(self.workspace, request.match_info["secret"], content)
        except SlackError as refusal:
            return web.Response(status=400, text=refusal.code)
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes, for who shows the bot token."""
        if request.headers.get("Authorization") != f"Bearer {self.config.bot_token}":
            return web.Response(status=403)
        file = self.workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            return web.Response(status=404)
        return web.Response(body=file.content)
