"""What a submitted modal says: typed values, or errors at the fields (docs: view submissions, `response_action`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.commands import Command
from bot.domain.refusals import Refusal, Refused
from bot.runbooks.intake import Opening
from bot.slack.ids import Form, Meta, decode_meta
from bot.slack.listening import readers
from bot.slack.listening.fields import FieldError, Fields, Picked, RollbackAsked


@dataclass(frozen=True, slots=True)
class Submission:
    """A modal that was understood. `commands` are recorded in order, all for `incident_id`; `opening`, `picked` and
    `rollback` need the caller to look something up first."""

    form: Form
    meta: Meta
    commands: tuple[Command, ...] = ()
    opening: Opening | None = None
    picked: Picked | None = None
    rollback: RollbackAsked | None = None
    chosen_incident: str = ""
    """The incident chosen in the form (Add to timeline)."""

    @property
    def incident_id(self) -> str:
        """The incident that is meant, "" when the form opens one."""
        return self.chosen_incident or self.meta.incident_id


@dataclass(frozen=True, slots=True)
class Invalid:
    """What is wrong, by block_id, each a sentence that says what to type."""

    errors: dict[str, str]


def read(view: Mapping[str, Any], now: int) -> Submission | Invalid:
    """A `view` of a view_submission. Raises ValueError for a modal that this version never made."""
    form = Form(str(view.get("callback_id", "")))
    meta = decode_meta(str(view.get("private_metadata", "")))
    state = view.get("state") or {}
    values = Fields(state.get("values") or {}, meta, now)
    reader = READERS.get(form)
    if reader is None:
        return Submission(form, meta)
    try:
        said = reader(values)
    except FieldError as error:
        return Invalid({error.field: error.sentence})
    match said:
        case Opening():
            return Submission(form, meta, opening=said)
        case Picked():
            return Submission(form, meta, picked=said)
        case RollbackAsked():
            return Submission(form, meta, rollback=said)
        case _:
            return Submission(form, meta, commands=said, chosen_incident=values.text("incident"))


Reader = Callable[[Fields], "tuple[Command, ...] | Opening | Picked | RollbackAsked"]

READERS: dict[Form, Reader] = {
    Form.DECLARE: readers.declare,
    Form.IMPROVISE: readers.improvise,
    Form.SKIP: readers.skip,
    Form.CHANGE: readers.change,
    Form.CUT_SHORT: readers.cut_short,
    Form.ASK_AGAIN: readers.ask_again,
    Form.CLOSE: readers.close,
    Form.OVER_AT: readers.over_at,
    Form.CANCEL: readers.cancel,
    Form.UPDATE: readers.update,
    Form.NOTE: readers.note,
    Form.SEVERITY: readers.severity,
    Form.LEAD: readers.user,
    Form.HANDOVER: readers.user,
    Form.MARK: readers.mark,
    Form.ROLLBACK: readers.rollback,
    Form.ALSO_AFFECTS: readers.also_affects,
    Form.MAKE_PRIVATE: readers.make_private,
    Form.REMATCH: readers.rematch,
    Form.PROPOSAL_EDIT: readers.proposal_edit,
    Form.PROPOSAL_DECLINE: readers.proposal_decline,
    Form.FILL: readers.fill,
}
"""How each form is read. Forms that only show have none."""

FIELD_OF_REFUSAL: dict[Refused, dict[Form, str]] = {
    Refused.EMPTY_TEXT: {Form.DECLARE: "symptom", Form.IMPROVISE: "what"},
    Refused.IN_THE_FUTURE: {Form.CLOSE: "at", Form.OVER_AT: "at"},
    Refused.BEFORE_IT_BEGAN: {Form.CLOSE: "at", Form.OVER_AT: "at"},
    Refused.BAD_MINUTES: {Form.ASK_AGAIN: "when"},
    Refused.NEEDS_DUPLICATE: {Form.CANCEL: "duplicate"},
    Refused.WRONG_ANSWER: {Form.CHANGE: "answer"},
    Refused.ROLLBACK_NEEDS_REASON: {Form.ROLLBACK: "why"},
}

FIRST_FIELD: dict[Form, str] = {
    Form.DECLARE: "service",
    Form.IMPROVISE: "what",
    Form.SKIP: "reason",
    Form.CHANGE: "answer",
    Form.CUT_SHORT: "why",
    Form.ASK_AGAIN: "when",
    Form.CLOSE: "ended",
    Form.OVER_AT: "at",
    Form.CANCEL: "kind",
    Form.UPDATE: "text",
    Form.NOTE: "text",
    Form.SEVERITY: "severity",
    Form.LEAD: "user",
    Form.HANDOVER: "user",
    Form.MARK: "incident",
    Form.ROLLBACK: "condition",
    Form.ALSO_AFFECTS: "service",
    Form.MAKE_PRIVATE: "channel",
    Form.REMATCH: "text",
    Form.PROPOSAL_EDIT: "title",
    Form.PROPOSAL_DECLINE: "why",
    Form.FILL: "fill-0",
}
"""Where a refusal is shown that belongs to no field."""


def refusal_errors(form: Form, refusal: Refusal, when: Callable[[int], str]) -> Invalid:
    """A refused command, shown at the field it is about. `when` writes an instant in plain text."""
    field = FIELD_OF_REFUSAL.get(refusal.reason, {}).get(form) or FIRST_FIELD.get(form, "value")
    return Invalid({field: refusal.sentence(when)})
