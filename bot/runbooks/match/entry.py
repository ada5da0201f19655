"""One failure mode as the matcher sees it: fielded terms, its sentences, its names, its metric bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from bot.domain.runbook import FailureMode, SignalKind
from bot.runbooks.match import kinds, metrics, words

CODE = re.compile(r"[A-Za-z]{2,6}-\d+")
"""An id that is only a number of ours (IX-04): it names, it does not describe."""

_CAMEL = re.compile(r"[a-z0-9][A-Z]")
_ALERT_MARK = re.compile(r"[`\"'*]")


class Field(IntEnum):
    """Where in an entry a word stands."""

    NAME = 0
    TITLE = 1
    SIGN = 2
    CAUSE = 3
    IMPACT = 4
    STEP = 5
    NOTE = 6
    COMMAND = 7


SEEN = sum(1 << place for place in (Field.NAME, Field.TITLE, Field.SIGN, Field.CAUSE, Field.IMPACT))
"""The fields that say what a failure looks like and why, as a bit set; the others say what to do."""

FIELD_WEIGHT: dict[Field, float] = {
    Field.NAME: 3.0,
    Field.TITLE: 2.0,
    Field.SIGN: 2.0,
    Field.CAUSE: 1.5,
    Field.IMPACT: 1.0,
    Field.STEP: 0.3,
    Field.NOTE: 0.3,
    Field.COMMAND: 0.2,
}

FIELD_LENGTH: dict[Field, float] = {
    Field.NAME: 6.0,
    Field.TITLE: 6.0,
    Field.SIGN: 40.0,
    Field.CAUSE: 20.0,
    Field.IMPACT: 15.0,
    Field.STEP: 90.0,
    Field.NOTE: 60.0,
    Field.COMMAND: 30.0,
}
"""Words in a field of ordinary length. Fixed, not the corpus' mean: then adding an entry changes no other entry."""

SPREAD = 0.5
"""How strongly a long field thins its words (BM25's b)."""

SATURATION = 2.4
"""How fast repeating a word stops helping (BM25's k1)."""

MOST_PASSAGES = 40
"""Sentences of an entry that are compared with a query one by one: its signs come first, then its steps."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of an entry: what a reason quotes."""

    text: str
    field: Field
    label: str
    terms: frozenset[str]
    length: float
    """The length of the sentence as a vector, if all its words were equally telling."""


@dataclass(slots=True, eq=False)
class Entry:
    """An indexed failure mode."""

    service: str
    mode: FailureMode
    number: int
    impacts: dict[str, float] = field(default_factory=dict)
    """Term -> its saturated weight in this entry, 0 to 1."""
    fields: dict[str, int] = field(default_factory=dict)
    """Term -> bit set of the fields it stands in."""
    passages: list[Passage] = field(default_factory=list)
    surfaces: set[str] = field(default_factory=set)
    """Every word as written (lower case), and the neighbours in names joined: what mistakes are repaired to."""
    alerts: frozenset[str] = frozenset()
    """Alert names, squeezed for exact comparison."""
    numbered: bool = False
    """Its id is only a number of ours, so its title describes and does not name it."""
    named: bool = False
    """It is the page of an alert, by a name in camel case; a topic's page may serve an alert of any name."""
    names: tuple[dict[str, float], ...] = ()
    """The stems of each alert name and of the title, with what each counts."""
    conditions: tuple[metrics.Condition, ...] = ()

    @property
    def id(self) -> str:
        return self.mode.id


def alert_names(mode: FailureMode) -> tuple[str, ...]:
    """The alerts an entry answers: its `alert:` signals, without quotes and Markdown."""
    return tuple(name for value in mode.signals_of(SignalKind.ALERT) if (name := _ALERT_MARK.sub("", value).strip()))


def texts(mode: FailureMode) -> Iterator[tuple[Field, str, str]]:
    """Every piece of an entry with its field and a label for people."""
    for name in alert_names(mode):
        yield Field.NAME, "alert", name
    if not CODE.fullmatch(mode.id) and mode.id != mode.title:
        yield Field.NAME, "name", mode.id
    yield Field.TITLE, "title", mode.title
    for symptom in mode.symptoms:
        yield Field.SIGN, "symptom", symptom.text
    for signal in mode.signals:
        if signal.kind is not SignalKind.ALERT:
            yield Field.SIGN, _SIGNAL_LABEL[signal.kind], signal.value
    yield Field.CAUSE, "cause", mode.cause.text
    yield Field.IMPACT, "impact", mode.impact.text
    yield from _step_texts(mode)
    yield Field.STEP, "verify", mode.verify.text
    for text in (*mode.notes, mode.roll_back_when, mode.related_changes):
        yield Field.NOTE, "notes", text.text


_SIGNAL_LABEL = {
    SignalKind.METRIC: "metric",
    SignalKind.LOG: "log",
    SignalKind.WORDS: "words",
    SignalKind.OTHER: "signal",
}


def _step_texts(mode: FailureMode) -> Iterator[tuple[Field, str, str]]:
    for step in mode.steps:
        label = f"step {step.number}"
        yield Field.STEP, label, " \n".join((step.text, step.expect, step.if_not, *(c.text for c in step.choices)))
        for command in (*step.commands, *step.if_not_commands):
            yield Field.COMMAND, label, command.text


def build(service: str, mode: FailureMode, number: int) -> Entry:
    """Index one failure mode."""
    entry = Entry(service=service, mode=mode, number=number)
    counts: dict[Field, dict[str, float]] = {}
    lengths: dict[Field, int] = {}
    for place, label, text in texts(mode):
        if text and not text.isspace():
            _take(entry, place, label, text, counts.setdefault(place, {}), lengths)
    entry.impacts = _impacts(counts, lengths)
    for place, terms in counts.items():
        for term in terms:
            entry.fields[term] = entry.fields.get(term, 0) | (1 << place)
    names = alert_names(mode)
    entry.alerts = frozenset(words.squeezed(name) for name in names)
    entry.named = any(_CAMEL.search(name) for name in names)
    entry.numbered = CODE.fullmatch(mode.id) is not None
    heading = mode.title if entry.numbered else f"{mode.id} {mode.title}"
    entry.names = tuple(stems for name in dict.fromkeys((*names, heading)) if (stems := content(name)))
    entry.conditions = tuple(
        found for value in mode.signals_of(SignalKind.METRIC) if (found := metrics.condition(value)) is not None
    )
    return entry


def content(text: str) -> dict[str, float]:
    """The stems of the words in `text` that carry meaning, with what each counts before its rarity is known."""
    return {token.stem: weight for token in words.tokens(text) if (weight := words.weight(token.surface))}


def _take(
    entry: Entry, place: Field, label: str, text: str, counts: dict[str, float], lengths: dict[Field, int]
) -> None:
    for sentence in words.sentences(text):
        found = words.tokens(sentence)
        lengths[place] = lengths.get(place, 0) + len(found)
        stems = [token.stem for token in found if token.surface not in words.STOP and len(token.surface) > 1]
        terms = [*stems, *words.joined(found)]
        if place is not Field.COMMAND:
            terms += [kind for kind, _ in kinds.spoken(found)]
            terms += words.identifiers(sentence)
        for term in terms:
            counts[term] = counts.get(term, 0.0) + 1.0
        entry.surfaces.update([token.surface for token in found if token.surface not in words.STOP])
        if place is Field.NAME:
            entry.surfaces.update(words.joined(found))
        if stems and place not in (Field.COMMAND, Field.NOTE) and len(entry.passages) < MOST_PASSAGES:
            length = max(0.8 * math.sqrt(len(set(stems))), 1.2)
            entry.passages.append(Passage(sentence.strip(), place, label, frozenset(stems), length))


def _impacts(counts: dict[Field, dict[str, float]], lengths: dict[Field, int]) -> dict[str, float]:
    weighted: dict[str, float] = {}
    for place, terms in counts.items():
        thinned = 1 - SPREAD + SPREAD * max(lengths[place] / FIELD_LENGTH[place], 0.4)
        gain = FIELD_WEIGHT[place] / thinned
        for term, count in terms.items():
            weighted[term] = weighted.get(term, 0.0) + gain * count
    return {term: value / (SATURATION + value) for term, value in weighted.items()}
