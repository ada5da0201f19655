"""conversations.*: reading, making and joining conversations."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Sequence
from typing import TypeVar

from bot.demo.standin import shapes
from bot.demo.standin.access import joined_channel, known_user, visible_channel
from bot.demo.standin.api.method import TIER_2, TIER_3, TIER_4, Method
from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Channel, Message

T = TypeVar("T")
NAME = re.compile(r"[^A-Z\s.]{1,80}")
"""docs.slack.dev/reference/methods/conversations.create: 80 characters, no capitals, spaces or periods."""
TOPIC_MOST = 250
"""docs.slack.dev/reference/methods/conversations.setTopic"""
SLACKBOT = "USLACKBOT"
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_MANAGE = ("channels:manage", "groups:write", "im:write", "mpim:write")


def page(args: Args, items: Sequence[T], default: int, most: int = 1000) -> tuple[list[T], str]:
    """One page of a list and the cursor of the next (docs.slack.dev/apis/web-api/pagination)."""
    start = 0
    if "cursor" in args:
        try:
            start = int(base64.b64decode(args.text("cursor"), validate=True).removeprefix(b"next:"))
        except (ValueError, binascii.Error):
            raise SlackError("invalid_cursor") from None
    limit = args.number("limit", default, most=most)
    end = start + limit
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), cursor


def _between(args: Args, messages: list[Message]) -> list[Message]:
    bounds = {}
    for name, default in (("oldest", 0.0), ("latest", math.inf)):
        try:
            bounds[name] = float(args.text(name)) if name in args else default
        except ValueError:
            raise SlackError(f"invalid_ts_{name}") from None
    ends = (args.text("oldest"), args.text("latest")) if args.flag("inclusive") else ()
    return [m for m in messages if bounds["oldest"] < float(m.ts) < bounds["latest"] or m.ts in ends]


def _listing(ws: Workspace, args: Args, messages: list[Message], default: int, most: int) -> Json:
    shown, cursor = page(args, messages, default, most)
    metadata = args.flag("include_all_metadata")
    answer: Json = {
        "messages": [shapes.message(ws, message, metadata=metadata) for message in shown],
        "has_more": bool(cursor),
    }
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def history(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.history: newest first, without the replies in threads."""
    channel = joined_channel(ws, args)
    shown = [m for m in ws.live(channel.id) if not m.is_reply or m.broadcast]
    return {**_listing(ws, args, _between(args, shown)[::-1], 100, 999), "pin_count": len(channel.pins)}


def replies(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.replies: the parent and its replies, oldest first.

    The ts of a message without replies (a reply is one) returns that message alone. A deleted parent leaves a
    tombstone above its replies.
    """
    args.need("ts")
    channel = joined_channel(ws, args)
    ts = args.text("ts")
    parent = ws.find(channel.id, ts)
    below = [message for message in ws.live(channel.id) if message.thread_ts == ts and message.ts != ts]
    if parent is None and not below:
        raise SlackError("thread_not_found")
    top = parent or Message(channel.id, ts, SLACKBOT, "This message was deleted.", thread_ts=ts, subtype="tombstone")
    return _listing(ws, args, [top, *_between(args, below)], 1000, 1000)


def info(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.info"""
    channel = visible_channel(ws, args)
    return {"channel": shapes.channel(ws, channel, count=args.flag("include_num_members"))}


def members(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.members"""
    shown, cursor = page(args, visible_channel(ws, args).members, 100)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def listing(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.list: public channels unless other types are asked for."""
    types = set(args.names("types") or ["public_channel"])
    unknown = types - {"public_channel", "private_channel", "im", "mpim"}
    if unknown:
        raise SlackError("invalid_types")

    def fits(channel: Channel) -> bool:
        if args.flag("exclude_archived") and channel.archived:
            return False
        if channel.im:
            return "im" in types
        if channel.private:
            return "private_channel" in types and ws.bot.id in channel.members
        return "public_channel" in types

    shown, cursor = page(args, [c for c in ws.channels.values() if fits(c)], 100)
    found = [shapes.channel(ws, c, count=True) for c in shown]
    return {"channels": found, "response_metadata": {"next_cursor": cursor}}


def create(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.create"""
    name = args.text("name")
    if not name:
        raise SlackError("invalid_name_required")
    if not any(character.isalnum() for character in name):
        raise SlackError("invalid_name_punctuation")
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength")
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if any(channel.name == name for channel in ws.channels.values()):
        raise SlackError("name_taken")
    channel_id = ws.ids.named("C", name)
    created = ws.clock.now() // 1000
    ws.channels[channel_id] = Channel(channel_id, name, created, [ws.bot.id], private=args.flag("is_private"))
    ws.changes.notify()
    return {"channel": shapes.channel(ws, ws.channels[channel_id])}


def invite(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.invite"""
    if "users" not in args:
        raise SlackError("no_user")
    channel = joined_channel(ws, args)
    if channel.im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    users = args.names("users")
    for user_id in users:
        if user_id == ws.bot.id:
            raise SlackError("cant_invite_self")
        known_user(ws, user_id)
    if all(user_id in channel.members for user_id in users):
        raise SlackError("already_in_channel")
    for user_id in users:
        ws.enter(channel, user_id, inviter=ws.bot.id)
    return {"channel": shapes.channel(ws, channel)}


def join(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.join: public channels only."""
    channel = visible_channel(ws, args)
    if channel.private or channel.im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    known = ws.bot.id in channel.members
    ws.enter(channel, ws.bot.id)
    answer: Json = {"channel": shapes.channel(ws, channel)}
    if known:
        answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return answer


def leave(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.leave"""
    channel = visible_channel(ws, args)
    if ws.bot.id not in channel.members:
        return {"not_in_channel": True}
    channel.members.remove(ws.bot.id)
    return {}


def kick(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.kick"""
    if "user" not in args:
        raise SlackError("no_user")
    channel = joined_channel(ws, args)
    user = args.text("user")
    if user == ws.bot.id:
        raise SlackError("cant_kick_self")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    channel.members.remove(user)
    return {}


def archive(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.archive"""
    channel = joined_channel(ws, args)
    if channel.im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    if channel.archived:
        raise SlackError("already_archived")
    channel.archived = True
    ws.changes.notify()
    return {}


def set_topic(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.setTopic"""
    channel, topic = _short(ws, args, "topic")
    channel.topic = topic
    ws.notice(channel, ws.bot.id, "channel_topic", f"<@{ws.bot.id}> set the channel topic: {topic}")
    return {"channel": shapes.channel(ws, channel)}


def set_purpose(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.setPurpose"""
    channel, purpose = _short(ws, args, "purpose")
    channel.purpose = purpose
    ws.notice(channel, ws.bot.id, "channel_purpose", f"<@{ws.bot.id}> set the channel description: {purpose}")
    return {"purpose": purpose}


def _short(ws: Workspace, args: Args, name: str) -> tuple[Channel, str]:
    channel = joined_channel(ws, args)
    if channel.archived:
        raise SlackError("is_archived")
    value = args.text(name)
    if len(value) > TOPIC_MOST:
        raise SlackError("too_long")
    return channel, value


def open_direct(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/conversations.open, for one person."""
    users = args.names("users")
    if "channel" in args:
        channel = visible_channel(ws, args)
    elif not users:
        raise SlackError("users_list_not_supplied")
    elif len(users) > 1:
        raise SlackError("not_implemented")  # group conversations: no part of the product
    elif known_user(ws, users[0]).is_bot:
        raise SlackError("cannot_dm_bot")
    else:
        channel = ws.direct(users[0])
    full = args.flag("return_im")
    return {"channel": shapes.channel(ws, channel) if full else {"id": channel.id}}


METHODS = (
    Method("conversations.history", history, TIER_3, _HISTORY),
    Method("conversations.replies", replies, TIER_3, _HISTORY),
    Method("conversations.info", info, TIER_3, _READ),
    Method("conversations.members", members, TIER_4, _READ),
    Method("conversations.list", listing, TIER_2, _READ),
    Method("conversations.create", create, TIER_2, ("channels:manage", "groups:write")),
    Method("conversations.invite", invite, TIER_3, ("channels:manage", "channels:write.invites", "groups:write")),
    Method("conversations.join", join, TIER_3, ("channels:join",)),
    Method("conversations.leave", leave, TIER_3, _MANAGE),
    Method("conversations.kick", kick, TIER_3, _MANAGE),
    Method("conversations.archive", archive, TIER_2, _MANAGE),
    Method("conversations.setTopic", set_topic, TIER_2, (*_MANAGE, "channels:write.topic", "groups:write.topic")),
    Method("conversations.setPurpose", set_purpose, TIER_2, (*_MANAGE, "channels:write.topic", "groups:write.topic")),
    Method("conversations.open", open_direct, TIER_3, ("im:write", "mpim:write", "channels:manage", "groups:write")),
)
"""docs.slack.dev/apis/web-api/rate-limits: 1 a minute for history and replies holds only for apps sold commercially
outside the Marketplace; an app of one's own has tier 3."""
