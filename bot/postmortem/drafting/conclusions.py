"""What only people can conclude, with the facts that may help them laid beside each blank."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import events as e
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.vocabulary import EndedBy, Helped, MarkKind, SkipReason
from bot.postmortem.drafting.report import Conclusion, Field, Length, Material, StateRow
from bot.postmortem.drafting.tell import Scene, plain, tell
from bot.postmortem.drafting.timeline import link_of

ASKS: dict[str, tuple[str, str]] = {
    "impact": ("Impact", "who noticed what, how many, for how long, and what it cost"),
    "trigger": ("Trigger", "what set it off, or that it is not known"),
    "factors": ("Contributing factors", "the conditions that let it happen and made it last"),
    "detection": ("Detection", "whether it was seen as early as it could be, and what would show it earlier"),
    "well": ("What went well", "what to keep"),
    "hard": ("What was hard", "what stood in the way"),
    "luck": ("What was luck", "what will not be there the next time"),
}
"""Key -> title and what the placeholder asks. The conclusions themselves are left to people (incident guide)."""


def conclusions(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> tuple[Conclusion, ...]:
    """Every section that people write, in order."""
    finders = {
        "impact": _impact,
        "trigger": _trigger,
        "factors": _factors,
        "detection": _detection,
        "well": _well,
        "hard": _hard,
        "luck": _luck,
    }
    return tuple(
        Conclusion(field=key, title=ASKS[key][0], material=tuple(find(scene, facts, known)))
        for key, find in finders.items()
    )


def blanks(owner: str) -> tuple[Field, ...]:
    """The blanks of the conclusions. They are never filled by the bot."""
    return tuple(Field(key=key, owner=owner, ask=ask) for key, (_, ask) in ASKS.items())


def _of(scene: Scene, fact: Fact) -> Material:
    told = tell(fact.event, scene)
    text = "" if told is None else told.what + (f": {told.said}" if told.said else "")
    link = "" if told is None else told.link or link_of(scene, told.surface, fact.version)
    return Material(text=text, fact=fact.version, link=link)


def _impact(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    said = [_of(scene, fact) for fact in facts if isinstance(fact.event, e.UpdatePosted | e.ReportAdded)]
    run = scene.incident.runs[-1] if scene.incident.runs else None
    also = [Material(text=f"also affected: {service}") for service in scene.incident.also_affects]
    entry = [Material(text=f"the entry says: {run.playbook.impact}")] if run and run.playbook.impact else []
    return [*entry, *also, *said]


def _trigger(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    changes = scene.incident.dossier.changes
    found = [
        Material(text=f"{change.kind} change at {change.when}: {change.what} (coincident, not proven)")
        for change in changes
    ]
    return found or [Material(text="no change of the 24 h before is known")]


def _factors(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    ideas = [_of(scene, fact) for fact in facts if _is_mark(fact, MarkKind.IDEA)]
    causes = [
        Material(text=f"{run.playbook.failure_id} names as likely cause: {run.playbook.cause}")
        for run in scene.incident.runs
        if run.active and run.playbook.cause
    ]
    what = scene.incident.ending.what
    return [*([Material(text=f"said at close: {what}")] if what else []), *causes, *ideas]


def _is_mark(fact: Fact, kind: MarkKind) -> bool:
    return isinstance(fact.event, e.Marked) and fact.event.kind is kind


def _detection(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    incident = scene.incident
    how = (
        f"by the alert {incident.alert}" if incident.alert else f"by {scene.cast.role(incident.declared_by)}, no alert"
    )
    found = [Material(text=f"opened {how}", fact=1, link=incident.source)]
    if incident.reports:
        found.append(Material(text=f"reported again {incident.reports} time{'s' * (incident.reports > 1)}"))
    ttd = next(one for one in known if one.key == "ttd")
    if ttd.ms is None:
        found.append(Material(text=f"time to detect is unknown: {ttd.note}"))
    return found


def _well(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    found = []
    for fact in facts:
        match fact.event:
            case e.StepAnswered(answer=answer) if plain(answer) in ("worked", "fixed", "reached"):
                found.append(_of(scene, fact))
            case e.StepImprovised(helped=Helped.YES) | e.CallReached() | e.RollbackVerified(good=True):
                found.append(_of(scene, fact))
            case _:
                pass
    return found


_HINDERED = (SkipReason.NO_ACCESS, SkipReason.TOO_RISKY, SkipReason.OTHER)


def _hard(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    gaps = scene.incident.dossier.gaps
    # One of the six questions, or a sentence about the runbook itself.
    found = [Material(text=f"the runbook does not answer: {gap}" if gap.endswith("?") else gap) for gap in gaps]
    for fact in facts:
        match fact.event:
            case e.StepAnswered(answer=answer) if plain(answer) in ("did not work", "no answer"):
                found.append(_of(scene, fact))
            case e.StepSkipped(reason=reason) if reason in _HINDERED:
                found.append(_of(scene, fact))
            case (
                e.CallUnanswered()
                | e.RollbackFailed()
                | e.PlaybookLeft()
                | e.PlaybookRejected()
                | e.StepImprovised(helped=Helped.NO)
                | e.RollbackVerified(good=False)
                | e.Reopened()
            ):
                found.append(_of(scene, fact))
            case _:
                pass
    return found


def _luck(scene: Scene, facts: Sequence[Fact], known: Sequence[Length]) -> list[Material]:
    ending = scene.incident.ending.ended_by
    found = []
    if ending is EndedBy.ITSELF:
        found.append(Material(text="it ended by itself"))
    if ending is EndedBy.SOMETHING_ELSE:
        found.append(Material(text="something outside the playbook ended it"))
    unsaid = [
        fact for fact in facts if isinstance(fact.event, e.StepImprovised) and fact.event.helped is Helped.UNKNOWN
    ]
    return found + [_of(scene, fact) for fact in unsaid]


def state_check(
    incident: Incident, facts: Sequence[Fact], owner: str
) -> tuple[tuple[StateRow, ...], tuple[Field, ...]]:
    """After a rollback: each kind of state of section 5, with a blank for what became of it. Required also when the
    command failed, because then nobody knows how far it came."""
    if not any(isinstance(fact.event, e.RollbackFinished | e.RollbackFailed) for fact in facts):
        return (), ()
    promised = incident.dossier.rollback.state
    rows = tuple(
        StateRow(field=f"state_{place}", state=row.state, promise=row.on_rollback)
        for place, row in enumerate(promised, start=1)
    ) or (StateRow(field="state_1", state="every kind of state", promise="the runbook does not say"),)
    fields = tuple(Field(key=row.field, owner=owner, ask=f"what became of it: {row.state}") for row in rows)
    return rows, fields
