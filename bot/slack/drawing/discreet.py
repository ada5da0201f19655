"""No phone numbers where another organisation reads, also not those in the runbook author's sentences."""

from __future__ import annotations

import re
from typing import Any

from bot.slack.drawing.blocks import Message
from bot.slack.drawing.show import NO_PHONE_HERE, Options

_NUMBER = re.compile(r"\+[0-9][0-9 ()./-]{6,25}[0-9]")
"""An international number. Those without "+" look like any other number, so authors are asked to write it."""


def discreet(message: Message, options: Options) -> Message:
    """The message as it may be seen in its channel. Commands stay as they are."""
    if not options.shared:
        return message
    return Message(_hidden(message.text), [_hidden(block) for block in message.blocks])


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return _NUMBER.sub(NO_PHONE_HERE, value)
        case {"type": "rich_text"}:
            return value
        case dict():
            return {key: _hidden(item) if key not in ("value", "action_id") else item for key, item in value.items()}
        case list():
            return [_hidden(item) for item in value]
        case _:
            return value
