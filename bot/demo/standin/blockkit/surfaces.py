"""Whole payloads: the blocks of a message, and views. What is wrong becomes Slack's refusal; ids are filled in."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from bot.demo.standin.blockkit.blocks import MARKDOWN_TEXT, TABLE_TEXT, block_rule
from bot.demo.standin.blockkit.objects import plain
from bot.demo.standin.blockkit.rules import Problem, Rule, Shape, array, boolean, string
from bot.demo.standin.errors import Json, SlackError

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
"""docs.slack.dev/reference/block-kit/blocks"""
MESSAGE_CHARACTERS, BLOCK_COST = 13_297, 130
"""All text of a message's blocks together, and what each block after the first takes away from it. Undocumented;
measured by developers (github.com/slackapi/bolt-js, issues 2509 and 2867): 13,297 characters in one block, about 125
less with a divider, about 132 less for every header."""
VIEW_BYTES = 250_000
"""docs.slack.dev/reference/methods/views.open: `view_too_large`"""


def check_blocks(blocks: list[Json]) -> list[Json]:
    """The blocks of a message as Slack stores them.

    Raises `invalid_blocks` with every problem, or `msg_blocks_too_long`.
    """
    problems = [*array(block_rule("message"), MESSAGE_BLOCKS, 0)(blocks, "/blocks"), *unique_ids(blocks, "/blocks")]
    problems += list(_sums(blocks))
    if problems:
        raise SlackError("invalid_blocks", messages=map(str, problems))
    if characters(blocks) + BLOCK_COST * (len(blocks) - 1) > MESSAGE_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def _sums(blocks: list[Json]) -> Iterator[Problem]:
    """Limits on all blocks of a kind together, from the markdown and table blocks' pages."""
    for kind, most in (("markdown", MARKDOWN_TEXT), ("table", TABLE_TEXT)):
        if sum(characters(block) for block in blocks if block.get("type") == kind) > most:
            yield Problem(f"must be less than {most + 1} characters in all {kind} blocks", "/blocks")


def characters(value: Any) -> int:
    """All text in a payload: the length of every `text` string in it."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(
        characters(item) for name, item in value.items() if not (name == "text" and isinstance(item, str))
    )


def _view_rule(kind: str) -> Rule:
    common: dict[str, Rule] = {
        "type": string(10),
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
    }
    blocks = array(block_rule(kind), VIEW_BLOCKS, 0)
    if kind == "home":
        return Shape({"blocks": blocks}, common)
    return Shape(
        {"title": plain(24), "blocks": blocks},
        common
        | {
            "close": plain(24),
            "submit": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        also=_needs_submit,
    )


def _needs_submit(value: Json, at: str) -> Iterator[Problem]:
    """docs.slack.dev/surfaces/modals: a modal with an input block needs a submit button."""
    blocks = value.get("blocks")
    inputs = isinstance(blocks, list) and any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if inputs and "submit" not in value:
        yield Problem("missing required field: submit", at)


def check_view(view: Json, kinds: tuple[str, ...]) -> Json:
    """A view as Slack stores it (docs.slack.dev/reference/views).

    Raises `invalid_arguments` with every problem (measured: the list starts with "failed to match all allowed
    schemas"), or `view_too_large`.
    """
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    kind = view.get("type")
    if kind not in kinds:
        problems = [Problem(f"unsupported type: {kind}", "/view/type")]
    else:
        blocks = view.get("blocks")
        problems = list(_view_rule(str(kind))(view, "/view"))
        if isinstance(blocks, list):
            problems += [*unique_ids(blocks, "/view/blocks"), *_one_focus(blocks)]
    if problems:
        failed = Problem("failed to match all allowed schemas", "/view")
        raise SlackError("invalid_arguments", messages=map(str, [failed, *problems]))
    stored = copy.deepcopy(view)
    stored["blocks"] = with_ids(stored["blocks"])
    return stored


def _one_focus(blocks: list[Any]) -> Iterator[Problem]:
    """One element of a view may take the focus (docs.slack.dev/reference/block-kit/block-elements)."""
    focused = [
        f"/view/blocks/{number}/{place}/focus_on_load"
        for number, block in enumerate(blocks)
        if isinstance(block, dict)
        for place, element in elements_of(block)
        if element.get("focus_on_load") is True
    ]
    for at in focused[1:]:
        yield Problem("only one element may have focus_on_load", at)


def unique_ids(blocks: list[Any], at: str) -> Iterator[Problem]:
    """block_id is unique in a payload, action_id in its block (docs.slack.dev/reference/block-kit/block-elements).

    An empty block_id counts as one (measured: two empty ones are refused).
    """
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                yield Problem(f"block_id: {block_id} already exists", f"{at}/{number}/block_id")
            seen.add(block_id)
        actions: set[str] = set()
        for place, element in elements_of(block):
            action_id = element.get("action_id")
            if isinstance(action_id, str) and action_id in actions:
                yield Problem(f"action_id: {action_id} already exists", f"{at}/{number}/{place}/action_id")
            actions.add(str(action_id))


def elements_of(block: Json) -> list[tuple[str, Json]]:
    """The interactive elements of a block, with where each sits in it."""
    found = [(name, block[name]) for name in ("accessory", "element") if isinstance(block.get(name), dict)]
    if block.get("type") in ("actions", "context_actions") and isinstance(block.get("elements"), list):
        found += [(f"elements/{n}", item) for n, item in enumerate(block["elements"]) if isinstance(item, dict)]
    return found


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a block_id and every interactive element an action_id, as Slack returns them."""
    stored = copy.deepcopy(blocks)
    for number, block in enumerate(stored):
        block.setdefault("block_id", _made_up(number, block))
        for place, element in elements_of(block):
            if element.get("type") != "image":
                element.setdefault("action_id", _made_up(number, [place, element]))
    return stored


def _made_up(number: int, value: Any) -> str:
    digest = hashlib.sha256(f"{number}{json.dumps(value, sort_keys=True)}".encode()).hexdigest()
    return digest[:5] if number < 10 else f"{digest[:4]}{number}"
