"""Coverage for people in Slack: counted at most every few minutes, because it reads every incident of six months."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial

from bot.engine.desk import Desk
from bot.postmortem.coverage import MONTHS, Coverage, Entry, Replay, coverage, percent
from bot.postmortem.tally import tallies
from bot.runbooks.guide import Guide
from bot.slack.drawing.blocks import Json, Message, context, section
from bot.slack.drawing.mrkdwn import code, one_line

KEPT_MS = 5 * 60 * 1000
NAMED_SHOWN = 8
SERVICES_SHOWN = 12


@dataclass(slots=True)
class CoverageDesk:
    """The newest coverage. Raises StoreUnavailable when it has to be counted and the store is away."""

    desk: Desk
    guide: Guide
    _counted: dict[str, tuple[int, Coverage]] = field(default_factory=dict)

    async def now(self, service: str = "") -> Coverage:
        """Of one service, or of all; counted now, or a few minutes ago."""
        now = self.desk.clock.now()
        at, found = self._counted.get(service, (0, None))
        if found is None or now - at > KEPT_MS:
            incidents = await tallies(self.desk, now, MONTHS)
            count = partial(coverage, incidents, now, self.guide.shelf.runbooks, service=service)
            # Counting many takes a second, in which nobody's click may wait.
            found = await asyncio.to_thread(count)
            self._counted[service] = now, found
        return found


def coverage_answer(found: Coverage, service: str = "", unknown: str = "") -> Message:
    """The share documented when it struck, the goal, and what to do about the rest, by name. `service` is the one that
    was counted, "" for all; `unknown` is the name that was asked for and is no service."""
    total = found.total
    of = f"{one_line(service, 80)}: documented" if service else "Documented"
    months = f"({found.since} to {found.until})"
    goal = f"Goal {100 * found.goal:.0f} %."
    if not total.incidents:
        none = "No closed incident counts in these months: drills, false alarms and duplicates are left out."
        return Message(none, [section(f"*{of} when it struck: unknown* {months}. {goal}\n{none}")])
    title = f"{of} when it struck: {percent(total)} of {total.incidents} {months}"
    shares = () if service else found.by_service
    lines = [f"{one_line(one.name, 80)}: {percent(one)} ({one.documented} of {one.incidents})" for one in shares]
    shares_by_month = " · ".join(f"{one.name} {percent(one)}" for one in found.by_month)
    blocks: list[Json] = [context(f"No runbook is called {code(unknown)}: this is of all services.")] if unknown else []
    blocks += [section(f"*{title}*. {goal}"), *([section("\n".join(_cut(lines, SERVICES_SHOWN)))] if lines else [])]
    blocks += [context(shares_by_month)] if shares_by_month else []
    blocks += [section(f"*{name}*\n" + "\n".join(_cut(rows, NAMED_SHOWN))) for name, rows in _named(found) if rows]
    return Message(f"{title}. {goal}", blocks)


def _cut(rows: list[str], shown: int) -> list[str]:
    left = len(rows) - shown
    return [*rows[:shown], *([f"… {left} more"] if left > 0 else [])]


def _named(found: Coverage) -> list[tuple[str, list[str]]]:
    """What a person can do something about."""
    replay = found.replay or Replay(incidents=0, covered=0)
    return [
        ("Not documented", [f"{one.name} {one_line(one.symptom, 120)}" for one in found.undocumented]),
        (f"Lessons lost: {len(found.lost)}", [f"{one.name} {one_line(one.symptom, 120)}" for one in found.lost]),
        ("Steps that keep failing", [f"{_entry(one)}: {', '.join(one.steps)}" for one in found.failing]),
        ("Entries never used", [_entry(one) for one in found.never_used]),
        (
            f"Today's runbooks would cover {replay.covered} of {replay.incidents}",
            [f"{name} would get {one_line(entry, 60)}" for name, entry in replay.found],
        ),
    ]


def _entry(entry: Entry) -> str:
    return f"{one_line(entry.failure_id, 60)} {one_line(entry.title, 80)}"
