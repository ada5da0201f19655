"""Coverage for people in Slack: counted at most every few minutes, because it reads every incident of six months."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.engine.desk import Desk
from bot.postmortem.coverage import MONTHS, Coverage, coverage, percent
from bot.postmortem.tally import tallies
from bot.runbooks.guide import Guide
from bot.slack.drawing.blocks import Json, Message, context, section
from bot.slack.drawing.mrkdwn import one_line

KEPT_MS = 5 * 60 * 1000
NAMED_SHOWN = 8


@dataclass(slots=True)
class CoverageDesk:
    """The newest coverage. Raises StoreUnavailable when it has to be counted and the store is away."""

    desk: Desk
    guide: Guide
    _counted: Coverage | None = None
    _counted_at: int = 0

    async def now(self) -> Coverage:
        """Counted now, or a few minutes ago."""
        now = self.desk.clock.now()
        if self._counted is None or now - self._counted_at > KEPT_MS:
            incidents = await tallies(self.desk, now, MONTHS)
            # Counting many takes a second, in which nobody's click may wait.
            self._counted = await asyncio.to_thread(coverage, incidents, now, self.guide.shelf.runbooks)
            self._counted_at = now
        return self._counted


def coverage_answer(found: Coverage, service: str = "") -> Message:
    """The share documented when it struck, the goal, and what to do about the rest, by name."""
    total = found.total
    months = f"({found.since} to {found.until})"
    goal = f"Goal {found.goal:.0%}."
    if not total.incidents:
        none = "No closed incident counts in these months: drills, false alarms and duplicates are left out."
        return Message(none, [section(f"*Documented when it struck: unknown* {months}. {goal}\n{none}")])
    title = f"Documented when it struck: {percent(total)} of {total.incidents} {months}"
    shares = [one for one in found.by_service if not service or one.name == service]
    lines = [f"{one_line(one.name, 80)}: {percent(one)} ({one.documented} of {one.incidents})" for one in shares[:12]]
    shares_by_month = " · ".join(f"{one.name} {percent(one)}" for one in found.by_month)
    blocks: list[Json] = [section(f"*{title}*. {goal}"), *([section("\n".join(lines))] if lines else [])]
    blocks += [context(shares_by_month)] if shares_by_month else []
    blocks += [section(f"*{name}*\n" + "\n".join(rows)) for name, rows in _named(found, service) if rows]
    return Message(f"{title}. {goal}", blocks)


def _named(found: Coverage, service: str) -> list[tuple[str, list[str]]]:
    """What a person can do something about."""

    def here(name: str) -> bool:
        return not service or name == service

    def cut(rows: list[str]) -> list[str]:
        left = len(rows) - NAMED_SHOWN
        return [*rows[:NAMED_SHOWN], *([f"… {left} more"] if left > 0 else [])]

    missing = [f"{one.name} {one_line(one.symptom, 120)}" for one in found.undocumented if here(one.service)]
    lost = [f"{one.name} {one_line(one.symptom, 120)}" for one in found.lost if here(one.service)]
    failing = [
        f"{one_line(one.failure_id, 60)} {one_line(one.title, 80)}: {', '.join(one.steps)}"
        for one in found.failing
        if here(one.service)
    ]
    unused = [
        f"{one_line(one.failure_id, 60)} {one_line(one.title, 80)}" for one in found.never_used if here(one.service)
    ]
    replay = found.replay.found if found.replay else ()
    today = [f"{name} would get {one_line(entry, 60)}" for name, entry in replay]
    return [
        ("Not documented", cut(missing)),
        (f"Lessons lost: {len(lost)}", cut(lost)),
        ("Steps that keep failing", cut(failing)),
        ("Entries never used", cut(unused)),
        ("Today's runbooks would cover", cut(today)),
    ]
