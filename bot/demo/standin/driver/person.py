"""A person in the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.demo.standin import payloads, typed
from bot.demo.standin.driver.modal import Home, Modal, chosen
from bot.demo.standin.driver.places import Place, Thread, Whispers
from bot.demo.standin.driver.posted import Control, Posted, find_control
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.reading import Eyes
from bot.demo.standin.state import acted, holding, is_input, values
from bot.demo.standin.transport import Ack
from bot.demo.standin.world import Channel, Message, User

if TYPE_CHECKING:
    from bot.demo.standin.standin import StandIn

Where = str | Place | Thread


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody sees right after acting. `error` is what Slack shows when the app did not answer well."""

    person: Person
    error: str = ""
    message: Posted | None = None
    """The answer in the acknowledgement, if there was one."""

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged in time."""
        return not self.error

    @property
    def text(self) -> str:
        """What the answer says, or the error."""
        return self.message.text if self.message else self.error

    async def modal(self, seconds: float | None = None) -> Modal:
        """The modal in front of the person, waiting for one to open."""
        return await self.person.modal(seconds=seconds)


class Person:
    """Acts as a user, and reads as one."""

    def __init__(self, slack: StandIn, user: User) -> None:
        self.slack = slack
        self.user = user

    @property
    def id(self) -> str:
        """The user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The handle."""
        return self.user.name

    async def command(self, line: str, channel: Where = "#general") -> Reply:
        """Type a slash command into a channel.

        Inside a thread Slack refuses it without telling the app (docs.slack.dev/interactivity/
        implementing-slash-commands). The words of the errors are measured.
        """
        name, _, text = line.strip().partition(" ")
        if isinstance(channel, Thread):
            return Reply(self, f"{name} is not supported in threads. Sorry!")
        place = self._channel(channel)
        if name not in self.slack.config.commands:
            return Reply(self, f"{name} is not a valid command.")
        if self.slack.config.escape_commands:
            text = typed.escape(self.slack.workspace, text, named=True)
        payload = payloads.command(self.slack.workspace, self.user, place, name, text)
        ack = await self.slack.courier.command(payload)
        if not ack.ok:
            return Reply(self, f'{name} failed with the error "{ack.error}"')
        return self._answered(ack, name, place)

    def _answered(self, ack: Ack, name: str, place: Channel) -> Reply:
        if not ack.body:
            return Reply(self)
        try:
            shown = self.slack.respond.show(ack.body, self.user.id, place.id)
        except SlackError:
            return Reply(self, f'{name} failed with the error "invalid_command_response"')
        return Reply(self, message=Posted(self.slack, shown) if shown else None)

    async def click(self, message: Posted, label: str, *, confirm: bool = True) -> Reply:
        """Click a button or overflow item of a message; `confirm` answers its question, if it asks one."""
        control = find_control(message.controls, label, buttons=True)
        if control.element.get("confirm") and not confirm:
            return self.quiet()
        return await self.press(message, control)

    async def choose(self, message: Posted, label: str, *options: str) -> Reply:
        """Choose from a menu, radio buttons, checkboxes or a picker of a message."""
        control = find_control(message.controls, label, buttons=False)
        value = chosen(self._eyes, self, control.element, options, [])
        return await self.press(message, control, value)

    async def press(self, message: Posted, control: Control, value: Any = None) -> Reply:
        """Act on a control of a message."""
        action = acted(self.slack.workspace.next_ts(), control.block, control.element, control.option or value)
        mine = message.record.chosen.setdefault(self.id, {})
        if is_input(control.element):
            held = mine.setdefault(control.block["block_id"], {})
            held[control.element["action_id"]] = holding(control.element, value)
        state = values(message.blocks, mine)
        payload = payloads.message_action(self.slack.workspace, self.user, message.record, action, state)
        return await self.interact(payload)

    async def interact(self, payload: Json) -> Reply:
        """Send an interaction; a late or broken acknowledgement shows a warning sign."""
        ack = await self.slack.courier.interaction(payload)
        return Reply(self, ack.error)

    def quiet(self) -> Reply:
        """Nothing happened that the app hears of."""
        return Reply(self)

    async def shortcut(self, name: str, message: Posted | None = None) -> Reply:
        """Use a shortcut by its name: on a message, or a global one."""
        kind = "message" if message else "global"
        for known in self.slack.config.shortcuts:
            if known.kind == kind and name in (known.name, known.callback_id):
                if message is None:
                    return await self.interact(
                        payloads.global_shortcut(self.slack.workspace, self.user, known.callback_id)
                    )
                return await self.interact(
                    payloads.message_shortcut(self.slack.workspace, self.user, message.record, known.callback_id)
                )
        there = ", ".join(known.name for known in self.slack.config.shortcuts if known.kind == kind)
        raise LookupError(f"no {kind} shortcut {name!r}; there are: {there or 'none'}")

    async def say(self, text: str, where: Where = "#general", *, broadcast: bool = False) -> Posted:
        """Write a message into a channel or a thread. Known `@names` and `@here` become live, as in the client.

        `broadcast` sends a reply to the channel as well.
        """
        channel = self._channel(where)
        if self.user.id not in channel.members:
            raise LookupError(f"{self.name} is not in #{channel.name}")
        raw = typed.escape(self.slack.workspace, text)
        return self._write(channel, raw, where, broadcast)

    def _write(self, channel: Channel, raw: str, where: Where, broadcast: bool) -> Posted:
        ws = self.slack.workspace
        thread_ts = where.ts if isinstance(where, Thread) else ""
        blocks = [typed.rich_text(raw)]
        message = Message(channel.id, ws.next_ts(), self.user.id, raw, blocks, thread_ts)
        message.broadcast = broadcast and bool(thread_ts)
        ws.post(message)
        if f"<@{ws.bot.id}>" in raw and not channel.im:
            ws.emit(typed.mention_event(ws, message))
        return Posted(self.slack, message)

    async def mention_bot(self, text: str, where: Where = "#general", *, thread: Thread | None = None) -> Posted:
        """Write `@bot text`: Slack sends the message and the mention as two events, in no certain order."""
        return await self.say(f"@{self.slack.workspace.bot.name} {text}", thread or where)

    async def dm(self, text: str) -> Posted:
        """Write to the app directly."""
        return await self.say(text, Place(self.slack, self.slack.workspace.direct(self.user.id)))

    async def edit(self, message: Posted, text: str) -> None:
        """Change one's own message."""
        self._own(message)
        raw = typed.escape(self.slack.workspace, text)
        self.slack.workspace.edit(message.record, raw, [typed.rich_text(raw)], self.user.id)

    async def delete(self, message: Posted) -> None:
        """Take one's own message away."""
        self._own(message)
        self.slack.workspace.delete(message.record)

    def _own(self, message: Posted) -> None:
        if message.record.user != self.user.id:
            raise LookupError(f"{self.name} did not write {message!r}")

    async def react(self, message: Posted, name: str) -> None:
        """Put an emoji on a message."""
        self.slack.workspace.react(message.record, name, self.user.id)

    async def unreact(self, message: Posted, name: str) -> None:
        """Take one's emoji off again."""
        self.slack.workspace.unreact(message.record, name, self.user.id)

    async def invite_bot(self, channel: str) -> None:
        """`/invite @bot`."""
        self.slack.workspace.enter(self._channel(channel), self.slack.workspace.bot.id, self.user.id)

    async def join(self, channel: str) -> None:
        """Join a channel."""
        self.slack.workspace.enter(self._channel(channel), self.user.id)

    @property
    def _eyes(self) -> Eyes:
        return Eyes(self.slack.workspace, self.user.tz)

    @property
    def whispers(self) -> Whispers:
        """What only this person sees: ephemeral messages, oldest first."""
        return Whispers(self.slack, self.user.id, self.name)

    @property
    def direct(self) -> Place:
        """The conversation with the app."""
        return Place(self.slack, self.slack.workspace.direct(self.user.id))

    def reads(self, message: Posted) -> str:
        """The message in this person's own time zone."""
        return self.slack.visible_text(message, self)

    @property
    def modals(self) -> list[Modal]:
        """The open modals, the top one last."""
        return [Modal(self, view) for view in self.slack.workspace.stack(self.user.id)]

    async def modal(self, title: str = "", seconds: float | None = None) -> Modal:
        """The modal in front, as soon as there is one (with `title`, if given)."""

        def probe() -> Modal | None:
            stack = self.modals
            return stack[-1] if stack and title in stack[-1].title else None

        return await self.slack.until(
            probe, seconds, lambda: f"{self.name} has these modals open: {[m.title for m in self.modals]}"
        )

    async def open_home(self) -> Home:
        """Look at the app's Home tab; waits until the app has drawn one."""
        ws = self.slack.workspace
        ws.emit(typed.home_event(ws, self.user))
        await self.slack.courier.settled(self.slack.config.wait_seconds)

        def probe() -> Home | None:
            view = ws.home.get(self.user.id)
            return Home(self, view) if view else None

        return await self.slack.until(probe, None, lambda: f"no Home tab was published for {self.name}")

    def _channel(self, where: Where) -> Channel:
        if isinstance(where, (Place, Thread)):
            return where.record
        if where.lstrip("@") == self.slack.workspace.bot.name:
            return self.slack.workspace.direct(self.user.id)
        return self.slack.workspace.channel_named(where)
