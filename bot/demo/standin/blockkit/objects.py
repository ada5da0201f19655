"""Composition objects (docs.slack.dev/reference/block-kit/composition-objects)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.demo.standin.blockkit.rules import Problem, Rule, Shape, array, boolean, choice, string, typed

URL = string(3000)
ID = string(255, least=0)
OPTION_TEXT = OPTION_DESCRIPTION = 75
OPTION_VALUE = 150
"""docs.slack.dev/reference/block-kit/composition-objects/option-object"""


def plain(most: int, least: int = 1) -> Rule:
    """A `plain_text` object (…/text-object)."""
    return typed({"plain_text": Shape({"text": string(most, least)}, {"emoji": boolean})})


def text(most: int, least: int = 1) -> Rule:
    """A `plain_text` or `mrkdwn` object."""
    body = string(most, least)
    return typed(
        {
            "plain_text": Shape({"text": body}, {"emoji": boolean}),
            "mrkdwn": Shape({"text": body}, {"verbatim": boolean}),
        }
    )


CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
"""…/confirmation-dialog-object"""

_OPTION = {"text": plain(OPTION_TEXT), "value": string(OPTION_VALUE)}
OPTION = Shape(_OPTION, {"description": plain(OPTION_DESCRIPTION)})
RICH_OPTION = Shape(_OPTION | {"text": text(OPTION_TEXT)}, {"description": text(OPTION_DESCRIPTION)})
"""Checkboxes and radio buttons may show mrkdwn."""
URL_OPTION = Shape(_OPTION, {"description": plain(OPTION_DESCRIPTION), "url": URL})
"""Only overflow menus follow links."""
OPTION_GROUP = Shape({"label": plain(75), "options": array(OPTION, 100)})
"""…/option-group-object"""
DISPATCH_CONFIG = Shape({}, {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2)})
"""…/dispatch-action-configuration-object"""
FILTER = Shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
"""…/conversation-filter-object"""


def _one_source(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if not value:
        yield Problem("missing required field: id", at)


SLACK_FILE = Shape({}, {"id": string(255), "url": URL}, also=_one_source)
"""…/slack-file-object"""
