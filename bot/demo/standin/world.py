"""What is in a workspace: people, channels, messages, views and files, as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.demo.standin.errors import Json

ViewType = Literal["modal", "home"]


@dataclass(slots=True)
class User:
    """A person or the app's bot user."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str
    is_bot: bool = False
    guest: bool = False
    team: str = ""


@dataclass(slots=True)
class Group:
    """A user group."""

    id: str
    handle: str
    members: list[str]


@dataclass(slots=True)
class Channel:
    """A conversation: public, private or direct."""

    id: str
    name: str
    created: int
    members: list[str]
    private: bool = False
    shared: bool = False
    archived: bool = False
    im: str = ""
    """The person at the other end, in a direct message."""
    topic: str = ""
    purpose: str = ""
    pins: list[str] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message as it stands now. Deleted messages leave the channel; ephemeral ones are kept per reader."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    bot_id: str = ""
    broadcast: bool = False
    ephemeral_to: str = ""
    edited: Json | None = None
    metadata: Json | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    deleted: bool = False
    subtype: str = ""
    chosen: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)
    """What each person has chosen in its menus, by user, block and action id."""
    versions: list[tuple[str, list[Json]]] = field(default_factory=list)
    """Every (text, blocks) this message has shown, oldest first: what edits in place have drawn."""

    @property
    def is_reply(self) -> bool:
        """Whether it lives inside a thread (a parent carries its own ts as thread_ts)."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(slots=True)
class View:
    """A modal or a Home tab as one user sees it."""

    id: str
    user: str
    type: ViewType
    body: Json
    hash: str
    root_id: str
    previous_id: str = ""
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    loaded: dict[str, list[Json]] = field(default_factory=dict)
    """The options the app last offered for an external select, by action id."""
    closed: bool = False


@dataclass(slots=True)
class File:
    """An upload, from the moment its URL was asked for."""

    id: str
    name: str
    length: int
    secret: str
    content: bytes | None = None
    title: str = ""
    channels: list[str] = field(default_factory=list)
    complete: bool = False
    alt_text: str = ""


@dataclass(slots=True)
class Trigger:
    """The right to open one view, for a moment."""

    id: str
    user: str
    issued: int
    view: str = ""
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer one interaction, five times."""

    secret: str
    user: str
    channel: str
    issued: int
    thread_ts: str = ""
    message_ts: str = ""
    ephemeral: bool = True
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A live mention in something the app showed. `kind` is user, channel (here/channel/everyone) or group."""

    kind: str
    target: str
    channel: str
    ts: str
    where: str
    edit: bool = False
    """It came with an edit, which notifies nobody."""


@dataclass(frozen=True, slots=True)
class Link:
    """A live link in something the app showed."""

    target: str
    label: str
    channel: str
    ts: str
    where: str


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One Web API request: what was asked, what was answered, when (ms of the workspace's clock)."""

    method: str
    args: dict[str, Any]
    at: int
    status: int
    answer: Json
    ordered: bool = False
    """The trouble was ordered through `faults`; it says nothing about the app."""

    @property
    def ok(self) -> bool:
        """Whether it did what was asked."""
        return bool(self.answer.get("ok"))

    @property
    def error(self) -> str:
        """Slack's error string, or nothing."""
        return str(self.answer.get("error", ""))
