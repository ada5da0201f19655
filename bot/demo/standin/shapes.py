"""Records as Slack writes them in JSON: answers, events and interaction payloads."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from bot.demo.standin.errors import Json
from bot.demo.standin.state import values
from bot.demo.standin.world import Channel, File, Message, User, View

if TYPE_CHECKING:
    from bot.demo.standin.workspace import Workspace


def message(ws: Workspace, item: Message, *, metadata: bool = False) -> Json:
    """A message as `conversations.history` lists it (docs.slack.dev/reference/methods/conversations.history)."""
    team = ws.users[item.user].team if item.user in ws.users else ws.team_id
    shape: Json = {"type": "message", "user": item.user, "text": item.text, "ts": item.ts, "team": team}
    if team != ws.team_id:
        shape |= {"user_team": team, "source_team": team}
    if item.subtype:
        shape["subtype"] = item.subtype
    if item.bot_id:
        shape |= {"bot_id": item.bot_id, "app_id": ws.app_id}
    else:
        shape["client_msg_id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, item.channel + item.ts))
    if item.blocks:
        shape["blocks"] = item.blocks
    if item.edited:
        shape["edited"] = item.edited
    if item.thread_ts:
        shape["thread_ts"] = item.thread_ts
        shape |= _thread_facts(ws, item)
    if item.reactions:
        shape["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in item.reactions.items()]
    if item.files:
        shape["files"] = [file(ws, ws.files[file_id]) for file_id in item.files]
    if item.broadcast:
        shape["subtype"] = "thread_broadcast"
    if metadata and item.metadata:
        shape["metadata"] = item.metadata
    return shape


def _thread_facts(ws: Workspace, item: Message) -> Json:
    if item.is_reply:
        parent = ws.find(item.channel, item.thread_ts)
        return {"parent_user_id": parent.user} if parent else {}
    replies = ws.replies(item)
    if not replies:
        return {"reply_count": 0}
    users = list(dict.fromkeys(reply.user for reply in replies))
    facts: Json = {"reply_count": len(replies), "reply_users": users, "latest_reply": replies[-1].ts}
    return facts | {"reply_users_count": len(users)}


def user(ws: Workspace, item: User) -> Json:
    """docs.slack.dev/reference/objects/user-object"""
    return {
        "id": item.id,
        "team_id": item.team or ws.team_id,
        "name": item.name,
        "deleted": False,
        "real_name": item.real_name,
        "tz": item.tz,
        "is_bot": item.is_bot,
        "is_app_user": False,
        "is_restricted": item.guest,
        "is_ultra_restricted": False,
        "is_stranger": bool(item.team) and item.team != ws.team_id,
        "profile": {
            "real_name": item.real_name,
            "display_name": item.name,
            **({} if item.is_bot else {"email": item.email}),
        },
    }


def channel(ws: Workspace, item: Channel, *, count: bool = False) -> Json:
    """docs.slack.dev/reference/objects/conversation-object"""
    if item.im:
        return {"id": item.id, "created": item.created, "is_im": True, "user": item.im, "is_archived": item.archived}
    shape: Json = {
        "id": item.id,
        "name": item.name,
        "name_normalized": item.name,
        "created": item.created,
        "creator": ws.bot.id,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": item.private,
        "is_archived": item.archived,
        "is_general": item.name == "general",
        "is_shared": item.shared,
        "is_ext_shared": item.shared,
        "is_org_shared": False,
        "is_member": ws.bot.id in item.members,
        "topic": {"value": item.topic, "creator": "", "last_set": 0},
        "purpose": {"value": item.purpose, "creator": "", "last_set": 0},
        "shared_team_ids": [ws.team_id, ws.foreign_team_id] if item.shared else [ws.team_id],
    }
    if count:
        shape["num_members"] = len(item.members)
    return shape


def file(ws: Workspace, item: File) -> Json:
    """docs.slack.dev/reference/objects/file-object"""
    return {
        "id": item.id,
        "name": item.name,
        "title": item.title or item.name,
        "size": item.length,
        "user": ws.bot.id,
        "alt_txt": item.alt_text,
        "channels": list(item.channels),
        "url_private": f"{ws.base_url}/files/{item.id}",
        "url_private_download": f"{ws.base_url}/files/{item.id}",
        "permalink": f"{ws.base_url}/files/{item.id}",
    }


def view(ws: Workspace, item: View) -> Json:
    """docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    body = item.body
    shape: Json = {
        "id": item.id,
        "team_id": ws.team_id,
        "type": item.type,
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": values(body["blocks"], item.state)},
        "hash": item.hash,
        "title": body.get("title"),
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": item.previous_id or None,
        "root_view_id": item.root_id,
        "app_id": ws.app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": ws.team_id,
        "bot_id": ws.bot_id,
    }
    return shape


def channel_type(item: Channel) -> str:
    """The `channel_type` of message events."""
    if item.im:
        return "im"
    return "group" if item.private else "channel"


def message_event(ws: Workspace, item: Message) -> Json:
    """docs.slack.dev/reference/events/message"""
    event = message(ws, item)
    for counted in ("reply_count", "reply_users", "reply_users_count", "latest_reply"):
        event.pop(counted, None)
    place = ws.channels[item.channel]
    event |= {"channel": item.channel, "channel_type": channel_type(place), "event_ts": item.ts}
    if item.files and not item.bot_id:
        event["subtype"] = "file_share"
    return event


def changed_event(ws: Workspace, item: Message, before: Json) -> Json:
    """docs.slack.dev/reference/events/message/message_changed"""
    ts = ws.next_ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": item.channel,
        "channel_type": channel_type(ws.channels[item.channel]),
        "ts": ts,
        "event_ts": ts,
        "message": message(ws, item),
        "previous_message": before,
    }


def deleted_event(ws: Workspace, item: Message, before: Json) -> Json:
    """docs.slack.dev/reference/events/message/message_deleted"""
    ts = ws.next_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": item.channel,
        "channel_type": channel_type(ws.channels[item.channel]),
        "ts": ts,
        "event_ts": ts,
        "deleted_ts": item.ts,
        "previous_message": before,
    }


def reaction_event(ws: Workspace, kind: str, item: Message, name: str, by: str) -> Json:
    """docs.slack.dev/reference/events/reaction_added: the item is a channel and a ts, never the thread."""
    return {
        "type": kind,
        "user": by,
        "reaction": name,
        "item_user": item.user,
        "item": {"type": "message", "channel": item.channel, "ts": item.ts},
        "event_ts": ws.next_ts(),
    }


def joined_event(ws: Workspace, place: Channel, user_id: str, inviter: str) -> Json:
    """docs.slack.dev/reference/events/member_joined_channel"""
    event: Json = {
        "type": "member_joined_channel",
        "user": user_id,
        "channel": place.id,
        "channel_type": "G" if place.private else "C",
        "team": ws.team_id,
        "event_ts": ws.next_ts(),
    }
    return event | ({"inviter": inviter} if inviter else {})
