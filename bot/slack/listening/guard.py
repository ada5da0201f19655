"""Around every listener: who asks and what the place is, and a sentence for the person when something fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from bot.domain.incident import Incident
from bot.domain.vocabulary import Actor, Surface
from bot.engine.ports import StoreUnavailable
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.drawing import modals
from bot.slack.drawing.blocks import Json, Message
from bot.slack.drawing.mrkdwn import escape
from bot.slack.ids import Meta
from bot.slack.listening.front import Asked, Front, Reply, say
from bot.slack.listening.typed import NAME_SECONDS
from bot.slack.workspace.api import SlackAnswer

TOO_LATE = "The form could not open in time (Slack allows three seconds). Nothing was changed: click again."
LATE_TRIGGERS = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})


async def seen(front: Front, asked: Asked) -> Asked:
    """The same with the person's display name, and with what the place is: in a shared channel no answer shows a phone
    number."""
    by = front.people.known(asked.by.id) or await _named(front, asked.by)
    channel = await front.around.channels.look(asked.channel)
    return replace(asked, by=by, shared=channel.shared, channel_name=asked.channel_name or channel.name)


async def _named(front: Front, by: Actor) -> Actor:
    """With the name that Slack gives in time."""
    try:
        async with asyncio.timeout(NAME_SECONDS):
            return await front.people.actor(by.id, by.name)
    except TimeoutError:
        return by


async def guarded(front: Front, asked: Asked, answer: Awaitable[Reply], surface: str = "") -> Reply:
    """The answer, or a sentence for the person about what was not saved. A view is opened here, because its trigger
    lasts three seconds. `surface`: "modal" or "home" when the click came from there, where nothing can be whispered."""
    try:
        reply = await answer
        view = reply.view
        if view is None and surface and reply.message is not None:
            view = modals.info("section3", reply.message.blocks, Meta())
        if view is not None:
            method = "views.push" if surface == "modal" else "views.open"
            await front.api.call(method, trigger_id=asked.trigger_id, view=view)
        return reply
    except StoreUnavailable as error:
        front.log.warning("not_recorded", by=asked.by.id, dedup=asked.dedup, reason=str(error))
        return Reply(say(escape(error.of_a_write)))
    except (RetryLater, GiveUp) as error:
        if isinstance(error, SlackAnswer) and error.code in LATE_TRIGGERS:
            return Reply(say(TOO_LATE))
        return Reply(say(f"{escape(str(error))}. Nothing was changed; try again."))
    except Exception as error:
        # At 3 a.m. nobody reads a traceback: it goes to the log, and the person is told what is certain.
        front.log.exception("listener_failed", dedup=asked.dedup)
        name = type(error).__name__
        return Reply(say(f"section3 failed on this ({name}) and may not have recorded it. Look, then try again."))


async def whisper(front: Front, asked: Asked, message: Message) -> None:
    """Something for one person. At most once: an ephemeral message cannot be looked for."""
    if not asked.channel:
        return
    thread = {"thread_ts": asked.thread} if asked.thread else {}
    where: Json = {"channel": asked.channel, "text": message.text, "blocks": message.blocks, **thread}
    try:
        if asked.in_dm:
            await front.api.call("chat.postMessage", **where)
        else:
            await front.api.call("chat.postEphemeral", user=asked.by.id, **where)
    except (RetryLater, GiveUp) as error:
        front.log.warning("ephemeral_lost", reason=str(error))


async def whisper_in(front: Front, asked: Asked, incident: Incident, message: Message) -> None:
    """The same in the incident's thread, for answers to a modal, which has no channel."""
    head = incident.shown.get(Surface.HEAD)
    if head is not None:
        await whisper(front, replace(asked, channel=head.channel, thread=head.ts), message)


def surface_of(body: dict[str, Any]) -> str:
    """Where a click was made: "modal", "home", or "" for a message."""
    return str((body.get("view") or {}).get("type", ""))
