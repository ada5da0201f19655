"""Characters and lines: the one place that knows what a line is.

A line ends at LF, CRLF or CR and nowhere else: `str.splitlines` also splits at form feed and U+2028, which would shift
every line number after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n|\n|\r")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
_WIDE = ("\xff\xfe", "\xfe\xff")


def split_lines(text: str) -> list[str]:
    """The lines of a text without their endings. A final newline opens no further line."""
    lines = _NEWLINE.split(text)
    if lines[-1] == "":
        lines.pop()
    return lines


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place in a file that is not clean text. Line and column are 1-based."""

    line: int
    column: int
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as text, BOM removed; bytes that are not UTF-8 are replaced by U+FFFD and told in `flaws`."""

    text: str
    flaws: tuple[Flaw, ...] = ()


def _place(before: str) -> tuple[int, int]:
    """Line and column (1-based) of the character after `before`."""
    lines = _NEWLINE.split(before)
    return len(lines), len(lines[-1]) + 1


def decode(data: bytes) -> Decoded:
    """Bytes to text, never raising. Flaws name the first place of each kind."""
    if data[:2].decode("latin-1") in _WIDE:
        return Decoded("", (Flaw(1, 1, "The file is UTF-16. Save it as UTF-8.", fatal=True),))
    flaws: list[Flaw] = []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8", "replace").removeprefix(BOM))
        byte = f"0x{data[error.start]:02X}"
        flaws.append(Flaw(line, column, f"Byte {byte} is not UTF-8. Save the file as UTF-8."))
        text = data.decode("utf-8", "replace")
    text = text.removeprefix(BOM)
    nul = text.find("\0")
    if nul >= 0:
        line, column = _place(text[:nul])
        flaws.append(Flaw(line, column, "A NUL byte: the file is damaged or is no text. Remove it."))
        text = text.replace("\0", "\ufffd")
    return Decoded(text, tuple(flaws))


def mask_code(text: str) -> str:
    """The text with the inside of every code span blanked, same length: searches then never match inside code."""
    if "`" not in text:
        return text
    return _CODE_SPAN.sub(lambda found: "\1" * len(found.group(0)), text)


def code_spans(text: str) -> list[tuple[int, int, str]]:
    """Every code span: start, end (with backticks) and the code. One space of padding is removed on both sides."""
    spans = []
    for found in _CODE_SPAN.finditer(text):
        code = found.group(2).replace("\n", " ")
        if code.startswith(" ") and code.endswith(" ") and code.strip():
            code = code[1:-1]
        spans.append((found.start(), found.end(), code))
    return spans


def blank_comments(text: str) -> str:
    """The text without HTML comments, but with their line breaks, so that line numbers stay true."""
    if "<!--" not in text:
        return text
    masked = mask_code(text)
    out, at = [], 0
    while (start := masked.find("<!--", at)) >= 0 and (end := masked.find("-->", start + 4)) >= 0:
        out.append(text[at:start])
        out.append("\n" * text.count("\n", start, end))
        at = end + 3
    out.append(text[at:])
    return "".join(out)


def plain(text: str) -> str:
    """Inline Markdown without its emphasis and code marks, whitespace collapsed: for names and headings."""
    return " ".join(re.sub(r"\*\*|__|[*`]|(?<!\w)_|_(?!\w)", "", text).split())


def slug(text: str) -> str:
    """Lower case letters, digits and single hyphens; "" when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


_FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(?P<mark>`{3,}|~{3,})(?P<info>.*)$")


def code_lines(lines: Iterable[str]) -> Iterator[int]:
    """The numbers (from 0) of the lines that belong to a code block, its marks included; for those who look at lines
    before Markdown is read."""
    mark = ""
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if mark:
            yield number
            if found and found["mark"].startswith(mark) and not found["info"].strip():
                mark = ""
        elif found and "`" not in found["info"]:
            yield number
            mark = found["mark"]
