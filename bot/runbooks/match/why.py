"""Why a candidate matches, in words a responder understands; the strongest reason first."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.runbooks.match import words
from bot.runbooks.match.entry import Entry, Field
from bot.runbooks.match.kinds import MARK
from bot.runbooks.match.metrics import Fit
from bot.runbooks.match.question import Question
from bot.runbooks.match.signals import Signals

MOST = 5
"""Reasons per candidate: more is not read at 3 a.m."""

_LONGEST_QUOTE = 90
_MOST_KINDS = 3
_MOST_WORDS = 6
_LEAST_PASSAGE = 0.15
_ALIKE = 0.45

_PLACES: tuple[tuple[int, str], ...] = (
    (1 << Field.NAME, "the alert name"),
    (1 << Field.TITLE, "the title"),
    (1 << Field.SIGN, "symptoms and signals"),
    (1 << Field.CAUSE | 1 << Field.IMPACT, "cause and impact"),
    (1 << Field.STEP | 1 << Field.COMMAND | 1 << Field.NOTE, "steps and notes"),
)
"""Bit sets of fields, and what they are called together."""


def reasons(signals: Signals) -> tuple[str, ...]:
    """The reasons for one candidate."""
    found = [
        *_exact(signals),
        *_metrics(signals),
        *_words(signals.entry, signals.question, signals.shared),
        *_kinds(signals),
        *_passage(signals),
        *_meaning(signals),
        *_severity(signals),
    ]
    return tuple(found[:MOST])


def separation(signals: Signals, rivals: Collection[str]) -> tuple[str, ...]:
    """What the entry itself says about telling it apart from one of these others ("Confused with")."""
    own = signals.entry.id.casefold()
    ids = [re.compile(rf"(?<![\w-]){re.escape(rival)}(?![\w-])", re.I) for rival in rivals if rival.casefold() != own]
    texts = [" ".join(text.text.split()) for text in signals.entry.mode.confused_with]
    return tuple(f"confused with {text}" for text in texts if any(one.search(text) for one in ids))


def _exact(signals: Signals) -> list[str]:
    entry, question = signals.entry, signals.question
    found = [f"alert {question.names[name]} is named in this entry" for name in entry.alerts if name in question.names]
    if entry.id.casefold() in question.ids:
        found.append(f"{entry.id} was named")
    return found


def _metrics(signals: Signals) -> list[str]:
    found = sorted(signals.metrics, key=lambda item: -item.fit)
    return [
        f"{item.condition.metric} {item.reading.value:g}{'%' if item.reading.percent else ''} "
        f"{'fits' if item.fit is Fit.MEETS else 'does not fit'} {item.condition.text}"
        for item in found
    ]


def _words(entry: Entry, question: Question, shared: dict[str, float]) -> list[str]:
    found: dict[str, list[str]] = {}
    for term in sorted(shared, key=shared.__getitem__, reverse=True):
        if question.surfaces[term] not in words.LIGHT:
            here = entry.fields[term]
            label = next(label for mask, label in _PLACES if here & mask)
            found.setdefault(label, []).append(term)
    return [
        f"{label}: {', '.join(_spelled(question, term) for term in found[label][:_MOST_WORDS])}"
        for _, label in _PLACES
        if label in found
    ]


def _kinds(signals: Signals) -> list[str]:
    question, telling = signals.question, signals.unexplained_kinds
    named = []
    for kind in sorted(telling, key=telling.__getitem__, reverse=True)[:_MOST_KINDS]:
        name = kind.removeprefix(MARK)
        word = " ".join(question.surfaces.get(stem, stem) for stem in question.told[kind].split())
        named.append(f"{name} ({word})" if word not in ("", name) else name)
    return [f"same kind of thing: {', '.join(named)}"] if named else []


def _spelled(question: Question, term: str) -> str:
    known = question.surfaces[term]
    typed = question.repaired.get(known)
    return f"{known} (typed {typed})" if typed else known


def _passage(signals: Signals) -> list[str]:
    """The sentence most like the query, by a cosine that takes a sentence's length from its number of words."""
    squares = {term: weight * weight for term, weight in signals.shared.items()}
    wanted, best, found = frozenset(squares), 0.0, None
    for passage in signals.entry.passages:
        if passage.terms.isdisjoint(wanted):
            continue
        likeness = sum([squares[term] for term in passage.terms & wanted]) / passage.length
        if likeness > best:
            best, found = likeness, passage
    if found is None or best < _LEAST_PASSAGE * signals.question.length or found.field in (Field.NAME, Field.TITLE):
        return []
    text = " ".join(found.text.split())
    quote = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
    return [f"closest line ({found.label}): {quote}"]


def _meaning(signals: Signals) -> list[str]:
    like = signals.like
    return [f"similar in meaning ({like:.0%})"] if like is not None and like >= _ALIKE else []


def _severity(signals: Signals) -> list[str]:
    asked, own = signals.question.severity, signals.entry.mode.severity
    if own is None or not signals.severity:
        return []
    return [f"severity {asked} {'agrees' if signals.severity > 0 else 'does not agree'} with {own}"]
