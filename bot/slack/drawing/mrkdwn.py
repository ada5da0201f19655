"""Text for Slack: escaping, shortening, times, and the runbook author's Markdown as Slack shows it.

Nothing a person typed may become a mention or a link (Slack, "Formatting text for app surfaces": &, < and > are the
control characters).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[!-;=?-{}~]{1,1000}", re.ASCII)
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_DAY = 24 * 60 * 60_000
MORE = "…"
_TICK = "\u02cb"
"""Looks like a backtick and opens no code: an odd one would turn the rest of its text inside out."""


def escape(text: str) -> str:
    """Text as text: no mention, no link, no broadcast. Right-to-left text cannot turn the rest of its line around."""
    open_code = "``" in text or text.count("`") % 2
    return isolate(_safe(text.replace("`", _TICK) if open_code else text))


def _safe(text: str) -> str:
    return _BROADCAST.sub("@\u200b", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def isolate(text: str) -> str:
    """Right-to-left text in a first-strong isolate, with the direction controls of its author taken out."""
    if text.isascii():
        return text
    plain = text.translate(_BIDI)
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in plain):
        return f"{_FIRST_STRONG}{plain}{_POP}"
    return plain


def one_line(text: str, limit: int = 300) -> str:
    """Typed text on one line, shortened and escaped."""
    return escape(shorten(" ".join(text.split()), limit))


def size(text: str) -> int:
    """Length in UTF-16 units: what Slack's clients count, and never less than the number of characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, the cut shown as "…", never inside a character or a joined emoji."""
    if size(text) <= limit:
        return text
    kept = _prefix(text, max(limit - size(MORE), 0))
    return (kept.rstrip() + MORE)[: max(limit, 0)]


def shorten_mrkdwn(text: str, limit: int) -> str:
    """The same for text that is already mrkdwn: a token `<…>` or an entity `&amp;` is kept whole or left out."""
    if size(text) <= limit:
        return text
    kept = _prefix(text, max(limit - size(MORE) - 4, 0))
    opened = kept.rfind("<")
    if opened > kept.rfind(">"):
        kept = kept[:opened]
    kept = re.sub(r"&[a-z]{0,3}$", "", kept).rstrip()
    tail = "`" if kept.count("`") % 2 else ""
    tail += _POP if kept.count(_FIRST_STRONG) > kept.count(_POP) else ""
    return (kept + MORE + tail)[: max(limit, 0)]


def _prefix(text: str, units: int) -> str:
    """As many whole characters as fit, and no half of a joined one."""
    if text.isascii():
        return text[:units]
    fitting = text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")
    end = len(fitting)
    while 0 < end < len(text) and (_joins(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end]


def _joins(char: str) -> bool:
    """A character that belongs to the one before it: joiner, variation selector, skin tone, combining mark."""
    return char in "\u200d\ufe0f\ufe0e" or 0x1F3FB <= ord(char) <= 0x1F3FF or unicodedata.combining(char) != 0


def utc(at: int) -> str:
    """ "03:14 UTC"."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M} UTC"


def utc_date(at: int) -> str:
    """ "2026-11-20 03:14 UTC"."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def clock(at: int, now: int | None = None) -> str:
    """A time in the reader's own zone; with the day when it is half a day or more away from `now`."""
    if now is not None and abs(now - at) >= _DAY // 2:
        return f"<!date^{at // 1000}^{{date_short_pretty}} {{time}}^{utc_date(at)}>"
    return f"<!date^{at // 1000}^{{time}}^{utc(at)}>"


def ago(at: int) -> str:
    """ "4 minutes ago", kept up to date by the reader's client."""
    return f"<!date^{at // 1000}^{{ago}}^since {utc(at)}>"


def plain_minutes(minutes: float) -> str:
    """ "1 minute", "10 minutes", "2.5 minutes"; a long time in whole minutes."""
    number = f"{minutes:.0f}" if minutes >= 10 else f"{round(minutes, 1):g}"
    return f"{number} minute" if number == "1" else f"{number} minutes"


def counted(number: int, noun: str) -> str:
    """ "1 error", "2 errors"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def span(start: int, end: int) -> str:
    """A duration: "38 min", "2 h 5 min"; one that just began is "less than 1 min"."""
    minutes = max(end - start, 0) // 60_000
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return "less than 1 min"
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def inline(markdown: str) -> str:
    """One paragraph of the author's Markdown as mrkdwn: code stays verbatim, a link shows its address."""
    return "".join(inline_of(token) for token in _parser().parseInline(markdown))


def _inline(tokens: list[Token]) -> Iterator[str]:
    links: list[str] = []
    for token in tokens:
        match token.type:
            case "text" | "html_inline":
                yield _safe(token.content.replace("`", _TICK))
            case "code_inline":
                yield code(token.content)
            case "softbreak" | "hardbreak":
                yield "\n"
            case "strong_open" | "strong_close":
                yield "*"
            case "em_open" | "em_close":
                yield "_"
            case "link_open":
                links.append(str(token.attrGet("href") or ""))
            case "link_close":
                yield f" ({_safe(links.pop())})"
            case "image":
                yield f"{_safe(token.content)} ({_safe(str(token.attrGet('src') or ''))})"
            case _:
                yield _safe(token.content.replace("`", _TICK))


def code(text: str) -> str:
    """Inline code. A backtick inside would end it; fences keep theirs."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", _TICK).replace("\n", " ")
    return f"`{safe}`" if safe.strip() else ""


def link(url: str) -> str:
    """The address itself as a link, never behind other words; anything that is no plain web address stays text."""
    return f"<{url.replace('&', '&amp;')}>" if _ADDRESS.fullmatch(url) else escape(shorten(url, 500))


def tokens(markdown: str) -> list[Token]:
    """The block tokens of the author's Markdown."""
    return _parser().parse(markdown)


def inline_of(token: Token) -> str:
    """The mrkdwn of a token of type `inline`."""
    return isolate("".join(_inline(token.children or [])))
