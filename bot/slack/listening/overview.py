"""The words of `/incident` that only look: lists, heads, drafts, action items. Nothing is recorded."""

from __future__ import annotations

from bot.domain.incident import Incident
from bot.domain.words import WORDS
from bot.slack.drawing import cards
from bot.slack.drawing.blocks import Message, button, context, section
from bot.slack.drawing.card import head
from bot.slack.drawing.cards.listing import action_row
from bot.slack.drawing.mrkdwn import code, one_line, shorten, size
from bot.slack.ids import Click, Verb
from bot.slack.listening.front import Asked, Front, Meant, Reply, place, say

ACTIONS_SHOWN = 20
PICKED = 10
SAID = 1500
"""Characters of what was said that a button can carry (a value holds 2,000)."""


async def show(front: Front, asked: Asked, rest: str) -> Reply:
    """The head, for the asker alone."""
    incident = await _named(front, asked, "show", rest)
    if isinstance(incident, Message):
        return Reply(incident)
    return Reply(head(incident, front.clock.now(), await front.around.options_of(asked.channel)))


async def actions(front: Front, asked: Asked, rest: str) -> Reply:
    """The open action items: of one incident, or of all that may be listed."""
    meant = await front.find(asked, rest, alone=True)
    if odd := misnamed(meant, "actions"):
        return Reply(odd)
    incidents = [meant.incident] if meant.incident else await front.recent_incidents()
    items = [(one, item) for one in incidents for item in one.actions if not item.closed]
    if not items:
        return Reply(say("No action item is open."))
    rows = [action_row(one, item) for one, item in items[:ACTIONS_SHOWN]]
    left = len(items) - ACTIONS_SHOWN
    more = [context(f"… {left} more")] if left > 0 else []
    count = f"{len(items)} action {'item' if len(items) == 1 else 'items'} open"
    return Reply(Message(count, [section(f"*{count}*"), *rows, *more]))


async def postmortem(front: Front, asked: Asked, rest: str) -> Reply:
    """How far the draft and the proposal are."""
    incident = await _named(front, asked, "postmortem", rest)
    if isinstance(incident, Message):
        return Reply(incident)
    if incident.live:
        return Reply(say(f"The draft of {place(incident)} is written minutes after it is closed."))
    options = await front.around.options_of(asked.channel)
    return Reply(cards.close_summary(incident, front.clock.now(), options))


async def _named(front: Front, asked: Asked, word: str, rest: str) -> Incident | Message:
    """The incident that a word which only looks is about, or what to say instead."""
    meant = await front.find(asked, rest, alone=True)
    return misnamed(meant, word) or meant.incident or await which(front, word, meant)


def misnamed(meant: Meant, word: str) -> Message | None:
    """What is told when something else than an incident was named; None when that is not so."""
    if meant.unknown:
        named = code(shorten(meant.unknown, 40))
        return say(f"There is no incident {named}. {code('/incident list')} shows the open ones.")
    if meant.rest:
        return say(f"{code(word)} takes no text, only an incident: {code(f'/incident {word} INC-42')}.")
    return None


async def which(front: Front, word: str, meant: Meant) -> Message:
    """Several incidents are open, or none: a picker, which says the same words to the one that is meant. An incident
    that was named and is none is told."""
    if meant.unknown and (odd := misnamed(meant, word)):
        return odd
    rest = meant.rest
    incidents = [one for one in await front.open_incidents() if one.live][:PICKED]
    if not incidents:
        return say(f"No incident is open here. {code('/incident open <service> <what you see>')} opens one.")
    said = f"{word} {rest}".strip()
    carried = size(said) <= SAID
    rows = [
        section(
            f"*{one.name}* {one_line(one.service, 80)}: {one_line(one.symptom, 80)}",
            button("This one", Click(Verb.PICK, one.id, argument=said), spoken=f"This one: {one.name}")
            if carried
            else None,
        )
        for one in incidents
    ]
    asked = "Which incident? Nothing was recorded yet." if word in WORDS else "Which incident?"
    example = f"/incident {word} {incidents[0].name}{' …' if rest else ''}"
    return Message(asked, [section(f"{asked} Or name it: {code(example)}"), *rows])
