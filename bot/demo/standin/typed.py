"""What the client makes of typed words, and the events that typing causes."""

from __future__ import annotations

import re

from bot.demo.standin import shapes
from bot.demo.standin.errors import Json
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Message, User

_NAME = re.compile(r"(?<![\w@])@([\w.-]*\w)")
_CHANNEL = re.compile(r"(?<![\w#&])#([\w-]+)")
_TOKEN = re.compile(r"<([^<>]+)>")
_LINK = re.compile(r"https?://[^\s<>|]+")


def escape(ws: Workspace, text: str, *, named: bool = False) -> str:
    """Typed text as it reaches the app: `&`, `<` and `>` escaped, names, channels and links in angle brackets.

    docs.slack.dev/messaging/formatting-message-text; with `named`, people carry their handle as in commands.
    """
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _LINK.sub(lambda match: f"<{match.group(0)}>", safe)
    safe = _CHANNEL.sub(lambda match: _channel(ws, match), safe)
    return _NAME.sub(lambda match: _user(ws, match, named), safe)


def _user(ws: Workspace, match: re.Match[str], named: bool) -> str:
    name = match.group(1)
    if name in ("here", "channel", "everyone"):
        return f"<!{name}>"
    for user in ws.users.values():
        if user.name == name:
            return f"<@{user.id}|{name}>" if named else f"<@{user.id}>"
    for group in ws.groups.values():
        if group.handle == name:
            return f"<!subteam^{group.id}|@{name}>"
    return match.group(0)


def _channel(ws: Workspace, match: re.Match[str]) -> str:
    for channel in ws.channels.values():
        if channel.name == match.group(1):
            return f"<#{channel.id}|{channel.name}>"
    return match.group(0)


def rich_text(raw: str) -> Json:
    """The block that the client adds to every message a person writes."""
    parts: list[Json] = []
    for number, piece in enumerate(_TOKEN.split(raw)):
        if number % 2:
            parts.append(_live(piece))
        elif piece:
            bare = piece.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            parts.append({"type": "text", "text": bare})
    section = {"type": "rich_text_section", "elements": parts}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}


def _live(token: str) -> Json:
    target = token.partition("|")[0]
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target}


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
