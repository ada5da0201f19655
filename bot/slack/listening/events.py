"""Events: mentions with the words of `/incident`, talk in threads, marks by emoji, edits, direct messages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain import commands as c
from bot.domain.incident import Incident
from bot.domain.reading import first_word
from bot.domain.vocabulary import MarkKind
from bot.engine.orders import Order
from bot.engine.ports import Index, StoreUnavailable
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.drawing import modals
from bot.slack.drawing.mrkdwn import escape
from bot.slack.ids import Meta
from bot.slack.listening import runbooks
from bot.slack.listening.commands import incident_command
from bot.slack.listening.deliveries import asked_by_event, milliseconds
from bot.slack.listening.front import Asked, Front, Reply, say
from bot.slack.listening.guard import seen, whisper
from bot.slack.listening.homepage import publish
from bot.slack.listening.typed import flat, typed
from bot.slack.workspace.api import SlackAnswer

Json = dict[str, Any]

MARKS: dict[str, MarkKind] = {
    "pushpin": MarkKind.FACT,
    "memo": MarkKind.ACTION,
    "question": MarkKind.QUESTION,
    "bulb": MarkKind.IDEA,
}
"""Emoji on a message in an incident's thread, and what it makes of the message (incident guide, "Timeline")."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
)
"""What the app subscribes to; the manifest is made from this."""

RECEIPT = "white_check_mark"
NO_FORM = (
    "This needs a form, and a mention cannot open one. Say it with its words (`help` has them), or use `/incident`."
)
OPEN_SHORTCUT = "open_incident"
OPEN_GLOBAL_SHORTCUT = "open_incident_anywhere"
TIMELINE_SHORTCUT = "add_to_timeline"

_MENTION = re.compile(r"^\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>\s*")


def register(app: AsyncApp, front: Front) -> None:
    """Listen to what happens in channels."""

    async def on_mention(event: Json) -> None:
        await mention(front, event)

    async def on_message(event: Json) -> None:
        await message(front, event)

    async def on_reaction_added(event: Json) -> None:
        await reaction(front, event, added=True)

    async def on_reaction_removed(event: Json) -> None:
        await reaction(front, event, added=False)

    async def on_home(event: Json) -> None:
        if event.get("tab") == "home":
            await publish(front, str(event["user"]))

    listeners: dict[str, Callable[[Json], Awaitable[None]]] = {
        "app_home_opened": on_home,
        "app_mention": on_mention,
        "message": on_message,
        "reaction_added": on_reaction_added,
        "reaction_removed": on_reaction_removed,
    }
    for name, listener in listeners.items():
        app.event(name)(listener)


async def mention(front: Front, event: Json) -> None:
    """`@section3 <words>`: the receipt is a mark on the message; only what cannot be recorded gets words."""
    asked = await _asked(front, event)
    text = await typed(front, _MENTION.sub("", str(event.get("text", ""))))
    word, rest = first_word(text)
    if word in ("runbook", "/runbook"):
        answer = runbooks.runbook_command(front, asked, rest)
    else:
        answer = incident_command(front, asked, rest if word == "/incident" else text)
    try:
        reply = await answer
    except StoreUnavailable as error:
        # Slack repeats an event that was not taken; the person is told now, because that may take minutes.
        so_far = "It is not known whether this was recorded." if error.unsure else "Not recorded yet."
        await whisper(front, asked, say(f"{so_far} {escape(str(error))} Slack repeats this for some minutes."))
        raise
    await _tell(front, asked, str(event["ts"]), reply)


async def message(front: Front, event: Json) -> None:
    """Talk in a thread is counted, not kept; an edit or a deletion follows into the timeline; a direct message is
    answered like a command."""
    subtype = event.get("subtype")
    if subtype == "message_changed":
        await _edited(front, event)
    elif subtype == "message_deleted":
        await _deleted(front, event)
    elif subtype in (None, "file_share", "thread_broadcast") and not event.get("bot_id"):
        if event.get("channel_type") == "im":
            await mention(front, event)
        elif event.get("thread_ts"):
            await _talk(front, event)


async def reaction(front: Front, event: Json, added: bool) -> None:
    """An emoji that means something, on a message of an incident's thread."""
    kind = MARKS.get(_emoji(event.get("reaction")))
    item = event.get("item") or {}
    if kind is None or item.get("type") != "message":
        return
    channel, ts = str(item["channel"]), str(item["ts"])
    found = await _message(front, channel, ts)
    if found is None:
        return
    incident = await thread_incident(front, channel, str(found.get("thread_ts") or ts))
    if incident is None:
        return
    left = [MARKS[name] for one in found.get("reactions", ()) if (name := _emoji(one.get("name"))) in MARKS]
    if not added and kind in left:
        return  # Somebody else's is still on it.
    asked = await _asked(front, event)
    kept = kind if added else left[0] if left else None
    if kept is None:
        command: c.Command = c.RemoveMark(message=f"{channel}:{ts}", kind=kind)
    else:
        command = await _mark(front, found, channel, ts, kept)
    order = Order(command, asked.by, "slack", asked.dedup, milliseconds(ts) if kept else None)
    await front.desk.handle(incident.id, order)


def _emoji(name: object) -> str:
    """The emoji without its skin tone ("memo::skin-tone-2")."""
    return str(name or "").partition("::")[0]


async def shortcut(front: Front, asked: Asked, body: Json) -> Reply:
    """A shortcut on a message, or the global one."""
    callback, found = str(body.get("callback_id", "")), body.get("message") or {}
    if callback == TIMELINE_SHORTCUT:
        return await _add_to_timeline(front, asked, found)
    if callback not in (OPEN_SHORTCUT, OPEN_GLOBAL_SHORTCUT):
        return Reply(say("This shortcut is from another version of section3."))
    here = front.guide.shelf.for_channel(asked.channel, f"#{asked.channel_name}")
    services = sorted(runbook.service for runbook in front.guide.shelf.runbooks)
    link = await _permalink(front, asked.channel, str(found.get("ts", ""))) if found else ""
    meta = Meta(channel=asked.channel, extra={"source": link} if link else {})
    symptom = flat(await typed(front, str(found.get("text", ""))))
    view = modals.declare(services, here.service if here else "", None, meta, symptom=symptom)
    return Reply(view=view)


async def thread_incident(front: Front, channel: str, thread: str) -> Incident | None:
    """The incident whose thread that is."""
    found = await front.desk.journal.members(Index.THREAD, f"{channel}:{thread}", limit=1)
    return await front.desk.incident(found[0]) if found else None


async def _add_to_timeline(front: Front, asked: Asked, found: Json) -> Reply:
    """A form: what it is, and in which incident; the one of the thread is chosen already."""
    incident = await thread_incident(front, asked.channel, asked.thread)
    others = [one for one in await front.open_incidents() if incident is None or one.id != incident.id]
    ts = str(found.get("ts", ""))
    mark = await _mark(front, found, asked.channel, ts, MarkKind.FACT)
    extra = {"message": mark.message, "author": mark.author, "author_id": mark.author_id, "link": mark.link}
    meta = Meta(channel=asked.channel, extra=extra)
    listed = [incident, *others] if incident is not None else others
    return Reply(view=modals.mark(listed, incident.id if incident else "", mark.text, meta))


async def _mark(front: Front, found: Json, channel: str, ts: str, kind: MarkKind) -> c.MarkMessage:
    author = str(found.get("user", ""))
    return c.MarkMessage(
        message=f"{channel}:{ts}",
        kind=kind,
        text=flat(await typed(front, str(found.get("text", "")))),
        author=(await front.people.actor(author)).name if author else "",
        author_id=author,
        link=await _permalink(front, channel, ts),
    )


async def _talk(front: Front, event: Json) -> None:
    incident = await thread_incident(front, str(event["channel"]), str(event["thread_ts"]))
    if incident is not None and incident.live:
        asked = await _asked(front, event)
        await front.desk.handle(incident.id, Order(c.Talk(ts=str(event["ts"])), asked.by, "slack", asked.dedup))


async def _edited(front: Front, event: Json) -> None:
    now = event.get("message") or {}
    await _follow(front, event, now, str(now.get("text", "")))


async def _deleted(front: Front, event: Json) -> None:
    await _follow(front, event, event.get("previous_message") or {}, None)


async def _follow(front: Front, event: Json, about: Json, text: str | None) -> None:
    """A change of a message that is marked changes its row of the timeline; without a text it is gone."""
    channel, ts = str(event["channel"]), str(about.get("ts") or event.get("deleted_ts") or "")
    incident = await thread_incident(front, channel, str(about.get("thread_ts") or ts))
    key = f"{channel}:{ts}"
    if incident is None or key not in incident.marks:
        return
    user = str(about.get("user") or (about.get("edited") or {}).get("user") or "")
    by = await front.people.actor(user) if user else incident.declared_by
    dedup = f"event:{event.get('subtype')}:{channel}:{event.get('event_ts') or event.get('ts')}"
    gone = text is None
    command = c.RemoveMark(message=key) if gone else c.EditMark(message=key, text=flat(await typed(front, text or "")))
    await front.desk.handle(incident.id, Order(command, by, "slack", dedup))


async def _message(front: Front, channel: str, ts: str) -> Json | None:
    """The message behind a reaction. `conversations.replies` finds replies too; `conversations.history` would not."""
    answer = await front.api.get("conversations.replies", channel=channel, ts=ts, limit="1", inclusive="true")
    return next((one for one in answer.get("messages", ()) if one.get("ts") == ts), None)


async def _permalink(front: Front, channel: str, ts: str) -> str:
    try:
        answer = await front.api.get("chat.getPermalink", channel=channel, message_ts=ts)
    except (RetryLater, GiveUp):
        return ""
    return str(answer.get("permalink", ""))


async def _asked(front: Front, event: Json) -> Asked:
    user = str(event.get("user") or "")
    asked = asked_by_event(event, user, str(event.get("ts") or event.get("event_ts") or "0"))
    return await seen(front, asked) if user else asked


async def _tell(front: Front, asked: Asked, ts: str, reply: Reply) -> None:
    """Answer a mention: a mark when it was recorded, words for the asker alone when there is something to say. What
    cannot be sent is let go: the fact is recorded."""
    try:
        if reply.recorded and not asked.in_dm:
            await front.api.call("reactions.add", channel=asked.channel, timestamp=ts, name=RECEIPT)
        elif reply.message is not None:
            await whisper(front, asked, reply.message)
        elif reply.view is not None:
            await whisper(front, asked, say(NO_FORM))
    except (RetryLater, GiveUp) as error:
        if not (isinstance(error, SlackAnswer) and error.code == "already_reacted"):
            front.log.warning("answer_lost", reason=str(error))
