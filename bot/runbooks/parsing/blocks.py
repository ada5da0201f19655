"""Markdown blocks with their lines: markdown-it tokens folded into a small tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.runbook import Span, Text
from bot.runbooks.parsing.text import blank_comments, code_lines


class Kind(Enum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    FENCE = "fence"
    LIST = "list"
    ITEM = "item"
    TABLE = "table"
    HTML = "html"
    QUOTE = "quote"
    RULE = "rule"


@dataclass(slots=True)
class Block:
    """One block. `start` and `end` are 0-based lines, the end excluded."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    """A paragraph's or heading's inline Markdown; the content of a code block or of HTML."""
    level: int = 0
    """Of a heading."""
    language: str = ""
    """The first word of a fence's info string."""
    ordered: bool = False
    """Of a list."""
    mark: str = ""
    """The fence characters; "" for an indented code block."""
    children: list[Block] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(start=self.start + 1, end=max(self.end, self.start + 1))

    def walk(self) -> Iterator[Block]:
        """This block and everything in it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@cache
def _reader() -> MarkdownIt:
    # Inline rules are left out: text stays as written. Link definitions stay paragraphs, so that nothing is dropped.
    reader = MarkdownIt("commonmark").enable("table").disable("reference")
    reader.core.ruler.enableOnly(["block"])
    return reader


_LABEL_LINE = re.compile(r"\s*(?:[-*+]\s+)?(?:\*\*|__)[^*_]+(?:\*\*|__):?\s*$")
_NUMBERED = re.compile(r"( {0,3})(\d{1,9})([.)]\s)")


_UNDERLINE = re.compile(r"(?:-{3,}|={3,})[ \t]*$")


def _readable(lines: list[str], skip: int, is_title: Callable[[str], bool]) -> str:
    """The lines as the Markdown reader shall see them, one for one: front matter blank; an underlined section title
    without its number, which would make it a list item; and a list that follows its label starting at 1, because
    CommonMark lets only such a list interrupt a paragraph."""
    out = [""] * skip + lines[skip:]
    code = set(code_lines(out))
    for at in range(skip + 1, len(out)):
        if at in code:
            continue
        number = _NUMBERED.match(out[at])
        if _UNDERLINE.match(out[at]) and (above := _NUMBERED.match(out[at - 1])) and is_title(out[at - 1]):
            out[at - 1] = out[at - 1][above.end() :]
        if number and _LABEL_LINE.match(out[at - 1]):
            width = len(number[2])
            out[at] = number[1] + "1".zfill(width) + out[at][number.start(3) :]
    return "\n".join(out)


def read_blocks(lines: list[str], skip: int, is_title: Callable[[str], bool]) -> list[Block]:
    """The top-level blocks of a document, the first `skip` lines left out. `is_title` knows the sections' titles.

    Raises RecursionError on a nesting that no person wrote.
    """
    tokens = _reader().parse(_readable(lines, skip, is_title))
    root = Block(Kind.ITEM, 0, len(lines))
    stack = [root]
    for token in tokens:
        _fold(token, stack)
    return root.children


_OPENING = {
    "bullet_list_open": Kind.LIST,
    "ordered_list_open": Kind.LIST,
    "list_item_open": Kind.ITEM,
    "blockquote_open": Kind.QUOTE,
    "table_open": Kind.TABLE,
    "paragraph_open": Kind.PARAGRAPH,
    "heading_open": Kind.HEADING,
}
_CLOSING = {name.replace("_open", "_close") for name in _OPENING}


def _fold(token: Token, stack: list[Block]) -> None:
    """Put one token in its place in the tree. Table rows are read from the source instead (tables.py)."""
    kind = _OPENING.get(token.type)
    if kind is not None:
        start, end = token.map or [stack[-1].start, stack[-1].end]
        block = Block(kind, start, end)
        if kind is Kind.HEADING:
            block.level = int(token.tag[1:])
        block.ordered = token.type == "ordered_list_open"
        stack[-1].children.append(block)
        stack.append(block)
    elif token.type in _CLOSING:
        stack.pop()
    elif token.type == "inline":
        if stack[-1].kind is not Kind.TABLE:
            stack[-1].text = token.content
    elif token.map is not None and token.nesting == 0:
        stack[-1].children.append(_leaf(token))


def _leaf(token: Token) -> Block:
    start, end = token.map or [0, 0]
    if token.type in ("fence", "code_block"):
        language = token.info.split()[0] if token.info.strip() else ""
        return Block(Kind.FENCE, start, end, token.content.removesuffix("\n"), language=language, mark=token.markup)
    if token.type == "html_block":
        return Block(Kind.HTML, start, end, token.content.removesuffix("\n"))
    return Block(Kind.RULE, start, end, token.content)


_CLOSER = re.compile(r"[\s>]*(`{3,}|~{3,})\s*$")


def unclosed(block: Block, lines: list[str]) -> bool:
    """Whether a code block or an HTML comment runs on to the end of what holds it."""
    if block.kind is Kind.HTML:
        return block.text.lstrip().startswith("<!--") and "-->" not in block.text
    if block.kind is not Kind.FENCE or not block.mark:
        return False
    closer = _CLOSER.match(lines[block.end - 1]) if block.start + 1 < block.end <= len(lines) else None
    return closer is None or not closer[1].startswith(block.mark)


_MARKER = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")


def item_lines(item: Block, lines: list[str]) -> list[str]:
    """The source of a list item, one string a line, without its marker and indentation."""
    source = lines[item.start : item.end]
    if not source:
        return []
    marker = _MARKER.match(source[0])
    width = len(marker[0].expandtabs(4)) if marker else 0
    out = [source[0][marker.end() :] if marker else source[0]]
    out += [_outdent(line, width) for line in source[1:]]
    return out


def _outdent(line: str, width: int) -> str:
    text = line.lstrip(" \t")
    indent = len(line[: len(line) - len(text)].expandtabs(4))
    return " " * max(0, indent - width) + text


def source_span(block: Block, lines: list[str]) -> Span:
    """The lines of a block, without the blank lines after it."""
    end = min(block.end, len(lines))
    while end > block.start + 1 and not lines[end - 1].strip():
        end -= 1
    return Span(start=block.start + 1, end=end)


def source_text(block: Block, lines: list[str]) -> str:
    """A block as it stands in the file, without the blank lines after it."""
    return "\n".join(lines[block.start : block.end]).rstrip()


def item_number(item: Block, lines: list[str]) -> int | None:
    """The number that the author typed before a list item; None for a bullet."""
    found = re.match(r"[\s>]*(\d{1,9})[.)]", lines[item.start])
    return int(found[1]) if found else None


TICK_BOX = re.compile(r"\A\s*\[[ xX]\][ \t]+")


def item_texts(block: Block, lines: list[str]) -> list[Text]:
    """The items of a list, without their markers, tick boxes and comments; empty ones left out."""
    items = []
    for item in block.children:
        text = TICK_BOX.sub("", blank_comments("\n".join(item_lines(item, lines))).strip(), count=1)
        if text:
            items.append(Text(text=text, span=Span(start=item.start + 1, end=item.start + 1 + text.count("\n"))))
    return items
