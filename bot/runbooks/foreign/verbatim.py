"""A block of a page as lines that can stand anywhere in an entry, its words and its code untouched.

Indentation is the only thing that changes. Code is written from its content and not from the source lines, because a
tab that is half indentation and half code would otherwise move.
"""

from __future__ import annotations

import re

from bot.runbooks.foreign.page import blocks_of
from bot.runbooks.parsing.blocks import Block, Kind

BLANK = " \t"
"""What Markdown takes for indentation; a no-break space is text to it."""
_MARKER = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*$")
"""Text when a paragraph runs on out of its list item; without the item it would make a heading of the paragraph. An
indentation of four makes it text everywhere."""

_DEEPEST = 8
"""Quotes within quotes that are read; what is deeper stays as it is."""


def _columns(text: str) -> int:
    return len(text.expandtabs(4))


def dedent(line: str, width: int) -> str:
    """The line without its first `width` columns of white space; a line with less loses what it has."""
    text = line.lstrip(" \t")
    return " " * max(0, _columns(line[: len(line) - len(text)]) - width) + text


def indent(lines: list[str], width: int) -> list[str]:
    """Move lines to the right; blank ones stay blank."""
    return [" " * width + line if line else line for line in lines]


def joined(groups: list[list[str]], *, tight: bool = False) -> list[str]:
    """Groups of lines with a blank line between them, or none when `tight`."""
    out: list[str] = []
    for group in groups:
        if group and out and not tight:
            out.append("")
        out.extend(group)
    return out


def fenced(content: str | list[str], info: str = "", mark: str = "```") -> list[str]:
    """Code, as text or as lines, in a fence that none of its lines can close."""
    body = content if isinstance(content, list) else content.split("\n")
    content = "\n".join(body)
    char = "~" if "`" in info else mark[0]
    runs = [len(run) + 1 for run in re.findall(rf"^\s*({re.escape(char)}{{3,}})", content, flags=re.M)]
    width = max([len(mark), 3, *runs])
    return [f"{char * width}{info}", *body, char * width]


def bold(text: str) -> str:
    """A heading inside an entry: bold, because a real one would begin another entry."""
    text = " ".join(text.split())
    return text if "*" in text or not text else f"**{text}**"


class Source:
    """The lines of a page, with the markers of its list items blanked so that each block's text stands alone."""

    def __init__(self, lines: list[str], blocks: list[Block], depth: int = 0) -> None:
        self._depth = depth
        self._lines = list(lines)
        self._items: dict[int, tuple[str, int]] = {}
        for block in blocks:
            self._blank(block)

    def _blank(self, block: Block) -> None:
        if block.kind is Kind.QUOTE:
            return
        if block.kind is Kind.ITEM:
            line = self._lines[block.start]
            found = _MARKER.match(line)
            if found:
                rest = line[found.end() :]
                text = rest.lstrip(" \t")
                before = _columns(line[: found.end()])
                gap = _columns(line[: len(line) - len(text)]) - before if text else 1
                self._lines[block.start] = (
                    " " * before + " " * (_columns(line[: len(line) - len(text)]) - before) + text
                )
                self._items[id(block)] = (found[0].strip(), before + (gap if 1 <= gap <= 4 else 1))
        for child in block.children:
            self._blank(child)

    def lines(self, block: Block, width: int = 0) -> list[str]:
        """One block, moved left by `width` columns."""
        if block.kind is Kind.FENCE:
            info = self._lines[block.start].lstrip(" \t>").lstrip("`~").strip() if block.mark else ""
            empty = not block.text and block.end - block.start < 3
            return fenced([] if empty else block.text.split("\n"), info, block.mark or "```")
        if block.kind is Kind.HEADING:
            return [bold(block.text)]
        if block.kind is Kind.RULE:
            return []
        if block.kind is Kind.LIST:
            tight = not any(not self._lines[item.end - 1].strip() for item in block.children[:-1])
            return joined([self._item(item) for item in block.children], tight=tight)
        raw = [dedent(line, width) for line in self._lines[block.start : block.end]]
        while raw and not raw[-1].strip(" \t"):
            raw.pop()
        if block.kind is Kind.PARAGRAPH:
            raw[0] = raw[0].lstrip(" \t")
            raw[1:] = [f"    {line}" if _UNDERLINE.match(line) else line for line in raw[1:]]
        if block.kind is Kind.QUOTE:
            return quoted(_inside_quote(raw, self._depth + 1)) if self._depth < _DEEPEST else raw
        return fenced(raw, "html") if block.kind is Kind.HTML and _swallows(raw) else raw

    def _item(self, item: Block) -> list[str]:
        marker, _ = self._items.get(id(item), ("-", 0))
        body = indent(self.inside(item), len(marker) + 1)
        return [f"{marker} {body[0].lstrip(BLANK)}", *body[1:]] if body else [marker]

    def inside(self, item: Block) -> list[str]:
        """What a list item holds, without its marker."""
        _, width = self._items.get(id(item), ("-", 0))
        out: list[str] = []
        for before, child in zip([None, *item.children], item.children, strict=False):
            near = before is not None and before.end == child.start and _may_touch(before, child)
            group = self.lines(child, width)
            out.extend([*([] if near or not out else [""]), *group] if group else [])
        return out


def quoted(lines: list[str]) -> list[str]:
    """The lines as a block quote."""
    return [f"> {line}" if line else ">" for line in lines]


def _inside_quote(raw: list[str], depth: int) -> list[str]:
    """What a block quote holds, read as a page of its own, so that code in it is closed inside it."""
    lines = [re.sub(r"^[ \t]*> ?", "", line) for line in raw]
    blocks = blocks_of(lines)
    source = Source(lines, blocks, depth)
    return joined([source.lines(block) for block in blocks])


def _swallows(raw: list[str]) -> bool:
    """Whether HTML is left open (`<!--`, `<pre>`) so that what follows would belong to it."""
    return blocks_of([*raw, "", "probe"])[-1].kind is not Kind.PARAGRAPH


def _may_touch(before: Block, after: Block) -> bool:
    """Whether the second may follow the first without a blank line, as in the page."""
    return (
        before.kind is Kind.PARAGRAPH and after.kind in (Kind.FENCE, Kind.LIST) and bool(after.mark or after.children)
    )
