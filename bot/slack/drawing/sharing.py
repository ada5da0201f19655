"""Where an answer for one person can go beside that person."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.incident import Incident
from bot.slack.drawing.blocks import Json, Message, actions, button
from bot.slack.drawing.mrkdwn import shorten
from bot.slack.ids import Click, Verb


@dataclass(frozen=True, slots=True)
class Sharing:
    """Where an answer can go beside the asker. `question` is what was asked: the answer is made anew from it."""

    question: str = ""
    incident: Incident | None = None
    """The incident whose thread it can be posted in."""
    channel: bool = False
    """True when it can be shared in the channel."""


NOWHERE = Sharing()


def with_sharing(message: Message, sharing: Sharing, *more: Json | None) -> Message:
    """The same with its buttons."""
    question = shorten(sharing.question, 1500)
    share = button("Share in channel", Click(Verb.SHARE, argument=question)) if sharing.channel else None
    thread = None
    if sharing.incident:
        click = Click(Verb.POST_IN_THREAD, sharing.incident.id, argument=question)
        thread = button(f"Post in {sharing.incident.name}'s thread", click)
    row = actions(*more, thread, share)
    return Message(message.text, [*message.blocks, row] if row["elements"] else message.blocks)
