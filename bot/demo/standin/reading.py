"""Block Kit as a person reads it: the words on the screen, in order, without markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.demo.standin.errors import Json
from bot.demo.standin.state import at_first, held, is_input
from bot.demo.standin.words import WORDS_ONLY, Marks, Words
from bot.demo.standin.workspace import Workspace
from bot.demo.standin.world import Message

State = dict[str, dict[str, Json]]
"""What inputs hold, by block and action id."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing on the screen.

    `kind` is header, text, code, fields, context, buttons, aside (buttons beside the text before them), input, menu,
    table or rule.
    """

    kind: str
    lines: tuple[str, ...]
    marks: tuple[str, ...] = ()
    """For buttons: the style of each (primary, danger or nothing)."""


class Eyes(Words):
    """Reads blocks for one person; with `state`, inputs show what has been entered."""

    def __init__(
        self, ws: Workspace, tz: str = "Etc/UTC", *, marks: Marks = WORDS_ONLY, state: State | None = None
    ) -> None:
        super().__init__(ws, tz, marks=marks)
        self._state = state or {}

    def pieces(self, blocks: list[Json]) -> Iterator[Piece]:
        """What the blocks show, top to bottom."""
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Json) -> Iterator[Piece]:
        match block["type"]:
            case "header":
                yield Piece("header", (self.text(block["text"]),))
            case "section":
                yield from self._section(block)
            case "context":
                words = [self._context(element) for element in block["elements"]]
                yield Piece("context", (" ".join(words),))
            case "actions" | "context_actions":
                yield from self._elements(block["elements"], block)
            case "divider":
                yield Piece("rule", ())
            case "rich_text":
                yield from self._rich(block)
            case "markdown":
                yield Piece("text", tuple(str(block["text"]).splitlines()))
            case "table":
                yield Piece("table", tuple(self._row(row) for row in block["rows"]))
            case "input":
                yield Piece("input", (self._input(block),))
            case "image":
                yield Piece("text", (f"[image: {block['alt_text']}]",))
            case "plan":
                yield Piece("text", (block["title"],))
                yield from self.pieces(block.get("tasks", []))
            case "task_card":
                yield Piece("text", (f"{block.get('status', 'pending')}: {block['title']}",))
            case "alert":
                yield Piece("text", tuple(self.text(block["text"]).splitlines()))

    def _section(self, block: Json) -> Iterator[Piece]:
        if "text" in block:
            yield from self._with_code(block["text"])
        if block.get("fields"):
            yield Piece("fields", tuple(self.text(field) for field in block["fields"]))
        if "accessory" in block:
            for piece in self._elements([block["accessory"]], block):
                yield replace(piece, kind="aside") if piece.kind == "buttons" else piece

    def _with_code(self, value: Json) -> Iterator[Piece]:
        body = str(value["text"])
        if value["type"] != "mrkdwn" or "```" not in body:
            yield Piece("text", tuple(self.text(value).splitlines()))
            return
        for number, part in enumerate(body.split("```")):
            lines = self.mrkdwn(part.strip("\n")) if number % 2 == 0 else self.mrkdwn(f"```{part}```")
            if lines:
                yield Piece("code" if number % 2 else "text", tuple(lines.splitlines()))

    def _context(self, element: Json) -> str:
        return f"[{element['alt_text']}]" if element["type"] == "image" else self.text(element)

    def _elements(self, elements: list[Json], block: Json) -> Iterator[Piece]:
        buttons = [element for element in elements if element["type"] in ("button", "workflow_button", "icon_button")]
        if buttons:
            labels = tuple(self.text(button["text"]) for button in buttons)
            yield Piece("buttons", labels, tuple(button.get("style", "") for button in buttons))
        for element in elements:
            if element["type"] == "image":
                yield Piece("text", (f"[image: {element['alt_text']}]",))
            elif element not in buttons:
                yield Piece("menu", (self._menu(element, block),))

    def _menu(self, element: Json, block: Json) -> str:
        if element["type"] == "overflow":
            return "… " + " · ".join(self.text(option["text"]) for option in element["options"])
        own = self._state.get(block.get("block_id", ""), {}).get(element.get("action_id", ""))
        value = held(own or at_first(element)) if is_input(element) else None
        if element["type"] in ("checkboxes", "radio_buttons"):
            picked = value if isinstance(value, list) else [value]
            return "  ".join(f"({'x' if o in picked else ' '}) {self.text(o['text'])}" for o in element["options"])
        shown = self._value(value) or self.text(element.get("placeholder"))
        return shown or element["type"].replace("_", " ")

    def _value(self, value: Any) -> str:
        """What an input holds, in words."""
        if isinstance(value, list):
            return ", ".join(map(self._value, value))
        if isinstance(value, dict):
            return self.text(value.get("text")) if "text" in value else ""
        if value in self._ws.users:
            return self.mention(f"@{value}")
        return "" if value is None else str(value)

    def _input(self, block: Json) -> str:
        label = self.text(block["label"]) + (" (optional)" if block.get("optional") else "")
        hint = self.text(block.get("hint"))
        return f"{label}: {self._menu(block['element'], block)}" + (f" — {hint}" if hint else "")

    def _rich(self, block: Json) -> Iterator[Piece]:
        for group in block["elements"]:
            kind = "code" if group["type"] == "rich_text_preformatted" else "text"
            if group["type"] == "rich_text_list":
                ordered = group["style"] == "ordered"
                items = [self._parts(item["elements"]) for item in group["elements"]]
                start = group.get("offset", 0) + 1
                marks = [f"{start + n}." if ordered else "•" for n in range(len(items))]
                yield Piece("text", tuple(f"{mark} {item}" for mark, item in zip(marks, items, strict=True)))
            else:
                yield Piece(kind, tuple(self._parts(group["elements"]).splitlines()))

    def _row(self, row: list[Json]) -> str:
        return " | ".join(self._cell(cell) for cell in row)

    def _cell(self, cell: Json) -> str:
        if cell["type"] != "rich_text":
            return str(cell.get("text", cell.get("value", "")))
        return " ".join(self._parts(group.get("elements", [])) for group in cell["elements"])

    def _parts(self, parts: list[Json]) -> str:
        return "".join(self._part(part) for part in parts)

    def _part(self, part: Json) -> str:
        match part["type"]:
            case "text":
                return str(part["text"])
            case "link":
                return str(part.get("text") or part["url"])
            case "user":
                return self.mention(f"@{part['user_id']}")
            case "channel":
                return self.mention(f"#{part['channel_id']}")
            case "usergroup":
                return self.mention(f"!subteam^{part['usergroup_id']}")
            case "broadcast":
                return f"@{part['range']}"
            case "emoji":
                return f":{part['name']}:"
            case "date":
                return self.date(int(part["timestamp"]), str(part["format"]))
            case _:
                return str(part.get("value", ""))

    def blocks(self, blocks: list[Json]) -> str:
        """All the words of some blocks, a line each; buttons in brackets."""
        lines: list[str] = []
        for piece in self.pieces(blocks):
            if piece.kind in ("buttons", "aside"):
                lines.append(" ".join(f"[{label}]" for label in piece.lines))
            else:
                lines += piece.lines
        return "\n".join(lines)

    def message(self, message: Message) -> str:
        """What the message says: its blocks if it has any, else its text; files by name."""
        words = self.blocks(message.blocks) if message.blocks else self.mrkdwn(message.text)
        if message.blocks and message.files:
            words = "\n".join(filter(None, (self.mrkdwn(message.text), words)))
        names = [f"[file: {self._ws.files[file_id].title}]" for file_id in message.files]
        return "\n".join(filter(None, (words, *names)))
