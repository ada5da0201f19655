"""The words of the end: over, close, reopen, cancel, and what the post-mortem asks."""

from __future__ import annotations

import re

from bot.domain import commands as c
from bot.domain.incident import Incident, RollbackStage
from bot.domain.reading import moment
from bot.domain.said import Misread, Said, Understood
from bot.domain.vocabulary import (
    FIELD_DOCUMENTED,
    FIELD_ENDED,
    FIELDS_OF_PROSE,
    FIELDS_OF_TIME,
    CancelKind,
    Documented,
    EndedBy,
)


def fill(said: Said) -> Understood:
    field, _, text = said.text.partition(" ")
    field = field.casefold().replace("-", "_")
    incident = said.incident
    if not text.strip():
        blanks = ", ".join((*FIELDS_OF_TIME, FIELD_ENDED, FIELD_DOCUMENTED, *FIELDS_OF_PROSE))
        return Misread(sentence=f"Say which blank of the post-mortem, and what: fill impact <text>. Blanks: {blanks}.")
    if field not in FIELDS_OF_TIME:
        return c.FillField(field=field, text=text)
    # It is the clock of that night that is meant, also when it is told a day later.
    told = incident.declared_at if field == "impact_start" else incident.closed_at or said.now
    when = moment(text, incident.dossier.timezone, told)
    if when is None:
        return Misread(sentence=f"Say the time in the zone of the service: fill {field} 02:40.")
    return c.FillField(field=field, when=when)


def over(said: Said) -> Understood:
    since = moment(said.text, said.incident.dossier.timezone, said.now)
    if said.text and since is None:
        return Misread(sentence="Say since when as over 03:40 or over 25 min, or just over.")
    return c.Mitigate(since=since)


_DOCUMENTED = {
    "this": Documented.THIS_ENTRY,
    "wrong": Documented.STEP_WRONG,
    "another": Documented.ANOTHER,
    "none": Documented.NONE,
}


def close(said: Said) -> Understood:
    words = said.text.split()
    documented = next((_DOCUMENTED[word] for word in words if word in _DOCUMENTED), _guess_documented(said.incident))
    what = " ".join(word for word in words if word not in _DOCUMENTED)
    return c.Close(ended_by=_guess_ended(said.incident), documented=documented, what=what)


def _guess_documented(incident: Incident) -> Documented:
    """Without a word about it: none if no playbook was followed, else unknown, because only a person knows."""
    return Documented.UNKNOWN if incident.runs else Documented.NONE


def _guess_ended(incident: Incident) -> EndedBy:
    """A verified rollback ended it; anything else is unknown until somebody says."""
    return EndedBy.ROLLBACK if incident.rollback.stage is RollbackStage.VERIFIED else EndedBy.UNKNOWN


def reopen(said: Said) -> Understood:
    return c.Reopen(why=said.text)


def cancel(said: Said) -> Understood:
    number = re.search(r"(?:INC-)?(\d+)", said.text, re.IGNORECASE)
    if "duplicate" in said.text.casefold():
        return c.Cancel(kind=CancelKind.DUPLICATE, duplicate_of=int(number[1]) if number else None)
    if "false" in said.text.casefold():
        return c.Cancel(kind=CancelKind.FALSE_ALARM)
    if "mistake" in said.text.casefold():
        return c.Cancel(kind=CancelKind.MISTAKE)
    return Misread(sentence="Say why: cancel mistake, cancel false alarm, or cancel duplicate of INC-12.")
