"""A foreign page as clean lines: encoding, line ends, front matter and AsciiDoc marks out of the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.runbooks.foreign.headings import plain_role
from bot.runbooks.foreign.html import from_html, has_html
from bot.runbooks.parsing.blocks import Block, Kind, read_blocks
from bot.runbooks.parsing.lazy import unlazy
from bot.runbooks.parsing.text import BOM

ENDINGS = (".md", ".markdown", ".mdx", ".adoc", ".asciidoc", ".txt", ".rst")
"""Endings that are no part of an alert's name."""

_NEWLINE = re.compile(r"\r\n|\n|\r")
_FRONT = {"---": ("---", "..."), "+++": ("+++",)}
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
    """What a person should know about how the page was read."""

    @property
    def front(self) -> list[str]:
        """The lines of the front matter without its marks."""
        return [line for line in self.lines[1 : max(1, self.skip - 1)] if line.strip()]


def read_page(path: str, data: bytes) -> Page:
    """Bytes to a page, never raising: what cannot be read as Markdown has no blocks and says so."""
    text, remarks = _decoded(data)
    lines = _NEWLINE.split(text)
    if _is_asciidoc(path, lines):
        lines = _from_asciidoc(lines)
        remarks.append("AsciiDoc: headings and source blocks were turned into Markdown")
    page = Page(path, lines, skip=_front_matter(lines), remarks=remarks)
    try:
        page.blocks = blocks_of(lines, page.skip)
        if has_html(lines):
            page.lines = from_html(lines, _code(page.blocks))
            page.blocks = blocks_of(page.lines, page.skip)
    except RecursionError:
        page.blocks = []
        page.remarks.append("nested too deeply to be read; the page is kept whole as a note")
    if page.lines != lines:
        page.remarks.append("headings, folded sections and <pre> in HTML were turned into Markdown")
    return page


def _code(blocks: list[Block]) -> frozenset[int]:
    fences = (one for block in blocks for one in block.walk() if one.kind is Kind.FENCE)
    return frozenset(number for fence in fences for number in range(fence.start, fence.end))


def blocks_of(lines: list[str], skip: int = 0) -> list[Block]:
    """The top-level blocks of Markdown that is no runbook: its section titles are others than ours."""
    blocks = read_blocks(lines, skip, lambda line: plain_role(line) is not None)
    return unlazy(blocks, lines, lambda name: plain_role(name) is not None)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    remarks = []
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
        remarks.append("UTF-16, read as such")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
            remarks.append("not UTF-8, read as Windows-1252: look at its accents and quotation marks")
    if "\0" in text:
        remarks.append("NUL bytes, shown as U+FFFD")
    return text.removeprefix(BOM).replace("\0", "\ufffd"), remarks


def _front_matter(lines: list[str]) -> int:
    """How many lines at the top are front matter (YAML or TOML), marks included."""
    closers = _FRONT.get(lines[0].rstrip())
    if closers is None:
        return 0
    for at, line in enumerate(lines[1:], start=1):
        if line.rstrip() in closers:
            body = [one for one in lines[1:at] if one.strip()]
            return at + 1 if all(re.match(r"\s|#|-|[\w\"'.-]+\s*[:=]", one) for one in body) else 0
    return 0


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
