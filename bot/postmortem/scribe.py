"""The scribe: what the worker asks for after a close, the draft's record and the proposed runbook change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.commands import Command, RecordDraft
from bot.domain.events import Fact
from bot.domain.incident import Incident, Phase
from bot.postmortem.document import digest
from bot.postmortem.draft import report
from bot.postmortem.lesson import Proposal, propose
from bot.postmortem.render import Renderer
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


@dataclass(frozen=True, slots=True)
class RunbookScribe:
    """The drafting of a `bot.engine.screen.Scribe`: only what was closed; what was cancelled leaves nothing."""

    file_of: FileOf
    reserved: Reserved
    templates: Path | None = None

    async def draft(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        """The commands that record the draft and, when there is a lesson, the proposal."""
        if incident.phase is not Phase.CLOSED:
            return ()
        lesson = await self.lesson(incident, facts)
        drafted = await asyncio.to_thread(self._drafted, incident, facts)
        return (lesson.command(), drafted) if lesson else (drafted,)

    def _drafted(self, incident: Incident, facts: Sequence[Fact]) -> RecordDraft:
        made = report(incident.id, facts, incident.last_at)
        text = Renderer(self.templates).markdown(made)
        return RecordDraft(fields=len(made.fields), unfilled=len(made.unfilled), digest=digest(text))

    async def lesson(self, incident: Incident, facts: Sequence[Fact]) -> Proposal | None:
        """The proposed change, against the runbook as it is now; None when there is nothing to learn."""
        service = service_of(incident)
        file = self.file_of(service)
        # The id that this incident itself holds is its own.
        own = incident.proposal.failure_id if incident.proposal else ""
        reserved = frozenset(await self.reserved(service)) - {own}
        data, path = (file.data, file.path) if file else (None, "")
        # Half a second of reading Markdown must not hold up the clicks of another incident.
        found = await asyncio.to_thread(propose, facts, incident, data, path, reserved)
        return found if isinstance(found, Proposal) else None
