"""The secretary: drafts with the scribe, and carries accepted proposals to where runbook changes go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.domain.commands import Command, DeclineProposal, MergeProposal, ReportStuckProposal, SendProposal
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.vocabulary import ProposalKind, Surface
from bot.postmortem.publish.file import to_file
from bot.postmortem.publish.git import GitBranch
from bot.postmortem.publish.patch import is_applied
from bot.postmortem.publish.proposal import Change, Published, PublishError, Rebuild, Status, change_of, rebuilder
from bot.postmortem.scribe import RunbookScribe
from bot.postmortem.standing import service_of


class Target(Protocol):
    """A place for runbook changes. Both methods raise PublishError with what to do next."""

    async def publish(self, change: Change, rebuild: Rebuild | None = None) -> Published: ...

    async def status(self, ref: str) -> Status: ...


@dataclass(frozen=True, slots=True)
class BranchTarget:
    """A local git branch; git runs in a thread."""

    branch: GitBranch

    async def publish(self, change: Change, rebuild: Rebuild | None = None) -> Published:
        return await asyncio.to_thread(self.branch.publish, change, rebuild)

    async def status(self, ref: str) -> Status:
        return await asyncio.to_thread(self.branch.status, ref)


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A patch file in a folder. A file cannot tell what became of it, so it stays open until the runbook has it."""

    folder: Path

    async def publish(self, change: Change, rebuild: Rebuild | None = None) -> Published:
        return await asyncio.to_thread(to_file, change, self.folder)

    async def status(self, ref: str) -> Status:
        return Status.OPEN


@dataclass(frozen=True, slots=True)
class Secretary:
    """A `bot.engine.effects.Scribe`."""

    scribe: RunbookScribe
    target: Target
    folder: str
    """Where the runbooks lie in the target's repository, such as "playbooks"."""
    has_entry: Callable[[str, str], bool]
    """Whether today's runbook of a service has the entry."""

    async def draft(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        return await self.scribe.draft(incident, facts)

    async def publish(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        """Send it, made anew first when the runbook has moved on; what is in the way is told, never lost."""
        if incident.proposal is None:
            return ()
        head = incident.shown.get(Surface.HEAD)
        link = head.link if head and not incident.private else ""
        reserved = await self.scribe.reserved(service_of(incident))
        try:
            change = change_of(incident, incident.proposal, folder=self.folder, link=link)
            # What a person has put into words is never replaced by what the facts alone would give.
            edited = incident.proposal.edited
            rebuild = None if edited else rebuilder(facts, incident, folder=self.folder, reserved=reserved, link=link)
            sent = await self.target.publish(change, rebuild)
        except PublishError as error:
            return (ReportStuckProposal(why=str(error)),)
        anew: tuple[Command, ...] = (sent.proposal,) if sent.proposal else ()
        if sent.proposal and sent.proposal.kind is ProposalKind.NEW:
            # It is out under this id: no other incident may be given it from now on.
            await self.scribe.take(service_of(incident), sent.proposal.failure_id, incident.id)
        return (*anew, SendProposal(target=sent.target, ref=sent.ref), *_settled(sent.status, sent.ref))

    async def follow(self, incident: Incident) -> Sequence[Command]:
        """Merged, declined, or still open. What today's runbook has was merged, whoever did it and wherever."""
        proposal = incident.proposal
        if proposal is None:
            return ()
        if proposal.kind is ProposalKind.NEW and self.has_entry(incident.service, proposal.failure_id):
            return (MergeProposal(ref=proposal.ref),)
        file = self.scribe.file_of(service_of(incident))
        if file is not None and is_applied(file.data, proposal.diff):
            return (MergeProposal(ref=proposal.ref),)
        if proposal.status != "sent":
            return ()
        try:
            return _settled(await self.target.status(proposal.ref), proposal.ref)
        except PublishError:
            return ()


def _settled(status: Status, ref: str) -> tuple[Command, ...]:
    match status:
        case Status.MERGED:
            return (MergeProposal(ref=ref),)
        case Status.DECLINED:
            return (DeclineProposal(why=f"{ref} was closed without being merged"),)
        case _:
            return ()
