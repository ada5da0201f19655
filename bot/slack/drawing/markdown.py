"""The runbook author's Markdown as blocks: paragraphs and lists as mrkdwn, fences and tables verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from bot.slack.drawing.blocks import Json, preformatted, section
from bot.slack.drawing.mrkdwn import inline_of, shorten, tokens

Piece = tuple[str, str]
"""("text", mrkdwn) or ("verbatim", as written)."""


def blocks_of(markdown: str, limit: int) -> list[Json]:
    """At most `limit` characters of Markdown; the cut is shown."""
    parsed = tokens(shorten(markdown, limit))
    blocks: list[Json] = []
    lines: list[str] = []
    for kind, text in _pieces(parsed, markdown.splitlines()):
        if kind == "text":
            lines.append(text)
            continue
        if lines:
            blocks.append(section("\n".join(lines)))
            lines = []
        blocks.append(preformatted(text))
    return [*blocks, section("\n".join(lines))] if lines else blocks


def _pieces(parsed: Sequence[Token], source: Sequence[str]) -> Iterator[Piece]:
    lists: list[int | None] = []
    item = False
    table_until = -1
    for token in parsed:
        start, end = token.map or (0, 0)
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1) - 1)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                item = True
                if lists[-1] is not None:
                    lists[-1] += 1
            case "table_open":
                table_until = end
                yield "verbatim", "\n".join(source[start:end])
            case "fence" | "code_block" | "html_block":
                yield "verbatim", token.content.rstrip("\n")
            case "inline" if start >= table_until:
                yield "text", _marker(lists, item) + inline_of(token)
                item = False
            case _:
                pass


def _marker(lists: Sequence[int | None], item: bool) -> str:
    if not lists:
        return ""
    indent = "    " * (len(lists) - 1)
    if not item:
        return indent + "   "
    number = lists[-1]
    return f"{indent}• " if number is None else f"{indent}{number}. "
