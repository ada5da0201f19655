"""Messages of ours in Slack: posted once, changed only when they show something else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from bot.domain.incident import Incident, Place
from bot.domain.vocabulary import Surface
from bot.slack.drawing.blocks import Json, Message
from bot.slack.workspace.api import SlackAnswer, SlackApi
from bot.slack.workspace.once import Once

METADATA = "section3_effect"
GONE = frozenset({"message_not_found", "cant_update_message"})
"""Somebody deleted our message: it is posted anew."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Posts and updates. Raises RetryLater and GiveUp as `SlackApi` does."""

    api: SlackApi
    once: Once

    async def post(
        self,
        incident: Incident,
        effect: str,
        message: Message,
        channel: str,
        thread: str = "",
        more: Json | None = None,
    ) -> str:
        """Post once, whatever happened to an earlier attempt; "channel:ts" of the message."""
        return await self.post_for(incident.id, effect, message, channel, thread, more)

    async def post_for(
        self, of: str, effect: str, message: Message, channel: str, thread: str = "", more: Json | None = None
    ) -> str:
        """The same of what belongs to no single incident: `of` is what the effect is kept under."""
        metadata = {"event_type": METADATA, "event_payload": {"incident": of, "effect": effect}}
        in_thread = {"thread_ts": thread} if thread else {}

        async def send() -> str:
            answer = await self.api.call(
                "chat.postMessage",
                channel=channel,
                text=message.text,
                blocks=message.blocks,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                **in_thread,
                **(more or {}),
            )
            return f"{answer['channel']}:{answer['ts']}"

        async def look(since: int) -> str | None:
            method = "conversations.replies" if thread else "conversations.history"
            found = await self.api.get(
                method,
                channel=channel,
                oldest=f"{since / 1000:.6f}",
                include_all_metadata="true",
                limit="200",
                **({"ts": thread} if thread else {}),
            )
            for one in found.get("messages", ()):
                if (one.get("metadata") or {}).get("event_payload") == metadata["event_payload"]:
                    return f"{channel}:{one['ts']}"
            return None

        return await self.once.perform(of, effect, send, look)

    async def tell(self, of: str, effect: str, message: Message, user: str) -> None:
        """Say it to one person in their messages from section3, at most once: without a channel of it that is known
        beforehand it cannot be looked for."""

        async def send() -> str:
            await self.api.call("chat.postMessage", channel=user, text=message.text, blocks=message.blocks)
            return "said"

        async def look(since: int) -> str | None:
            return "perhaps said"

        await self.once.perform(of, effect, send, look)

    async def whisper(self, incident: Incident, effect: str, message: Message, place: Place, user: str) -> None:
        """Say it to one person in a thread, or in the channel when `place` has no ts, at most once: it cannot be looked
        for afterwards."""

        async def send() -> str:
            await self.api.call(
                "chat.postEphemeral",
                channel=place.channel,
                user=user,
                text=message.text,
                blocks=message.blocks,
                **({"thread_ts": place.ts} if place.ts else {}),
            )
            return "said"

        async def look(since: int) -> str | None:
            return "perhaps said"

        await self.once.perform(incident.id, effect, send, look)

    async def update(self, incident: Incident, surface: Surface | str, place: Place, message: Message) -> None:
        """Change our message, unless it shows this already. What it shows is kept with the marks, because another
        replica may have drawn last."""
        effect, digest = f"drawn:{surface}:{place.ts}", _digest(message)
        drawn = await self.once.marks.get(incident.id, effect)
        if drawn and drawn.result == digest:
            return
        await self.api.call("chat.update", channel=place.channel, ts=place.ts, text=message.text, blocks=message.blocks)
        await self.once.marks.finish(incident.id, effect, digest)

    async def link(self, channel: str, ts: str) -> str:
        """The permalink of a message, "" when Slack gives none."""
        try:
            answer = await self.api.get("chat.getPermalink", channel=channel, message_ts=ts)
        except SlackAnswer:
            return ""
        return str(answer.get("permalink", ""))


def _digest(message: Message) -> str:
    packed = json.dumps([message.text, message.blocks], sort_keys=True, default=str)
    return hashlib.blake2b(packed.encode(), digest_size=16).hexdigest()
