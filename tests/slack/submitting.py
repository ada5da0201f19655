"""A modal filled in by a person: what Slack sends when it is submitted."""

from __future__ import annotations

from typing import Any

from bot.domain.commands import Command
from bot.slack.drawing.gate import gate
from bot.slack.listening.forms import Invalid, Submission, read
from tests.slack.drawn import START, picture

Json = dict[str, Any]


def submitted(view: Json, **typed: Any) -> Json:
    """The `view` of a view_submission. A field that is not typed keeps its initial value, as in Slack; a choice is
    named by its value, several by a list."""
    sent = gate(view)
    inputs = {block["block_id"]: block["element"] for block in sent["blocks"] if block["type"] == "input"}
    unknown = set(typed) - {name.replace("-", "_") for name in inputs}
    assert not unknown, f"the form has no {unknown}"
    values = {name: {"value": _state(element, typed.get(name.replace("-", "_")))} for name, element in inputs.items()}
    return {
        "callback_id": sent["callback_id"],
        "private_metadata": sent["private_metadata"],
        "state": {"values": values},
    }


def _state(element: Json, typed: Any) -> Json:
    kind = element["type"]
    match kind:
        case "static_select" | "radio_buttons":
            chosen = element.get("initial_option") if typed is None else _option(element, typed)
            return {"type": kind, "selected_option": chosen}
        case "checkboxes":
            ticked = element.get("initial_options", []) if typed is None else [_option(element, one) for one in typed]
            return {"type": kind, "selected_options": ticked}
        case "datetimepicker":
            seconds = element.get("initial_date_time") if typed is None else typed // 1000
            return {"type": kind, "selected_date_time": seconds}
        case "users_select":
            return {"type": kind, "selected_user": typed or element.get("initial_user")}
        case "conversations_select":
            return {"type": kind, "selected_conversation": typed}
        case _:
            return {"type": kind, "value": element.get("initial_value") if typed is None else typed}


def _option(element: Json, value: str) -> Json:
    return next(option for option in element["options"] if option["value"] == value)


def shown(view: Json) -> str:
    submit = f" | {view['submit']['text']}" if "submit" in view else ""
    return f"{view['title']['text']}{submit}\n{picture(view['blocks'])}"


def said(view: Json, now: int = START, **typed: Any) -> Submission:
    understood = read(submitted(view, **typed), now)
    assert isinstance(understood, Submission), understood
    return understood


def commands(view: Json, now: int = START, **typed: Any) -> tuple[Command, ...]:
    return said(view, now, **typed).commands


def errors(view: Json, now: int = START, **typed: Any) -> dict[str, str]:
    understood = read(submitted(view, **typed), now)
    assert isinstance(understood, Invalid), understood
    return understood.errors
