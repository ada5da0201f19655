"""What coverage reads of an incident: a few fields of its snapshot. Half a year of them is read at once, and to read
10,000 whole takes ten times as long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain.base import Value
from bot.domain.codec import dump_snapshot, load_snapshot
from bot.domain.incident import LIVE, Ending, Phase, StepStatus
from bot.engine.desk import Desk
from bot.engine.ports import Index

READ_A_DAY = 10_000
DAYS_AT_ONCE = 31
READ_AT_ONCE = 500
"""Snapshots of one round trip, so that others have a turn in between."""


class TallyPlaybook(Value):
    service: str
    failure_id: str
    title: str = ""


class TallyStep(Value):
    number: int
    status: StepStatus = StepStatus.PENDING


class TallyRun(Value):
    playbook: TallyPlaybook
    active: bool = True
    steps: tuple[TallyStep, ...] = ()


class TallyProposal(Value):
    failure_id: str
    status: str = "made"


class Tally(Value):
    """The part of `bot.domain.incident.Incident` that coverage counts, under the same names."""

    id: str
    number: int
    service: str
    symptom: str
    declared_at: int
    alert: str = ""
    private: bool = False
    drill: bool = False
    phase: Phase = Phase.OPEN
    runs: tuple[TallyRun, ...] = ()
    ending: Ending = Ending()
    proposal: TallyProposal | None = None
    reminded: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"INC-{self.number}"

    @property
    def live(self) -> bool:
        return self.phase in LIVE

    @property
    def run(self) -> TallyRun | None:
        return next((run for run in self.runs if run.active), None)


async def tallies(desk: Desk, now: int, months: int) -> list[Tally]:
    """Every incident of the last months. Raises StoreUnavailable."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    days = [(today - timedelta(days=ago)).isoformat() for ago in range(31 * months)]
    ids: list[str] = []
    for start in range(0, len(days), DAYS_AT_ONCE):
        asked = (desk.journal.members(Index.DAY, day, limit=READ_A_DAY) for day in days[start : start + DAYS_AT_ONCE])
        ids += [one for found in await asyncio.gather(*asked) for one in found]
    read: list[Tally] = []
    for start in range(0, len(ids), READ_AT_ONCE):
        read += await _read(desk, ids[start : start + READ_AT_ONCE])
    return read


async def _read(desk: Desk, ids: list[str]) -> list[Tally]:
    found = []
    for incident_id, stored in zip(ids, await desk.journal.load_many(ids), strict=True):
        if stored is None:
            continue
        tally = load_snapshot(stored.snapshot, Tally) if stored.snapshot and not stored.events else None
        if tally is None:
            # A snapshot of another version, or an incident that goes on.
            incident = await desk.incident(incident_id)
            tally = load_snapshot(dump_snapshot(incident), Tally) if incident else None
        if tally is not None:
            found.append(tally)
    return found
