"""Typed text into Markdown and Mermaid so that it can be nothing but text."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from bot.runbooks.editing.markdown import code as code_span

_INLINE = re.compile(r"([\\`*_\[\]<>|~&$])")
_AT_START = re.compile(r"^(\s*)(?:([#+=:-])|(\d{1,9})([.)]))")
_WORD_MARKS = re.compile(r"[^\w .+%-]+")


def markdown(text: str) -> str:
    """One line of Markdown that reads as the text and holds no structure: no emphasis, link, table cell, tag, heading,
    list item, math or quotation. Balanced code spans stay code."""
    line = " ".join(text.replace("\0", "").split())
    parts = line.split("`")
    if len(parts) % 2 == 0 or "" in parts[1::2]:
        parts = [line]
    out = [_coded(part) if at % 2 else _INLINE.sub(r"\\\1", part) for at, part in enumerate(parts)]
    return _AT_START.sub(_start, "".join(out))


def _coded(code: str) -> str:
    # A pipe ends a table cell even inside code, unless it is escaped.
    return "`" + code.replace("|", "\\|") + "`"


def _start(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"


def mermaid(text: str) -> str:
    """A label in a Mermaid chart, where colons, semicolons, commas and hashes are grammar."""
    return " ".join(_WORD_MARKS.sub(" ", text).split())[:60] or "-"


def http_url(url: str) -> str:
    """The address with everything encoded that could end it; "" when it is no http(s) address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote(url.strip(), safe="!#$%&'*+,/:;=?@~-._[]")


class MarkdownText(str):
    """A text that escapes itself for Markdown wherever a template prints it."""

    __slots__ = ()

    def __html__(self) -> str:
        return markdown(self)


def finalize_markdown(value: Any) -> Any:
    """Jinja's hook on every printed expression: what is no markup yet is text."""
    return value if hasattr(value, "__html__") else MarkdownText(value)


def markdown_code(text: str) -> Markup:
    """A code span, safe inside a table as well."""
    return Markup(code_span(" ".join(text.split())).replace("|", "\\|")) if text.strip() else Markup("")


def markdown_link(text: str, url: str) -> Markup:
    """A link, or the text alone when the address is no http(s) address."""
    safe, label = http_url(url), markdown(text)
    return Markup(f"[{label}]({safe.replace('(', '%28').replace(')', '%29')})" if safe else label)


def html(text: str) -> Markup:
    """The text as HTML, balanced code spans as code: commands are to be told from words."""
    parts = text.split("`")
    if len(parts) % 2 == 0 or "" in parts[1::2]:
        return Markup("{}").format(text)
    return Markup("").join(html_code(part) if at % 2 else part for at, part in enumerate(parts))


class HtmlText(str):
    """A text that escapes itself for HTML wherever a template prints it."""

    __slots__ = ()

    def __html__(self) -> str:
        return html(str(self))


def finalize_html(value: Any) -> Any:
    """Jinja's hook on every printed expression: what is no markup yet is text."""
    return value if hasattr(value, "__html__") else HtmlText(value)


def html_code(text: str) -> Markup:
    """A code element."""
    return Markup("<code>{}</code>").format(text) if text.strip() else Markup("")


def html_link(text: str, url: str) -> Markup:
    """A link, or the text alone when the address is no http(s) address."""
    safe = http_url(url)
    return Markup('<a href="{}">{}</a>').format(safe, text) if safe else Markup("{}").format(text)
