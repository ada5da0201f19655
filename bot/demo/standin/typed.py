"""What the client makes of typed words, and the events that typing causes."""

from __future__ import annotations

import re

from bot.demo.standin import shapes
from bot.demo.standin.errors import Json
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Message, User

_NAME = re.compile(r"(?<![\w@])@([\w.-]*\w)")
_CHANNEL = re.compile(r"(?<![\w#&])#([\w-]+)")
_LINK = re.compile(r"https?://[^\s<>|]+")


def escape(ws: Workspace, text: str) -> str:
    """Typed text as it reaches the app: `&`, `<` and `>` escaped, names, channels and links in angle brackets.

    docs.slack.dev/messaging/formatting-message-text
    """
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _LINK.sub(lambda match: f"<{match.group(0)}>", safe)
    safe = _CHANNEL.sub(lambda match: _channel(ws, match), safe)
    return _NAME.sub(lambda match: _user(ws, match), safe)


def _user(ws: Workspace, match: re.Match[str]) -> str:
    name = match.group(1)
    if name in ("here", "channel", "everyone"):
        return f"<!{name}>"
    for user in ws.users.values():
        if user.name == name:
            return f"<@{user.id}>"
    for group in ws.groups.values():
        if group.handle == name:
            return f"<!subteam^{group.id}|@{name}>"
    return match.group(0)


def _channel(ws: Workspace, match: re.Match[str]) -> str:
    for channel in ws.channels.values():
        if channel.name == match.group(1):
            return f"<#{channel.id}|{channel.name}>"
    return match.group(0)


def mention_event(ws: Workspace, message: Message) -> Json:
    """docs.slack.dev/reference/events/app_mention: sent besides the `message` event."""
    event = shapes.message_event(ws, message)
    event.pop("channel_type")
    return event | {"type": "app_mention"}


def home_event(ws: Workspace, user: User) -> Json:
    """docs.slack.dev/reference/events/app_home_opened"""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": ws.direct(user.id).id,
        "tab": "home",
        "event_ts": ws.next_ts(),
    }
    view = ws.home.get(user.id)
    return event | ({"view": shapes.view(ws, view)} if view else {})
