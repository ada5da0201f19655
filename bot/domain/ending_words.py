"""The words of the end: over, close, reopen, cancel, and what the post-mortem asks and proposes."""

from __future__ import annotations

import re

from bot.domain import commands as c
from bot.domain.candidates import candidates_left
from bot.domain.dossier import Verdict
from bot.domain.incident import Incident, RollbackStage
from bot.domain.reading import first_word, instant
from bot.domain.said import Misread, Said, Understood
from bot.domain.vocabulary import (
    FIELD_DOCUMENTED,
    FIELD_ENDED,
    FIELDS_OF_PROSE,
    FIELDS_OF_TIME,
    Answer,
    CancelKind,
    Documented,
    EndedBy,
    StepRef,
)


def fill(said: Said) -> Understood:
    field, text = first_word(said.text)
    field = field.casefold().replace("-", "_")
    incident = said.incident
    if not text.strip():
        blanks = ", ".join((*FIELDS_OF_TIME, FIELD_ENDED, FIELD_DOCUMENTED, *FIELDS_OF_PROSE))
        return Misread(sentence=f"Say which blank of the post-mortem, and what: fill impact <text>. Blanks: {blanks}.")
    if field == FIELD_DOCUMENTED:
        return _documented(incident, text)
    if field not in FIELDS_OF_TIME:
        return c.FillField(field=field, text=text)
    # It is the clock of that night that is meant, also when it is told a day later.
    told = incident.declared_at if field == "impact_start" else incident.closed_at or said.now
    when = instant(text, incident.dossier.timezone, told)
    if when is None:
        return Misread(sentence=f"Say the time in the zone of the service: fill {field} 02:40.")
    return c.FillField(field=field, when=when)


def over(said: Said) -> Understood:
    since = instant(said.text, said.incident.dossier.timezone, said.now)
    if said.text and since is None:
        return Misread(sentence="Say since when as over 03:40 or over 25 min, or just over.")
    return c.Mitigate(since=since)


_DOCUMENTED = {
    "this": Documented.THIS_ENTRY,
    "wrong": Documented.STEP_WRONG,
    "another": Documented.ANOTHER,
    "none": Documented.NONE,
}
_STEP = re.compile(r"(?:step )?#?(\d{1,3})(?:[:,]? |$)", re.IGNORECASE)
_ENTRY = re.compile(r"(?P<id>[A-Za-z][A-Za-z0-9]*-\d+)[:,]?(?: |$)")


def _documented(incident: Incident, text: str) -> Understood:
    """What close says too, said the morning after."""
    word, rest = first_word(text)
    documented = _DOCUMENTED.get(word.casefold())
    if documented is Documented.STEP_WRONG and rest:
        wrong = _wrong_step(incident, rest, "fill documented")
        if isinstance(wrong, Misread):
            return wrong
        return c.FillField(field=FIELD_DOCUMENTED, text=documented, step=wrong)
    return c.FillField(field=FIELD_DOCUMENTED, text=f"{documented} {rest}".strip() if documented else text)


def _wrong_step(incident: Incident, text: str, word: str) -> StepRef | Misread | None:
    """The step that a text begins with; None when it begins with none. `word` is what the text followed."""
    run, found = incident.last_run, _STEP.match(text)
    if run is None or not found:
        return None
    if run.state(int(found[1])) is None:
        steps = f"{run.playbook.failure_id} has {len(run.steps)} steps, and no step {found[1]}."
        return Misread(sentence=f"{steps} Say: {word} wrong <number of the step> <what>.")
    return StepRef(run=run.run, number=int(found[1]))


def close(said: Said) -> Understood:
    # Only the first word answers: in "another worker hung" and "none of this helped" further ones are prose.
    word, rest = first_word(said.text)
    documented = _DOCUMENTED.get(word.casefold())
    what = said.text if documented is None else rest.strip()
    if documented is None:
        documented = _guess_documented(said.incident)
    wrong = _wrong_step(said.incident, what, "close") if documented is Documented.STEP_WRONG else None
    if isinstance(wrong, Misread):
        return wrong
    entry = _ENTRY.match(what) if documented is Documented.ANOTHER else None
    if wrong or entry:
        what = re.sub(_STEP if wrong else _ENTRY, "", what, count=1)
    ended_by, step = _known_end(said.incident)
    return c.Close(
        ended_by=ended_by,
        documented=documented,
        failure_id=entry["id"].upper() if entry else "",
        what=what.strip(),
        step=step,
        wrong=wrong,
    )


def _guess_documented(incident: Incident) -> Documented:
    """Without a word about it: none if nothing in the runbook could be meant, else unknown: only a person knows."""
    unsure = incident.verdict is Verdict.UNSURE and candidates_left(incident)
    return Documented.UNKNOWN if incident.runs or unsure else Documented.NONE


def _known_end(incident: Incident) -> tuple[EndedBy, StepRef | None]:
    """A verified rollback ended it, or the step of which somebody said that it fixed it; anything else is unknown until
    somebody says."""
    if incident.rollback.stage is RollbackStage.VERIFIED:
        return EndedBy.ROLLBACK, None
    fixed = [
        StepRef(run=run.run, number=state.number)
        for run in incident.runs
        for state in run.steps
        if state.outcome == Answer.FIXED
    ]
    return (EndedBy.STEP, fixed[-1]) if fixed else (EndedBy.UNKNOWN, None)


def decline(said: Said) -> Understood:
    if not said.text:
        return Misread(sentence="Say why: decline <why>. Somebody will ask when it happens again.")
    return c.DeclineProposal(why=said.text)


def reopen(said: Said) -> Understood:
    return c.Reopen(why=said.text)


_CANCEL = re.compile(
    r"(?:opened )?(?:by )?(?P<mistake>mistake)|(?P<false>false(?: alarm)?)"
    r"|duplicate(?: of)?(?: (?:INC-)?(?P<of>[0-9]{1,9}))?",
    re.IGNORECASE,
)


def cancel(said: Said) -> Understood:
    found = _CANCEL.fullmatch(said.text)
    if found is None:
        words = "cancel mistake, cancel false alarm, or cancel duplicate of INC-12"
        return Misread(sentence=f"Say why: {words}, and nothing else.")
    if found["false"]:
        return c.Cancel(kind=CancelKind.FALSE_ALARM)
    if found["mistake"]:
        return c.Cancel(kind=CancelKind.MISTAKE)
    return c.Cancel(kind=CancelKind.DUPLICATE, duplicate_of=int(found["of"]) if found["of"] else None)
