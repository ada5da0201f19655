"""The words of `/incident` that only look: lists, heads, drafts, action items. Nothing is recorded."""

from __future__ import annotations

from bot.domain.words import WORDS
from bot.slack.drawing import cards
from bot.slack.drawing.blocks import Message, button, context, section
from bot.slack.drawing.card import head
from bot.slack.drawing.cards.listing import action_row
from bot.slack.drawing.mrkdwn import code, one_line, size
from bot.slack.ids import Click, Verb
from bot.slack.listening.front import Asked, Front, Reply, place, say

ACTIONS_SHOWN = 20
PICKED = 10
SAID = 1500
"""Characters of what was said that a button can carry (a value holds 2,000)."""


async def list_open(front: Front, asked: Asked, rest: str) -> Reply:
    """The open incidents."""
    return Reply(cards.incident_list(await front.open_incidents()))


async def show(front: Front, asked: Asked, rest: str) -> Reply:
    """The head, for the asker alone."""
    incident, _ = await front.find(asked, rest)
    if incident is None:
        return Reply(await which(front, "show"))
    return Reply(head(incident, front.clock.now(), await front.around.options_of(asked.channel)))


async def actions(front: Front, asked: Asked, rest: str) -> Reply:
    """The open action items: of one incident, or of all that may be listed."""
    incident, _ = await front.find(asked, rest)
    incidents = [incident] if incident is not None else await front.recent_incidents()
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
    incident, _ = await front.find(asked, rest)
    if incident is None:
        return Reply(await which(front, "postmortem"))
    if incident.live:
        return Reply(say(f"The draft of {place(incident)} is written minutes after it is closed."))
    options = await front.around.options_of(asked.channel)
    return Reply(cards.close_summary(incident, front.clock.now(), options))


async def which(front: Front, word: str, rest: str = "") -> Message:
    """Several incidents are open, or none: a picker, which says the same words to the one that is meant."""
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
