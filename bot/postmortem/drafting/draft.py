"""From the stream alone to the post-mortem: `report` assembles every section of the document."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.base import Severity
from bot.domain.dossier import Verdict
from bot.domain.events import (
    ActionClosed,
    ChangeSeen,
    Closed,
    Declared,
    Fact,
    FieldFilled,
    Marked,
    Noted,
    RollbackConditionMet,
    RollbackDecided,
    RollbackFailed,
    RollbackFinished,
    RollbackVerified,
    SeverityChanged,
    StepAnswered,
    StepImprovised,
    StepSkipped,
    UpdatePosted,
)
from bot.domain.fold import fold
from bot.domain.incident import Incident
from bot.domain.vocabulary import FIELD_DOCUMENTED, FIELD_ENDED, Documented, EndedBy, MarkKind
from bot.postmortem.drafting import conclusions as concluding
from bot.postmortem.drafting.blame import blame
from bot.postmortem.drafting.people import cast, people
from bot.postmortem.drafting.redact import in_every_text, redact
from bot.postmortem.drafting.report import (
    ChangeRow,
    Field,
    Item,
    Moment,
    Report,
    RunbookChange,
    Wording,
)
from bot.postmortem.drafting.summary import summary
from bot.postmortem.drafting.tell import Scene, plain, tell
from bot.postmortem.drafting.timeline import spans, standing_marks, timeline
from bot.postmortem.drafting.times import lengths, message_time, moments
from bot.postmortem.drafting.walk import tried, walks
from bot.postmortem.standing import standing


class NoIncident(ValueError):
    """There are no facts to write about."""


def report(incident_id: str, facts: Sequence[Fact], now: int) -> Report:
    """The post-mortem of a stream. `now` (ms) only ends the picture of an incident that is still open, so that the
    draft of a closed one is always the same.

    Raises NoIncident for an empty stream.
    """
    incident = fold(facts, None, incident_id)
    if incident is None:
        raise NoIncident(f"{incident_id} has no facts.")
    made = _assembled(incident, facts, now)
    actors = cast(incident, facts)
    named = made.people
    nameless = in_every_text(made, lambda text: redact(actors.anonymous(text)))
    # The diff is a runbook's text: its phone list and owners are the runbook's business, secrets are not.
    diff = made.runbook_change.model_copy(update={"diff": redact(made.runbook_change.diff)})
    shown = nameless.runbook_change.model_copy(update={"diff": diff.diff})
    rows = tuple(in_every_text(row, redact) for row in named)
    return nameless.model_copy(update={"people": rows, "runbook_change": shown})


def _assembled(incident: Incident, facts: Sequence[Fact], now: int) -> Report:
    actors = cast(incident, facts)
    scene = Scene.of(incident, actors, facts)
    owner = actors.role(incident.lead) if incident.lead else incident.dossier.owner or "the owner of the service"
    known = moments(incident, facts)
    between = lengths(known)
    rows, state_fields = concluding.state_check(incident, facts, owner)
    where = standing(incident)
    actions = _items(scene, facts, MarkKind.ACTION)
    return Report(
        incident_id=incident.id,
        name=incident.name,
        number=incident.number,
        service=incident.service,
        title=incident.dossier.title,
        symptom=incident.symptom,
        severity=incident.severity.value,
        worst=worst(facts).value,
        phase=incident.phase.value,
        private=incident.private,
        drill=incident.drill,
        facts=facts[-1].version,
        owner=owner,
        verdict=first_verdict(facts).value,
        documented="documented" if where.documented else "not documented",
        ended_by=plain(incident.ending.ended_by),
        ended_what=incident.ending.what,
        failure_id=where.failure_id,
        summary=summary(scene, facts, known, between),
        moments=known,
        lengths=between,
        reopened=sum(fact.event.type == "reopened" for fact in facts),
        timeline=timeline(scene, facts),
        walks=walks(incident, facts, actors),
        tried=tried(incident, actors),
        changes=_changes(incident, facts),
        people=people(actors, incident, facts),
        conclusions=concluding.conclusions(scene, facts, between),
        rolled_back=bool(rows),
        state_check=rows,
        rollback_notes=_rollback_notes(scene, facts),
        actions=actions,
        questions=_items(scene, facts, MarkKind.QUESTION),
        ideas=_items(scene, facts, MarkKind.IDEA),
        wording=_wording(facts),
        runbook_change=_runbook_change(incident),
        spans=spans(scene, facts, _end(incident, facts, now)),
        fields=_said(_fields(incident, known, owner, actions, state_fields), facts),
    )


def worst(facts: Sequence[Fact]) -> Severity:
    """The highest severity that it ever had."""
    return min(fact.event.severity for fact in facts if isinstance(fact.event, Declared | SeverityChanged))


def first_verdict(facts: Sequence[Fact]) -> Verdict:
    """What the matcher said when it struck."""
    return next((fact.event.verdict for fact in facts if fact.event.type == "matched"), Verdict.UNDOCUMENTED)


def _end(incident: Incident, facts: Sequence[Fact], now: int) -> int:
    """Where the picture ends. Many are closed the next day: what was done would then be a sliver, so the quiet after
    the last deed is left out when it is longer than everything before."""
    if incident.live:
        return now
    closed = max(incident.closed_at, incident.mitigated_at)
    deeds = [fact.happened for fact in facts if isinstance(fact.event, _DEEDS)]
    busy = max([incident.mitigated_at, *deeds])
    start = incident.declared_at
    return busy + (busy - start) // 20 if start < busy and closed - start > 2 * (busy - start) else closed


_DEEDS = StepAnswered | StepSkipped | StepImprovised | RollbackFinished | RollbackVerified


_TIMES_ASKED = {
    "impact_start": "when the first user noticed (a note like: impact since 02:40)",
    "acknowledged": "when somebody first took it on",
    "first_action": "when somebody first did something about it",
    "mitigated": "when the impact was over",
    "resolved": "when it was resolved",
}


def _fields(
    incident: Incident,
    known: Sequence[Moment],
    owner: str,
    actions: Sequence[Item],
    state: tuple[Field, ...],
) -> tuple[Field, ...]:
    """Every blank of the document, in its order."""
    times = [
        Field(key=one.key, owner=owner, ask=_TIMES_ASKED.get(one.key, one.name), filled=one.at is not None)
        for one in known
    ]
    ending = incident.ending
    ended = Field(key="ended_by", owner=owner, ask="what ended it", filled=ending.ended_by is not EndedBy.UNKNOWN)
    documented = Field(
        key="documented",
        owner=owner,
        ask="whether the failure was documented when it struck",
        filled=ending.documented is not Documented.UNKNOWN,
    )
    todo = Field(key="actions", owner=owner, ask="action items, or that none are needed", filled=bool(actions))
    return (*times, ended, documented, *concluding.blanks(owner), *state, todo)


def _said(fields: Sequence[Field], facts: Sequence[Fact]) -> tuple[Field, ...]:
    """The blanks with what people filled in; the last word counts."""
    said = {fact.event.field: fact.event.text for fact in facts if isinstance(fact.event, FieldFilled)}
    told = {key: text for key, text in said.items() if text and key not in (FIELD_ENDED, FIELD_DOCUMENTED)}
    return tuple(
        field.model_copy(update={"filled": True, "said": told[field.key]}) if field.key in told else field
        for field in fields
    )


def _changes(incident: Incident, facts: Sequence[Fact]) -> tuple[ChangeRow, ...]:
    told = {fact.event.change for fact in facts if isinstance(fact.event, ChangeSeen)}
    return tuple(
        ChangeRow(
            when=change.when,
            kind=change.kind,
            what=change.what,
            before=change.before,
            after=change.after,
            told=change in told,
        )
        for change in dict.fromkeys(incident.dossier.changes)
    )


def _items(scene: Scene, facts: Sequence[Fact], kind: MarkKind) -> tuple[Item, ...]:
    marks = standing_marks(facts)
    done = {fact.event.message for fact in facts if isinstance(fact.event, ActionClosed)}
    found = []
    for fact in sorted(facts, key=message_time):
        event = fact.event
        if not isinstance(event, Marked) or event.kind is not kind:
            continue
        version, text = marks.get(event.message, (0, ""))
        if version == fact.version:
            owner = scene.cast.of(event.author_id or event.author) or ("a colleague" if event.author else "")
            found.append(Item(text=text, owner=owner, closed=event.message in done, link=event.link))
    return tuple(found)


def _rollback_notes(scene: Scene, facts: Sequence[Fact]) -> tuple[str, ...]:
    kinds = RollbackConditionMet | RollbackDecided | RollbackFinished | RollbackFailed | RollbackVerified
    told = [tell(fact.event, scene) for fact in facts if isinstance(fact.event, kinds)]
    return tuple(one.what + (f": {one.said}" if one.said else "") for one in told if one)


def _wording(facts: Sequence[Fact]) -> tuple[Wording, ...]:
    return tuple(
        Wording(found=flag.found, said=text, instead=flag.instead, fact=fact.version)
        for fact in facts
        for text in typed(fact)
        for flag in blame(text)
    )


def typed(fact: Fact) -> tuple[str, ...]:
    """What a person typed in a fact."""
    match fact.event:
        case Noted(text=text) | UpdatePosted(text=text) | Marked(text=text):
            return (text,)
        case StepAnswered(note=text) | StepSkipped(note=text) | SeverityChanged(why=text):
            return (text,)
        case StepImprovised(what=what):
            return (what,)
        case Closed(what=what) | RollbackFailed(what=what):
            return (what,)
        case Declared(symptom=text):
            return (text,)
        case _:
            said = [getattr(fact.event, name, "") for name in ("text", "why")]
            return tuple(text for text in said if isinstance(text, str) and text)


def _runbook_change(incident: Incident) -> RunbookChange:
    made = incident.proposal
    if made is None:
        return RunbookChange(status="none")
    return RunbookChange(
        status=made.status,
        kind=made.kind.value,
        failure_id=made.failure_id,
        title=made.title,
        path=made.path,
        ref=made.ref,
        diff=made.diff,
        unfilled=made.unfilled,
    )
