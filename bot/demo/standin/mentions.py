"""Which mentions are live in something the app shows: the ones Slack would notify somebody for.

docs.slack.dev/messaging/formatting-message-text: only the escaped forms `<@U…>`, `<!here>` and `<!subteam^S…>` are
mentions, in `mrkdwn` text alone; a bare `@here` becomes one only when the call asks for it (`link_names`, `parse`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.demo.standin.errors import Json

_ESCAPED = re.compile(r"<(@[UW][A-Z0-9]+|!here|!channel|!everyone|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>")
_BARE = re.compile(r"(?<![\w@])@(here|channel|everyone)\b")

Found = tuple[str, str, str]
"""kind, target, where"""


def mentions_in(text: str, blocks: list[Json], live_at: bool = False) -> Iterator[Found]:
    """Every live mention of a message. `live_at` when the call asked Slack to parse bare names."""
    yield from _in_text(text, "text", live_at)
    for number, block in enumerate(blocks):
        yield from _in_value(block, f"blocks/{number}", live_at)


def _in_text(text: str, where: str, live_at: bool) -> Iterator[Found]:
    for match in _ESCAPED.finditer(text):
        token = match.group(1)
        if token.startswith("@"):
            yield "user", token[1:], where
        elif token.startswith("!subteam^"):
            yield "group", token.removeprefix("!subteam^"), where
        else:
            yield "channel", token[1:], where
    if live_at:
        for match in _BARE.finditer(text):
            yield "channel", match.group(1), where


def _in_value(value: Any, where: str, live_at: bool) -> Iterator[Found]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _in_value(item, f"{where}/{number}", live_at)
    if not isinstance(value, dict):
        return
    match value.get("type"):
        case "mrkdwn" | "markdown":
            yield from _in_text(str(value.get("text", "")), where, live_at)
        case "user" if "user_id" in value:
            yield "user", value["user_id"], where
        case "usergroup":
            yield "group", value["usergroup_id"], where
        case "broadcast":
            yield "channel", value["range"], where
        case _:
            for key, item in value.items():
                yield from _in_value(item, f"{where}/{key}", live_at)
