"""A modal or a Home tab in front of somebody: fill it in, press its buttons, submit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.demo.standin import payloads
from bot.demo.standin.api.views import new_modal, redraw
from bot.demo.standin.blockkit import check_view
from bot.demo.standin.blockkit.objects import OPTION
from bot.demo.standin.blockkit.rules import array
from bot.demo.standin.driver.posted import Control, NotOnScreen, controls, find_control
from bot.demo.standin.errors import Json, SlackError
from bot.demo.standin.reading import Eyes
from bot.demo.standin.state import acted, held, holding, values
from bot.demo.standin.world import View

if TYPE_CHECKING:
    from bot.demo.standin.driver.person import Person, Reply

OFFERED = array(OPTION, 100, 0)
"""docs.slack.dev/reference/block-kit/block-elements/select-menu-element: a hundred options at most."""
REQUIRED = "Please complete this required field."
"""Measured: what the client says itself, without asking the app."""
TROUBLE = "We had some trouble connecting. Try again?"
"""Measured: what the client shows when a submission was not acknowledged in time, or with something it cannot use."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission led to. `errors` are by field label; `closed` tells whether this modal is gone."""

    closed: bool
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""
    """What the client says when the app gave no usable answer."""


class Surface:
    """A view on the screen."""

    def __init__(self, person: Person, view: View) -> None:
        self.person = person
        self.slack = person.slack
        self.view = view

    @property
    def _eyes(self) -> Eyes:
        state = values(self.blocks, self.view.state)
        return Eyes(self.slack.workspace, self.person.user.tz, state=state)

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, as they are now."""
        blocks: list[Json] = self.view.body["blocks"]
        return blocks

    @property
    def text(self) -> str:
        """Everything it says."""
        return self._eyes.blocks(self.blocks)

    @property
    def controls(self) -> list[Control]:
        """Everything on it that can be clicked, filled or chosen from."""
        return controls(self._eyes, self.blocks)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [control.label for control in self.controls if control.is_button]

    @property
    def fields(self) -> list[str]:
        """The labels of its fields."""
        return [control.label for control in self.controls if not control.is_button]

    async def click(self, label: str) -> Reply:
        """Press a button or an overflow item."""
        return await self._act(find_control(self.controls, label, buttons=True))

    async def choose(self, label: str, *options: str) -> Reply:
        """Choose by visible words: of a select, radio buttons, checkboxes, or a date or time for a picker.

        Outside an input block (or inside one that dispatches) the app is told at once, as Slack does.
        """
        control = find_control(self.controls, label, buttons=False)
        loaded = self.view.loaded.get(control.element["action_id"], [])
        value = chosen(self._eyes, self.person, control.element, options, loaded)
        return await self._enter(control, value)

    async def search(self, label: str, words: str) -> list[str]:
        """Type into an external select and see which options the app offers; none when it does not answer well."""
        control = find_control(self.controls, label, buttons=False)
        ids = control.block["block_id"], control.element["action_id"]
        ack = await self.slack.courier.interaction(
            payloads.suggestion(self.slack.workspace, self.person.user, self.view, *ids, words)
        )
        offered = ack.body.get("options") if isinstance(ack.body, dict) else None
        loaded = offered if isinstance(offered, list) and not list(OFFERED(offered, "/options")) else []
        self.view.loaded[ids[1]] = loaded
        return [self._eyes.text(option["text"]) for option in loaded]

    async def fill(self, label: str, value: str) -> Reply:
        """Type into a text field."""
        control = find_control(self.controls, label, buttons=False)
        return await self._enter(control, value or None)

    async def _enter(self, control: Control, value: Any) -> Reply:
        block, element = control.block, control.element
        state = holding(element, value)
        self.view.state.setdefault(block["block_id"], {})[element["action_id"]] = state
        if block["type"] != "input" or block.get("dispatch_action"):
            return await self._act(control, value)
        return self.person.quiet()

    async def _act(self, control: Control, value: Any = None) -> Reply:
        action = acted(self.slack.workspace.next_ts(), control.block, control.element, control.option or value)
        payload = payloads.view_action(self.slack.workspace, self.person.user, self.view, action)
        return await self.person.interact(payload)

    async def wait_for(self, predicate: Callable[[str], bool], seconds: float | None = None) -> None:
        """Return once what it says fits. Raises `WaitedInVain` with what it says instead."""
        await self.slack.until(
            lambda: True if predicate(self.text) else None, seconds, lambda: f"the view says:\n{self.text}"
        )

    def value(self, label: str) -> Any:
        """What a field holds now."""
        control = find_control(self.controls, label, buttons=False)
        block_id, action_id = control.block["block_id"], control.element["action_id"]
        return held(values(self.blocks, self.view.state)[block_id][action_id])


class Modal(Surface):
    """A dialog."""

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.view.body["title"]["text"])

    @property
    def closed(self) -> bool:
        """Whether it is gone."""
        return self.view.closed

    async def submit(self) -> Submitted:
        """Press its submit button. Empty required fields are caught here, as Slack's own client does."""
        if "submit" not in self.view.body:
            raise NotOnScreen(f"the modal {self.title!r} has no submit button")
        if missing := self._missing():
            return Submitted(False, missing)
        ws = self.slack.workspace
        ack = await self.slack.courier.interaction(payloads.submission(ws, self.person.user, self.view))
        if not ack.ok:
            return Submitted(False, error=TROUBLE)
        return self._settle(ack.body)

    def _missing(self) -> dict[str, str]:
        found = values(self.blocks, self.view.state)
        errors: dict[str, str] = {}
        for control in self.controls:
            block, element = control.block, control.element
            if block["type"] != "input":
                continue
            value = held(found[block["block_id"]][element["action_id"]])
            if value in (None, "", []):
                if not block.get("optional"):
                    errors[control.label] = REQUIRED
            elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
                errors[control.label] = f"must be less than {element.get('max_length', 3000)} characters"
            elif isinstance(value, str) and len(value) < element.get("min_length", 0):
                errors[control.label] = f"must be more than {element['min_length']} characters"
        return errors

    def _settle(self, body: Any) -> Submitted:
        """docs.slack.dev/surfaces/modals: an empty answer closes this view, a `response_action` says otherwise."""
        if not body:
            self._close_top()
            return Submitted(True)
        if not isinstance(body, dict):
            return Submitted(False, error=TROUBLE)
        try:
            match body.get("response_action"):
                case "errors":
                    return self._errors(body.get("errors"))
                case "clear":
                    for view in self.slack.workspace.stack(self.person.user.id):
                        view.closed = True
                    self.slack.workspace.changes.notify()
                    return Submitted(True)
                case "update":
                    redraw(self.slack.workspace, self.view, check_view(body["view"], ("modal",)))
                    return Submitted(False)
                case "push":
                    pushed = check_view(body["view"], ("modal",))
                    new_modal(self.slack.workspace, self.person.user.id, pushed, self.view)
                    return Submitted(False)
                case _:
                    return Submitted(False, error=TROUBLE)
        except (SlackError, KeyError) as refusal:
            return Submitted(False, error=f"{TROUBLE} ({refusal}{getattr(refusal, 'messages', '')})")

    def _errors(self, errors: Any) -> Submitted:
        """Errors belong to input blocks; anything else is not shown as one (docs.slack.dev/surfaces/modals)."""
        labels = {c.block["block_id"]: c.label for c in self.controls if c.block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or any(block_id not in labels for block_id in errors):
            return Submitted(False, error=TROUBLE)
        return Submitted(False, {labels[block_id]: str(text) for block_id, text in errors.items()})

    def _close_top(self) -> None:
        self.view.closed = True
        self.slack.workspace.changes.notify()

    async def close(self) -> None:
        """Press Cancel. The app hears of it if the view has notify_on_close."""
        stack = self.slack.workspace.stack(self.person.user.id)
        gone = stack if self.view.body.get("clear_on_close") else [self.view]
        for view in gone:
            view.closed = True
        self.slack.workspace.changes.notify()
        if self.view.body.get("notify_on_close"):
            payload = payloads.closing(self.slack.workspace, self.person.user, self.view, cleared=len(gone) > 1)
            await self.slack.courier.interaction(payload)


class Home(Surface):
    """The app's Home tab."""


def chosen(eyes: Eyes, person: Person, element: Json, options: tuple[str, ...], loaded: list[Json]) -> Any:
    """The value that choosing these visible words gives an element. Raises `NotOnScreen` naming the options."""
    kind = element["type"]
    if kind in ("datepicker", "timepicker"):
        return options[0]
    if kind == "datetimepicker":
        return int(options[0])
    ws = person.slack.workspace
    if "users_select" in kind:
        found: list[Any] = [ws.user_named(option).id for option in options]
    elif "channels_select" in kind or "conversations_select" in kind:
        found = [ws.channel_named(option).id for option in options]
    else:
        found = [_option(eyes, element, option, loaded) for option in options]
    return found if kind == "checkboxes" or kind.startswith("multi_") else found[0]


def _option(eyes: Eyes, element: Json, label: str, loaded: list[Json]) -> Json:
    offered: list[Json] = list(element.get("options") or loaded)
    for group in element.get("option_groups") or []:
        offered += group["options"]
    exact = [option for option in offered if eyes.text(option["text"]) == label]
    near = [option for option in offered if eyes.text(option["text"]).startswith(label)]
    for match in (exact, near):
        if len(match) == 1:
            return match[0]
    there = ", ".join(repr(eyes.text(option["text"])) for option in offered)
    raise NotOnScreen(f"no option {label!r}; there are: {there}")
