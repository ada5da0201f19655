"""The facts in a few sentences. Every sentence is a fact of the stream; none says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.base import SEVERITY_MEANING
from bot.domain.dossier import Verdict
from bot.domain.events import Fact, Matched, Reopened
from bot.domain.vocabulary import EndedBy
from bot.postmortem.drafting.report import Length, Moment
from bot.postmortem.drafting.tell import Scene
from bot.postmortem.drafting.times import paused_ms
from bot.postmortem.standing import standing

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def lasting(ms: int | None) -> str:
    """ "38 min", "2 h 05 min", "1 d 3 h"; "unknown" for None, never 0."""
    if ms is None:
        return "unknown"
    if ms < MINUTE:
        return "less than 1 min"
    days, rest = divmod(ms, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        return f"{days} d {hours} h" + (f" {minutes:02d} min" if minutes else "")
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def clock(at: int | None, with_day: bool = True) -> str:
    """ "2026-11-20 03:11" in UTC; "unknown" for None."""
    if at is None:
        return "unknown"
    when = datetime.fromtimestamp(at / 1000, UTC)
    return f"{when:%Y-%m-%d %H:%M}" if with_day else f"{when:%H:%M:%S}"


def summary(scene: Scene, facts: Sequence[Fact], known: Sequence[Moment], between: Sequence[Length]) -> tuple[str, ...]:
    """Three to eight sentences: what was reported, what the runbook said, what was done, how it ended."""
    at = {one.key: one.at for one in known}
    how_long = {one.key: one.ms for one in between}
    said = [
        _opened(scene, facts, at["declared"]),
        _documented(scene, facts),
        _taken_on(at, how_long),
        _done(scene),
        _ended(scene, how_long),
    ]
    reopened = sum(isinstance(fact.event, Reopened) for fact in facts)
    if reopened:
        times = "once" if reopened == 1 else f"{reopened} times"
        said.append(f"It was reopened {times}; {lasting(paused_ms(facts))} lay between a close and a reopening.")
    return tuple(said)


def _opened(scene: Scene, facts: Sequence[Fact], declared: int | None) -> str:
    incident = scene.incident
    first = _first_severity(facts)
    drill = "This was a drill. " if incident.drill else ""
    who = scene.cast.role(incident.declared_by)
    changed = f"; it ended as {incident.severity}" if first != incident.severity else ""
    return (
        f"{drill}{who[:1].upper()}{who[1:]} opened {incident.name} for {incident.service} at {clock(declared)} UTC as "
        f"{first}{changed} ({SEVERITY_MEANING[incident.severity]})."
    )


def _taken_on(at: dict[str, int | None], how_long: dict[str, int | None]) -> str:
    if at["acknowledged"] is None:
        return "Nobody is recorded as having taken it on."
    if how_long["tta"] is None:
        return "How long it took until somebody took it on is unknown."
    return f"Somebody took it on {lasting(how_long['tta'])} after it was detected."


def _first_severity(facts: Sequence[Fact]) -> str:
    return str(getattr(facts[0].event, "severity", ""))


def _documented(scene: Scene, facts: Sequence[Fact]) -> str:
    where = standing(scene.incident)
    first = next((fact.event for fact in facts if isinstance(fact.event, Matched)), None)
    matched = {
        Verdict.DOCUMENTED: "The words were matched as documented",
        Verdict.UNSURE: "The match was unsure",
        Verdict.UNDOCUMENTED: "The words matched no entry",
    }[first.verdict if first else Verdict.UNDOCUMENTED]
    if not where.documented:
        return f"{matched}; the failure was not documented when it struck."
    return f"{matched}; the entry is {where.failure_id or 'not named'}."


def _done(scene: Scene) -> str:
    steps = [state for run in scene.incident.runs for state in run.steps]
    count = {
        word: sum(state.status.value in values for state in steps)
        for word, values in {
            "done": ("done", "recalled"),
            "failed": ("failed",),
            "skipped": ("skipped",),
        }.items()
    }
    parts = [f"{number} {word}" for word, number in count.items() if number]
    outside = len(scene.incident.improvised)
    if outside:
        parts.append(f"{outside} thing{'s' * (outside > 1)} tried outside the playbook")
    return f"Steps: {', '.join(parts)}." if parts else "No step is recorded as done."


def _ended(scene: Scene, how_long: dict[str, int | None]) -> str:
    incident = scene.incident
    if incident.live:
        return "It is still open."
    if incident.ending.cancelled:
        return f"It was cancelled: {incident.ending.cancelled.value.replace('_', ' ')}."
    ways = {
        EndedBy.STEP: "a step of the playbook",
        EndedBy.SOMETHING_ELSE: "something outside the playbook",
        EndedBy.ROLLBACK: "a rollback",
        EndedBy.ITSELF: "nothing that anybody did: it went away by itself",
        EndedBy.UNKNOWN: "a cause that nobody has named",
    }
    return (
        f"It was ended by {ways[incident.ending.ended_by]}; mitigated {lasting(how_long['ttm'])} and resolved "
        f"{lasting(how_long['ttr'])} after it was detected."
    )
