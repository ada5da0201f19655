"""Where a private incident lives: a private channel, never the public one of its service."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.slack.drawing.show import is_user
from bot.slack.workspace.api import SlackAnswer, SlackApi
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.once import Once

ALREADY_THERE = frozenset({"already_in_channel", "cant_invite_self", "user_not_found", "cant_invite"})


@dataclass(frozen=True, slots=True)
class PrivateChannels:
    """Finds the private channel of an incident, or makes one."""

    api: SlackApi
    once: Once
    channels: Channels

    async def of(self, incident: Incident) -> str:
        """The channel that was chosen or where it was typed, if that is private and section3 is in it; else a channel
        of its own, with everybody in it who takes part so far."""
        for name in (incident.channel, incident.typed_in):
            channel = await self.channels.id_of(name)
            if channel and await self._usable(channel):
                return channel
        return await self._made(incident)

    async def _usable(self, channel: str) -> bool:
        try:
            answer = await self.api.get("conversations.info", channel=channel)
        except SlackAnswer:
            return False
        info = answer.get("channel") or {}
        return bool(info.get("is_private") and info.get("is_member") and not info.get("is_im"))

    async def _made(self, incident: Incident) -> str:
        name = f"inc-{incident.number}-private"
        # Another installation may have an incident of this number; a private channel of its is not seen, only taken.
        other = f"{name}-{incident.id[:6]}"

        async def create(name: str) -> str:
            answer = await self.api.call("conversations.create", name=name, is_private=True)
            return str(answer["channel"]["id"])

        async def send() -> str:
            try:
                return await create(name)
            except SlackAnswer as error:
                if error.code != "name_taken":
                    raise
                return await create(other)

        async def look(since: int) -> str | None:
            return await self.channels.id_of(f"#{name}") or await self.channels.id_of(f"#{other}")

        channel = await self.once.perform(incident.id, "private-channel", send, look)
        people = [*incident.participants, *([incident.lead] if incident.lead else [])]
        for user in dict.fromkeys(person.id for person in people if is_user(person.id)):
            try:
                await self.api.call("conversations.invite", channel=channel, users=user)
            except SlackAnswer as error:
                if error.code not in ALREADY_THERE:
                    raise
        return channel
