"""Coverage of the last six months, read in small pieces: an acknowledgement must never wait for a statistic."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.domain.incident import Incident
from bot.engine.desk import Desk
from bot.engine.ports import Index
from bot.postmortem.coverage import MONTHS, Coverage, coverage

AT_ONCE = 20
"""Snapshots decoded before others have a turn."""
MOST = 20_000
"""Incidents that are looked at, newest first."""


async def read_coverage(desk: Desk, now: int) -> Coverage:
    """Raises StoreUnavailable."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    ids: list[str] = []
    for days in range(31 * MONTHS):
        ids += await desk.journal.members(Index.DAY, (today - timedelta(days=days)).isoformat(), limit=MOST)
    incidents: list[Incident] = []
    for start in range(0, min(len(ids), MOST), AT_ONCE):
        incidents += await desk.many(ids[start : start + AT_ONCE])
        await asyncio.sleep(0)
    return await asyncio.to_thread(coverage, incidents, now)
