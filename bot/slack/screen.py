"""The Slack screen: brings the messages of an incident to its newest state. Drawing is pure; here it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.domain.commands import Command, Show
from bot.domain.events import Fact, PostmortemDrafted, UpdatePosted
from bot.domain.incident import Incident, Place, RollbackStage
from bot.domain.vocabulary import Surface
from bot.engine.ports import Clock
from bot.engine.worker import GiveUp, RetryLater
from bot.slack import cards
from bot.slack.api import SlackAnswer, SlackApi
from bot.slack.blocks import Json, Message
from bot.slack.card import head
from bot.slack.once import Once
from bot.slack.show import Options
from bot.slack.step import moved, step_message
from bot.slack.surroundings import Surroundings

METADATA = "section3_effect"
NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})
GONE = frozenset({"message_not_found", "cant_update_message"})
"""Somebody deleted our message: it is posted anew."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the thread."""

    filename: str
    content: bytes
    comment: str


Documents = Callable[[Incident, Sequence[Fact]], Sequence[Document]]


@dataclass(slots=True)
class SlackScreen:
    """Satisfies `bot.engine.screen.Screen`."""

    api: SlackApi
    once: Once
    clock: Clock
    around: Surroundings
    documents: Documents

    async def draw(self, incident: Incident) -> Sequence[Command]:
        """Head first, because the rest lives in its thread; once more at the end, because it links the step."""
        shown: list[Show] = []
        options = await self.around.options(incident)
        drawn = await self._surface(incident, Surface.HEAD, shown, options)
        for surface in (Surface.STEP, Surface.CALL, Surface.ROLLBACK, Surface.CLOSE):
            drawn = await self._surface(drawn, surface, shown, options)
        if shown:
            drawn = await self._surface(drawn, Surface.HEAD, shown, options)
        return shown

    async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
        """One fact that has a message (or a file) of its own, in the thread."""
        place = incident.shown.get(Surface.HEAD)
        if place is None:
            # The head is drawn by its own work; this fact comes after it.
            raise RetryLater("the head message is not there yet")
        if isinstance(fact.event, PostmortemDrafted):
            await self._files(incident, fact, facts, place)
            return
        message = cards.fact_message(incident, fact, self.clock.now(), await self.around.options(incident))
        if message is None:
            return
        broadcast = {"reply_broadcast": True} if isinstance(fact.event, UpdatePosted) else {}
        effect = f"post:{fact.version}"
        await self._once(incident, effect, message, place.channel, place.ts, broadcast)

    async def _files(self, incident: Incident, fact: Fact, facts: Sequence[Fact], place: Place) -> None:
        for document in self.documents(incident, facts):

            async def send(document: Document = document) -> str:
                return await self.api.upload(
                    place.channel, place.ts, document.filename, document.content, document.comment
                )

            async def look(since: int, document: Document = document) -> str | None:
                found = await self.api.get("conversations.replies", channel=place.channel, ts=place.ts, limit=200)
                names = {
                    file.get("name"): file.get("id")
                    for message in found.get("messages", ())
                    for file in message.get("files", ())
                    if float(message.get("ts", 0)) * 1000 >= since
                }
                return names.get(document.filename)

            await self.once.perform(incident.id, f"file:{fact.version}:{document.filename}", send, look)

    async def _surface(self, incident: Incident, surface: Surface, shown: list[Show], options: Options) -> Incident:
        message = self._drawn(incident, surface, options)
        if message is None:
            return incident
        place = incident.shown.get(surface)
        generation = incident.step_generation if surface is Surface.STEP else 0
        if place is None or place.generation < generation:
            if place is not None:
                await self._update(incident, surface, place, moved(incident))
            return await self._new(incident, surface, message, generation, shown)
        try:
            await self._update(incident, surface, place, message)
        except SlackAnswer as error:
            if error.code not in GONE:
                raise
            effect = f"{surface.value}:{generation}:after:{place.ts}"
            return await self._new(incident, surface, message, generation, shown, effect)
        return incident

    def _drawn(self, incident: Incident, surface: Surface, options: Options) -> Message | None:
        now = self.clock.now()
        match surface:
            case Surface.HEAD:
                return head(incident, now, options)
            case Surface.STEP:
                return step_message(incident, now, options)
            case Surface.CALL if incident.calls:
                return cards.call_card(incident, now, options)
            case Surface.ROLLBACK if incident.rollback.stage is not RollbackStage.NONE:
                return cards.rollback_card(incident, now, options)
            case Surface.CLOSE if incident.draft is not None:
                return cards.close_summary(incident, now, options)
            case _:
                return None

    async def _new(
        self,
        incident: Incident,
        surface: Surface,
        message: Message,
        generation: int,
        shown: list[Show],
        effect: str = "",
    ) -> Incident:
        effect = effect or f"{surface.value}:{generation}"
        thread = incident.shown[Surface.HEAD] if surface is not Surface.HEAD else None
        if thread is not None:
            posted = await self._once(incident, effect, message, thread.channel, thread.ts)
        else:
            posted = await self._head(incident, effect, message)
        channel, _, ts = posted.partition(":")
        place = Place(channel=channel, ts=ts, generation=generation, link=await self._link(channel, ts))
        shown.append(Show(surface=surface, **place.model_dump()))
        return incident.model_copy(update={"shown": {**incident.shown, surface: place}})

    async def _head(self, incident: Incident, effect: str, message: Message) -> str:
        """The head goes to the service's channel; when we are not in it, to where it was typed, and says so."""
        places = [place for place in (incident.channel, incident.typed_in) if place]
        if not places:
            raise GiveUp(f"{incident.name} has no channel: the runbook names none and it was not typed in one")
        wanted = await self.around.channels.id_of(places[0])
        if wanted is not None:
            try:
                return await self._once(incident, effect, message, wanted)
            except SlackAnswer as error:
                if error.code not in NOT_THERE or len(places) < 2 or wanted == places[1]:
                    raise
        elif len(places) < 2:
            raise GiveUp(f"{incident.name} belongs in {places[0]}, which section3 cannot see: invite it there")
        note = f"section3 is not in {places[0]}. To see incidents there: /invite @section3"
        options = await self.around.options(incident)
        told = head(incident, self.clock.now(), replace(options, notes=(*options.notes, note)))
        return await self._once(incident, f"{effect}:fallback", told, places[1])

    async def _once(
        self,
        incident: Incident,
        effect: str,
        message: Message,
        channel: str,
        thread: str = "",
        more: Json | None = None,
    ) -> str:
        metadata = {"event_type": METADATA, "event_payload": {"incident": incident.id, "effect": effect}}
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

        return await self.once.perform(incident.id, effect, send, look)

    async def _update(self, incident: Incident, surface: Surface, place: Place, message: Message) -> None:
        """Change our message, unless it shows this already. What it shows is kept with the marks, because another
        replica may have drawn last."""
        effect, digest = f"drawn:{surface.value}:{place.ts}", _digest(message)
        drawn = await self.once.marks.get(incident.id, effect)
        if drawn and drawn.result == digest:
            return
        await self.api.call("chat.update", channel=place.channel, ts=place.ts, text=message.text, blocks=message.blocks)
        await self.once.marks.finish(incident.id, effect, digest)

    async def _link(self, channel: str, ts: str) -> str:
        try:
            answer = await self.api.get("chat.getPermalink", channel=channel, message_ts=ts)
        except SlackAnswer:
            return ""
        return str(answer.get("permalink", ""))


def _digest(message: Message) -> str:
    packed = json.dumps([message.text, message.blocks], sort_keys=True, default=str)
    return hashlib.blake2b(packed.encode(), digest_size=16).hexdigest()
