"""Submitted modals: understood, recorded, or sent back with the error at the field."""

from __future__ import annotations

from typing import Any

from bot.domain.base import Severity
from bot.domain.commands import (
    AddService,
    ChangeSeverity,
    Command,
    OfferHandover,
    Rematch,
    TakeLead,
)
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal
from bot.engine.desk import Order
from bot.engine.ports import StoreUnavailable
from bot.slack.fields import Picked
from bot.slack.forms import FIRST_FIELD, Invalid, Submission, read, refusal_errors
from bot.slack.front import Asked, Front
from bot.slack.ids import Form
from bot.slack.lessons import Uneditable, edited
from bot.slack.mrkdwn import utc
from bot.slack.opening import opened

Json = dict[str, Any]


async def submit(front: Front, asked: Asked, body: Json) -> Json:
    """The acknowledgement of a view_submission: nothing closes the modal, `errors` keep it open."""
    view = body["view"]
    try:
        said = read(view, front.clock.now())
    except ValueError:
        # A modal of another version: it has no field that an error could be shown at.
        return {}
    if isinstance(said, Invalid):
        return _errors(said)
    try:
        invalid = await _record(front, asked, said)
    except StoreUnavailable as error:
        invalid = _at_first_field(said.form, f"Nothing was recorded. {error}")
    return _errors(invalid) if invalid else {"response_action": "clear"} if body["view"].get("root_view_id") else {}


async def _record(front: Front, asked: Asked, said: Submission) -> Invalid | None:
    if said.opening is not None:
        if front.guide.runbook(said.opening.service) is None:
            return Invalid({"service": "No runbook has that name. /runbook list shows them."})
        outcome = await opened(front, asked, said.opening)
        return _refused(said.form, outcome) if isinstance(outcome, Refusal) else None
    incident = await front.desk.incident(said.incident_id) if said.incident_id else None
    if incident is None:
        return (
            None
            if said.form in (Form.INFO, Form.MORE, Form.ALL_STEPS)
            else _at_first_field(said.form, "That incident is not known any more. Nothing was recorded.")
        )
    commands = await _commands(front, asked, said, incident)
    if isinstance(commands, Invalid):
        return commands
    for number, command in enumerate(commands):
        order = Order(command, asked.by, "slack", f"{asked.dedup}:{number}")
        outcome = await front.desk.handle(incident.id, order)
        if isinstance(outcome, Refusal):
            return _refused(said.form, outcome)
    return None


async def _commands(front: Front, asked: Asked, said: Submission, incident: Incident) -> tuple[Command, ...] | Invalid:
    """The commands of a form; what it names is looked up first."""
    if said.picked is not None:
        return await _picked(front, said.form, said.picked, incident)
    if said.rollback is not None:
        return said.rollback.commands(incident, await front.around.may_roll_back(asked.by.id))
    return tuple([await _authorised(front, asked, command, incident) for command in said.commands])


async def _authorised(front: Front, asked: Asked, command: Command, incident: Incident) -> Command:
    """Lowering a severity is recorded with whether the person may; it is never refused."""
    if isinstance(command, ChangeSeverity) and lowers(incident.severity, command.severity):
        allowed = await front.around.may_lower_severity(asked.by.id)
        return command.model_copy(update={"authorised": allowed})
    return command


def lowers(before: Severity, after: Severity) -> bool:
    """Whether the new severity is a lesser one: SEV1 is the worst."""
    return after.value > before.value


async def _picked(front: Front, form: Form, picked: Picked, incident: Incident) -> tuple[Command, ...] | Invalid:
    match form:
        case Form.LEAD:
            return (TakeLead(lead=await front.people.actor(picked.user_id)),)
        case Form.HANDOVER:
            return (OfferHandover(to=await front.people.actor(picked.user_id)),)
        case Form.ALSO_AFFECTS:
            runbook = front.guide.runbook(picked.service)
            if runbook is None:
                return Invalid({"service": "No runbook has that name. /runbook list shows them."})
            channel = runbook.channels[0] if runbook.channels else ""
            return (AddService(service=runbook.service, channel=channel),)
        case Form.REMATCH:
            return _rematched(front, picked.text, incident)
        case Form.PROPOSAL_EDIT:
            try:
                return (edited(front, incident, picked.title, picked.text),)
            except Uneditable as error:
                return Invalid({"text-0": str(error)})
        case _:
            return ()


def _rematched(front: Front, words: str, incident: Incident) -> tuple[Command, ...]:
    """Other words, another match; a sure one is attached at once."""
    found = front.guide.match(words, incident.service)
    matched = Rematch(verdict=found.verdict, candidates=found.candidates, words=words)
    sure = found.best if found.verdict.value == "documented" else None
    attach = front.intake.attach(sure.service, sure.failure_id, sure.why) if sure else None
    return (matched, attach.model_copy(update={"chosen": False})) if attach else (matched,)


def _at_first_field(form: Form, sentence: str) -> Invalid:
    return Invalid({FIRST_FIELD.get(form, "value"): sentence})


def _refused(form: Form, refusal: Refusal) -> Invalid:
    return refusal_errors(form, refusal, utc)


def _errors(invalid: Invalid) -> Json:
    return {"response_action": "errors", "errors": invalid.errors}
