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
    number,
    string,
    typed,
    whole,
)

SECTION_TEXT, FIELD_TEXT, FIELDS = 3000, 2000, 10
HEADER_TEXT, CONTEXT_ELEMENTS, ACTION_ELEMENTS = 150, 10, 25
MARKDOWN_TEXT, TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT = 12_000, 100, 20, 10_000
EVERYWHERE = frozenset({"section", "actions", "context", "divider", "header", "image", "input", "rich_text", "video"})
SURFACES: dict[str, frozenset[str]] = {
    "message": EVERYWHERE | {"markdown", "table", "context_actions", "task_card", "plan"},
    "modal": EVERYWHERE | {"alert"},
    "home": EVERYWHERE | {"table"},
}
"""Where each block may stand, from its page. A `file` block only ever comes from Slack; apps cannot send it. Newer
display blocks (card, carousel, container, data_table, data_visualization) are not modelled: `unsupported type`."""

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
        "raw_text": Shape({"text": string(TABLE_TEXT)}),
        "raw_number": Shape({"value": number}, {"text": string(TABLE_TEXT)}),
        "rich_text": RICH_TEXT_BODY,
    }
)
_COLUMN_SETTINGS = Shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, at: str) -> Iterator[Problem]:
    """null skips a column."""
    if value is not None:
        yield from _COLUMN_SETTINGS(value, at)


def _input(value: dict[str, Any], at: str) -> Iterator[Problem]:
    """A file input never dispatches (docs.slack.dev/reference/block-kit/blocks/input-block)."""
    element = value.get("element")
    if value.get("dispatch_action") and isinstance(element, dict) and element.get("type") == "file_input":
        yield Problem("unsupported type: file_input", f"{at}/element/type")


def _task(*statuses: str) -> Shape:
    fields: dict[str, Rule] = {
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": array(typed(ELEMENTS, frozenset({"url"})), 100, 0),
        "status": choice(*statuses),
    }
    return Shape({"task_id": string(255), "title": string(255)}, _ID | fields)


_STATUSES = ("in_progress", "complete", "error")
_PLANNED = typed({"task_card": _task("pending", *_STATUSES)})


def _planned(value: Any, at: str) -> Iterator[Problem]:
    """A task of a plan: its type goes without saying, and it may be pending (measured: a task card alone may not)."""
    yield from _PLANNED({"type": "task_card"} | value if isinstance(value, dict) else value, at)


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
    "header": Shape({"text": plain(HEADER_TEXT)}, _ID | {"level": whole(1, 4)}),
    "image": Shape(
        {"alt_text": string(2000)},
        _ID | {"image_url": URL, "slack_file": anything, "title": plain(2000)},
        also=_one_image,
    ),
    "input": Shape(
        {"label": plain(2000), "element": typed(ELEMENTS, IN_INPUT)},
        _ID | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        also=_input,
    ),
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
        _ID | {"column_settings": array(_column, TABLE_COLUMNS, 0)},
    ),
    "task_card": _task(*_STATUSES),
    "plan": Shape(
        {"title": string(255)},
        _ID | {"tasks": array(_planned, 50, 0), "status": choice("pending", *_STATUSES)},
    ),
    "alert": Shape({"text": text(200)}, _ID | {"level": choice("default", "info", "warning", "error", "success")}),
}
"""By type."""


def block_rule(surface: str) -> Rule:
    """What a single block on this surface (message, modal, home) must obey."""
    return typed(BLOCKS, SURFACES[surface])
