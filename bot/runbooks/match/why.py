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
_LEAST_PASSAGE = 0.15
_ALIKE = 0.45

_PLACES: tuple[tuple[tuple[Field, ...], str], ...] = (
    ((Field.NAME,), "the alert name"),
    ((Field.TITLE,), "the title"),
    ((Field.SIGN,), "symptoms and signals"),
    ((Field.CAUSE, Field.IMPACT), "cause and impact"),
    ((Field.STEP, Field.COMMAND, Field.NOTE), "steps and notes"),
)


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
    left = sorted(shared, key=lambda term: -shared[term])
    found = []
    for places, label in _PLACES:
        mask = sum(1 << place for place in places)
        here = [term for term in left if entry.fields[term] & mask]
        left = [term for term in left if term not in here]
        telling = [term for term in here if question.surfaces[term] not in words.LIGHT]
        if telling:
            found.append(f"{label}: {', '.join(_spelled(question, term) for term in telling[:6])}")
    return found


def _kinds(signals: Signals) -> list[str]:
    question, shared = signals.question, signals.shared_kinds
    telling = [kind for kind in shared if question.told[kind] not in signals.entry.impacts]
    telling.sort(key=lambda kind: -shared[kind])
    said = [(kind.removeprefix(MARK), question.surfaces.get(question.told[kind])) for kind in telling[:_MOST_KINDS]]
    named = [f"{kind} ({word})" if word and word != kind else kind for kind, word in said]
    return [f"same kind of thing: {', '.join(named)}"] if named else []


def _spelled(question: Question, term: str) -> str:
    known = question.surfaces[term]
    typed = question.repaired.get(known)
    return f"{known} (typed {typed})" if typed else known


def _passage(signals: Signals) -> list[str]:
    likeness, passage = signals.passage
    if passage is None or likeness < _LEAST_PASSAGE or passage.field in (Field.NAME, Field.TITLE):
        return []
    text = " ".join(passage.text.split())
    quote = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
    return [f"closest line ({passage.label}): {quote}"]


def _meaning(signals: Signals) -> list[str]:
    like = signals.like
    return [f"similar in meaning ({like:.0%})"] if like is not None and like >= _ALIKE else []


def _severity(signals: Signals) -> list[str]:
    asked, own = signals.question.severity, signals.entry.mode.severity
    if own is None or not signals.severity:
        return []
    return [f"severity {asked} {'agrees' if signals.severity > 0 else 'does not agree'} with {own}"]
