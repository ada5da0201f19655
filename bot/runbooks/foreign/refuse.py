"""What is no page that can be imported, and why: told before anything of it is read as Markdown."""

from __future__ import annotations

import re
from pathlib import PurePath

from bot.runbooks.parsing.parse import MAX_BYTES
from bot.runbooks.parsing.text import decode

MAX_PAGE = MAX_BYTES // 10
"""Bytes of a page. A runbook is best with ten entries, and a page becomes at least one of them."""

HTML_ENDINGS = (".html", ".htm", ".xhtml", ".mhtml", ".mht")

_HTML = re.compile(rb"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:\?xml|!doctype\s+html|html|head|body)\b", re.I | re.S)
_DOCUMENTS = (b"%PDF-", b"{\\rtf", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
"""How files that are often beside pages begin: PDF, Rich Text, Word and zip, and pictures."""


def refusal(path: str, data: bytes) -> str:
    """`path: …` or `path:line: …`, why these bytes are no page and what to do; "" for a page."""
    if len(data) > MAX_PAGE:
        return (
            f"{path}: left out, a page has at most {MAX_PAGE:,} bytes, a tenth of a runbook. Split it, and take out "
            "pictures that are written into it."
        )
    flaws = decode(data).flaws
    if data.startswith(_DOCUMENTS) or (b"\0" in data and not any(flaw.fatal for flaw in flaws)):
        return f"{path}: left out, it is no text. Export the page as Markdown."
    if PurePath(path).suffix.casefold() in HTML_ENDINGS or _HTML.match(data.removeprefix(b"\xef\xbb\xbf")):
        return f"{path}: left out, it is HTML or XML. Export the page as Markdown."
    return next((f"{path}:{flaw.line}: left out. {flaw.message}" for flaw in flaws), "")
