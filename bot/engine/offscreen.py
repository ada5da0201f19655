"""Due work of a night without a screen: what nobody has to see is done, what is to be shown waits for a bot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from bot.domain.commands import Command
from bot.domain.due import DueKind
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.engine.desk import Desk
from bot.engine.effects import Effects, Scribe
from bot.engine.ports import Marks, Work
from bot.engine.worker import Handler, NotDone

UNSEEN = frozenset({DueKind.WAIT, DueKind.DRAFT, DueKind.PUBLISH, DueKind.FOLLOW})
"""A reminder is not among them: it asks somebody, and asked where nobody looks it would count as asked."""

LEFT_MS = 2_000
"""When a bot that runs beside may take what is left to it: sooner than anybody misses it."""


def offscreen(desk: Desk, scribe: Scribe, marks: Marks, work: Work) -> dict[DueKind, Handler]:
    """A handler for each kind of due work; those that need a screen leave it where it is."""
    handlers = Effects(desk, _Nowhere(), scribe, marks, work).handlers()
    return {kind: handler if kind in UNSEEN else _left for kind, handler in handlers.items()}


async def _left(incident_id: str, detail: str) -> None:
    _nowhere()


def _nowhere() -> NoReturn:
    raise NotDone("it waits for a bot that shows it", LEFT_MS)


class _Nowhere:
    """A `bot.engine.effects.Screen` that is none."""

    async def draw(self, incident: Incident) -> Sequence[Command]:
        _nowhere()

    async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
        _nowhere()

    async def settle(self, incident: Incident, facts: Sequence[Fact]) -> None:
        _nowhere()

    async def digest(self, incidents: Sequence[Incident], slot: int) -> None:
        _nowhere()
