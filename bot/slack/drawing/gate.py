"""The limits gate: every outgoing message and view passes it. What does not fit is shortened visibly, never dropped
silently, and nothing here raises.

Sources: Slack, Block Kit reference (blocks, elements, composition objects) and views reference; the total of about
13,200 characters (`msg_blocks_too_long`) is not documented, so we stay below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.slack.drawing import mrkdwn
from bot.slack.drawing.blocks import Json, context

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TEXT = 40_000
TOTAL = 13_000
BLOCK_COST = 135
"""Characters that each block of a message takes of the total beside its text: developers measured 125 to 132."""
VIEW_TOTAL = 40_000
"""A view may have 250 kB; a character takes up to six bytes as JSON."""
SMALLEST = 40
"""No text is cut below this to make room for others."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def gate(payload: Json) -> Json:
    """The payload of a Web API call (`text`, `blocks`, `view`), a response, or a view: a copy that fits."""
    # `_blocks` cleans its blocks itself, as often as it tries.
    fitted: Json = {
        key: value if key == "blocks" and isinstance(value, list) else _clean(value) for key, value in payload.items()
    }
    if isinstance(fitted.get("text"), str):
        fitted["text"] = mrkdwn.shorten_mrkdwn(fitted["text"], TEXT)
    if isinstance(fitted.get("view"), dict):
        fitted["view"] = _view(fitted["view"])
    if fitted.get("type") in ("modal", "home"):
        return _view(fitted)
    if isinstance(fitted.get("blocks"), list):
        fitted["blocks"] = _blocks(fitted["blocks"], MESSAGE_BLOCKS, TOTAL)
    return fitted


def _clean(value: Any) -> Any:
    """A deep copy without control characters and lone surrogates, which no JSON reader is bound to take."""
    if isinstance(value, str):
        return _CONTROL.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _view(view: Json) -> Json:
    for name in ("title", "submit", "close"):
        _cut(view.get(name), 24)
    if isinstance(view.get("blocks"), list):
        view["blocks"] = _blocks(view["blocks"], VIEW_BLOCKS, VIEW_TOTAL)
    return view


def _blocks(blocks: list[Any], most: int, total: int) -> list[Json]:
    """As many blocks as may be; fewer when their texts cannot be cut enough."""
    kept: list[Json] = []
    for count in range(most, 0, -10):
        kept = _fewer([_clean(block) for block in blocks if isinstance(block, dict)], count)
        for block in kept:
            _fit(block)
        if _spread(kept, total):
            break
    _unique(kept)
    return kept


def _fewer(blocks: list[Json], most: int) -> list[Json]:
    """Middle blocks nobody can click go first; one line says how many."""
    excess = len(blocks) - most
    if excess <= 0:
        return blocks
    excess += 1
    quiet = [n for n, block in enumerate(blocks) if block.get("type") not in ("actions", "input", "header")]
    middle = quiet[1:] if len(quiet) > excess else quiet
    order = [*reversed(middle), *(n for n in range(len(blocks) - 1, 0, -1) if n not in middle)]
    dropped = set(order[:excess])
    first = min(dropped)
    note = context(f"{mrkdwn.MORE} {excess} more parts do not fit here.")
    return [
        piece
        for n, block in enumerate(blocks)
        for piece in ([note] if n == first else []) + ([block] if n not in dropped else [])
    ]


def _cut(text: Any, limit: int) -> None:
    """Shorten a text object in place; an empty one becomes a blank, because Slack refuses empty text."""
    if not isinstance(text, dict) or not isinstance(text.get("text"), str):
        return
    shorten = mrkdwn.shorten_mrkdwn if text.get("type") == "mrkdwn" else mrkdwn.shorten
    text["text"] = shorten(text["text"], limit) or "–"


def _fit(block: Json) -> None:
    kind = block.get("type")
    if isinstance(block.get("block_id"), str):
        block["block_id"] = block["block_id"][:255]
    _cut(block.get("text"), 150 if kind == "header" else 3000)
    for name in ("label", "hint"):
        _cut(block.get(name), 2000)
    if kind == "section" and isinstance(block.get("fields"), list):
        block["fields"] = _limited(block["fields"], 10, "fields")
        for text in block["fields"]:
            _cut(text, 2000)
    if kind == "context" and isinstance(block.get("elements"), list):
        block["elements"] = _limited(block["elements"], 10, "elements") or [{"type": "mrkdwn", "text": "–"}]
        for text in block["elements"]:
            _cut(text, 2000)
    if kind == "actions" and isinstance(block.get("elements"), list):
        block["elements"] = block["elements"][:25]
    if kind == "image":
        _image(block)
    for element in _elements(block):
        _element(element)


def _limited(texts: list[Any], most: int, what: str) -> list[Any]:
    if len(texts) <= most:
        return texts
    left_out = len(texts) - most + 1
    return [*texts[: most - 1], {"type": "mrkdwn", "text": f"{mrkdwn.MORE} {left_out} more {what}"}]


def _image(block: Json) -> None:
    block["alt_text"] = mrkdwn.shorten(str(block.get("alt_text") or "image"), 2000)
    _cut(block.get("title"), 2000)


def _elements(block: Json) -> Iterator[Json]:
    single = [block.get("accessory"), block.get("element")]
    many = block.get("elements") if block.get("type") == "actions" else []
    for element in [*single, *(many if isinstance(many, list) else [])]:
        if isinstance(element, dict):
            yield element


_OPTION_LIMITS = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}


def _element(element: Json) -> None:
    kind = element.get("type")
    _cut(element.get("text"), 75)
    _cut(element.get("placeholder"), 150)
    if isinstance(element.get("action_id"), str):
        element["action_id"] = element["action_id"][:255]
    if kind == "button":
        if isinstance(element.get("accessibility_label"), str):
            element["accessibility_label"] = mrkdwn.shorten(element["accessibility_label"], 75)
        if isinstance(element.get("value"), str):
            element["value"] = mrkdwn.shorten(element["value"], 2000)
        if isinstance(element.get("url"), str) and len(element["url"]) > 3000:
            del element["url"]
    _confirm(element.get("confirm"))
    if isinstance(element.get("options"), list):
        _options(element, _OPTION_LIMITS.get(str(kind), 100))
    if kind == "plain_text_input" and isinstance(element.get("initial_value"), str):
        most = min(int(element.get("max_length") or 3000), 3000)
        element["initial_value"] = mrkdwn.shorten(element["initial_value"], most)


def _confirm(asked: Any) -> None:
    if not isinstance(asked, dict):
        return
    for name, limit in {"title": 100, "text": 300, "confirm": 30, "deny": 30}.items():
        _cut(asked.get(name), limit)


def _options(element: Json, most: int) -> None:
    options = element["options"]
    for option in options:
        _cut(option.get("text"), 75)
        _cut(option.get("description"), 75)
        option["value"] = mrkdwn.shorten(str(option.get("value", "")), 150) or "–"
    chosen = element.get("initial_option")
    if isinstance(chosen, dict):
        wanted = mrkdwn.shorten(str(chosen.get("value", "")), 150)
        options.sort(key=lambda option: option["value"] != wanted) if len(options) > most else None
    left_out = len(options) - most
    element["options"] = options = _distinct(options)[:most]
    if left_out > 0 and options:
        last = options[-1]["text"]
        last["text"] = mrkdwn.shorten(last["text"], 55) + f" (and {left_out} not shown)"
    for name in ("initial_option", "initial_options"):
        _initial(element, name, options)


def _distinct(options: list[Json]) -> list[Json]:
    seen: dict[str, Json] = {}
    for option in options:
        seen.setdefault(option["value"], option)
    return list(seen.values())


def _initial(element: Json, name: str, options: list[Json]) -> None:
    """An initial option must equal one of the options, field for field."""
    chosen = element.get(name)
    if chosen is None:
        return
    several = chosen if isinstance(chosen, list) else [chosen]
    wanted = {mrkdwn.shorten(str(one.get("value", "")), 150) for one in several}
    found = [option for option in options if option["value"] in wanted]
    if not found:
        del element[name]
    else:
        element[name] = found if isinstance(chosen, list) else found[0]


def _texts(value: Any) -> Iterator[Json]:
    """Every object that holds a text, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value
        for item in value.values():
            yield from _texts(item)


def _spread(blocks: list[Json], total: int) -> bool:
    """Cut the longest texts until all together fit; short ones stay whole. False when they still do not fit."""
    holders = list(_texts(blocks))
    lengths = sorted(mrkdwn.size(one["text"]) for one in holders)
    room = total - BLOCK_COST * len(blocks)
    if sum(lengths) <= room:
        return True
    limit = max(_level(lengths, room), SMALLEST)
    for one in holders:
        if mrkdwn.size(one["text"]) > limit:
            _cut(one, limit)
    return sum(mrkdwn.size(one["text"]) for one in holders) <= room


def _level(lengths: list[int], room: int) -> int:
    """The largest limit under which all the lengths, each cut to it, fit in `room`."""
    for place, length in enumerate(lengths):
        share = room // (len(lengths) - place)
        if length > share:
            return share
        room -= length
    return room


def _unique(blocks: list[Json]) -> None:
    """block_id and action_id are unique; a repeated one gets a number, which decoding ignores."""
    _number(blocks, "block_id", lambda name, n: f"{name[:245]}~{n}")
    elements = [element for block in blocks if block.get("type") != "input" for element in _elements(block)]
    _number(elements, "action_id", lambda name, n: f"{name[:245]}.~{n}")


def _number(holders: list[Json], name: str, numbered: Callable[[str, int], str]) -> None:
    seen: set[str] = set()
    for holder in holders:
        original = holder.get(name)
        if not isinstance(original, str):
            continue
        unique, n = original, 2
        while unique in seen:
            unique, n = numbered(original, n), n + 1
        holder[name] = unique
        seen.add(unique)
