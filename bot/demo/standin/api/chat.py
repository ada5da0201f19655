"""chat.*: posting, editing and deleting messages."""

from __future__ import annotations

import json

from bot.demo.standin import shapes
from bot.demo.standin.access import own_message, visible_channel, writable_channel
from bot.demo.standin.api.method import SPECIAL, TIER_3, TIER_4, Method
from bot.demo.standin.args import Args
from bot.demo.standin.blockkit import check_blocks
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Channel, Message

TEXT_MOST = 40_000
"""docs.slack.dev/reference/methods/chat.postMessage: more is truncated there; here it is `msg_too_long`, so that no
app relies on it."""
UPDATE_TEXT_MOST = 4_000
"""docs.slack.dev/reference/methods/chat.update: `msg_too_long` above it; measured: bytes of UTF-8, not characters."""
MARKDOWN_MOST = 12_000
"""docs.slack.dev/reference/methods/chat.postMessage: the markdown_text argument."""
METADATA_MOST = 16_000
"""docs.slack.dev/messaging/message-metadata: bytes of JSON; `metadata_too_large` above it (the sum is our reading)."""


def read_blocks(args: Args) -> list[Json] | None:
    """The blocks of a message, checked; None when the argument was not sent."""
    blocks = args.structure("blocks", SlackError("invalid_blocks_format"))
    if blocks is None:
        return None
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    return check_blocks(blocks)


def read_metadata(args: Args) -> Json | None:
    """Message metadata: an event type and a payload (docs.slack.dev/messaging/message-metadata)."""
    metadata = args.mapping("metadata", SlackError("invalid_metadata_format"))
    if not metadata:
        return metadata
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_MOST:
        raise SlackError("metadata_too_large")
    return metadata


def read_text(args: Args) -> str:
    """The text of a message, or its markdown_text; never both, nor markdown_text beside blocks."""
    text, markdown = args.text("text"), args.text("markdown_text")
    if markdown and (text or "blocks" in args):
        raise SlackError("markdown_text_conflict")
    if len(text) > TEXT_MOST or len(markdown) > MARKDOWN_MOST:
        raise SlackError("msg_too_long")
    return text or markdown


def check_thread(ws: Workspace, channel: Channel, args: Args) -> str:
    """The parent to answer under; its deletion leaves the thread alive.

    docs.slack.dev/reference/methods/chat.postMessage only advises against a reply's ts. Here that is refused, and so
    is a ts that never was a message: the service would put the reply where nobody sees it.
    """
    thread_ts = args.text("thread_ts")
    if not thread_ts:
        return ""
    parent = next((message for message in ws.messages.get(channel.id, []) if message.ts == thread_ts), None)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def live_at(args: Args) -> bool:
    """Whether bare `@here` in the text becomes a mention (docs.slack.dev/reference/methods/chat.postMessage)."""
    return args.flag("link_names") or args.text("parse") == "full"


def post_message(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/chat.postMessage"""
    channel = writable_channel(ws, args)
    text, blocks, metadata = read_text(args), read_blocks(args), read_metadata(args)
    if not text and not blocks:
        raise SlackError("no_text")
    message = ws.post(
        Message(
            channel=channel.id,
            ts=ws.next_ts(),
            user=ws.bot.id,
            text=text,
            blocks=blocks or [],
            thread_ts=check_thread(ws, channel, args),
            bot_id=ws.bot_id,
            broadcast=args.flag("reply_broadcast") and "thread_ts" in args,
            metadata=metadata,
        ),
        live_at=live_at(args),
    )
    return {"channel": channel.id, "ts": message.ts, "message": shapes.message(ws, message, metadata=True)}


def post_ephemeral(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/chat.postEphemeral"""
    args.need("channel", "user")
    channel = writable_channel(ws, args)
    text, blocks = read_text(args), read_blocks(args)
    if not text and not blocks:
        raise SlackError("no_text")
    user = args.text("user")
    if user not in ws.users or user not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = check_thread(ws, channel, args)
    message = ws.post(
        Message(channel.id, ws.next_ts(), ws.bot.id, text, blocks or [], thread_ts, ws.bot_id, ephemeral_to=user),
        live_at=live_at(args),
    )
    return {"message_ts": message.ts}


def update(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/chat.update

    Text without blocks removes the blocks; metadata that is not sent is kept, an empty object removes it. Only an
    update by text alone shows the message as edited.
    """
    message = own_message(ws, args, "cant_update_message")
    if ws.channels[message.channel].archived:
        raise SlackError("is_inactive")
    text, blocks, metadata = read_text(args), read_blocks(args), read_metadata(args)
    if len(text.encode()) > UPDATE_TEXT_MOST:
        raise SlackError("msg_too_long")
    if not text and not blocks and metadata is None and not args.flag("reply_broadcast"):
        raise SlackError("no_text")
    if metadata is not None:
        message.metadata = metadata or None
    if args.flag("reply_broadcast") and message.is_reply:
        message.broadcast = True
    drawn = message.blocks if blocks is None and not text else blocks or []
    ws.edit(message, text or message.text, drawn, ws.bot.id, mark=not drawn)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": shapes.message(ws, message, metadata=True),
    }


def delete(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/chat.delete"""
    message = own_message(ws, args, "cant_delete_message")
    ws.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(ws: Workspace, args: Args) -> Json:
    """docs.slack.dev/reference/methods/chat.getPermalink"""
    args.need("channel", "message_ts")
    channel = visible_channel(ws, args)
    message = ws.find(channel.id, args.text("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{ws.config.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = (
    Method("chat.postMessage", post_message, SPECIAL, ("chat:write",)),
    Method("chat.postEphemeral", post_ephemeral, TIER_4, ("chat:write",)),
    Method("chat.update", update, TIER_3, ("chat:write",)),
    Method("chat.delete", delete, TIER_3, ("chat:write",)),
    Method("chat.getPermalink", get_permalink, SPECIAL),
)
