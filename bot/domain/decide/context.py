"""The circumstances of a command, and the registry of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from bot.domain.commands import Command
from bot.domain.events import Event
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal, Refused
from bot.domain.vocabulary import Actor

Decision = tuple[Event, ...] | Refusal


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when (ms), and through what ("slack", "cli", "timer"). `happened` may lie before `at`."""

    by: Actor
    at: int
    via: str
    happened: int | None = None


@singledispatch
def decision(command: Command, incident: Incident, context: Context) -> Decision:
    """Decide one command on an existing incident. Raises TypeError for a command without a rule: a test finds those."""
    raise TypeError(f"no decision for {type(command).__name__}")


def refuse(incident: Incident, reason: Refused, **fields: str | int) -> Refusal:
    """A refusal that knows the incident's name and phase."""
    return Refusal(reason=reason, fields={"name": incident.name, "phase": incident.phase.value, **fields})


def not_live(incident: Incident) -> Refusal | None:
    """The refusal for a closed or cancelled incident; None while it is live."""
    return None if incident.live else refuse(incident, Refused.INCIDENT_CLOSED)
