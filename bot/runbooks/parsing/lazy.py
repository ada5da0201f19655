"""Labels that Markdown takes into the list item above them, because no blank line stands between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.runbooks.parsing.blocks import Block, Kind

_LABEL = re.compile(r"(\*\*|__)[ ]?(?P<name>[^*_:：`\[\]<>\n]{1,40}?)[ ]?(?:[:：][ ]?\1|\1[ ]?[:：])")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")


def unlazy(blocks: list[Block], lines: list[str], is_label: Callable[[str], bool]) -> list[Block]:
    """The top-level blocks, with each list cut before a label that stands at the start of a line.

    Markdown lets a paragraph run on without indentation ("lazily"), so `**Verify:** x` right under the last step is
    text of that step to it. Nobody who writes a label at the margin means that.
    """
    out: list[Block] = []
    for block in blocks:
        out += _cut(block, lines, is_label) if block.kind is Kind.LIST else [block]
    return out


def _cut(block: Block, lines: list[str], is_label: Callable[[str], bool]) -> Iterator[Block]:
    for at, item in enumerate(block.children):
        paragraph = _last(item)
        number = next(_labels(paragraph, lines, is_label), None) if paragraph else None
        if paragraph is None or number is None:
            continue
        text = paragraph.text.split("\n")
        kept = number - paragraph.start
        label = Block(Kind.PARAGRAPH, number, paragraph.end, "\n".join(text[kept:]))
        paragraph.text = "\n".join(text[:kept])
        _end(item, number)
        rest = block.children[at + 1 :]
        yield Block(Kind.LIST, block.start, number, ordered=block.ordered, children=block.children[: at + 1])
        yield label
        if rest:
            yield from _cut(
                Block(Kind.LIST, rest[0].start, block.end, ordered=block.ordered, children=rest), lines, is_label
            )
        return
    yield block


def _last(item: Block) -> Block | None:
    """The paragraph that an item ends in, however deep."""
    while item.children:
        item = item.children[-1]
    return item if item.kind is Kind.PARAGRAPH else None


def _labels(paragraph: Block, lines: list[str], is_label: Callable[[str], bool]) -> Iterator[int]:
    for number in range(paragraph.start + 1, paragraph.end):
        found = _LABEL.match(lines[number])
        # An underline, which is text in a list, would make a heading of the label.
        underlined = any(map(_UNDERLINE.match, lines[number + 1 : paragraph.end]))
        if found and is_label(found["name"]) and not underlined:
            yield number


def _end(block: Block, line: int) -> None:
    """Let a block, and what it ends in, end before a line."""
    block.end = line
    if block.children:
        _end(block.children[-1], line)
