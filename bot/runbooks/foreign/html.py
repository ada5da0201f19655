"""What a page writes in HTML, as Markdown, line for line: `<h2>Diagnosis</h2>`, folded sections, and `<pre>`."""

from __future__ import annotations

import html
import re
from bisect import bisect_left

from bot.runbooks.foreign.headings import Role, plain_role

_HEADING = re.compile(r"\s{0,3}<h([1-6])(?:\s[^>]*)?>(.*?)</h\1\s*>\s*$", re.I)
_OPENING = re.compile(r"\s{0,3}<details(?:\s[^>]*)?>\s*(.*)$", re.I)
_SUMMARY = re.compile(r"\s*<summary(?:\s[^>]*)?>(.*?)</summary\s*>\s*$", re.I)
_CLOSING = re.compile(r"\s*</details\s*>\s*$", re.I)
_PRE = re.compile(r"\s{0,3}<pre(?:\s[^>]*)?>(.*)$", re.I)
_PRE_END = re.compile(r"(.*?)</pre\s*>\s*$", re.I)
_INLINE = re.compile(r"</?(?:code|b|i|em|strong|span|samp|kbd)\b[^>]*>", re.I)
_LANGUAGE = re.compile(r"\b(?:language|lang|brush)[-:]\s*([\w+-]+)", re.I)


def has_html(lines: list[str]) -> bool:
    """Whether any line is such HTML; most pages have none."""
    return any(_HEADING.match(line) or _OPENING.match(line) or _PRE.match(line) for line in lines)


def from_html(lines: list[str], code: frozenset[int]) -> list[str]:
    """The lines with such HTML turned into Markdown, those of `code` (numbers from 0) left as they are.

    A `<details>` is a section when its summary says only what is in it ("Diagnosis"); any other is folded text.
    """
    out, fenced = _fenced(lines, code)
    opened: list[bool] = []
    for at, line in enumerate(lines):
        if at in code or at in fenced:
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


def _fenced(lines: list[str], code: frozenset[int]) -> tuple[list[str], set[int]]:
    """The lines with each `<pre>` as a fence, and the numbers of the lines that are one now. A fence's marks take the
    lines of the tags, or the empty lines around them when there is text beside a tag; where there are none, it stays as
    it is."""
    out, taken = list(lines), set[int]()
    ends = [at for at, line in enumerate(lines) if _PRE_END.match(line)]
    after = 0
    for at, line in enumerate(lines):
        opening = None if at in code or at < after else _PRE.match(line)
        last = next(iter(ends[bisect_left(ends, at) :][:1]), None) if opening else None
        if opening is None or last is None:
            continue
        after = last + 1
        ended = _PRE_END.match(lines[last])
        assert ended is not None
        inside = [opening[1], *lines[at + 1 : last], ended[1]] if last > at else [ended[1][opening.start(1) :]]
        body = [html.unescape(_INLINE.sub("", one)) for one in inside]
        first, final = at - 1, last + 1
        if last > at and not body[0].strip():
            first, body = at, body[1:]
        if last > at and not body[-1].strip():
            final, body = last, body[:-1]
        if _free(lines, first, at) and _free(lines, final, last) and not any("```" in one for one in body):
            language = _LANGUAGE.search(line)
            out[first : final + 1] = ["```" + (language[1] if language else ""), *body, "```"]
            taken.update(range(first, final + 1))
    return out, taken


def _free(lines: list[str], place: int, tag: int) -> bool:
    """Whether a mark of a fence may take this line: the tag's own, or an empty one beside it."""
    return place == tag or (0 <= place < len(lines) and not lines[place].strip())


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
