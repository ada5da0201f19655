"""A message as a person sees it, with its buttons and menus found by their visible words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.demo.standin.blockkit import elements_of
from bot.demo.standin.errors import Json
from bot.demo.standin.reading import Eyes
from bot.demo.standin.state import is_input
from bot.demo.standin.world import Message

if TYPE_CHECKING:
    from bot.demo.standin.driver.person import Person, Reply
    from bot.demo.standin.driver.places import Place, Thread
    from bot.demo.standin.standin import StandIn


class NotOnScreen(LookupError):
    """What was to be clicked or filled is not there. The message names what is."""


@dataclass(frozen=True, slots=True)
class Control:
    """Something to click or choose from, with the words that find it."""

    label: str
    block: Json
    element: Json
    option: Json | None = None

    @property
    def is_button(self) -> bool:
        """Whether one click is all it takes (a button, or an item of an overflow menu)."""
        return self.element["type"] in ("button", "workflow_button", "icon_button", "overflow")


def controls(eyes: Eyes, blocks: list[Json]) -> list[Control]:
    """Everything one can act on, top to bottom. A menu is found by its label, placeholder or action id."""
    found: list[Control] = []
    for block in blocks:
        for _, element in elements_of(block):
            kind = element["type"]
            if kind in ("button", "workflow_button", "icon_button"):
                found.append(Control(eyes.text(element["text"]), block, element))
            elif kind == "overflow":
                found += [Control(eyes.text(item["text"]), block, element, item) for item in element["options"]]
            elif is_input(element):
                label = block.get("label") or element.get("placeholder") or block.get("text")
                found.append(Control(eyes.text(label) or element["action_id"], block, element))
    return found


def find_control(found: list[Control], label: str, *, buttons: bool) -> Control:
    """The control with this label: exactly, else the only one that starts with it.

    Raises `NotOnScreen` naming what there is.
    """
    fitting = [control for control in found if control.is_button == buttons]
    for match in (
        [control for control in fitting if control.label == label],
        [control for control in fitting if control.label.startswith(label)],
    ):
        if len(match) == 1 or (match and match[0].label == label):
            return match[0]
    sort = "button" if buttons else "field"
    there = ", ".join(f"[{control.label}]" for control in fitting) or "none"
    raise NotOnScreen(f"no {sort} [{label}]; there are: {there}")


class Posted:
    """A message on the screen. It follows edits; `frozen()` keeps what it shows now."""

    def __init__(self, slack: StandIn, message: Message) -> None:
        self.slack = slack
        self.record = message

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return self.record.blocks

    @property
    def text(self) -> str:
        """What a person reads."""
        return self.slack.visible_text(self)

    @property
    def notification(self) -> str:
        """What a lock screen or a screen reader says: the text beside the blocks."""
        return Eyes(self.slack.workspace).mrkdwn(self.record.text)

    @property
    def ts(self) -> str:
        """Its timestamp id."""
        return self.record.ts

    @property
    def author(self) -> str:
        """Who wrote it, by handle."""
        return self.slack.workspace.users[self.record.user].name

    @property
    def channel(self) -> Place:
        """Where it is."""
        return self.slack.channel(self.record.channel)

    @property
    def thread(self) -> Thread:
        """The thread below it (or around it, for a reply)."""
        return self.channel.thread(self.record.thread_ts or self.record.ts)

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.record.deleted

    @property
    def reactions(self) -> dict[str, list[str]]:
        """Who reacted with what, by handle."""
        users = self.slack.workspace.users
        return {name: [users[user].name for user in by] for name, by in self.record.reactions.items()}

    @property
    def files(self) -> dict[str, bytes]:
        """Its attachments by file name."""
        known = self.slack.workspace.files
        return {known[file_id].name: known[file_id].content or b"" for file_id in self.record.files}

    @property
    def controls(self) -> list[Control]:
        """Everything on it that can be clicked or chosen from."""
        return controls(Eyes(self.slack.workspace), self.blocks)

    @property
    def buttons(self) -> list[str]:
        """The labels one can click, overflow items included."""
        return [control.label for control in self.controls if control.is_button]

    def button(self, label: str) -> Button:
        """The button with this label. Raises `NotOnScreen`."""
        return Button(self, find_control(self.controls, label, buttons=True))

    def frozen(self) -> Posted:
        """This message as it looks now, however it is edited later: a screen that has not caught up."""
        return Posted(self.slack, replace(self.record))

    def __repr__(self) -> str:
        return f"<{self.author} {self.ts}: {self.text!r}>"


@dataclass(frozen=True, slots=True)
class Button:
    """A button on a message."""

    message: Posted
    control: Control

    @property
    def confirm(self) -> str:
        """The question it asks before it does anything, or nothing."""
        dialog = self.control.element.get("confirm")
        eyes = Eyes(self.message.slack.workspace)
        return f"{eyes.text(dialog['title'])}\n{eyes.text(dialog['text'])}" if dialog else ""

    async def click(self, person: Person) -> Reply:
        """Click it as this person, saying yes to its question."""
        return await person.press(self.message, self.control)
