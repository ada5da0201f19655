"""Cards to look at: as text, of the night they belong to."""

from __future__ import annotations

from bot.domain.commands import CallContact
from bot.domain.vocabulary import Actor
from bot.slack.drawing.blocks import Message
from bot.slack.drawing.cards import call_card, rollback_card
from bot.slack.drawing.show import DEFAULT, Options
from tests.slack.drawn import Night, picture

LEE = Actor(id="U0LEE", name="Lee")
FIRST = CallContact(who="Primary on-call: Dana", phone="+44 20 7946 0101")


def drawn(message: Message | None) -> str:
    assert message is not None
    return f"» {message.text}\n{picture(message.blocks)}"


def call(told: Night, options: Options = DEFAULT) -> str:
    return drawn(call_card(told.incident, told.now, options))


def rollback(told: Night) -> str:
    return drawn(rollback_card(told.incident, told.now, DEFAULT))
