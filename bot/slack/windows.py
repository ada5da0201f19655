"""Verbs that open a modal, or show something to the clicker alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.incident import Incident
from bot.slack import modals
from bot.slack.front import Asked, Front, Reply, say
from bot.slack.ids import Click, Verb

NO_WAIT = "The wait is over already. Nothing was recorded."

Window = Callable[[Front, Asked, Incident, Click], Awaitable[Reply]]


async def _close(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.close(incident, front.clock.now()))


async def _cancel(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.cancel(incident))


async def _over_at(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.over_at(incident, front.clock.now()))


async def _improvise(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.improvise(incident, click.step or incident.current))


async def _skip(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    ref = click.step or incident.current
    return Reply(view=modals.skip(incident, ref)) if ref else Reply()


async def _change(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.change(incident, click.step)) if click.step else Reply()


async def _cut_short(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.cut_short(incident, incident.wait.step)) if incident.wait else Reply(say(NO_WAIT))


async def _ask_again(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    if incident.wait is None:
        return Reply(say(NO_WAIT))
    return Reply(view=modals.ask_again(incident, incident.wait.step, front.clock.now()))


WINDOWS: dict[Verb, Window] = {
    Verb.CLOSE: _close,
    Verb.CANCEL: _cancel,
    Verb.OVER_AT: _over_at,
    Verb.IMPROVISE: _improvise,
    Verb.SKIP: _skip,
    Verb.CHANGE: _change,
    Verb.CUT_SHORT: _cut_short,
    Verb.ASK_AGAIN: _ask_again,
}
"""To add a modal: draw it in `bot.slack.modals`, read it in `bot.slack.forms`, open it here."""
