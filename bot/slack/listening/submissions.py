"""Submitted modals: understood, recorded, or sent back with the error at the field."""

from __future__ import annotations

from typing import Any

from bot.domain.commands import (
    Command,
    MarkMessage,
    OfferHandover,
    Rematch,
    TakeLead,
)
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal
from bot.domain.vocabulary import Surface
from bot.engine.duplicates import unknown_duplicate
from bot.engine.orders import Order
from bot.engine.ports import StoreUnavailable
from bot.slack.drawing import cards
from bot.slack.drawing.mrkdwn import utc
from bot.slack.ids import Form
from bot.slack.listening import rights
from bot.slack.listening.deliveries import milliseconds
from bot.slack.listening.fields import Picked, RollbackAsked
from bot.slack.listening.forms import FIRST_FIELD, Invalid, Submission, read, refusal_errors
from bot.slack.listening.front import Asked, Front
from bot.slack.listening.guard import whisper_in
from bot.slack.listening.lessons import Uneditable, edited
from bot.slack.listening.opening import opened

Json = dict[str, Any]

NO_RUNBOOK = "No runbook has that name. /runbook list shows them."


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
        invalid = _at_first_field(said.form, error.of_a_write)
    return _errors(invalid) if invalid else {"response_action": "clear"} if body["view"].get("root_view_id") else {}


async def _record(front: Front, asked: Asked, said: Submission) -> Invalid | None:
    if said.opening is not None:
        if front.guide.runbook(said.opening.service) is None:
            return Invalid({"service": NO_RUNBOOK})
        if said.opening.failure_id and front.guide.playbook(said.opening.service, said.opening.failure_id) is None:
            return Invalid({"failure": f"The runbook of {said.opening.service} has no {said.opening.failure_id}."})
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
        if unknown := await unknown_duplicate(front.desk, incident, command):
            return Invalid({"duplicate": unknown})
        order = Order(command, asked.by, "slack", f"{asked.dedup}:{number}", _happened(command))
        try:
            outcome = await front.desk.handle(incident.id, order)
        except StoreUnavailable as error:
            if not number:
                raise
            # The same form sent again is harmless: what was recorded of it is known by its delivery.
            raise StoreUnavailable(f"A part of it was recorded. {error}", unsure=True) from error
        if isinstance(outcome, Refusal):
            return _refused(said.form, outcome)
        if warned := await rights.warning(front, asked, command, incident):
            front.errands.run(whisper_in(front, asked, incident, warned))
    return None


def _happened(command: Command) -> int | None:
    """A message that is added to the timeline is dated by the message."""
    return milliseconds(command.message.partition(":")[2]) if isinstance(command, MarkMessage) else None


async def _rollback(front: Front, asked: Asked, said: RollbackAsked, incident: Incident) -> tuple[Command, ...]:
    """Somebody outside the group who decides in the form is warned first: the condition is recorded, and the warning
    has the button that decides all the same."""
    commands = said.commands(incident, authorised=True)
    if not said.decide or await front.around.may_roll_back(asked.by.id):
        return commands
    head = incident.shown.get(Surface.HEAD)
    options = await front.around.options_of(head.channel if head else "")
    front.errands.run(whisper_in(front, asked, incident, cards.rollback_warning(incident, options)))
    return commands[:1]


async def _commands(front: Front, asked: Asked, said: Submission, incident: Incident) -> tuple[Command, ...] | Invalid:
    """The commands of a form; what it names is looked up first."""
    if said.picked is not None:
        return await _picked(front, said.form, said.picked, incident)
    if said.rollback is not None:
        return await _rollback(front, asked, said.rollback, incident)
    return tuple([await rights.marked(front, asked, command, incident) for command in said.commands])


async def _picked(front: Front, form: Form, picked: Picked, incident: Incident) -> tuple[Command, ...] | Invalid:
    match form:
        case Form.LEAD:
            return (TakeLead(lead=await front.people.actor(picked.user_id)),)
        case Form.HANDOVER:
            return (OfferHandover(to=await front.people.actor(picked.user_id)),)
        case Form.ALSO_AFFECTS:
            added = front.intake.affect(picked.service, incident.words)
            return (added,) if added else Invalid({"service": NO_RUNBOOK})
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
