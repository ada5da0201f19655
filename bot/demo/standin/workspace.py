"""The workspace's state and everything that can happen in it, whoever causes it: the app, a person, or time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.demo.standin import shapes
from bot.demo.standin.changes import Changes
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import ChannelConfig, StandInConfig, UserConfig
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.ids import Ids
from bot.demo.standin.mentions import links_in, mentions_in
from bot.demo.standin.rights import Rights
from bot.demo.standin.world import (
    ApiCall,
    Channel,
    File,
    Group,
    Link,
    Mention,
    Message,
    User,
    View,
)

Emit = Callable[[Json], None]
Watcher = Callable[[str, Message], None]


class Workspace:
    """Channels, people and messages, with events for whoever subscribed."""

    def __init__(self, config: StandInConfig, clock: OffsetClock, changes: Changes) -> None:
        self.config = config
        self.clock = clock
        self.changes = changes
        self.ids = Ids()
        self.team_id = self.ids.named("T", "NIGHT")
        self.foreign_team_id = self.ids.named("T", "OTHER")
        self.app_id = self.ids.named("A", "APP")
        self.bot_id = self.ids.named("B", "BOT")
        self.base_url = ""
        self.rights = Rights(clock, self.ids, self.team_id)
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.ephemerals: list[Message] = []
        self.views: dict[str, View] = {}
        self.home: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.canvases: dict[str, Json] = {}
        self.groups: dict[str, Group] = {}
        self.mentions: list[Mention] = []
        self.links: list[Link] = []
        self.calls: list[ApiCall] = []
        self.emit: Emit = lambda event: None
        self.watchers: list[Watcher] = []
        """Told at once of every message that is posted, edited or deleted."""
        self._last_ts = 0
        self.bot = self._add_user(UserConfig(name=config.bot_name), is_bot=True)
        for user in config.users:
            self._add_user(user)
        for channel in config.channels:
            self._add_channel(channel)
        for group in config.groups:
            members = [self.user_named(name).id for name in group.members]
            group_id = group.id or self.ids.named("S", group.handle)
            self.groups[group_id] = Group(group_id, group.handle, members)

    def _add_user(self, user: UserConfig, *, is_bot: bool = False) -> User:
        made = User(
            id=user.id or self.ids.named("U", user.name),
            name=user.name,
            real_name=user.real_name or user.name.capitalize(),
            email=user.email or f"{user.name}@example.org",
            tz=user.tz,
            is_bot=is_bot,
            guest=user.guest,
            team=self.foreign_team_id if user.foreign else self.team_id,
        )
        self.users[made.id] = made
        return made

    def _add_channel(self, config: ChannelConfig) -> Channel:
        name = config.name.lstrip("#")
        people = [user.id for user in self.users.values() if not user.is_bot]
        if config.members is not None:
            people = [self.user_named(member).id for member in config.members]
        members = [*people, self.bot.id] if config.bot else people
        channel = Channel(
            id=config.id or self.ids.named("C", name),
            name=name,
            created=self.clock.now() // 1000,
            members=members,
            private=config.private,
            shared=config.shared,
            archived=config.archived,
            topic=config.topic,
        )
        self.channels[channel.id] = channel
        return channel

    def user_named(self, name: str) -> User:
        """A person by handle or id. Raises `KeyError` naming who there is."""
        bare = name.lstrip("@")
        for user in self.users.values():
            if bare in (user.name, user.id):
                return user
        raise KeyError(f"no user {name}; there are {', '.join(user.name for user in self.users.values())}")

    def channel_named(self, name: str) -> Channel:
        """A channel by name or id. Raises `KeyError` naming the channels there are."""
        bare = name.lstrip("#")
        for channel in self.channels.values():
            if bare in (channel.name, channel.id):
                return channel
        raise KeyError(f"no channel {name}; there are {', '.join('#' + c.name for c in self.channels.values())}")

    def direct(self, user_id: str) -> Channel:
        """The direct conversation between the app and a person, made at first use."""
        for channel in self.channels.values():
            if channel.im == user_id:
                return channel
        channel_id = self.ids.named("D", self.users[user_id].name)
        made = Channel(channel_id, "", self.clock.now() // 1000, [user_id, self.bot.id], private=True, im=user_id)
        self.channels[channel_id] = made
        return made

    def live(self, channel_id: str) -> list[Message]:
        """The messages of a channel that are still there, oldest first."""
        return [message for message in self.messages.get(channel_id, []) if not message.deleted]

    def find(self, channel_id: str, ts: str) -> Message | None:
        """A message that is still there."""
        return next((message for message in self.live(channel_id) if message.ts == ts), None)

    def replies(self, parent: Message) -> list[Message]:
        """The replies below a message, oldest first."""
        return [m for m in self.live(parent.channel) if m.thread_ts == parent.ts and m.ts != parent.ts]

    def enter(self, channel: Channel, user_id: str, inviter: str = "") -> None:
        """Somebody joins a channel, once (docs.slack.dev/reference/events/member_joined_channel)."""
        if user_id in channel.members:
            return
        channel.members.append(user_id)
        self.notice(channel, user_id, "channel_join", f"<@{user_id}> has joined the channel")
        self.emit(shapes.joined_event(self, channel, user_id, inviter))

    def notice(self, channel: Channel, user_id: str, subtype: str, text: str) -> None:
        """What Slack itself writes into a channel (docs.slack.dev/reference/events/message/channel_join)."""
        self.post(Message(channel.id, self.next_ts(), user_id, text, subtype=subtype))

    def next_ts(self) -> str:
        """A message ts: seconds and microseconds, later than every ts before it."""
        self._last_ts = max(self._last_ts + 1, self.clock.now() * 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, message: Message, *, live_at: bool = False) -> Message:
        """Put a message into its channel, tell subscribers, and note the mentions that are live in it."""
        message.versions.append((message.text, message.blocks))
        if message.ephemeral_to:
            self.ephemerals.append(message)
        else:
            self.messages.setdefault(message.channel, []).append(message)
            parent = self.find(message.channel, message.thread_ts) if message.is_reply else None
            if parent is not None and not parent.thread_ts:
                parent.thread_ts = parent.ts
            self.emit(shapes.message_event(self, message))
        self._note_live(message, live_at, edit=False)
        self._tell("posted", message)
        return message

    def edit(self, message: Message, text: str, blocks: list[Json], by: str, *, mark: bool = True) -> None:
        """Change what a message shows, in place; `mark` says so beside it."""
        before = shapes.message(self, message)
        message.text, message.blocks = text, blocks
        if mark:
            message.edited = {"user": by, "ts": self.next_ts()}
        message.versions.append((text, blocks))
        self._note_live(message, False, edit=True)
        if not message.ephemeral_to:
            self.emit(shapes.changed_event(self, message, before))
        self._tell("edited", message)

    def delete(self, message: Message) -> None:
        """Take a message away. Its thread stays, as in Slack."""
        before = shapes.message(self, message)
        message.deleted = True
        if not message.ephemeral_to:
            self.emit(shapes.deleted_event(self, message, before))
        self._tell("deleted", message)

    def _tell(self, what: str, message: Message) -> None:
        for watcher in self.watchers:
            watcher(what, message)
        self.changes.notify()

    def react(self, message: Message, name: str, user: str) -> None:
        """Add a reaction. Raises `already_reacted` (docs.slack.dev/reference/methods/reactions.add)."""
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise SlackError("already_reacted")
        users.append(user)
        self.emit(shapes.reaction_event(self, "reaction_added", message, name, user))
        self.changes.notify()

    def unreact(self, message: Message, name: str, user: str) -> None:
        """Take a reaction back. Raises `no_reaction`."""
        users = message.reactions.get(name, [])
        if user not in users:
            raise SlackError("no_reaction")
        users.remove(user)
        if not users:
            del message.reactions[name]
        self.emit(shapes.reaction_event(self, "reaction_removed", message, name, user))
        self.changes.notify()

    def _note_live(self, message: Message, live_at: bool, *, edit: bool) -> None:
        if not message.bot_id:
            return
        for kind, target, where in mentions_in(message.text, message.blocks, live_at):
            self.mentions.append(Mention(kind, target, message.channel, message.ts, where, edit))
        for target, label, where in links_in(message.text, message.blocks):
            self.links.append(Link(target, label, message.channel, message.ts, where))

    def stack(self, user: str) -> list[View]:
        """The modals a person has open, the top one last."""
        return [view for view in self.views.values() if view.user == user and view.type == "modal" and not view.closed]

    def add_view(self, view: View) -> View:
        """Show a view to its user. Raises `duplicate_external_id`."""
        external = view.body.get("external_id")
        if external and any(other.body.get("external_id") == external for other in self.open_views()):
            raise SlackError("duplicate_external_id")
        self.views[view.id] = view
        self.changes.notify()
        return view

    def open_views(self) -> Iterable[View]:
        """Every view somebody can see."""
        return [view for view in self.views.values() if not view.closed]

    def new_hash(self) -> str:
        """A view hash: changes with every version of a view."""
        return f"{self.clock.now() // 1000}.{self.ids.next('h', 8)}"
