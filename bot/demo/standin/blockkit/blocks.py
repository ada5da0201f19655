"""The blocks (docs.slack.dev/reference/block-kit/blocks), each with its own page's limits and surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.demo.standin.blockkit.elements import (
    ELEMENTS,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from bot.demo.standin.blockkit.objects import URL, plain, text
from bot.demo.standin.blockkit.rich_text import RICH_TEXT, RICH_TEXT_BODY
from bot.demo.standin.blockkit.rules import (
    Problem,
    Rule,
    Shape,
    anything,
    array,
    boolean,
    choice,
    string,
    typed,
)

SECTION_TEXT, FIELD_TEXT, FIELDS = 3000, 2000, 10
HEADER_TEXT, CONTEXT_ELEMENTS, ACTION_ELEMENTS = 150, 10, 25
MARKDOWN_TEXT, TABLE_ROWS, TABLE_COLUMNS = 12_000, 100, 20
MESSAGE_ONLY = frozenset({"markdown", "table", "context_actions", "task_card", "plan"})
"""Blocks whose page names messages as their only surface."""

_ID: dict[str, Rule] = {"block_id": string(255, 0)}


def _section(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if "text" not in value and "fields" not in value:
        yield Problem("missing required field: text", at)


def _one_image(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if ("image_url" in value) == ("slack_file" in value):
        yield Problem("must define either `image_url` or `slack_file`", at)


def _context_element(value: Any, at: str) -> Iterator[Problem]:
    if isinstance(value, dict) and value.get("type") == "image":
        yield from IMAGE({name: item for name, item in value.items() if name != "type"}, at)
    else:
        yield from text(SECTION_TEXT)(value, at)


_CELL = typed(
    {
        "raw_text": Shape({"text": string(2000, 0)}),
        "raw_number": Shape({"value": anything}, {"text": string(2000, 0)}),
        "rich_text": RICH_TEXT_BODY,
    }
)
_COLUMN = Shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})
_TASK_FIELDS: dict[str, Rule] = {
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": array(typed(ELEMENTS, frozenset({"url"})), 100, 0),
    "status": choice("pending", "in_progress", "complete", "error"),
}
TASK_CARD = Shape({"task_id": string(255), "title": string(255)}, _ID | _TASK_FIELDS)

BLOCKS: dict[str, Shape] = {
    "section": Shape(
        {},
        _ID
        | {
            "text": text(SECTION_TEXT),
            "fields": array(text(FIELD_TEXT), FIELDS),
            "accessory": typed(ELEMENTS, IN_SECTION),
            "expand": boolean,
        },
        also=_section,
    ),
    "actions": Shape({"elements": array(typed(ELEMENTS, IN_ACTIONS), ACTION_ELEMENTS)}, _ID),
    "context": Shape({"elements": array(_context_element, CONTEXT_ELEMENTS)}, _ID),
    "context_actions": Shape({"elements": array(typed(ELEMENTS, IN_CONTEXT_ACTIONS), 5)}, _ID),
    "divider": Shape({}, _ID),
    "header": Shape({"text": plain(HEADER_TEXT)}, _ID),
    "image": Shape(
        {"alt_text": string(2000)},
        _ID | {"image_url": URL, "slack_file": anything, "title": plain(2000)},
        also=_one_image,
    ),
    "input": Shape(
        {"label": plain(2000), "element": typed(ELEMENTS, IN_INPUT)},
        _ID | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "file": Shape({"external_id": string(255), "source": choice("remote")}, _ID),
    "rich_text": RICH_TEXT_BODY,
    "video": Shape(
        {"alt_text": string(2000), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
        _ID
        | {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(255),
            "title_url": URL,
        },
    ),
    "markdown": Shape({"text": string(MARKDOWN_TEXT)}, _ID),
    "table": Shape(
        {"rows": array(array(_CELL, TABLE_COLUMNS), TABLE_ROWS)},
        _ID | {"column_settings": array(_COLUMN, TABLE_COLUMNS, 0)},
    ),
    "task_card": TASK_CARD,
    "plan": Shape({"title": string(255)}, _ID | {"tasks": array(typed({"task_card": TASK_CARD}), 50, 0)}),
    "alert": Shape({"text": text(200)}, _ID | {"level": choice("default", "info", "warning", "error", "success")}),
}
"""By type. Newer display-only blocks (card, carousel, container, data_table) are not modelled: `unsupported type`."""


def block_rule(surface: str) -> Rule:
    """What a single block on this surface (message, modal, home) must obey."""
    allowed = frozenset(BLOCKS) if surface == "message" else frozenset(BLOCKS) - MESSAGE_ONLY
    return typed(BLOCKS, allowed)
