"""Messages and views drawn for a terminal: calm, narrow, and the same words Slack would show."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.markup import escape

from bot.demo.standin.driver.modal import Modal, Surface
from bot.demo.standin.driver.person import Person
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.reading import Eyes, Piece
from bot.demo.standin.state import values
from bot.demo.standin.words import BACKTICKS, BOLD, CODE, PLAIN, STYLED

_TAGS = {BOLD: "[bold]", CODE: "[cyan]", PLAIN: "[/]"}
_MARKS = tuple(_TAGS)
_SPLIT = re.compile(f"([{''.join(_MARKS)}])")
_BAR = "│ "
_STYLES = {"header": "bold", "code": "cyan", "context": "dim", "rule": "dim", "menu": "dim"}
_BUTTON_STYLES = {"primary": "bold green", "danger": "red", "": "bold"}
_NARROWEST = 24


def render_message(message: Posted, width: int = 88, *, rich: bool = False, reader: Person | None = None) -> str:
    """A message as a few lines of at most `width` columns; with `rich`, as console markup.

    Times are in `reader`'s zone, UTC without one.
    """
    pen = _Pen(max(width, _NARROWEST), rich)
    tz = reader.user.tz if reader else "Etc/UTC"
    eyes = Eyes(message.slack.workspace, tz, marks=STYLED if rich else BACKTICKS)
    record = message.record
    lines = [pen.title(message.author, _facts(message, tz))]
    if record.deleted:
        return "\n".join([*lines, pen.framed("(deleted)", "dim")])
    if record.blocks:
        lines += pen.pieces(eyes.pieces(message.blocks))
    elif record.text:
        lines += pen.pieces([Piece("text", tuple(eyes.mrkdwn(record.text).splitlines()))])
    for name in message.files:
        lines.append(pen.framed(f"file: {name}", "dim"))
    if message.reactions:
        marks = "  ".join(f":{name}: {len(by)}" for name, by in message.reactions.items())
        lines.append(pen.framed(marks, "dim"))
    return "\n".join(lines)


def render_view(surface: Surface, width: int = 64, *, rich: bool = False) -> str:
    """A modal or Home tab as a few lines of at most `width` columns, with what has been entered so far."""
    pen = _Pen(max(width, _NARROWEST), rich)
    state = values(surface.blocks, surface.view.state)
    kept = STYLED if rich else BACKTICKS
    eyes = Eyes(surface.slack.workspace, surface.person.user.tz, marks=kept, state=state)
    name = surface.title if isinstance(surface, Modal) else "Home"
    lines = [pen.title(name, f"seen by {surface.person.name}")]
    pieces = list(eyes.pieces(surface.blocks))
    if isinstance(surface, Modal):
        ends = [(surface.view.body[end]["text"], end) for end in ("close", "submit") if end in surface.view.body]
        labels = tuple(str(text) for text, _ in ends) or ("Close",)
        marks = tuple("primary" if end == "submit" else "" for _, end in ends) or ("",)
        pieces.append(Piece("buttons", labels, marks))
    lines += pen.pieces(pieces)
    return "\n".join(lines)


def _facts(message: Posted, tz: str) -> str:
    at = dt.datetime.fromtimestamp(float(message.ts), ZoneInfo(tz))
    facts = [f"{at:%H:%M}"]
    if message.record.edited:
        facts.append("edited")
    if message.record.ephemeral_to:
        facts.append("only visible to " + message.slack.workspace.users[message.record.ephemeral_to].name)
    if message.record.is_reply:
        facts.append("in the thread, shown in the channel" if message.record.broadcast else "in the thread")
    return " · ".join(facts)


class _Pen:
    """Writes framed lines, plain or as markup."""

    def __init__(self, width: int, rich: bool) -> None:
        self._inner = width - len(_BAR)
        self._rich = rich

    def title(self, name: str, facts: str) -> str:
        return f"{self._styled(name, 'bold')}  {self._styled(facts, 'dim')}"

    def framed(self, line: str, style: str = "") -> str:
        return self._styled(_BAR if line else _BAR.rstrip(), "dim") + self._styled(line.rstrip(), style)

    def pieces(self, pieces: Iterator[Piece] | list[Piece]) -> list[str]:
        """All pieces, an empty line around code and before rows of buttons."""
        lines: list[str] = []
        queue = list(pieces)
        before = ""
        for number, piece in enumerate(queue):
            if before and before != "rule" and ("code" in (piece.kind, before) or piece.kind == "buttons"):
                lines.append(self.framed(""))
            following = queue[number + 1] if number + 1 < len(queue) else None
            if piece.kind == "text" and following is not None and following.kind == "aside":
                lines += self._beside(piece, following)
            elif not (piece.kind == "aside" and before == "text"):
                lines += self._piece(piece)
            before = piece.kind
        return lines

    def _piece(self, piece: Piece) -> Iterator[str]:
        match piece.kind:
            case "rule":
                yield self.framed("─" * self._inner, "dim")
            case "buttons" | "aside":
                yield from self._buttons(piece)
            case "fields":
                yield from self._fields(piece.lines)
            case "table":
                yield from self._table([line.split(" | ") for line in piece.lines])
            case _:
                indent = "    " if piece.kind == "code" else ""
                for line in (part for whole in piece.lines for part in whole.split("\n")):
                    for part in wrap(line, self._inner - len(indent)):
                        yield self.framed(indent + part, _STYLES.get(piece.kind, ""))

    def _beside(self, piece: Piece, aside: Piece) -> Iterator[str]:
        """Text with its button at the right, as Slack draws a section's accessory."""
        label, mark = f"[{aside.lines[0]}]", aside.marks[0]
        room = self._inner - cell_len(label) - 2
        if room < _NARROWEST:
            yield from self._piece(piece)
            yield from self._buttons(aside)
            return
        parts = [part for line in piece.lines for part in wrap(line, room)]
        gap = " " * (room + 2 - visible_len(parts[0]))
        yield self.framed(parts[0]) + gap + self._styled(label, _BUTTON_STYLES[mark])
        for part in parts[1:]:
            yield self.framed(part)

    def _buttons(self, piece: Piece) -> Iterator[str]:
        row, used = "", 0
        for label, mark in zip(piece.lines, piece.marks, strict=True):
            size = cell_len(label) + 2
            if used and used + 2 + size > self._inner:
                yield self._styled(_BAR, "dim") + row
                row, used = "", 0
            gap = "  " if used else ""
            row += gap + self._styled(f"[{label}]", _BUTTON_STYLES[mark])
            used += len(gap) + size
        yield self._styled(_BAR, "dim") + row

    def _fields(self, fields: tuple[str, ...]) -> Iterator[str]:
        """Two columns, as Slack lays fields out."""
        half = self._inner // 2 - 1
        for left, right in zip(fields[::2], (*fields[1::2], "")[: (len(fields) + 1) // 2], strict=True):
            columns = [[part for line in field.splitlines() for part in wrap(line, half)] for field in (left, right)]
            height = max(map(len, columns))
            for row in range(height):
                cells = [column[row] if row < len(column) else "" for column in columns]
                yield self.framed(cells[0] + " " * (half + 2 - visible_len(cells[0])) + cells[1])

    def _table(self, rows: list[list[str]]) -> Iterator[str]:
        count = max(map(len, rows))
        widths = [max((cell_len(row[n]) for row in rows if n < len(row)), default=0) for n in range(count)]
        for number, row in enumerate(rows):
            cells = [cell + " " * (widths[n] - cell_len(cell)) for n, cell in enumerate(row)]
            for part in wrap("  ".join(cells).rstrip(), self._inner):
                yield self.framed(part, "bold" if number == 0 else "")

    def _styled(self, text: str, style: str) -> str:
        if not self._rich:
            return "".join(character for character in text if character not in _MARKS)
        # Piece by piece: a backslash before a mark would otherwise escape the bracket of its tag.
        shown = "".join(_TAGS.get(piece) or escape(piece) for piece in _SPLIT.split(text))
        if style and text.strip():
            return f"[{style}]{shown}[/]"
        # `escape` doubles a backslash at the end for the sake of a tag; here none follows.
        return shown[:-1] if text.endswith("\\") and shown.endswith("\\\\") else shown


def visible_len(text: str) -> int:
    """How many columns a text takes, marks not counted."""
    return cell_len("".join(character for character in text if character not in _MARKS))


def wrap(line: str, width: int) -> list[str]:
    """A line cut at spaces into parts of at most `width` columns; a mark that is open at a cut is carried over."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    parts: list[str] = []
    current, open_mark = indent, ""
    for word in line.strip(" ").split(" "):
        for piece in _chunks(word, max(width - len(indent), 1)):
            gap = "" if current.strip(" " + "".join(_MARKS)) == "" else " "
            if gap and visible_len(current) + 1 + visible_len(piece) > width:
                parts.append(current + (PLAIN if open_mark else ""))
                current, gap = indent + open_mark, ""
            current += gap + piece
            for character in piece:
                if character in _MARKS:
                    open_mark = "" if character == PLAIN else character
    return [*parts, current]


def _chunks(word: str, width: int) -> list[str]:
    """A word longer than a line, in pieces that fit."""
    if visible_len(word) <= width:
        return [word]
    chunks, current = [], ""
    for character in word:
        if visible_len(current + character) > width:
            chunks.append(current)
            current = ""
        current += character
    return [*chunks, current]
