"""Headings that a page writes in HTML, as Markdown, line for line: `<h2>Diagnosis</h2>` and folded sections."""

from __future__ import annotations

import re

from bot.runbooks.foreign.headings import Role, plain_role

_HEADING = re.compile(r"\s{0,3}<h([1-6])(?:\s[^>]*)?>(.*?)</h\1\s*>\s*$", re.I)
_OPENING = re.compile(r"\s{0,3}<details(?:\s[^>]*)?>\s*(.*)$", re.I)
_SUMMARY = re.compile(r"\s*<summary(?:\s[^>]*)?>(.*?)</summary\s*>\s*$", re.I)
_CLOSING = re.compile(r"\s*</details\s*>\s*$", re.I)


def has_html(lines: list[str]) -> bool:
    """Whether any line is such a heading; most pages have none."""
    return any(_HEADING.match(line) or _OPENING.match(line) for line in lines)


def from_html(lines: list[str], code: frozenset[int]) -> list[str]:
    """The lines with such headings turned into Markdown, those of `code` (numbers from 0) left as they are.

    A `<details>` is a section when its summary says only what is in it ("Diagnosis"); any other is folded text.
    """
    out = list(lines)
    opened: list[bool] = []
    for at, line in enumerate(lines):
        if at in code:
            continue
        heading = _HEADING.match(line)
        if heading:
            out[at] = f"{'#' * int(heading[1])} {_text(heading[2])}"
        elif details := _OPENING.match(line):
            summary = at if details[1] else next((n for n in range(at + 1, len(lines)) if lines[n].strip()), at)
            title = _SUMMARY.match(details[1] or lines[summary])
            text = _text(title[1]) if title else ""
            opened.append(plain_role(text) not in (None, Role.NOTE))
            if opened[-1]:
                out[at], out[summary] = "", f"**{text}**"
        elif _CLOSING.match(line) and opened and opened.pop():
            out[at] = ""
    return _apart(out, lines)


def _text(written: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|\*\*|__", "", written).split())


def _apart(out: list[str], lines: list[str]) -> list[str]:
    """Text right after a bold line would be one paragraph with it; the line becomes a heading of the lowest level."""
    return [
        f"###### {new.strip('*')}"
        if new != old and new.startswith("**") and at + 1 < len(out) and out[at + 1].strip()
        else new
        for at, (new, old) in enumerate(zip(out, lines, strict=True))
    ]
