"""Slack's payloads as `Asked`: who, where, and the key under which a delivery counts once."""

from __future__ import annotations

from typing import Any

from bot.domain.vocabulary import Actor
from bot.slack.listening.front import Asked

Json = dict[str, Any]


def asked_by_command(body: Json) -> Asked:
    """A slash command. Slack does not send it twice, but a proxy may: its trigger is its identity."""
    return Asked(
        by=Actor(id=str(body["user_id"]), name=str(body.get("user_name") or body["user_id"])),
        channel=str(body.get("channel_id", "")),
        channel_name=str(body.get("channel_name", "")),
        dedup=f"command:{body['trigger_id']}",
        trigger_id=str(body["trigger_id"]),
    )


def asked_by_action(body: Json) -> Asked:
    """A click on a message or in a modal. The thread is that of the message."""
    message = body.get("message") or {}
    container = body.get("container") or {}
    return Asked(
        by=_user(body["user"]),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        channel_name=str((body.get("channel") or {}).get("name", "")),
        thread=str(message.get("thread_ts") or container.get("thread_ts") or message.get("ts") or ""),
        dedup=f"click:{body['trigger_id']}",
        trigger_id=str(body["trigger_id"]),
    )


def asked_by_view(body: Json) -> Asked:
    """A submitted modal: one view is accepted once, whatever the number of deliveries."""
    return Asked(
        by=_user(body["user"]),
        channel="",
        dedup=f"view:{body['view']['id']}",
        trigger_id=str(body.get("trigger_id", "")),
    )


def asked_by_shortcut(body: Json) -> Asked:
    """A global shortcut, or one on a message."""
    message = body.get("message") or {}
    return Asked(
        by=_user(body["user"]),
        channel=str((body.get("channel") or {}).get("id", "")),
        channel_name=str((body.get("channel") or {}).get("name", "")),
        thread=str(message.get("thread_ts") or message.get("ts") or ""),
        dedup=f"shortcut:{body['trigger_id']}",
        trigger_id=str(body["trigger_id"]),
    )


def asked_by_event(event: Json, user: str, ts: str) -> Asked:
    """An event on a message. Slack has sent one message under several event ids, so the message is its identity."""
    channel = str(event.get("channel") or (event.get("item") or {}).get("channel") or "")
    return Asked(
        by=Actor(id=user, name=user),
        channel=channel,
        thread=str(event.get("thread_ts") or ""),
        dedup=f"event:{event.get('type')}:{channel}:{event.get('event_ts') or ts}",
        happened=milliseconds(ts),
    )


def milliseconds(ts: str) -> int | None:
    """A message's ts ("1712345678.000100", seconds) as an instant."""
    try:
        return int(float(ts) * 1000)
    except ValueError:
        return None


def _user(user: Json) -> Actor:
    return Actor(id=str(user["id"]), name=str(user.get("name") or user.get("username") or user["id"]))
