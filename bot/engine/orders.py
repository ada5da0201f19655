"""What is asked of the desk, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.commands import Command
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal
from bot.domain.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class Accepted:
    """Recorded. `facts` is empty for a duplicate delivery. `replicas` is how many replicas confirmed (None: not asked
    for)."""

    incident: Incident
    facts: tuple[Fact, ...] = ()
    duplicate: bool = False
    joined: bool = False
    """True when an opening was recorded as a report in the incident that is already open for the service."""
    replicas: int | None = None

    @property
    def alone(self) -> bool:
        """Whether one server has it although REDIS_REPLICAS asks for more."""
        return self.replicas == 0


Outcome = Accepted | Refusal


@dataclass(frozen=True, slots=True)
class Order:
    """A command with its circumstances. Two orders with the same non-empty `dedup` are one delivery."""

    command: Command
    by: Actor
    via: str
    dedup: str = ""
    happened: int | None = None
