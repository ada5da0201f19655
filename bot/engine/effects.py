"""What the worker does with due work: show it on the screen, let time pass, write the draft."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.commands import Command, ElapseWait, Remind
from bot.domain.due import (
    FOLLOW_MINUTES,
    MINUTE,
    SAID,
    Due,
    DueKind,
    Reminder,
    digest_name,
    digest_slot,
    left_open,
    reminders,
)
from bot.domain.events import Fact, PostmortemDrafted
from bot.domain.incident import Incident
from bot.domain.vocabulary import TIMER, Surface
from bot.engine.desk import Desk
from bot.engine.orders import Accepted, Order
from bot.engine.ports import Index, Marks, Work
from bot.engine.worker import GiveUp, Handler, RetryLater

REDRAWS = 5
"""How often one piece of work draws again because something was posted, before it lets others have a turn."""

SAID_IN_A_TURN = 5
"""How many facts one piece of work shows before it lets others have a turn."""

SAID_UP_TO = "said"
"""The mark that holds the version up to which everything said has been shown."""


class Screen(Protocol):
    """A place where people see an incident. Every method may raise RetryLater or GiveUp."""

    async def draw(self, incident: Incident) -> Sequence[Command]:
        """Bring the head and the step message to this state. Answers with `Show` commands for new messages; then it is
        called again, because what was posted may be needed for the rest (a head's thread, a step's link)."""

    async def post(self, incident: Incident, fact: Fact, facts: Sequence[Fact]) -> None:
        """Show one fact, once, however often this is called."""

    async def settle(self, incident: Incident, facts: Sequence[Fact]) -> None:
        """Bring the questions that have an answer to that state, once each: nobody needs to answer them any more."""

    async def digest(self, incidents: Sequence[Incident], slot: int) -> None:
        """Tell the owner of a service what is left open of these incidents (newest first), once for each slot (ms)."""


class Scribe(Protocol):
    """Writes what follows an incident."""

    async def draft(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        """The draft and the proposal of a closed incident, as commands that record them."""

    async def publish(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        """Send the accepted proposal; the command that records where it went, or what was in the way."""

    async def follow(self, incident: Incident) -> Sequence[Command]:
        """What became of the proposal that was sent; nothing while it is open."""


@dataclass(slots=True)
class WhenNeeded:
    """A scribe that is made for the first piece of work that needs one."""

    make: Callable[[], Awaitable[Scribe]]
    _made: Scribe | None = None
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def draft(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        return await (await self._scribe()).draft(incident, facts)

    async def publish(self, incident: Incident, facts: Sequence[Fact]) -> Sequence[Command]:
        return await (await self._scribe()).publish(incident, facts)

    async def follow(self, incident: Incident) -> Sequence[Command]:
        return await (await self._scribe()).follow(incident)

    async def _scribe(self) -> Scribe:
        async with self._making:
            if self._made is None:
                self._made = await self.make()
            return self._made


@dataclass(frozen=True, slots=True)
class Effects:
    """One handler for each kind of due work."""

    desk: Desk
    screen: Screen
    scribe: Scribe
    marks: Marks
    work: Work

    def handlers(self) -> dict[DueKind, Handler]:
        return {
            DueKind.DRAW: self.draw,
            DueKind.POST: self.post,
            DueKind.SAY: self.say,
            DueKind.WAIT: self.wait,
            DueKind.REMIND: self.remind,
            DueKind.DRAFT: self.draft,
            DueKind.PUBLISH: self.publish,
            DueKind.ANNOUNCE: self.draw,
            DueKind.FOLLOW: self.follow,
        }

    async def draw(self, incident_id: str, detail: str) -> None:
        """Show the newest state. What happens meanwhile makes this piece due again, once it is done; what was learned
        by posting (where the head is) is needed for the rest at once."""
        for _ in range(REDRAWS):
            incident = await self.desk.incident(incident_id)
            learned = await self.screen.draw(incident) if incident else ()
            if learned:
                await self._record(incident_id, learned)
                continue
            if incident and (incident.reminded or incident.was_offered):
                await self.screen.settle(incident, await self.desk.facts(incident))
            return

    async def post(self, incident_id: str, detail: str) -> None:
        incident = await self.desk.incident(incident_id)
        if incident is None:
            return
        facts = await self.desk.facts(incident)
        fact = next((fact for fact in facts if fact.version == int(detail)), None)
        if fact is not None and not _overtaken(fact, facts, incident):
            await self.screen.post(incident, fact, facts)

    async def say(self, incident_id: str, detail: str) -> None:
        """Show what people said and is not shown yet, in the order in which it was said. What Slack refuses holds up
        nothing that was said after it: it becomes work of its own, which an operator sees among the dead letters."""
        incident = await self.desk.incident(incident_id)
        if incident is None or Surface.HEAD not in incident.shown:
            return  # a head that is shown later brings this up again
        shown = await self.marks.get(incident_id, SAID_UP_TO)
        facts = await self.desk.facts(incident, int((shown and shown.result) or 0))
        said = [fact for fact in facts if isinstance(fact.event, SAID)]
        for fact in said[:SAID_IN_A_TURN]:
            try:
                await self.screen.post(incident, fact, facts)
            except GiveUp:
                await self._put(DueKind.POST, incident_id, str(fact.version))
            await self.marks.finish(incident_id, SAID_UP_TO, str(fact.version))
        if len(said) > SAID_IN_A_TURN:
            await self._put(DueKind.SAY, incident_id)

    async def _put(self, kind: DueKind, incident_id: str, detail: str = "") -> None:
        now = self.desk.clock.now()
        await self.work.put(Due(kind=kind, incident_id=incident_id, detail=detail, at=now).key, now)

    async def wait(self, incident_id: str, detail: str) -> None:
        incident = await self.desk.incident(incident_id)
        if incident and incident.wait and not incident.wait.asked:
            self._early(incident.wait.until)
            await self._record(incident_id, [ElapseWait(step=incident.wait.step)])

    async def remind(self, incident_id: str, detail: str) -> None:
        incident = await self.desk.incident(incident_id)
        wanted = reminders(incident).get(Reminder(detail)) if incident else None
        if incident and wanted:
            self._early(wanted[0])
            if detail == Reminder.DIGEST:
                await self._digest(incident)
                return
            if detail == Reminder.PROPOSAL and await self._record(incident_id, await self.scribe.follow(incident)):
                return  # somebody copied it into the runbook by hand: there is nothing left to ask
            await self._record(incident_id, [Remind(what=wanted[1])])

    async def _digest(self, incident: Incident) -> None:
        """One message for everything that is left open of a service; a private incident has one of its own. After an
        outage of some weeks there is one for the present week, not one for each."""
        slot = digest_slot(self.desk.clock.now(), incident.dossier.timezone)
        together = [incident]
        if not incident.private:
            ids = await self.desk.journal.members(Index.SERVICE, incident.service)
            together = [one for one in await self.desk.many(ids) if _in_digest(one, incident.service, slot)]
        asked = [one for one in [await self._followed(one) for one in together] if left_open(one)]
        if asked:
            await self.screen.digest(asked, slot)
        for one in asked:
            await self._record(one.id, [Remind(what=digest_name(slot))])

    async def _followed(self, incident: Incident) -> Incident:
        """The incident, once it is known whether somebody copied its proposal into the runbook by hand."""
        if incident.proposal is None or incident.proposal.status != "made":
            return incident
        await self._record(incident.id, await self.scribe.follow(incident))
        return await self.desk.incident(incident.id) or incident

    async def draft(self, incident_id: str, detail: str) -> None:
        incident = await self.desk.incident(incident_id)
        if incident is None or incident.live:
            return
        facts = await self.desk.facts(incident)
        await self._record(incident_id, await self.scribe.draft(incident, facts))

    async def publish(self, incident_id: str, detail: str) -> None:
        incident = await self.desk.incident(incident_id)
        if incident and incident.proposal and incident.proposal.status == "accepted":
            facts = await self.desk.facts(incident)
            await self._record(incident_id, await self.scribe.publish(incident, facts))

    async def follow(self, incident_id: str, detail: str) -> None:
        incident = await self.desk.incident(incident_id)
        if incident is None or incident.proposal is None or incident.proposal.status != "sent":
            return
        if not await self._record(incident_id, await self.scribe.follow(incident)):
            raise RetryLater("the proposal is still open", FOLLOW_MINUTES * MINUTE)

    def _early(self, due_at: int) -> None:
        """The clock was set back, or the timer moved, since the work was claimed: it must not be taken for done."""
        left = due_at - self.desk.clock.now()
        if left > 0:
            raise RetryLater("it is not due yet", left)

    async def _record(self, incident_id: str, commands: Sequence[Command]) -> int:
        """Record what was learned; how many facts that made. A refusal means that it is known already."""
        recorded = 0
        for command in commands:
            outcome = await self.desk.handle(incident_id, Order(command, TIMER, "timer"))
            recorded += len(outcome.facts) if isinstance(outcome, Accepted) else 0
        return recorded


def _in_digest(incident: Incident, service: str, slot: int) -> bool:
    """Whether an incident belongs in the public digest of its service for this slot."""
    due = reminders(incident).get(Reminder.DIGEST)
    return incident.service == service and not incident.private and due is not None and due[0] <= slot


def _overtaken(fact: Fact, facts: Sequence[Fact], incident: Incident) -> bool:
    """A draft that was to be announced in the morning, and is not the draft any more."""
    later = any(one.version > fact.version and isinstance(one.event, PostmortemDrafted) for one in facts)
    return isinstance(fact.event, PostmortemDrafted) and (incident.draft is None or later)
