"""What is live in something the app shows: mentions that Slack would notify somebody for, and links.

docs.slack.dev/messaging/formatting-message-text: only the escaped forms `<@U…>`, `<!here>`, `<!subteam^S…>` and
`<https://…|label>` are live, in `mrkdwn` text alone; a bare `@here` becomes a mention only when the call asks for it
(`link_names`, `parse`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.demo.standin.errors import Json

_MENTION = re.compile(r"<(@[UW][A-Z0-9]+|!here|!channel|!everyone|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^|>]+)(?:\|([^>]*))?>")
_BARE = re.compile(r"(?<![\w@])@(here|channel|everyone)\b")

Found = tuple[str, str, str]
"""For a mention: kind, target, where. For a link: target, label, where."""


def mentions_in(text: str, blocks: list[Json], live_at: bool = False) -> Iterator[Found]:
    """Every live mention of a message. `live_at` when the call asked Slack to parse bare names."""
    for piece, where in _live(text, blocks):
        if isinstance(piece, str):
            for match in _MENTION.finditer(piece):
                yield (*_named(match.group(1)), where)
            for match in _BARE.finditer(piece) if live_at else ():
                yield "channel", match.group(1), where
            continue
        match piece["type"]:
            case "user":
                yield "user", str(piece.get("user_id")), where
            case "usergroup":
                yield "group", str(piece.get("usergroup_id")), where
            case "broadcast":
                yield "channel", str(piece.get("range")), where


def links_in(text: str, blocks: list[Json]) -> Iterator[Found]:
    """Every link of a message that was written as one; an address that Slack itself makes clickable is none."""
    for piece, where in _live(text, blocks):
        if isinstance(piece, str):
            for match in _LINK.finditer(piece):
                yield match.group(1), match.group(2) or "", where
        elif piece["type"] == "link":
            yield str(piece.get("url")), str(piece.get("text", "")), where


def _named(token: str) -> tuple[str, str]:
    if token.startswith("@"):
        return "user", token[1:]
    if token.startswith("!subteam^"):
        return "group", token.removeprefix("!subteam^")
    return "channel", token[1:]


def _live(text: str, blocks: list[Json]) -> Iterator[tuple[str | Json, str]]:
    """Every text that Slack parses, and every rich text part, with where it stands."""
    yield text, "text"
    for number, block in enumerate(blocks):
        yield from _in_value(block, f"blocks/{number}")


def _in_value(value: Any, where: str) -> Iterator[tuple[str | Json, str]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _in_value(item, f"{where}/{number}")
    if not isinstance(value, dict):
        return
    match value.get("type"):
        case "mrkdwn" | "markdown":
            yield str(value.get("text", "")), where
        case "user" | "usergroup" | "broadcast" | "link":
            yield value, where
        case _:
            for key, item in value.items():
                yield from _in_value(item, f"{where}/{key}")
