"""reactions.*, pins.*, bookmarks.*, canvases.* and apps.*: what hangs on messages and channels."""

from __future__ import annotations

import re

from rich.emoji import Emoji, NoEmoji

from bot.demo.standin import shapes
from bot.demo.standin.access import joined_channel, visible_channel
from bot.demo.standin.api.method import TIER_2, TIER_3, Method
from bot.demo.standin.args import Args
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Channel, Message

TS = re.compile(r"\d+\.\d+")
EMOJI_MOST = 50
"""docs.slack.dev/reference/methods/reactions.add has `too_many_emoji` without the number; this is the client's."""
CANVAS_MOST = 1_000_000
"""Not documented: keeps a run-away document out."""


def _target(ws: Workspace, args: Args) -> Message:
    if "channel" not in args or "timestamp" not in args:
        raise SlackError("no_item_specified")
    if not TS.fullmatch(args.text("timestamp")):
        raise SlackError("bad_timestamp")
    channel = joined_channel(ws, args)
    if channel.archived:
        raise SlackError("is_archived")
    message = ws.find(channel.id, args.text("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return message


def _emoji(args: Args) -> str:
    args.need("name")
    name = args.text("name").strip(":")
    try:
        Emoji(name.partition("::")[0])
    except NoEmoji:
        raise SlackError("invalid_name") from None
    return name


def add_reaction(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/reactions.add: `already_reacted`, `message_not_found`, `invalid_name`."""
    name = _emoji(args)
    message = _target(ws, args)
    if name not in message.reactions and len(message.reactions) >= EMOJI_MOST:
        raise SlackError("too_many_emoji")
    ws.react(message, name, ws.bot.id)
    return {}


def remove_reaction(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/reactions.remove: `no_reaction`."""
    name = _emoji(args)
    ws.unreact(_target(ws, args), name, ws.bot.id)
    return {}


def get_reactions(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/reactions.get"""
    message = _target(ws, args)
    return {"type": "message", "channel": message.channel, "message": shapes.message(ws, message)}


def _pinned(ws: Workspace, args: Args) -> tuple[Channel, Message]:
    message = _target(ws, args)
    return ws.channels[message.channel], message


def add_pin(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/pins.add"""
    channel, message = _pinned(ws, args)
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(message.ts)
    return {}


def remove_pin(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/pins.remove"""
    channel, message = _pinned(ws, args)
    if message.ts not in channel.pins:
        raise SlackError("no_pin")
    channel.pins.remove(message.ts)
    return {}


def list_pins(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/pins.list"""
    channel = visible_channel(ws, args)
    found = [message for message in ws.live(channel.id) if message.ts in channel.pins]
    return {"items": [{"type": "message", "channel": channel.id, "message": shapes.message(ws, m)} for m in found]}


def add_bookmark(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/bookmarks.add: links only."""
    args.need("channel_id", "title", "type", "link")
    if args.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if not args.text("link").startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    channel = joined_channel(ws, args, "channel_id")
    bookmark = {
        "id": ws.ids.next("Bk"),
        "channel_id": channel.id,
        "title": args.text("title"),
        "link": args.text("link"),
        "type": "link",
    }
    channel.bookmarks.append(bookmark)
    return {"bookmark": bookmark}


def list_bookmarks(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/bookmarks.list"""
    return {"bookmarks": list(joined_channel(ws, args, "channel_id").bookmarks)}


def create_canvas(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/canvases.create: Markdown in, a canvas id out."""
    content = args.mapping("document_content", SlackError("invalid_arguments"))
    if content is not None and (content.get("type") != "markdown" or not isinstance(content.get("markdown"), str)):
        raise SlackError(
            "invalid_arguments", messages=["must provide a string [json-pointer:/document_content/markdown]"]
        )
    if content is not None and len(content["markdown"]) > CANVAS_MOST:
        raise SlackError("canvas_creation_failed")
    channel = joined_channel(ws, args, "channel_id").id if "channel_id" in args else ""
    canvas_id = ws.ids.next("F")
    ws.canvases[canvas_id] = {
        "title": args.text("title"),
        "markdown": content["markdown"] if content else "",
        "channel": channel,
    }
    ws.changes.notify()
    return {"canvas_id": canvas_id}


METHODS = (
    Method("reactions.add", add_reaction, TIER_3, ("reactions:write",)),
    Method("reactions.remove", remove_reaction, TIER_2, ("reactions:write",)),
    Method("reactions.get", get_reactions, TIER_3, ("reactions:read",)),
    Method("pins.add", add_pin, TIER_2, ("pins:write",)),
    Method("pins.remove", remove_pin, TIER_2, ("pins:write",)),
    Method("pins.list", list_pins, TIER_2, ("pins:read",)),
    Method("bookmarks.add", add_bookmark, TIER_2, ("bookmarks:write",)),
    Method("bookmarks.list", list_bookmarks, TIER_3, ("bookmarks:read",)),
    Method("canvases.create", create_canvas, TIER_2, ("canvases:write",)),
)
