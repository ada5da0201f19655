"""Writing Markdown so that it reads back as what was meant: code spans, fences, table cells, any text."""

from __future__ import annotations

import re
from collections.abc import Iterable

_RUNS = re.compile("`+")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def code(text: str) -> str:
    """A code span around any one-line text, also when it holds backticks."""
    text = " ".join(text.split("\n"))
    ticks = "`" * (max((len(run) for run in _RUNS.findall(text)), default=0) + 1)
    if len(ticks) > 1 or (text.startswith(" ") and text.endswith(" ")):
        return f"{ticks} {text} {ticks}"
    return f"{ticks}{text}{ticks}"


def fence(text: str, language: str = "") -> list[str]:
    """A code block around any text, as lines; the text verbatim, but for characters that no file can hold."""
    text = _UNWRITABLE.sub("\ufffd", text)
    ticks = "`" * max([3, *(len(run) + 1 for run in _RUNS.findall(text))])
    return [ticks + re.sub(r"[^\w.+#-]", "", language), *re.split(r"\r\n|\n|\r", text), ticks]


def cell(text: str) -> str:
    """A table cell: one line, pipes escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table with outer pipes, as lines."""
    titles = list(header)
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return lines + ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]


def indent(lines: Iterable[str], width: int) -> list[str]:
    """Lines moved right, empty ones left empty."""
    return [" " * width + line if line else "" for line in lines]


def one_line(text: str) -> str:
    """A text on one line, without control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


_MARKUP = re.compile(r"[\\*_<\[\]·•]")
_OPENING = re.compile(r"(?:[#>+|=~-]|\d+(?=[.)]))")
_MARKER_WORD = re.compile(r"([A-Za-z])([:：])(?=\s|$)")


def escape(text: str) -> str:
    """Any text as one line of Markdown that can be nothing but text: no heading, list, label, code block or comment.

    Balanced code spans are kept. What would be markup gets a backslash, so that a reader sees the same characters.
    """
    line = one_line(text)
    parts = _RUNS.split(line)
    if len(parts) % 2 == 0 or any(len(run) > 1 for run in _RUNS.findall(line)):
        parts = ["'".join(parts)]
    out = [part if at % 2 else _escape_prose(part) for at, part in enumerate(parts)]
    written = "`".join(out)
    opening = _OPENING.match(written)
    if opening is None:
        return written
    cut = opening.end() if opening[0][0].isdigit() else opening.start()
    return f"{written[:cut]}\\{written[cut:]}"


def _escape_prose(text: str) -> str:
    return _MARKER_WORD.sub(r"\1\\\2", _MARKUP.sub(lambda found: "\\" + found[0], text))
