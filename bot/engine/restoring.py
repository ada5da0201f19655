"""The due work of an incident that comes back from an archive, whose own work is gone."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.due import DAY, DIGEST_WEEKS, Due, DueKind, Reminder, digest_slot, timers
from bot.domain.events import Declared, Fact, Reopened
from bot.domain.incident import Incident


def work_of(incident: Incident, now: int) -> tuple[Due, ...]:
    """What becomes due again, none of it before `now` (ms): lateness is measured, and nobody was late with this.

    An open incident has all its timers, also those that have passed, and is drawn: whoever brings it back goes on with
    it. A closed one has its timers too, but a reminder whose time has passed is left out: who restores a year of
    incidents does not want a year's questions at once, one message each. The digest of those that are young enough for
    it waits for the next Monday, when one message has them all. What was said in the thread is not said again.
    """
    found = []
    for (kind, detail), at in timers(incident).items():
        if kind is DueKind.REMIND and at <= now and not incident.live:
            at = digest_slot(now, incident.dossier.timezone) + 7 * DAY
            if detail != Reminder.DIGEST or at > incident.closed_at + DIGEST_WEEKS * 7 * DAY:
                continue
        found.append(Due(kind, incident.id, max(at, now), detail))
    return (*found, Due(DueKind.DRAW, incident.id, now)) if incident.live else tuple(found)


def stands_beside(facts: Iterable[Fact]) -> bool:
    """Whether the incident was opened beside another on purpose, and so left the service to that one. One that was
    reopened since has asked for it like any other."""
    last = [fact.event for fact in facts if isinstance(fact.event, Declared | Reopened)][-1:]
    return any(isinstance(event, Declared) and event.separate for event in last)
