"""Verbs that open a modal, or show something to the clicker alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.incident import Incident
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.drawing import cards, modals
from bot.slack.ids import Click, Form, Verb, decode_meta
from bot.slack.listening.front import Asked, Front, Reply, say
from bot.slack.listening.lessons import copy_proposal, edit_proposal, fill_draft

Window = Callable[[Front, Asked, Incident, Click], Awaitable[Reply]]

NO_WAIT = "The wait is over already. Nothing was recorded."
NO_STEP = "No step is open. Nothing was recorded."


def drawn(draw: Callable[[Incident], dict[str, object]]) -> Window:
    """A modal that needs only the incident."""

    async def window(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
        return Reply(view=draw(incident))

    return window


def timed(draw: Callable[[Incident, int], dict[str, object]]) -> Window:
    """A modal that needs the time too."""

    async def window(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
        return Reply(view=draw(incident, front.clock.now()))

    return window


async def _improvise(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.improvise(incident, click.step or incident.current))


async def _skip(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    ref = click.step or incident.current
    return Reply(view=modals.skip(incident, ref)) if ref else Reply(say(NO_STEP))


async def _change(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.change(incident, click.step)) if click.step else Reply(say(NO_STEP))


async def _cut_short(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.cut_short(incident, incident.wait.step)) if incident.wait else Reply(say(NO_WAIT))


async def _ask_again(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    if incident.wait is None:
        return Reply(say(NO_WAIT))
    return Reply(view=modals.ask_again(incident, incident.wait.step, front.clock.now()))


async def _also_affects(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    services = sorted(runbook.service for runbook in front.guide.shelf.runbooks)
    return Reply(view=modals.also_affects(incident, services))


async def _catch_up(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    options = await front.around.options_of(asked.channel)
    return Reply(cards.catch_up(incident, front.clock.now(), options))


async def _show_incident(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    """The same in a modal: on the Home tab nothing can be whispered."""
    return Reply(view=modals.facts(incident, front.clock.now(), await front.around.options(incident)))


REDRAWN = {Form.ALL_STEPS.value: modals.all_steps, Form.MORE.value: modals.more}


async def redrawn(front: Front, view: dict[str, Any]) -> None:
    """Bring a form in which something was clicked to the newest state. What cannot be sent is let go: the thread shows
    it."""
    draw = REDRAWN.get(str(view.get("callback_id", "")))
    incident = await front.desk.incident(decode_meta(str(view.get("private_metadata", ""))).incident_id)
    if draw is None or incident is None:
        return
    try:
        await front.api.call("views.update", view_id=str(view.get("id", "")), view=draw(incident))
    except (RetryLater, GiveUp) as error:
        front.log.warning("form_not_redrawn", reason=str(error))


WINDOWS: dict[Verb, Window] = {
    Verb.MORE: drawn(modals.more),
    Verb.ALL_STEPS: drawn(modals.all_steps),
    Verb.CLOSE: timed(modals.close),
    Verb.CANCEL: drawn(modals.cancel),
    Verb.OVER_AT: timed(modals.over_at),
    Verb.UPDATE: drawn(modals.update),
    Verb.NOTE: drawn(modals.note),
    Verb.SEVERITY: drawn(modals.severity),
    Verb.HANDOVER: drawn(modals.handover),
    Verb.ASSIGN_LEAD: drawn(modals.lead),
    Verb.MAKE_PRIVATE: drawn(modals.make_private),
    Verb.REMATCH: drawn(modals.rematch),
    Verb.ROLL_BACK: drawn(modals.rollback),
    Verb.ALSO_AFFECTS: _also_affects,
    Verb.IMPROVISE: _improvise,
    Verb.SKIP: _skip,
    Verb.CHANGE: _change,
    Verb.CUT_SHORT: _cut_short,
    Verb.ASK_AGAIN: _ask_again,
    Verb.CATCH_UP: _catch_up,
    Verb.SHOW_INCIDENT: _show_incident,
    Verb.PROPOSAL_EDIT: edit_proposal,
    Verb.PROPOSAL_COPY: copy_proposal,
    Verb.PROPOSAL_DECLINE: drawn(modals.proposal_decline),
    Verb.FILL_DRAFT: fill_draft,
}
"""To add a modal: draw it in `bot.slack.drawing.modals`, read it in `bot.slack.listening.forms`, open it here."""
