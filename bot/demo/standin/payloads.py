"""What Slack sends when a person acts (docs.slack.dev/reference/interaction-payloads)."""

from __future__ import annotations

from bot.demo.standin import shapes
from bot.demo.standin.errors import Json
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Channel, Message, User, View


def _person(ws: Workspace, user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team or ws.team_id}


def _frame(ws: Workspace, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "token": "verification",
        "team": {"id": ws.team_id, "domain": ws.config.domain},
        "user": _person(ws, user),
        "api_app_id": ws.app_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _named(channel: Channel) -> Json:
    name = "directmessage" if channel.im else "privategroup" if channel.private else channel.name
    return {"id": channel.id, "name": name}


def command(ws: Workspace, user: User, channel: Channel, name: str, text: str) -> Json:
    """docs.slack.dev/interactivity/implementing-slash-commands: a flat form."""
    return {
        "token": "verification",
        "team_id": ws.team_id,
        "team_domain": ws.config.domain,
        "channel_id": channel.id,
        "channel_name": _named(channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": ws.app_id,
        "is_enterprise_install": "false",
        "response_url": ws.base_url + ws.rights.answer(user.id, channel.id),
        "trigger_id": ws.rights.trigger(user.id),
    }


def message_action(ws: Workspace, user: User, message: Message, action: Json, state: Json) -> Json:
    """block_actions on a message. An ephemeral one is not sent along, only its container is."""
    channel = ws.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _frame(ws, "block_actions", user) | {
        "container": container,
        "trigger_id": ws.rights.trigger(user.id),
        "channel": _named(channel),
        "state": {"values": state},
        "response_url": ws.base_url
        + ws.rights.answer(
            user.id,
            channel.id,
            thread_ts=message.thread_ts if message.is_reply else "",
            message_ts=message.ts,
            ephemeral=bool(message.ephemeral_to),
        ),
        "actions": [action],
    }
    if not message.ephemeral_to:
        payload["message"] = shapes.message(ws, message)
    return payload


def view_action(ws: Workspace, user: User, view: View, action: Json) -> Json:
    """block_actions inside a modal or the Home tab."""
    return _frame(ws, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": ws.rights.trigger(user.id, view.id),
        "view": shapes.view(ws, view),
        "actions": [action],
    }


def submission(ws: Workspace, user: User, view: View) -> Json:
    """view_submission"""
    return _frame(ws, "view_submission", user) | {
        "trigger_id": ws.rights.trigger(user.id, view.id),
        "view": shapes.view(ws, view),
        "response_urls": [],
    }


def closing(ws: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """view_closed, for views that asked for it with notify_on_close."""
    return _frame(ws, "view_closed", user) | {"view": shapes.view(ws, view), "is_cleared": cleared}


def message_shortcut(ws: Workspace, user: User, message: Message, callback_id: str) -> Json:
    """docs.slack.dev/interactivity/implementing-shortcuts: `message_action`"""
    channel = ws.channels[message.channel]
    return _frame(ws, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": ws.rights.trigger(user.id),
        "action_ts": ws.next_ts(),
        "message_ts": message.ts,
        "message": shapes.message(ws, message),
        "channel": _named(channel),
        "response_url": ws.base_url + ws.rights.answer(user.id, channel.id),
    }


def global_shortcut(ws: Workspace, user: User, callback_id: str) -> Json:
    """docs.slack.dev/interactivity/implementing-shortcuts: `shortcut`"""
    return _frame(ws, "shortcut", user) | {
        "callback_id": callback_id,
        "trigger_id": ws.rights.trigger(user.id),
        "action_ts": ws.next_ts(),
    }


def suggestion(ws: Workspace, user: User, view: View, block_id: str, action_id: str, typed: str) -> Json:
    """block_suggestion: the options of an external select while somebody types."""
    return _frame(ws, "block_suggestion", user) | {
        "container": {"type": "view", "view_id": view.id},
        "view": shapes.view(ws, view),
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
    }
