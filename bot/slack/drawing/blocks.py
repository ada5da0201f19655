"""Builders of Block Kit objects: the few we use, with the right text type for each. Limits are the gate's business.

mrkdwn texts are `verbatim`, so that Slack itself turns nothing typed into a link or a mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.slack.drawing import mrkdwn
from bot.slack.ids import Click, Form, Meta, Verb, encode, encode_meta, encode_option

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A message: the blocks, and the text that a notification shows and a screen reader reads."""

    text: str
    blocks: list[Json] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, a radio group or checkboxes."""

    text: str
    value: str
    description: str = ""


def plain(text: str) -> Json:
    """Plain text in which ":bomb:" stays what was typed."""
    return {"type": "plain_text", "text": text or " ", "emoji": False}


def marked(text: str) -> Json:
    """mrkdwn. Whoever calls has escaped what people typed."""
    return {"type": "mrkdwn", "text": text or " ", "verbatim": True}


def section(text: str, accessory: Json | None = None) -> Json:
    """A paragraph, with a button or a menu at its right."""
    block = {"type": "section", "text": marked(text)}
    return {**block, "accessory": accessory} if accessory else block


def context(*texts: str) -> Json:
    """Small grey text."""
    return {"type": "context", "elements": [marked(text) for text in texts]}


def header(text: str) -> Json:
    """A bold line; plain text only."""
    return {"type": "header", "text": plain(text)}


def divider() -> Json:
    return {"type": "divider"}


def preformatted(*texts: str) -> Json:
    """Commands and diffs, verbatim: rich text takes every character as it is."""
    parts = [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]} for text in texts if text]
    return {
        "type": "rich_text",
        "elements": parts or [{"type": "rich_text_section", "elements": [{"type": "text", "text": " "}]}],
    }


def actions(*elements: Json | None) -> Json:
    """A row of buttons; None is left out."""
    return {"type": "actions", "elements": [element for element in elements if element]}


def button(text: str, click: Click, style: str = "", confirm: Json | None = None, spoken: str = "") -> Json:
    """A button. `style` is "", "primary" or "danger"; `spoken` is what a screen reader says where `text` alone, heard
    without the line it stands beside, would not tell which one it is."""
    action_id, value = encode(click)
    element: Json = {"type": "button", "text": plain(text), "action_id": action_id, "value": value}
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    if spoken:
        element["accessibility_label"] = spoken
    return element


def link_button(text: str, url: str) -> Json:
    """A button that opens a page. Slack sends a click for it all the same."""
    action_id, value = encode(Click(Verb.OPEN_LINK, argument=url))
    return {"type": "button", "text": plain(text), "url": url, "action_id": action_id, "value": value[:2000]}


def confirm(title: str, text: str, yes: str, no: str = "Back", danger: bool = False) -> Json:
    """The question before something that cannot be taken back."""
    asked: Json = {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no)}
    return {**asked, "style": "danger"} if danger else asked


def select_menu(name: str, placeholder: str, entries: Sequence[tuple[str, Click]]) -> Json:
    """A select in a message: like the "…" menu, but for up to 100 choices."""
    return {**overflow(name, entries), "type": "static_select", "placeholder": plain(placeholder)}


def overflow(name: str, entries: Sequence[tuple[str, Click]]) -> Json:
    """The "…" menu; `name` keeps its id apart from others in the message."""
    return {
        "type": "overflow",
        "action_id": f"{Verb.MENU.value}.{name}",
        "options": [{"text": plain(text), "value": encode_option(click)} for text, click in entries],
    }


def modal(
    form: Form,
    title: str,
    blocks: list[Json],
    meta: Meta,
    submit: str = "",
    close: str = "Back",
) -> Json:
    """A modal; without `submit` it only shows."""
    view: Json = {
        "type": "modal",
        "callback_id": form.value,
        "title": plain(title),
        "close": plain(close),
        "private_metadata": encode_meta(meta),
        "blocks": blocks,
    }
    return {**view, "submit": plain(submit)} if submit else view


VALUE = "value"
"""The action_id of every input: the block_id names the field, and an error is shown at it."""


def _input(name: str, label: str, element: Json, hint: str, optional: bool) -> Json:
    block: Json = {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {**element, "action_id": VALUE},
        "optional": optional,
    }
    return {**block, "hint": plain(hint)} if hint else block


def text_input(
    name: str,
    label: str,
    *,
    initial: str = "",
    hint: str = "",
    placeholder: str = "",
    multiline: bool = False,
    optional: bool = False,
) -> Json:
    """A line or a paragraph to type; Slack's own limit is 3,000 characters."""
    element: Json = {"type": "plain_text_input", "multiline": multiline, "max_length": 3000}
    if initial:
        element["initial_value"] = mrkdwn.shorten(initial, 3000)
    if placeholder:
        element["placeholder"] = plain(placeholder)
    return _input(name, label, element, hint, optional)


def _options(choices: Iterable[Choice]) -> list[Json]:
    return [_option(one) for one in choices]


def _option(one: Choice) -> Json:
    # An option is plain text, where a backtick would be read as one.
    option: Json = {"text": plain(one.text.replace("`", "")), "value": one.value}
    return {**option, "description": plain(one.description)} if one.description else option


def _choosing(kind: str, choices: Sequence[Choice], initial: str) -> Json:
    options = _options(choices)
    element: Json = {"type": kind, "options": options}
    chosen = next((option for option in options if option["value"] == initial), None)
    return {**element, "initial_option": chosen} if chosen else element


def select_input(
    name: str, label: str, choices: Sequence[Choice], *, initial: str = "", hint: str = "", optional: bool = False
) -> Json:
    """One of up to 100."""
    return _input(name, label, _choosing("static_select", choices, initial), hint, optional)


def radio_input(
    name: str, label: str, choices: Sequence[Choice], *, initial: str = "", hint: str = "", optional: bool = False
) -> Json:
    """One of up to ten, all visible."""
    return _input(name, label, _choosing("radio_buttons", choices, initial), hint, optional)


def check_input(
    name: str,
    label: str,
    choices: Sequence[Choice],
    *,
    initial: Sequence[str] = (),
    hint: str = "",
    optional: bool = True,
) -> Json:
    """Any of up to ten."""
    options = _options(choices)
    ticked = [option for option in options if option["value"] in initial]
    element: Json = {"type": "checkboxes", "options": options}
    return _input(name, label, {**element, **({"initial_options": ticked} if ticked else {})}, hint, optional)


def user_input(name: str, label: str, *, initial: str = "", hint: str = "") -> Json:
    """A member of the workspace."""
    element: Json = {"type": "users_select", **({"initial_user": initial} if initial else {})}
    return _input(name, label, element, hint, False)


def channel_input(name: str, label: str, *, hint: str = "") -> Json:
    """A private channel."""
    element = {"type": "conversations_select", "filter": {"include": ["private"], "exclude_bot_users": True}}
    return _input(name, label, element, hint, True)


def time_input(name: str, label: str, *, initial: int = 0, hint: str = "", optional: bool = False) -> Json:
    """A date and a time, in the zone of the reader. `initial` in ms, 0 for none."""
    chosen = {"initial_date_time": initial // 1000} if initial else {}
    return _input(name, label, {"type": "datetimepicker", **chosen}, hint, optional)
