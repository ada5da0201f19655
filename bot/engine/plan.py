"""What a command comes to in a state, and what the store is asked to write for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.domain.codec import dump_fact, dump_snapshot
from bot.domain.commands import Command
from bot.domain.decide import Context, dated, decide, facts
from bot.domain.due import AT_ONCE, Due, DueKind, due_after
from bot.domain.events import Fact
from bot.domain.fold import fold
from bot.domain.incident import Incident
from bot.domain.refusals import Refusal
from bot.engine.ports import Append, DueChange
from bot.engine.projections import changed, claims
from bot.engine.recall import Known, known

FACTS_BETWEEN_SNAPSHOTS = 16
"""A snapshot costs a fifth of a command; whoever reads the state anew pays 0.02 ms for each fact after it, so 0.3 ms at
most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a command comes to: the append, and the state and the facts once it is written."""

    change: Append
    after: Known
    new: tuple[Fact, ...]


def plan(
    incident_id: str,
    before: Known | None,
    command: Command,
    context: Context,
    *,
    dedup: str,
    separate: bool,
    soonest: Callable[[str], int],
) -> Plan | Refusal:
    """What a command comes to in this state. `separate`: an incident that opens leaves its service to others. `soonest`
    gives the earliest instant (ms) at which a piece of work is worth trying."""
    was = before.incident if before else None
    context = dated(command, context)
    decision = decide(was, command, context)
    if isinstance(decision, Refusal):
        return decision
    new = facts(was, decision, context)
    now = folded(was, new, incident_id)
    with_snapshot = snapshot_is_due(before, now)
    after = known(now, snapshot=now.version if with_snapshot or before is None else before.snapshot)
    claim, release = claims(was, now)
    due = due_after(incident_id, before.timers if before else {}, after.timers, new)
    change = Append(
        incident_id=incident_id,
        expected=before.version if before else 0,
        events=tuple(dump_fact(fact) for fact in new),
        snapshot=dump_snapshot(now) if with_snapshot else None,
        head=before.head if before else "",
        dedup=dedup,
        due=tuple(DueChange(one.key, _at(one, now.last_at, context.at, soonest)) for one in due),
        index=changed(was, now),
        claim="" if separate else claim,
        release=release,
    )
    return Plan(change, after, new)


def folded(before: Incident | None, new: Iterable[Fact], incident_id: str) -> Incident:
    """The state after these facts, of which there must be some unless there was a state before."""
    after = fold(new, before, incident_id)
    assert after is not None, "an empty stream has no state"
    return after


def snapshot_is_due(before: Known | None, after: Incident) -> bool:
    """Whether a snapshot is written with these facts. One is with the first, with every change of phase, and while an
    incident is over, so that what is over can be counted from its snapshot alone."""
    if before is None or not after.live or after.phase is not before.incident.phase:
        return True
    return after.version - before.snapshot >= FACTS_BETWEEN_SNAPSHOTS


def _at(one: Due, recorded: int, now: int, soonest: Callable[[str], int]) -> int | None:
    at = one.at
    # Facts never run backwards, clocks do: what is due at once must not wait until the clock has caught up.
    if at is not None and one.kind in AT_ONCE and at <= recorded:
        at = min(at, now)
    if at is not None and one.kind in (DueKind.DRAW, DueKind.SAY):
        at = max(at, soonest(one.key))
    return at
