"""What input elements hold: their value at first, and after somebody chose (docs.slack.dev/reference/views)."""

from __future__ import annotations

from typing import Any

from bot.demo.standin.blockkit import elements_of
from bot.demo.standin.errors import Json

_VALUE = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "file_input": "files",
}
"""The property of an element's state that carries what was entered."""


def is_input(element: Json) -> bool:
    """Whether an element holds a value (a button does not)."""
    return element.get("type") in _VALUE


def holding(element: Json, value: Any) -> Json:
    """The state of an element that holds `value`."""
    return {"type": element["type"], _VALUE[element["type"]]: value}


def held(state: Json | None) -> Any:
    """What a state carries."""
    return state.get(_VALUE[state["type"]]) if state else None


def at_first(element: Json) -> Json:
    """The state of an element nobody has touched."""
    name = _VALUE[element["type"]]
    initial = element.get("initial_" + name.removeprefix("selected_").removeprefix("rich_text_"))
    if initial is None and name.endswith("s"):
        initial = []
    return holding(element, initial)


def values(blocks: list[Json], touched: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """`state.values` of a view or message: every input by block and action id."""
    found: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for _, element in elements_of(block):
            if is_input(element):
                own = touched.get(block["block_id"], {}).get(element["action_id"])
                found.setdefault(block["block_id"], {})[element["action_id"]] = own or at_first(element)
    return found


def acted(ws_ts: str, block: Json, element: Json, value: Any = None) -> Json:
    """One entry of `actions`: who was touched and what it holds now."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ws_ts,
    }
    for name in ("text", "style", "confirm", "value", "url", "placeholder"):
        if name in element:
            action[name] = element[name]
    if element["type"] == "overflow":
        action["selected_option"] = value
    elif is_input(element):
        action |= holding(element, value)
    return action
