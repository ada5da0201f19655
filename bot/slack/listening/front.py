"""The front desk in Slack: who asks what from where, and what they are told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.domain.commands import Command
from bot.domain.incident import Incident
from bot.domain.reading import addressed
from bot.domain.refusals import Refusal
from bot.domain.vocabulary import Actor, Surface
from bot.engine.desk import Desk
from bot.engine.orders import Accepted, Order, Outcome
from bot.engine.ports import Clock, Index
from bot.runbooks.guide import Guide
from bot.runbooks.intake import Intake
from bot.slack.drawing.blocks import Message, section
from bot.slack.drawing.mrkdwn import clock as clock_token
from bot.slack.drawing.mrkdwn import escape
from bot.slack.listening.coverage import CoverageDesk
from bot.slack.listening.errands import Errands
from bot.slack.workspace.api import SlackApi
from bot.slack.workspace.people import People
from bot.slack.workspace.surroundings import Surroundings


class Log(Protocol):
    """A structured log (structlog's)."""

    def warning(self, event: str, **fields: object) -> object: ...

    def exception(self, event: str, **fields: object) -> object: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One delivery: who, where, and the key under which it is recorded once."""

    by: Actor
    channel: str
    dedup: str
    channel_name: str = ""
    thread: str = ""
    trigger_id: str = ""
    happened: int | None = None
    shared: bool = False
    """The channel is shared with another organisation: no phone numbers there."""

    @property
    def in_dm(self) -> bool:
        return self.channel.startswith("D")


@dataclass(frozen=True, slots=True)
class Meant:
    """The incident that a line is about, None when that is not clear, and the line without its name. `unknown` is what
    was named and is none that the asker may see."""

    incident: Incident | None
    rest: str
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker sees. `recorded` is True when a fact was written (a mention is then answered by a mark alone).
    `view` opens as a modal."""

    message: Message | None = None
    view: dict[str, Any] | None = None
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """Everything a listener needs."""

    desk: Desk
    guide: Guide
    intake: Intake
    api: SlackApi
    clock: Clock
    people: People
    around: Surroundings
    log: Log
    errands: Errands = field(default_factory=Errands)
    coverage: CoverageDesk = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "coverage", CoverageDesk(self.desk, self.guide))

    async def order(self, incident: Incident, command: Command, asked: Asked) -> Outcome:
        """Hand a command to the desk in the name of the asker."""
        return await self.desk.handle(incident.id, Order(command, asked.by, "slack", asked.dedup, asked.happened))

    async def find(self, asked: Asked, text: str, *, alone: bool = False, newest: bool = True) -> Meant:
        """The incident that is meant: the one named, else the thread's, else the only open one of the channel, of its
        service, or at all. `alone`: nothing but a name may stand there. Without `newest` the state may be the one that
        this process remembers: enough for what is decided on the newest at the desk."""
        said = addressed(text, alone=alone)
        if said.unknown:
            return Meant(None, said.rest, said.unknown)
        if said.number is not None:
            known = await self.desk.by_number(said.number, newest=newest)
            seen = known is not None and may_see(known, asked)
            return Meant(known, said.rest) if seen else Meant(None, said.rest, f"INC-{said.number}")
        return Meant(await self._around(asked, newest), said.rest)

    async def _around(self, asked: Asked, newest: bool) -> Incident | None:
        if asked.thread:
            found = await self.desk.journal.members(Index.THREAD, f"{asked.channel}:{asked.thread}", limit=1)
            if found:
                return await (self.desk.incident if newest else self.desk.remembered)(found[0])
        for candidates in await self._nearby(asked):
            seen = [one for one in await self.desk.many(candidates) if may_see(one, asked, listed=True)]
            if seen:
                return seen[0] if len(seen) == 1 else None
        return None

    async def _nearby(self, asked: Asked) -> list[list[str]]:
        runbook = self.guide.shelf.for_channel(asked.channel, f"#{asked.channel_name}")
        members = self.desk.journal.members
        in_channel, every, of_service = await asyncio.gather(
            members(Index.CHANNEL, asked.channel, limit=20),
            members(Index.OPEN, limit=20),
            members(Index.SERVICE, runbook.service if runbook else "", limit=20),
        )
        return [in_channel, [one for one in of_service if one in every], every]

    async def open_incidents(self) -> list[Incident]:
        """Every open incident that may be listed, newest first."""
        ids = await self.desk.journal.members(Index.OPEN)
        return [incident for incident in await self.desk.many(ids) if not incident.private]

    async def recent_incidents(self) -> list[Incident]:
        """The newest incidents, open or not, that may be listed."""
        found = await self.desk.many(await self.desk.journal.members(Index.ALL))
        return sorted((one for one in found if not one.private), key=lambda one: -one.declared_at)


def may_see(incident: Incident, asked: Asked, listed: bool = False) -> bool:
    """A private incident is found in its own channel, and by name by whoever takes part in it."""
    head = incident.shown.get(Surface.HEAD)
    here = head is not None and head.channel == asked.channel
    takes_part = not listed and any(person.id == asked.by.id for person in incident.participants)
    return not incident.private or here or takes_part


def say(text: str, *blocks: dict[str, Any]) -> Message:
    """A short answer. `text` is mrkdwn: whatever was typed must be escaped by the caller."""
    return Message(text, list(blocks) or [section(text)])


def refused(refusal: Refusal) -> Message:
    """The sentence of a refusal, with everything typed escaped and instants in the reader's own zone."""
    safe = {key: escape(value) if isinstance(value, str) else value for key, value in refusal.fields.items()}
    return say(refusal.model_copy(update={"fields": safe}).sentence(clock_token))


def place(incident: Incident) -> str:
    """INC-42, with a link to its head when it has one."""
    head = incident.shown.get(Surface.HEAD)
    return f"<{head.link}|{incident.name}>" if head and head.link else incident.name


def durability(outcome: Accepted) -> str:
    """Said only when it is less than it should be: too few replicas confirmed the write."""
    return " Saved on one server only." if outcome.alone else ""
