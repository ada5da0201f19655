"""The fields of a submitted view. A field that cannot be used raises `FieldError` with its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.commands import Command, DecideRollback, MeetRollbackCondition
from bot.domain.incident import Incident
from bot.slack.drawing.blocks import VALUE
from bot.slack.drawing.modals.scope import rollback_conditions
from bot.slack.ids import Meta

MINUTE = 60_000
Commands = tuple[Command, ...]


class FieldError(Exception):
    """A field whose value cannot be used: its block_id, and a sentence that says what to type."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice that the caller has to look up: a member of the workspace, a service, other words, an edited entry."""

    user_id: str = ""
    service: str = ""
    text: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class RollbackAsked:
    """The rollback form. `index` counts the conditions of the incident, None when none is met."""

    index: int | None
    why: str
    decide: bool

    def commands(self, incident: Incident, authorised: bool) -> Commands:
        """What is recorded: the condition, and the decision when it was made in the form."""
        conditions = rollback_conditions(incident)
        known = self.index is not None and self.index < len(conditions)
        condition = conditions[self.index] if known and self.index is not None else ""
        met = MeetRollbackCondition(condition=condition, why=self.why)
        return (met, DecideRollback(authorised=authorised)) if self.decide else (met,)


class Fields:
    """`view.state.values`, with `now` (ms) for fields that are times."""

    def __init__(self, values: Mapping[str, Any], meta: Meta, now: int) -> None:
        self.meta = meta
        self.now = now
        self._values = values

    def _element(self, name: str) -> Mapping[str, Any]:
        block = self._values.get(name)
        element = block.get(VALUE) if isinstance(block, Mapping) else None
        return element if isinstance(element, Mapping) else {}

    def text(self, name: str) -> str:
        """What was typed, or chosen in a select or a radio group; "" when nothing was."""
        element = self._element(name)
        chosen = element.get("selected_option")
        if isinstance(chosen, Mapping):
            return str(chosen.get("value", ""))
        return str(
            element.get("value") or element.get("selected_user") or element.get("selected_conversation") or ""
        ).strip()

    def typed(self, name: str) -> str:
        """What was typed, with the spaces around it."""
        return str(self._element(name).get("value") or "")

    def needed(self, name: str, sentence: str) -> str:
        """The same. Raises FieldError when it is empty."""
        text = self.text(name)
        if not text:
            raise FieldError(name, sentence)
        return text

    def ticked(self, name: str) -> list[str]:
        """The values of the ticked boxes."""
        chosen = self._element(name).get("selected_options") or []
        return [str(option.get("value", "")) for option in chosen if isinstance(option, Mapping)]

    def names(self) -> list[str]:
        """The block ids, in order."""
        return list(self._values)

    def instant(self, name: str) -> int | None:
        """A date and time (ms), None when it was left empty."""
        seconds = self._element(name).get("selected_date_time")
        return int(seconds) * 1000 if isinstance(seconds, int) else None

    def ended(self, name: str) -> int | None:
        """A time that is not in the future. The picker knows minutes only, so the minute in which the incident was
        declared means the declaration, and the minute in which the form was opened means then. Raises FieldError."""
        at = self.instant(name)
        if at is None:
            return None
        declared, opened = (int(self.meta.extra.get(key) or 0) for key in ("declared", "opened"))
        if at > self.now:
            raise FieldError(name, "This time lies in the future.")
        if opened and at == opened - opened % MINUTE:
            return max(opened, declared)
        if declared and at < declared:
            if at >= declared - declared % MINUTE:
                return declared
            raise FieldError(name, "This is before the incident was declared.")
        return at
