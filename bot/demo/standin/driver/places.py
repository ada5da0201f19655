"""Channels and threads as a person looks at them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.world import Channel, Message

if TYPE_CHECKING:
    from bot.demo.standin.standin import StandIn

Predicate = Callable[[Posted], bool]


class View(ABC):
    """A list of messages that grows."""

    def __init__(self, slack: StandIn, name: str) -> None:
        self.slack = slack
        self.name = name

    @abstractmethod
    def _records(self) -> list[Message]:
        """The messages shown now, oldest first."""

    @property
    def messages(self) -> list[Posted]:
        """What is shown now, oldest first."""
        return [Posted(self.slack, record) for record in self._records()]

    @property
    def text(self) -> str:
        """Everything shown now, as a person reads it."""
        return "\n".join(f"{message.author}: {message.text}" for message in self.messages)

    async def wait_for(self, predicate: Predicate, seconds: float | None = None) -> Posted:
        """The first message that fits, now or as soon as one does. Raises `WaitedInVain` with what is shown."""

        def probe() -> Posted | None:
            return next((message for message in self.messages if predicate(message)), None)

        return await self.slack.until(probe, seconds, lambda: f"nothing fits in {self.name}:\n{self.text or '(empty)'}")


class Thread(View):
    """The replies below a message."""

    def __init__(self, slack: StandIn, channel: Channel, ts: str) -> None:
        super().__init__(slack, f"the thread {ts} in #{channel.name}")
        self.record = channel
        self.ts = ts

    def _records(self) -> list[Message]:
        live = self.slack.workspace.live(self.record.id)
        return [message for message in live if message.thread_ts == self.ts and message.ts != self.ts]

    @property
    def parent(self) -> Posted:
        """The message it hangs under. Raises `LookupError` when that was deleted."""
        found = self.slack.workspace.find(self.record.id, self.ts)
        if found is None:
            raise LookupError(f"the parent of {self.name} is gone")
        return Posted(self.slack, found)


class Place(View):
    """A channel or direct conversation: its messages, without the replies in threads."""

    def __init__(self, slack: StandIn, channel: Channel) -> None:
        super().__init__(slack, f"#{channel.name}" if channel.name else f"the conversation with {channel.im}")
        self.record = channel

    @property
    def id(self) -> str:
        """Its id."""
        return self.record.id

    def _records(self) -> list[Message]:
        return [m for m in self.slack.workspace.live(self.record.id) if not m.is_reply or m.broadcast]

    def thread(self, ts: str) -> Thread:
        """The thread below the message with this ts."""
        return Thread(self.slack, self.record, ts)

    @property
    def members(self) -> list[str]:
        """Who is in it, by handle."""
        return [self.slack.workspace.users[user].name for user in self.record.members]


class Whispers(View):
    """What only one person sees."""

    def __init__(self, slack: StandIn, user_id: str, name: str) -> None:
        super().__init__(slack, f"what only {name} sees")
        self._user = user_id

    def _records(self) -> list[Message]:
        return [m for m in self.slack.workspace.ephemerals if m.ephemeral_to == self._user and not m.deleted]
