"""The scribe: what the worker asks for after a close, the draft's record and the proposed runbook change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.commands import Command, RecordDraft
from bot.domain.events import Fact
from bot.domain.incident import Incident, Phase
from bot.domain.vocabulary import ProposalKind
from bot.postmortem.drafting.document import digest
from bot.postmortem.drafting.draft import report
from bot.postmortem.drafting.render import Renderer
from bot.postmortem.lessons.lesson import Proposal, propose
from bot.postmortem.standing import service_of


@dataclass(frozen=True, slots=True)
class RunbookFile:
    """A runbook's file as it is now."""

    path: str
    data: bytes


FileOf = Callable[[str], RunbookFile | None]
"""Service -> its runbook's file, None when it has none."""

Reserved = Callable[[str], Awaitable[Iterable[str]]]
"""Service -> the ids that may not be taken: those of other open proposals and of the file's history."""


Take = Callable[[str, str, str], Awaitable[bool]]
"""(service, id, incident): whether the id is that incident's from now on. Of two that ask at once, one gets it."""

TAKES = 50
"""Ids that are tried in a row; each one that is taken was proposed by another incident in that moment."""


async def _nobody_else(service: str, failure_id: str, incident_id: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class RunbookScribe:
    """The drafting of a `bot.engine.effects.Scribe`: only what was closed; what was cancelled leaves nothing."""

    file_of: FileOf
    reserved: Reserved
    templates: Path | None = None
    take: Take = _nobody_else
    """Without it ids are looked at and not taken: for drafts that are only shown."""

    announce: Callable[[int, str], int] = lambda ended, timezone: 0
    """When people are told (ms, 0 for at once) of an incident that ended then, in that time zone."""

    async def draft(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        """The commands that record the draft and, when there is a lesson, the proposal. A draft that people have only
        added words to brings no other lesson."""
        if incident.phase is not Phase.CLOSED:
            return ()
        lesson = await self.lesson(incident, facts) if incident.draft is None else None
        drafted = await asyncio.to_thread(self._drafted, incident, facts)
        return (lesson.command(), drafted) if lesson else (drafted,)

    def _drafted(self, incident: Incident, facts: Sequence[Fact]) -> RecordDraft:
        made = report(incident.id, facts, incident.last_at)
        text = Renderer(self.templates).markdown(made)
        known = incident.draft
        # Who fills a field in the evening wants to see it then.
        told = known.announce_at if known else self.announce(incident.last_at, incident.dossier.timezone)
        return RecordDraft(fields=len(made.fields), unfilled=len(made.unfilled), digest=digest(text), announce_at=told)

    async def lesson(self, incident: Incident, facts: Sequence[Fact]) -> Proposal | None:
        """The proposed change, against the runbook as it is now; None when there is nothing to learn."""
        service = service_of(incident)
        file = self.file_of(service)
        # The id that this incident itself holds is its own.
        own = incident.proposal.failure_id if incident.proposal else ""
        reserved = frozenset(await self.reserved(service)) - {own}
        data, path = (file.data, file.path) if file else (None, "")
        for _ in range(TAKES):
            # Half a second of reading Markdown must not hold up the clicks of another incident.
            found = await asyncio.to_thread(propose, facts, incident, data, path, reserved)
            if not isinstance(found, Proposal):
                return None
            if found.kind is not ProposalKind.NEW or await self.take(service, found.failure_id, incident.id):
                return found
            reserved |= {found.failure_id}
        return None
