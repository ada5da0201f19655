"""The Slack screen: brings the messages of an incident to its newest state. Drawing is pure; here it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from bot.domain.commands import Command, ReportScreenDown, Show
from bot.domain.due import Reminder
from bot.domain.events import AlsoAffects, Fact, PostmortemDrafted, Reminded, UpdatePosted
from bot.domain.fold import fold
from bot.domain.incident import Incident, Place, RollbackStage
from bot.domain.vocabulary import Surface
from bot.engine.ports import Clock
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.drawing import cards
from bot.slack.drawing.blocks import Message
from bot.slack.drawing.card import head
from bot.slack.drawing.show import Options, is_user
from bot.slack.drawing.step import moved, step_message
from bot.slack.screen.postings import GONE, Postings
from bot.slack.workspace.api import SlackAnswer, SlackApi
from bot.slack.workspace.once import Once
from bot.slack.workspace.private import PrivateChannels
from bot.slack.workspace.surroundings import Surroundings

NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})

ARCHIVED = frozenset({"is_archived", "is_inactive"})
"""What chat.postMessage and chat.update say of a channel that is archived."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the thread."""

    filename: str
    content: bytes
    comment: str


Documents = Callable[[Incident, Sequence[Fact]], Sequence[Document]]


def _elsewhere(incident: Incident) -> str:
    """Why the head stands where it was typed, and what to do about it."""
    return f"section3 is not in {incident.channel}. To see incidents there: /invite @section3"


async def _no_link(number: int) -> str:
    return ""


@dataclass(slots=True)
class SlackScreen:
    """Satisfies `bot.engine.effects.Screen`."""

    api: SlackApi
    once: Once
    clock: Clock
    around: Surroundings
    documents: Documents
    head_link: Callable[[int], Awaitable[str]] = _no_link
    """The permalink of the head of INC-n, "" when there is none: a duplicate points there."""
    _postings: Postings = field(init=False)
    _private: PrivateChannels = field(init=False)

    def __post_init__(self) -> None:
        self._postings = Postings(self.api, self.once)
        self._private = PrivateChannels(self.api, self.once, self.around.channels)

    async def draw(self, incident: Incident) -> Sequence[Command]:
        """Head first, because the rest lives in its thread. A new head is told at once: what people say in its thread
        belongs to the incident from then on, however long Slack takes for the rest."""
        try:
            return await self._draw(incident)
        except SlackAnswer as error:
            if error.code in ARCHIVED:
                await self._archived(incident)
            raise

    async def _draw(self, incident: Incident) -> Sequence[Command]:
        shown: list[Show] = []
        options = await self._options(incident)
        await self._leave(incident)
        drawn = await self._surface(incident, Surface.HEAD, shown, options)
        if shown:
            return shown
        for surface in (Surface.STEP, Surface.CALL, Surface.ROLLBACK, Surface.CLOSE):
            drawn = await self._surface(drawn, surface, shown, options)
        return shown or self._was_down(incident)

    def _was_down(self, incident: Incident) -> Sequence[Command]:
        """Slack was down while this incident was open, and the screen has caught up only now."""
        outage = self.api.outage
        new = max(incident.screen_down_until, incident.declared_at) < outage.until
        if not new or outage.since <= incident.screen_down_until or not incident.live:
            return ()
        return (ReportScreenDown(since=outage.since, until=outage.until),)

    async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
        """One fact that has a message (or a file) of its own, in the thread."""
        place = incident.shown.get(Surface.HEAD)
        if place is None:
            # The head is drawn by its own work; this fact comes after it.
            raise RetryLater("the head message is not there yet")
        if isinstance(fact.event, PostmortemDrafted):
            await self._files(incident, fact, facts, place)
            return
        await self._post(incident, fact, place, await self._options(incident))

    async def settle(self, incident: Incident, facts: Sequence[Fact]) -> None:
        """What nobody needs to answer any more loses its buttons and shows its answer. A message whose place is not
        known (only one person saw it), or that stayed behind when the incident went private, is left as it is."""
        head = incident.shown.get(Surface.HEAD)
        for place, answer in cards.answered(facts):
            asked = facts[place]
            shown, done = f"post:{asked.version}", f"settled:{asked.version}"
            mark = await self.once.marks.get(incident.id, shown)
            channel, _, ts = (mark.result or "" if mark else "").partition(":")
            if not ts or head is None or channel != head.channel or await self.once.marks.get(incident.id, done):
                continue
            then = fold(facts[: place + 1], None, incident.id)
            message = cards.answered_message(then, asked, answer, await self._options(incident)) if then else None
            if message is not None:
                await self._postings.update(incident, done, Place(channel=channel, ts=ts), message)
            await self.once.marks.start(incident.id, done, self.clock.now())

    async def digest(self, incidents: Sequence[Incident], slot: int) -> None:
        """To the owner where the settings know them as a user, else where the newest incident stands. What is left of a
        private one is said in its own thread."""
        newest = incidents[0]
        options = await self._options(newest)
        message = cards.digest(incidents, self.clock.now(), options)
        of, effect = f"digest:{newest.service}", f"digest:{slot}"
        place = newest.shown.get(Surface.HEAD)
        owner = options.contacts.get(newest.dossier.owner, "")
        if is_user(owner) and not newest.private:
            await self._postings.tell(of, effect, message, owner)
        elif place is not None and newest.private:
            await self._postings.post(newest, effect, message, place.channel, place.ts)
        elif place is not None:
            await self._postings.post_for(of, effect, message, place.channel)

    async def _post(self, incident: Incident, fact: Fact, place: Place, options: Options) -> None:
        event, effect = fact.event, f"post:{fact.version}"
        if isinstance(event, AlsoAffects) and event.channel and not incident.private:
            options = await self._point(incident, event, fact, options)
        message = cards.fact_message(incident, fact, self.clock.now(), options)
        if message is None:
            return
        lead = incident.lead.id if incident.lead else ""
        if isinstance(event, Reminded) and event.what.startswith(Reminder.UPDATE) and is_user(lead):
            await self._postings.whisper(incident, effect, message, place, lead)
            return
        more = {"reply_broadcast": True} if isinstance(event, UpdatePosted) else {}
        await self._postings.post(incident, effect, message, place.channel, place.ts, more)

    async def _point(self, incident: Incident, event: AlsoAffects, fact: Fact, options: Options) -> Options:
        """A pointer in the other service's channel; where that cannot be, the thread says how to change it."""
        channel = await self.around.channels.id_of(event.channel)
        head = incident.shown.get(Surface.HEAD)
        if channel is None or (head and channel == head.channel):
            return options if channel else replace(options, notes=(f"section3 cannot see {event.channel}.",))
        try:
            await self._postings.post(incident, f"pointer:{fact.version}", cards.pointer(incident, event), channel)
        except SlackAnswer as error:
            if error.code not in NOT_THERE:
                raise
            return replace(options, notes=(f"section3 is not in {event.channel}. To see it there: /invite @section3",))
        return options

    async def _options(self, incident: Incident) -> Options:
        options = await self.around.options(incident)
        shown = incident.shown.get(Surface.HEAD)
        elsewhere = shown is not None and shown.channel == incident.typed_in != incident.channel != ""
        if elsewhere and not await self.around.channels.lately_in(incident.channel):
            options = replace(options, notes=(_elsewhere(incident),))
        number = incident.ending.duplicate_of
        return replace(options, duplicate_link=await self.head_link(number)) if number else options

    async def _leave(self, incident: Incident) -> None:
        """What stays behind of an incident that went on in private says so, and nothing else."""
        for place in incident.left:
            try:
                await self._postings.update(incident, "left", place, cards.gone_private(incident))
            except SlackAnswer as error:
                if error.code not in GONE:
                    raise

    async def _files(self, incident: Incident, fact: Fact, facts: Sequence[Fact], place: Place) -> None:
        # Rendering and drawing take a moment, in which the clicks of other incidents must not wait.
        for document in await asyncio.to_thread(self.documents, incident, facts):

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

            # Once for each content: a draft that is written again brings no second picture of the same night.
            digest = blake2b(document.content, digest_size=8).hexdigest()
            await self.once.perform(incident.id, f"file:{digest}:{document.filename}", send, look)

    async def _surface(self, incident: Incident, surface: Surface, shown: list[Show], options: Options) -> Incident:
        message = self._drawn(incident, surface, options)
        if message is None:
            return incident
        place = incident.shown.get(surface)
        generation = incident.step_generation if surface is Surface.STEP else 0
        if place is None or place.generation < generation:
            if place is not None:
                await self._postings.update(incident, surface, place, moved(incident))
            return await self._new(incident, surface, message, generation, shown)
        try:
            await self._postings.update(incident, surface, place, message)
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
            case Surface.CLOSE if incident.draft is not None and incident.draft.announce_at <= now:
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
        # Whatever was posted before the incident went private stays where it was; this is another message.
        effect = effect or f"{surface.value}:{generation}{':private' if incident.left else ''}"
        thread = incident.shown[Surface.HEAD] if surface is not Surface.HEAD else None
        if thread is not None:
            posted = await self._postings.post(incident, effect, message, thread.channel, thread.ts)
        else:
            posted = await self._head(incident, effect, message)
        channel, _, ts = posted.partition(":")
        place = Place(channel=channel, ts=ts, generation=generation, link=await self._postings.link(channel, ts))
        shown.append(Show(surface=surface, **place.model_dump()))
        return incident.model_copy(update={"shown": {**incident.shown, surface: place}})

    async def _head(self, incident: Incident, effect: str, message: Message) -> str:
        """The head goes to the service's channel; when we are not in it, to where it was typed, and says so."""
        if incident.private:
            try:
                channel = await self._private.of(incident)
            except SlackAnswer as error:
                await self._unseen(incident, error.code)
                raise
            return await self._postings.post(incident, effect, message, channel)
        places = [place for place in (incident.channel, incident.typed_in) if place]
        if not places:
            raise GiveUp(f"{incident.name} has no channel: the runbook names none and it was not typed in one")
        wanted = await self.around.channels.id_of(places[0])
        if wanted is not None:
            try:
                return await self._postings.post(incident, effect, message, wanted)
            except SlackAnswer as error:
                if error.code not in NOT_THERE or len(places) < 2 or wanted == places[1]:
                    raise
        elif len(places) < 2:
            raise GiveUp(f"{incident.name} belongs in {places[0]}, which section3 cannot see: invite it there")
        told = head(incident, self.clock.now(), replace(await self._options(incident), notes=(_elsewhere(incident),)))
        return await self._postings.post(incident, f"{effect}:fallback", told, places[1])

    async def _archived(self, incident: Incident) -> None:
        """Who takes part in an incident whose channel is archived is told, once each: what they do next is recorded and
        seen by nobody."""
        place = incident.shown.get(Surface.HEAD)
        if place is None:
            return
        message = cards.archived(incident)
        for user in [person.id for person in incident.participants if is_user(person.id)]:
            with suppress(SlackAnswer):  # somebody who can be told nothing any more
                await self._postings.tell(incident.id, f"archived:{place.channel}:{user}", message, user)

    async def _unseen(self, incident: Incident, why: str) -> None:
        """A private incident that Slack gives no place: whoever takes part is told so where it was, and in a direct
        message that outlives a reload."""
        message = cards.unseen(incident, why)
        place = incident.left[0] if incident.left else Place(channel=incident.typed_in, ts="")
        for user in [person.id for person in incident.participants if is_user(person.id)]:
            effect = f"unseen:{incident.channel}:{user}"
            await self._postings.post(incident, effect, message, user)
            if place.channel.startswith(("C", "G")):
                await self._postings.whisper(incident, f"{effect}:here", message, place, user)
