"""Rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.demo.standin.blockkit.rules import Problem, Rule, Shape, array, boolean, choice, string, typed, whole

_STYLE = Shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)
_STYLED: dict[str, Rule] = {"style": _STYLE}
_ID = string(255)

_INLINE: dict[str, Shape] = {
    "text": Shape({"text": string(40_000)}, _STYLED),
    "link": Shape({"url": string(3000)}, {"text": string(40_000, 0), "unsafe": boolean, **_STYLED}),
    "user": Shape({"user_id": _ID}, _STYLED),
    "usergroup": Shape({"usergroup_id": _ID}, _STYLED),
    "channel": Shape({"channel_id": _ID}, _STYLED),
    "team": Shape({"team_id": _ID}, _STYLED),
    "broadcast": Shape({"range": choice("here", "channel", "everyone")}, _STYLED),
    "emoji": Shape({"name": _ID}, {"unicode": _ID, "url": string(3000), "skin_tone": whole(1, 6), **_STYLED}),
    "color": Shape({"value": _ID}, _STYLED),
    "date": Shape(
        {"timestamp": whole(0, 99_999_999_999), "format": _ID},
        {"url": string(3000), "fallback": string(3000), **_STYLED},
    ),
}
_MANY = 10_000
"""No limit is documented for the parts of a rich text; this only keeps a run-away payload out."""
_PARTS = array(typed(_INLINE), _MANY, 0)
_SECTION = Shape({"elements": _PARTS})
_NEST: dict[str, Rule] = {"indent": whole(0, 8), "offset": whole(0, 10_000), "border": whole(0, 1)}

_GROUPS: dict[str, Shape] = {
    "rich_text_section": _SECTION,
    "rich_text_list": Shape(
        {"elements": array(typed({"rich_text_section": _SECTION}), _MANY), "style": choice("bullet", "ordered")}, _NEST
    ),
    "rich_text_preformatted": Shape(
        {"elements": array(typed({name: _INLINE[name] for name in ("text", "link")}), _MANY, 0)},
        {"border": whole(0, 1), "language": _ID},
    ),
    "rich_text_quote": Shape({"elements": _PARTS}, {"border": whole(0, 1)}),
}


def _no_style_on_preformatted(value: dict[str, Any], at: str) -> Iterator[Problem]:
    """docs.slack.dev/reference/block-kit/blocks/rich-text-block: a preformatted section takes no styles."""
    for number, group in enumerate(value.get("elements") or []):
        if not isinstance(group, dict) or group.get("type") != "rich_text_preformatted":
            continue
        for place, part in enumerate(group.get("elements") or []):
            if isinstance(part, dict) and "style" in part:
                yield Problem("invalid additional property: style", f"{at}/elements/{number}/elements/{place}")


RICH_TEXT_BODY = Shape(
    {"elements": array(typed(_GROUPS), _MANY)}, {"block_id": string(255, 0)}, also=_no_style_on_preformatted
)
RICH_TEXT = typed({"rich_text": RICH_TEXT_BODY})
