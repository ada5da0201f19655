"""A foreign page as clean lines: line ends, front matter, AsciiDoc marks and HTML out of the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.runbooks.foreign.front import front_matter
from bot.runbooks.foreign.headings import plain_role
from bot.runbooks.foreign.html import from_html, has_html
from bot.runbooks.parsing.blocks import Block, Kind, read_blocks
from bot.runbooks.parsing.lazy import unlazy
from bot.runbooks.parsing.text import decode

ENDINGS = (".md", ".markdown", ".mdx", ".adoc", ".asciidoc", ".txt", ".rst")
"""Endings that are no part of an alert's name."""

_NEWLINE = re.compile(r"\r\n|\n|\r")
_ADOC_HEADING = re.compile(r"(={1,6})[ \t]+(\S.*)$")
_ADOC_SOURCE = re.compile(r"\[source(?:[,%]\s*([\w+-]+))?.*\]\s*$")
_ADOC_BLOCK = re.compile(r"(-{4,}|\.{4,})\s*$")


@dataclass(slots=True)
class Page:
    """One page. `lines` are numbered as in the file; `skip` of them, at the top, are front matter."""

    path: str
    lines: list[str]
    skip: int = 0
    blocks: list[Block] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """`path: …` or `path:line: …`: what a person should know about how the page was read."""

    @property
    def front(self) -> list[str]:
        """The lines of the front matter without its marks."""
        return [line for line in self.lines[1 : max(1, self.skip - 1)] if line.strip()]


def read_page(path: str, data: bytes) -> Page:
    """Bytes that `refusal` has nothing against to a page, never raising: what cannot be read as Markdown has no blocks
    and says so."""
    lines = _NEWLINE.split(decode(data).text)
    remarks = []
    if _is_asciidoc(path, lines):
        lines = _from_asciidoc(lines)
        remarks.append(f"{path}: AsciiDoc: headings and source blocks were turned into Markdown")
    skip, broken = front_matter(path, lines)
    page = Page(path, lines, skip=skip, remarks=remarks + broken)
    try:
        page.blocks = blocks_of(lines, page.skip)
        if has_html(lines):
            page.lines = from_html(lines, _code(page.blocks))
            page.blocks = blocks_of(page.lines, page.skip)
    except RecursionError:
        page.blocks = []
        page.remarks.append(f"{path}: nested too deeply to be read; the page is kept whole as a note")
    if page.lines != lines:
        page.remarks.append(f"{path}: headings, folded sections and <pre> in HTML were turned into Markdown")
    return page


def _code(blocks: list[Block]) -> frozenset[int]:
    fences = (one for block in blocks for one in block.walk() if one.kind is Kind.FENCE)
    return frozenset(number for fence in fences for number in range(fence.start, fence.end))


def blocks_of(lines: list[str], skip: int = 0) -> list[Block]:
    """The top-level blocks of Markdown that is no runbook: its section titles are others than ours."""
    blocks = read_blocks(lines, skip, lambda line: plain_role(line) is not None)
    return unlazy(blocks, lines, lambda name: plain_role(name) is not None)


def _is_asciidoc(path: str, lines: list[str]) -> bool:
    if path.casefold().endswith((".adoc", ".asciidoc")):
        return True
    headings = sum(1 for line in lines if _ADOC_HEADING.match(line))
    return headings >= 2 and not any(re.match(r" {0,3}(#{1,6}\s|```|~~~)", line) for line in lines)


def _from_asciidoc(lines: list[str]) -> list[str]:
    """Line for line: `== Title` to `## Title`, `[source,sh]` with its `----` block to a fence."""
    out: list[str] = []
    fence, language = "", ""
    for line in lines:
        mark = _ADOC_BLOCK.match(line)
        source = _ADOC_SOURCE.match(line)
        heading = _ADOC_HEADING.match(line)
        if mark and (not fence or mark[1] == fence):
            out.append("```" if fence else f"```{language}")
            fence, language = ("" if fence else mark[1]), ""
        elif fence:
            out.append(line)
        elif source:
            language = source[1] or ""
            out.append("")
        else:
            out.append("#" * len(heading[1]) + " " + heading[2] if heading else line)
    return [*out, "```"] if fence else out
