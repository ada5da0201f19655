"""From facts to state: `apply` is total and knows no rules; whatever the stream says happened, happened.

A new fact gets its fold in the module of its subject, registered on `changes` by its type.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.events import Declared, Fact
from bot.domain.fold import ending, notes, opening, people, playbook, postmortem, rollback, screen, steps, waits
from bot.domain.fold.changes import Changes, changes
from bot.domain.incident import Incident

# `changes` is a registry: naming the modules here is what makes their registrations part of the fold.
SUBJECTS = (opening, playbook, steps, waits, notes, people, rollback, ending, postmortem, screen)


class BrokenStream(ValueError):
    """The stream does not begin with a declaration, or has a second one: it is not an incident's."""


def apply(incident: Incident | None, fact: Fact, incident_id: str = "") -> Incident:
    """The state after one more fact. Raises BrokenStream when the first fact is no declaration, or a later one is."""
    if incident is None:
        return _born(fact, incident_id)
    if isinstance(fact.event, Declared):
        raise BrokenStream("it has been declared already")
    update: Changes = dict(changes(fact.event, incident, fact))
    update["version"] = fact.version
    update["last_at"] = max(incident.last_at, fact.at)
    if fact.by.is_person and all(person.id != fact.by.id for person in incident.participants):
        update["participants"] = (*incident.participants, fact.by)
    return incident.model_copy(update=update)


def fold(facts: Iterable[Fact], incident: Incident | None = None, incident_id: str = "") -> Incident | None:
    """The state after all facts, or `incident` when there are none."""
    for fact in facts:
        incident = apply(incident, fact, incident_id)
    return incident


def _born(fact: Fact, incident_id: str) -> Incident:
    event = fact.event
    if not isinstance(event, Declared):
        raise BrokenStream(f"its first fact is {event.type}, not declared")
    return Incident(
        id=incident_id,
        version=fact.version,
        last_at=fact.at,
        number=event.number,
        service=event.service,
        symptom=event.symptom,
        words=event.symptom,
        severity=event.severity,
        declared_at=fact.happened,
        declared_by=fact.by,
        via=fact.via,
        channel=event.channel,
        typed_in=event.typed_in,
        alert=event.alert,
        source=event.source,
        private=event.private,
        drill=event.drill,
        pace=max(event.pace, 1),
        participants=(fact.by,) if fact.by.is_person else (),
    )
