"""What goes to the app and in which order: commands and interactions at once, events with their repetitions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from bot.demo.standin.errors import Json
from bot.demo.standin.transport import COMMAND, EVENT, INTERACTIVE, Ack, Retry, Transport
from bot.demo.standin.workspace import Workspace

RETRY_DELAYS_MS = (0, 60_000, 300_000)
"""docs.slack.dev/apis/events-api: three repetitions, nearly at once, after a minute, after five."""
_PLURAL = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
Order = Callable[[Sequence[Json]], Sequence[Json]]


class Courier:
    """Carries payloads over the transport in use."""

    def __init__(self, ws: Workspace, transport: Transport) -> None:
        self._ws = ws
        self.transport = transport
        self.sent: list[tuple[str, Json]] = []
        """Every delivery attempt: its kind and payload."""
        self.lost: list[Json] = []
        """Events given up after the last repetition."""
        self.copies = 1
        """How often each payload is delivered (Slack is at least once)."""
        self._held: list[Json] | None = None
        self._flying = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def command(self, payload: Json) -> Ack:
        """A slash command: delivered once, never again."""
        return await self._deliver(COMMAND, payload)

    async def interaction(self, payload: Json) -> Ack:
        """A click, a shortcut, a submission: delivered once, never again."""
        return await self._deliver(INTERACTIVE, payload)

    async def _deliver(self, kind: str, payload: Json, retry: Retry | None = None) -> Ack:
        copies = [(kind, payload)] * self.copies
        self.sent += copies
        acks = await asyncio.gather(*(self.transport.deliver(kind, payload, retry) for _ in copies))
        return acks[0]

    def emit(self, event: Json) -> None:
        """Send an event if the app subscribed to it and is where it happened."""
        if not self._subscribed(event) or not self._present(event):
            return
        wrapped = self._wrap(event)
        if self._held is not None:
            self._held.append(wrapped)
        else:
            self._launch(wrapped)

    def hold(self) -> None:
        """Keep events back from now on."""
        self._held = self._held or []

    def release(self, order: Order = lambda events: events) -> None:
        """Deliver what was kept back, in this order (default: as it happened)."""
        held, self._held = self._held or [], None
        for wrapped in order(held):
            self._launch(wrapped)

    def resend(self, wrapped: Json, retry: Retry | None = None) -> None:
        """Deliver an event that was already sent once more; with `retry`, marked as a repetition."""
        self._launch(wrapped, retry)

    async def settled(self, seconds: float) -> None:
        """Return when no event is on its way. Those that wait for their next repetition do not count."""
        await self._ws.changes.until(
            lambda: True if not self._flying else None, seconds, lambda: f"{self._flying} events still on their way"
        )

    def _subscribed(self, event: Json) -> bool:
        wanted = self._ws.config.events
        if wanted is None:
            return True
        name = _PLURAL[event["channel_type"]] if event["type"] == "message" else event["type"]
        return name in wanted

    def _present(self, event: Json) -> bool:
        channel = event.get("channel") or event.get("item", {}).get("channel")
        if channel is None or event["type"] == "app_home_opened":
            return True
        return self._ws.bot.id in self._ws.channels[channel].members

    def _wrap(self, event: Json) -> Json:
        """docs.slack.dev/apis/events-api: the envelope of every event."""
        authorization = {
            "enterprise_id": None,
            "team_id": self._ws.team_id,
            "user_id": self._ws.bot.id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        channel = self._ws.channels.get(str(event.get("channel", "")))
        return {
            "token": "verification",
            "team_id": self._ws.team_id,
            "api_app_id": self._ws.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._ws.ids.next("Ev"),
            "event_time": self._ws.clock.now() // 1000,
            "authorizations": [authorization],
            "is_ext_shared_channel": channel.shared if channel else False,
        }

    def _launch(self, wrapped: Json, retry: Retry | None = None) -> None:
        self._flying += 1
        task = asyncio.get_running_loop().create_task(self._carry(wrapped, retry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, wrapped: Json, retry: Retry | None) -> None:
        ack = await self._land(wrapped, retry)
        for number, delay in enumerate(RETRY_DELAYS_MS, 1):
            if ack.ok or ack.no_retry:
                return
            if delay:
                await self._ws.clock.wait_until(self._ws.clock.now() + delay)
            self._flying += 1
            ack = await self._land(wrapped, Retry(number, ack.reason))
        if not ack.ok:
            self.lost.append(wrapped)
            self._ws.changes.notify()

    async def _land(self, wrapped: Json, retry: Retry | None) -> Ack:
        try:
            return await self._deliver(EVENT, wrapped, retry)
        finally:
            self._flying -= 1
            self._ws.changes.notify()

    def events(self, kind: str) -> list[Any]:
        """The payloads of all events of a type that were sent, repetitions included."""
        return [payload for sort, payload in self.sent if sort == EVENT and payload["event"]["type"] == kind]

    async def close(self) -> None:
        """Drop what is still on its way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
