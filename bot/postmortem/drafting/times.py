"""The seven instants of an incident and the times between them. Every definition is printed in the document.

Recorded order is not the order of events: an end may be dated back, a note may tell of something earlier. So instants
come from `happened`, the earliest that fits, and never from the place in the stream alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain.events import (
    BranchChosen,
    Called,
    Closed,
    Declared,
    Fact,
    FieldFilled,
    HandoverTaken,
    LeadTaken,
    Marked,
    MarkEdited,
    MarkRemoved,
    Noted,
    Reopened,
    ReportAdded,
    RollbackConditionMet,
    RollbackDecided,
    StepAnswered,
    StepImprovised,
    StepSkipped,
    UpdatePosted,
)
from bot.domain.incident import Incident, Phase
from bot.domain.reading import moment
from bot.postmortem.drafting.report import Length, Moment

SKEW_MS = 60_000
"""Clocks of Slack, of a laptop and of the server may differ; a difference below a minute says nothing."""

ACKNOWLEDGING = (
    LeadTaken,
    HandoverTaken,
    StepAnswered,
    StepSkipped,
    BranchChosen,
    StepImprovised,
    RollbackConditionMet,
)
ACTING = (StepAnswered, BranchChosen, StepImprovised, RollbackDecided, Called)

_SINCE = re.compile(
    r"\bimpact\s+(?:(?:has\s+)?(?:started|start|starts|began|begins)|since|from)\b[:\s]*(.*)", re.IGNORECASE
)
_PERMALINK = re.compile(r"/p(\d{10})(\d{6})(?!\d)")
_TS = re.compile(r":(\d{10})\.(\d{6})$")

MEANINGS = {
    "impact_start": "the first user-visible harm; only a person can say it (note: impact since 02:40)",
    "detected": "the first alert, report or message that told of it",
    "declared": "the incident was opened",
    "acknowledged": "a person first took the lead or answered a step",
    "first_action": "a person first answered a step, ran something, called somebody or decided a rollback",
    "mitigated": "the impact was over and stayed over",
    "resolved": "the incident was closed for the last time",
    "ttd": "time to detect: impact start to detected",
    "tta": "time to acknowledge: detected to acknowledged",
    "ttm": "time to mitigate: detected to mitigated",
    "ttr": "time to resolve: detected to resolved, pauses between a close and a reopening included",
    "impact": "impact start to mitigated",
}


def message_time(fact: Fact) -> int:
    """When a fact was true: a marked message counts from when it was written, not from when somebody marked it."""
    if isinstance(fact.event, Marked):
        found = _TS.search(fact.event.message)
        if found:
            return min(int(found[1]) * 1000 + int(found[2]) // 1000, fact.at)
    return fact.happened


def linked_time(link: str) -> int | None:
    """The instant in a Slack permalink, None when it is another address."""
    found = _PERMALINK.search(link)
    return int(found[1]) * 1000 + int(found[2]) // 1000 if found else None


def moments(incident: Incident, facts: Sequence[Fact]) -> tuple[Moment, ...]:
    """The seven instants, in the order of a well-behaved incident."""
    mitigated, resolved = _ends(incident)
    found: dict[str, int | None] = {
        "impact_start": impact_start(incident, facts),
        "detected": _detected(facts),
        "declared": incident.declared_at,
        "acknowledged": _earliest(facts, ACKNOWLEDGING),
        "first_action": _earliest(facts, ACTING),
        "mitigated": mitigated,
        "resolved": resolved,
    }
    # What a person fills in afterwards knows better than what the clicks could tell.
    filled = {
        fact.event.field: fact.event.when for fact in facts if isinstance(fact.event, FieldFilled) and fact.event.when
    }
    found |= filled
    notes = {"resolved": _ending_note(incident)}
    if "mitigated" not in filled and incident.mitigated_at == incident.closed_at != 0:
        notes["mitigated"] = "counted until the close: nobody said that it was over before"
    return tuple(
        Moment(key=key, name=key.replace("_", " "), meaning=MEANINGS[key], at=at, note=notes.get(key, ""))
        for key, at in found.items()
    )


def lengths(known: Iterable[Moment]) -> tuple[Length, ...]:
    """TTD, TTA, TTM, TTR and how long the impact lasted."""
    at = {one.key: one.at for one in known}
    pairs = {
        "ttd": ("impact_start", "detected"),
        "tta": ("detected", "acknowledged"),
        "ttm": ("detected", "mitigated"),
        "ttr": ("detected", "resolved"),
        "impact": ("impact_start", "mitigated"),
    }
    return tuple(_length(key, start, end, at) for key, (start, end) in pairs.items())


def _length(key: str, start: str, end: str, at: dict[str, int | None]) -> Length:
    name = "impact" if key == "impact" else key.upper()
    begin, finish = at[start], at[end]
    missing = [one.replace("_", " ") for one, value in ((start, begin), (end, finish)) if value is None]
    if begin is None or finish is None:
        return Length(key=key, name=name, meaning=MEANINGS[key], note=f"{' and '.join(missing)} unknown")
    if finish - begin < -SKEW_MS:
        note = f"{end.replace('_', ' ')} is dated before {start.replace('_', ' ')}"
        return Length(key=key, name=name, meaning=MEANINGS[key], note=note)
    return Length(key=key, name=name, meaning=MEANINGS[key], ms=max(0, finish - begin))


def paused_ms(facts: Iterable[Fact]) -> int:
    """How long the incident was closed before it was reopened, all times together."""
    total, closed = 0, None
    for fact in facts:
        if isinstance(fact.event, Closed):
            closed = fact.happened
        elif isinstance(fact.event, Reopened) and closed is not None:
            total, closed = total + max(0, fact.happened - closed), None
    return total


def impact_start(incident: Incident, facts: Iterable[Fact]) -> int | None:
    """What somebody last said about it ("impact since 02:40"); None when nobody did."""
    said: dict[str, tuple[str, int]] = {}
    for fact in facts:
        match fact.event:
            case Noted(text=text) | UpdatePosted(text=text):
                said[f"fact {fact.version}"] = (text, fact.happened)
            case Marked(message=message, text=text):
                said.pop(message, None)
                said[message] = (text, message_time(fact))
            case MarkEdited(message=message, text=text) if message in said:
                said[message] = (text, said[message][1])
            case MarkRemoved(message=message):
                said.pop(message, None)
            case _:
                pass
    for text, when in reversed(said.values()):
        found = _SINCE.search(text)
        # It is a clock time of that night, also when it is noted the next morning.
        at = moment(found[1], incident.dossier.timezone, min(when, incident.closed_at or when)) if found else None
        if at is not None:
            return at
    return None


def _detected(facts: Iterable[Fact]) -> int | None:
    known: list[int] = []
    for fact in facts:
        if isinstance(fact.event, Declared | ReportAdded):
            linked = linked_time(fact.event.source)
            known += [fact.happened] if linked is None else [fact.happened, linked]
    return min(known, default=None)


def _earliest(facts: Iterable[Fact], kinds: tuple[type, ...]) -> int | None:
    return min((fact.happened for fact in facts if isinstance(fact.event, kinds) and fact.by.is_person), default=None)


def _ends(incident: Incident) -> tuple[int | None, int | None]:
    resolved = incident.closed_at or None
    mitigated = incident.mitigated_at or None
    if mitigated and resolved:
        # A close may be dated back behind an "impact over" that was pressed late: the earlier one is true.
        mitigated = min(mitigated, resolved)
    return mitigated, resolved


def _ending_note(incident: Incident) -> str:
    if incident.phase is Phase.CANCELLED:
        kind = incident.ending.cancelled
        return f"cancelled: {kind.value.replace('_', ' ')}" if kind else "cancelled"
    return "still open" if incident.live else ""
