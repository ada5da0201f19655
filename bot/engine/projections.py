"""Where an incident can be found: a function of its state, so a change is the difference of two states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from bot.domain.codec import load_facts
from bot.domain.fold import fold
from bot.domain.incident import Incident
from bot.domain.vocabulary import Surface
from bot.engine.ports import Index, IndexChange


def entries(incident: Incident | None) -> frozenset[tuple[Index, str]]:
    """Every projection entry of a state."""
    if incident is None:
        return frozenset()
    day = datetime.fromtimestamp(incident.declared_at / 1000, UTC).date().isoformat()
    found = {(Index.ALL, ""), (Index.SERVICE, incident.service), (Index.DAY, day)}
    found |= {(Index.SERVICE, service) for service in incident.also_affects}
    head = incident.shown.get(Surface.HEAD)
    if head:
        found.add((Index.THREAD, f"{head.channel}:{head.ts}"))
    if incident.live:
        channels = {incident.channel, head.channel if head else ""} - {""}
        found |= {(Index.OPEN, ""), *((Index.CHANNEL, channel) for channel in channels)}
    return frozenset(found)


def _filed(incident: Incident) -> tuple[object, ...]:
    """All that `entries` looks at: most facts change none of it."""
    head = incident.shown.get(Surface.HEAD)
    place = (head.channel, head.ts) if head else None
    return (
        incident.live,
        incident.service,
        incident.also_affects,
        incident.channel,
        incident.declared_at,
        place,
    )


def changed(before: Incident | None, after: Incident) -> tuple[IndexChange, ...]:
    """The entries to add and to take out."""
    if before is not None and _filed(before) == _filed(after):
        return ()
    old, new = entries(before), entries(after)
    added = [IndexChange(index, key, after.declared_at) for index, key in sorted(new - old)]
    gone = [IndexChange(index, key, None) for index, key in sorted(old - new)]
    return (*added, *gone)


def rebuilt(incident_id: str, events: Iterable[bytes]) -> tuple[IndexChange, ...]:
    """All entries of a stream, for `section3 reindex`. Raises UnreadableFact."""
    incident = fold(load_facts(events), None, incident_id)
    return changed(None, incident) if incident else ()


def claims(before: Incident | None, after: Incident) -> tuple[str, str]:
    """The service that this change takes for itself, and the one it gives back ("" for none). A drill, a private
    incident, or one that was asked to stand beside another holds nothing: a report from the public must not end up
    where its author cannot look."""
    if after.drill:
        return "", ""
    opened = after.live and not after.private and (before is None or not before.live)
    gone = before is not None and ((before.live and not after.live) or (after.private and not before.private))
    return after.service if opened else "", after.service if gone else ""
