"""What the app may see and where it may write: the refusals that most methods share."""

from __future__ import annotations

from bot.demo.standin.args import Args
from bot.demo.standin.errors import SlackError
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Channel, Message, User

PUBLIC_WRITE = "chat:write.public"


def visible_channel(ws: Workspace, args: Args, name: str = "channel") -> Channel:
    """A conversation the app can see: private ones only from inside.

    docs.slack.dev/reference/methods/conversations.info: `channel_not_found` for anything else.
    """
    args.need(name)
    channel = ws.channels.get(args.text(name))
    if channel is None or ((channel.private or channel.im) and ws.bot.id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def joined_channel(ws: Workspace, args: Args, name: str = "channel") -> Channel:
    """A conversation the app is in; otherwise `not_in_channel`."""
    channel = visible_channel(ws, args, name)
    if ws.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def writable_channel(ws: Workspace, args: Args) -> Channel:
    """Where a message may be posted (docs.slack.dev/reference/methods/chat.postMessage).

    A user id means the direct conversation with that person. A name is understood as well as an id.
    """
    args.need("channel")
    target = args.text("channel")
    if target in ws.users:
        if ws.users[target].is_bot:
            raise SlackError("channel_not_found")
        return ws.direct(target)
    named = next((c.id for c in ws.channels.values() if not c.im and c.name == target.lstrip("#")), target)
    channel = visible_channel(ws, Args({"channel": named}))
    if channel.archived:
        raise SlackError("is_archived")
    if ws.bot.id not in channel.members and PUBLIC_WRITE not in (ws.config.scopes or ()):
        raise SlackError("not_in_channel")
    return channel


def own_message(ws: Workspace, args: Args, foreign: str) -> Message:
    """A message of the app's own; `foreign` is the refusal for somebody else's."""
    channel = visible_channel(ws, args)
    args.need("ts")
    message = ws.find(channel.id, args.text("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != ws.bot.id:
        raise SlackError(foreign)
    return message


def known_user(ws: Workspace, user_id: str) -> User:
    """A user by id; otherwise `user_not_found`."""
    user = ws.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    return user
