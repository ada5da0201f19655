"""Block elements (docs.slack.dev/reference/block-kit/block-elements), each with its own page's limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.demo.standin.blockkit.objects import (
    CONFIRM,
    DISPATCH_CONFIG,
    FILTER,
    ID,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    SLACK_FILE,
    URL,
    URL_OPTION,
    plain,
)
from bot.demo.standin.blockkit.rich_text import RICH_TEXT
from bot.demo.standin.blockkit.rules import (
    Problem,
    Rule,
    Shape,
    anything,
    array,
    boolean,
    choice,
    string,
    whole,
)

_ACTION: dict[str, Rule] = {"action_id": ID}
_FOCUS: dict[str, Rule] = {**_ACTION, "focus_on_load": boolean}
_PICK: dict[str, Rule] = {**_FOCUS, "confirm": CONFIRM, "placeholder": plain(150)}
_MULTI: dict[str, Rule] = {**_PICK, "max_selected_items": whole(1, 1000)}
_TYPE: dict[str, Rule] = {**_FOCUS, "placeholder": plain(150), "dispatch_action_config": DISPATCH_CONFIG}
_NAME = string(255)
_NAMES = array(_NAME, 1000)


def _known_choice(value: dict[str, Any], at: str) -> Iterator[Problem]:
    """An initial choice has to be one of the options, field for field."""
    options = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        options += group.get("options", []) if isinstance(group, dict) else []
    wanted = [value["initial_option"]] if "initial_option" in value else list(value.get("initial_options") or [])
    for name in ("initial_option", "initial_options"):
        if name in value and any(option not in options for option in wanted):
            yield Problem("initial option must match one of the options", f"{at}/{name}")
    values = [option.get("value") for option in options if isinstance(option, dict)]
    if len(values) != len(set(values)):
        yield Problem("option values must be unique", f"{at}/options")


def _options_or_groups(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if ("options" in value) == ("option_groups" in value):
        yield Problem("must define either `options` or `option_groups`", at)
    yield from _known_choice(value, at)


def _image_source(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if ("image_url" in value) == ("slack_file" in value):
        yield Problem("must define either `image_url` or `slack_file`", at)


def _lengths(value: dict[str, Any], at: str) -> Iterator[Problem]:
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Problem("min_length must not be greater than max_length", at)


_MENU: dict[str, Rule] = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}
IMAGE = Shape({"alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}, also=_image_source)
_DATE = string(10, 10, r"\d{4}-\d{2}-\d{2}")
_TIME = string(5, 5, r"\d{2}:\d{2}")
_BUTTON_TEXT = plain(75)

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {"text": _BUTTON_TEXT},
        {
            **_ACTION,
            "url": URL,
            "value": string(2000, 0),
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "checkboxes": Shape(
        {"options": array(RICH_OPTION, 10)},
        {**_FOCUS, "confirm": CONFIRM, "initial_options": array(RICH_OPTION, 10)},
        also=_known_choice,
    ),
    "radio_buttons": Shape(
        {"options": array(RICH_OPTION, 10)},
        {**_FOCUS, "confirm": CONFIRM, "initial_option": RICH_OPTION},
        also=_known_choice,
    ),
    "overflow": Shape({"options": array(URL_OPTION, 5)}, {**_ACTION, "confirm": CONFIRM}, also=_known_choice),
    "static_select": Shape({}, {**_PICK, **_MENU, "initial_option": OPTION}, also=_options_or_groups),
    "multi_static_select": Shape(
        {}, {**_MULTI, **_MENU, "initial_options": array(OPTION, 100)}, also=_options_or_groups
    ),
    "external_select": Shape({}, {**_PICK, "min_query_length": whole(0, 255), "initial_option": OPTION}),
    "multi_external_select": Shape(
        {}, {**_MULTI, "min_query_length": whole(0, 255), "initial_options": array(OPTION, 100)}
    ),
    "users_select": Shape({}, {**_PICK, "initial_user": _NAME}),
    "multi_users_select": Shape({}, {**_MULTI, "initial_users": _NAMES}),
    "conversations_select": Shape(
        {},
        {
            **_PICK,
            "initial_conversation": _NAME,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "multi_conversations_select": Shape(
        {},
        {**_MULTI, "initial_conversations": _NAMES, "default_to_current_conversation": boolean, "filter": FILTER},
    ),
    "channels_select": Shape({}, {**_PICK, "initial_channel": _NAME, "response_url_enabled": boolean}),
    "multi_channels_select": Shape({}, {**_MULTI, "initial_channels": _NAMES}),
    "datepicker": Shape({}, {**_PICK, "initial_date": _DATE}),
    "timepicker": Shape({}, {**_PICK, "initial_time": _TIME, "timezone": _NAME}),
    "datetimepicker": Shape(
        {}, {**_FOCUS, "confirm": CONFIRM, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}
    ),
    "plain_text_input": Shape(
        {},
        {
            **_TYPE,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        also=_lengths,
    ),
    "email_text_input": Shape({}, {**_TYPE, "initial_value": string(255, 0)}),
    "url_text_input": Shape({}, {**_TYPE, "initial_value": string(3000, 0)}),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        {**_TYPE, "initial_value": string(255, 0), "min_value": string(255, 0), "max_value": string(255, 0)},
    ),
    "rich_text_input": Shape(
        {"action_id": ID}, {**_TYPE, "initial_value": RICH_TEXT, "min_lines": whole(1, 100), "max_lines": whole(1, 100)}
    ),
    "file_input": Shape({}, {**_ACTION, "filetypes": array(string(255), 100), "max_files": whole(1, 10)}),
    "workflow_button": Shape(
        {"text": _BUTTON_TEXT, "workflow": anything},
        {**_ACTION, "style": choice("primary", "danger"), "accessibility_label": string(75)},
    ),
    "feedback_buttons": Shape({"positive_button": anything, "negative_button": anything}, _ACTION),
    "icon_button": Shape(
        {"icon": choice("trash"), "text": _BUTTON_TEXT},
        {
            **_ACTION,
            "value": string(2000, 0),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": _NAMES,
        },
    ),
    "image": IMAGE,
    "url": Shape({"url": URL, "text": string(255)}),
}
"""By type; `action_id` is optional nearly everywhere, Slack makes one up."""

_SELECTS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker"})
_BOXES = frozenset({"checkboxes", "radio_buttons"})

IN_ACTIONS = (
    _SELECTS | _PICKERS | _BOXES | {"button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"}
)
IN_SECTION = _SELECTS | _PICKERS | _BOXES | {"button", "overflow", "image", "workflow_button"}
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})
IN_INPUT = (
    _SELECTS
    | _PICKERS
    | _BOXES
    | {"datetimepicker", "file_input", "rich_text_input", "plain_text_input"}
    | {"email_text_input", "url_text_input", "number_input"}
)
"""Which elements each block takes: "compatible elements" on every block's page."""
