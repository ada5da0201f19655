"""Submitted modals: understood, recorded, or sent back with the error at the field."""

from __future__ import annotations

from typing import Any

from bot.domain.refusals import Refusal
from bot.engine.desk import Order
from bot.engine.ports import StoreUnavailable
from bot.slack.forms import FIRST_FIELD, Invalid, Submission, read, refusal_errors
from bot.slack.front import Asked, Front
from bot.slack.ids import Form
from bot.slack.mrkdwn import utc
from bot.slack.opening import opened

Json = dict[str, Any]


async def submit(front: Front, asked: Asked, body: Json) -> Json:
    """The acknowledgement of a view_submission: nothing closes the modal, `errors` keep it open."""
    view = body["view"]
    try:
        said = read(view, front.clock.now())
    except ValueError:
        return {}
    if isinstance(said, Invalid):
        return _errors(said)
    try:
        refused = await _record(front, asked, said)
    except StoreUnavailable as error:
        field = FIRST_FIELD.get(said.form, "value")
        return _errors(Invalid({field: f"Nothing was recorded. {error}"}))
    return _errors(refused) if refused else {}


async def _record(front: Front, asked: Asked, said: Submission) -> Invalid | None:
    if said.opening is not None:
        outcome = await opened(front, asked, said.opening)
        return _refused(said.form, outcome) if isinstance(outcome, Refusal) else None
    for number, command in enumerate(said.commands):
        order = Order(command, asked.by, "slack", f"{asked.dedup}:{number}")
        outcome = await front.desk.handle(said.meta.incident_id, order)
        if isinstance(outcome, Refusal):
            return _refused(said.form, outcome)
    return None


def _refused(form: Form, refusal: Refusal) -> Invalid:
    return refusal_errors(form, refusal, utc)


def _errors(invalid: Invalid) -> Json:
    return {"response_action": "errors", "errors": invalid.errors}
