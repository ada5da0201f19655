"""Text as a person reads it: names instead of ids, times in the reader's zone, no formatting characters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.demo.standin.errors import Json
from bot.demo.standin.workspace import Workspace

_TOKEN = re.compile(r"<([^<>]+)>")
_DATE = re.compile(r"!date\^(\d+)\^([^^|]*)(?:\^[^|]*)?\|?(.*)", re.DOTALL)
_MARKS = re.compile(r"(?<![\w*_~`])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)

BOLD, CODE, PLAIN = "\ue000", "\ue001", "\ue002"
"""Characters (private use) that can stand around bold words and code; `PLAIN` ends either."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written around bold words and inline code, before and after."""

    bold: tuple[str, str] = ("", "")
    code: tuple[str, str] = ("", "")


WORDS_ONLY = Marks()
BACKTICKS = Marks(code=("`", "`"))
STYLED = Marks(bold=(BOLD, PLAIN), code=(CODE, PLAIN))


class Words:
    """Reads text for one person; `marks` say how bold words and inline code stay recognisable."""

    def __init__(self, ws: Workspace, tz: str = "Etc/UTC", *, marks: Marks = WORDS_ONLY) -> None:
        self._ws = ws
        self._zone = ZoneInfo(tz)
        self._marks = marks

    def mrkdwn(self, text: str) -> str:
        """mrkdwn as it reads: mentions by name, links by label, no formatting characters."""
        shown = []
        for number, part in enumerate(_CODE.split(text)):
            if number % 2:
                block = part.startswith("```")
                part = _unescape(_TOKEN.sub(self._token, part.strip("`").strip("\n") if block else part[1:-1]))
                shown.append(part if block else part.join(self._marks.code))
            else:
                bare = _TOKEN.sub(self._token, part)
                for _ in range(3):  # bold inside italic inside strike
                    bare = _MARKS.sub(self._unmark, bare)
                shown.append(_unescape(bare))
        return "".join(shown)

    def _unmark(self, match: re.Match[str]) -> str:
        bold = match.group(1) == "*"
        return match.group(2).join(self._marks.bold) if bold else match.group(2)

    def _token(self, match: re.Match[str]) -> str:
        body = match.group(1)
        if date := _DATE.fullmatch(body):
            return self.date(int(date.group(1)), date.group(2))
        target, _, label = body.partition("|")
        if target.startswith(("@", "#", "!")):
            return self.mention(target, label)
        return label or target

    def mention(self, target: str, label: str = "") -> str:
        """What `@U…`, `#C…`, `!here` or `!subteam^S…` is called."""
        if target.startswith("@"):
            user = self._ws.users.get(target[1:])
            return f"@{user.name}" if user else f"@{label or target[1:]}"
        if target.startswith("#"):
            channel = self._ws.channels.get(target[1:])
            return f"#{channel.name}" if channel else f"#{label or target[1:]}"
        if target.startswith("!subteam^"):
            group = self._ws.groups.get(target.removeprefix("!subteam^"))
            return f"@{group.handle}" if group else f"@{label}"
        return f"@{target[1:]}"

    def date(self, timestamp: int, form: str) -> str:
        """A date token in the reader's zone (docs.slack.dev/messaging/formatting-message-text)."""
        at = dt.datetime.fromtimestamp(timestamp, self._zone)
        values = {
            "date_num": f"{at:%Y-%m-%d}",
            "date": f"{at:%B} {at.day}, {at.year}",
            "date_short": f"{at:%b} {at.day}, {at.year}",
            "date_long": f"{at:%A}, {at:%B} {at.day}, {at.year}",
            "date_pretty": f"{at:%B} {at.day}, {at.year}",
            "date_short_pretty": f"{at:%b} {at.day}, {at.year}",
            "date_long_pretty": f"{at:%A}, {at:%B} {at.day}, {at.year}",
            "time": f"{at:%H:%M}",
            "time_secs": f"{at:%H:%M:%S}",
            "ago": self._ago(timestamp),
        }
        return re.sub(r"{(\w+)}", lambda m: values.get(m.group(1), m.group(0)), form)

    def _ago(self, timestamp: int) -> str:
        seconds = self._ws.clock.now() // 1000 - timestamp
        for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
            if abs(seconds) >= size:
                count = abs(seconds) // size
                words = f"{count} {unit}{'s' if count > 1 else ''}"
                return f"{words} ago" if seconds > 0 else f"in {words}"
        return "just now"

    def text(self, value: Json | None) -> str:
        """A text object."""
        if not value:
            return ""
        body = str(value.get("text", ""))
        return self.mrkdwn(body) if value.get("type") == "mrkdwn" else body


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
