"""The signals of one candidate: each a number the linear layer weighs, most of them between 0 and 1."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.base import Severity
from bot.runbooks.match import words
from bot.runbooks.match.entry import Entry, Field
from bot.runbooks.match.metrics import Condition, Fit, Reading
from bot.runbooks.match.postings import Postings
from bot.runbooks.match.question import Question

MISSED = -1.5
"""A metric that was measured and is within bounds speaks more against an entry than one beyond them for it."""

UNLIKE = 0.2
"""Cosine that texts without anything in common reach."""

IN_PASSING = 0.6
"""What an alert name in the middle of a text counts beside the name of the alert that fired."""

_STRONG = (1 << Field.NAME) | (1 << Field.TITLE) | (1 << Field.SIGN)

_SEVERITY_RANK = {
    "critical": 1.0, "page": 1.0, "fatal": 1.0, "emergency": 1.0, "error": 1.5, "high": 1.5, "major": 1.5,
    "warning": 2.5, "warn": 2.5, "medium": 2.5, "ticket": 2.5, "minor": 3.0, "low": 3.5,
    "info": 4.0, "none": 4.0, "informational": 4.0,
    "sev1": 1.0, "sev2": 2.0, "sev3": 3.0, "sev4": 4.0, "p1": 1.0, "p2": 2.0, "p3": 3.0, "p4": 4.0,
}  # fmt: skip
"""How alert sources and people name a severity, on the scale of SEV1 to SEV4."""

_QUALIFIERS = {word: words.stem(word) for word in ("critical", "warning", "info")}

_ENTRY_RANK = {Severity.SEV1: 1.0, Severity.SEV2: 2.0, Severity.SEV3: 3.0, Severity.SEV4: 4.0}


@dataclass(frozen=True, slots=True)
class MetricFit:
    """A measured value held against a bound of the entry."""

    condition: Condition
    reading: Reading
    fit: Fit


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one query together: what sets one apart from the others."""

    best: float
    """The best lexical score."""
    names: dict[str, float]
    """Word of a candidate's name -> how telling it is among the candidates, 0 to 1."""
    likest: float
    """The greatest likeness by meaning, 0 when it is not measured."""

    @classmethod
    def of(cls, lexicals: dict[int, float], index: Postings, like: Mapping[int, float]) -> Pool:
        """Look over the candidates, given by number with their lexical score; `like` is likeness by meaning."""
        found = [index.entries[number] for number in lexicals]
        names = Counter(term for entry in found for term in set().union(*entry.names))
        size = len(found)
        apart = [math.log((size + 1) / (count + 0.5)) / math.log((size + 1) / 0.5) for count in range(size + 1)]
        return cls(
            best=max(lexicals.values(), default=0.0),
            names={term: apart[count] for term, count in names.items()},
            likest=max((like[number] for number in lexicals if number in like), default=0.0),
        )


@dataclass(slots=True)
class Signals:
    """What speaks for and against one entry."""

    entry: Entry
    question: Question
    pool: Pool
    lexical: float
    """Sum of weight x impact over the query's words and pairs."""
    like: float | None = None
    """Likeness by meaning (a cosine), None when it is not measured."""
    shared: dict[str, float] = field(init=False)
    """The query's words the entry holds, with their weight."""
    shared_kinds: dict[str, float] = field(init=False)
    """The kinds of things the query speaks of that the entry speaks of too -> rarity x impact."""
    exact: float = field(init=False)
    """1 when the query is about an alert of this entry or names its id, less when it names one in passing."""

    def __post_init__(self) -> None:
        impacts, question = self.entry.impacts, self.question
        self.shared = {term: weight for term, weight in question.terms.items() if term in impacts}
        self.shared_kinds = {kind: rarity * impacts[kind] for kind, rarity in question.kinds.items() if kind in impacts}
        if question.alert in self.entry.alerts or self.entry.id.casefold() in question.ids:
            self.exact = 1.0
        else:
            self.exact = IN_PASSING if self.entry.alerts & question.names.keys() else 0.0

    @property
    def meaning(self) -> tuple[float, ...]:
        """Likeness by meaning beyond what any two texts have, and how far it is behind the likest candidate's."""
        if self.like is None:
            return ()
        return (2 * max(self.like - UNLIKE, 0.0), self.like - self.pool.likest)

    @property
    def relevance(self) -> float:
        """The lexical score over the best score this query could have anywhere."""
        attainable = self.question.attainable
        return self.lexical / attainable if attainable else 0.0

    @property
    def strong_coverage(self) -> float:
        """Share of the query's weight that stands in the entry's names, title, symptoms and signals."""
        total = self.question.words_total
        fields = self.entry.fields
        held = sum([weight for term, weight in self.shared.items() if fields[term] & _STRONG])
        return held / total if total else 0.0

    @property
    def apart(self) -> float:
        """Share of what sets the entry's name apart from the other candidates' names that is in the query.

        0 for an entry that is numbered and not named: its title is a sentence like its others.
        """
        if self.entry.numbered:
            return 0.0
        terms, telling, best = self.question.terms, self.pool.names, 0.0
        for name in self.entry.names:
            total = held = 0.0
            for term, weight in name.items():
                apart = weight * telling[term]
                total += apart
                held += apart if term in terms else 0.0
            best = max(best, held / total if total else 0.0)
        return best

    @property
    def ratio(self) -> float:
        """The lexical score over the best candidate's."""
        return self.lexical / self.pool.best if self.pool.best else 0.0

    @property
    def pairs(self) -> float:
        """Share of the query's joined pairs that the entry holds."""
        impacts = self.entry.impacts
        held = sum([weight for pair, weight in self.question.pairs.items() if pair in impacts])
        total = self.question.pairs_total
        return held / total if total else 0.0

    @property
    def kinds(self) -> float:
        """Share of the query's kinds that stand in the entry's names, title, symptoms and signals."""
        fields = self.entry.fields
        held = sum([worth for kind, worth in self.shared_kinds.items() if fields[kind] & _STRONG])
        return held / (self.question.kinds_total + 0.3)

    @property
    def unexplained_kinds(self) -> dict[str, float]:
        """The kinds in common that no word in common tells -> rarity x impact."""
        impacts, told = self.entry.impacts, self.question.told
        return {
            kind: worth
            for kind, worth in self.shared_kinds.items()
            if not told[kind] or any(stem not in impacts for stem in told[kind].split())
        }

    @property
    def new_kinds(self) -> float:
        """What the unexplained kinds are worth; a word that tells several ("large", "too large") counts once."""
        best: dict[str, float] = {}
        for kind, worth in self.unexplained_kinds.items():
            word = self.question.told[kind].rpartition(" ")[2]
            best[word] = max(best.get(word, 0.0), worth)
        return sum(best.values())

    @property
    def amount(self) -> float:
        """How much was matched at all: four telling words are full evidence."""
        return min(1.0, sum(self.shared.values()) / 4)

    @property
    def mentioned(self) -> bool:
        """The entry speaks of the alert that is asked about, without being named after it."""
        return not self.exact and bool(self.question.alert) and self.question.alert in self.entry.impacts

    @property
    def other_name(self) -> float:
        """How sure it is that the query is about one alert and the entry is another alert's page."""
        differs = self.entry.named and not self.exact and not self.mentioned
        return self.question.alert_sure if differs else 0.0

    @property
    def metrics(self) -> tuple[MetricFit, ...]:
        """The values in the query that the entry has a bound for."""
        values = self.question.values
        return tuple(
            MetricFit(condition, reading, condition.fit(reading.against(condition)))
            for condition in self.entry.conditions
            if (reading := values.get(condition.metric)) is not None
        )

    @property
    def metric_fit(self) -> float:
        """1 when a value meets a bound, MISSED when values only miss their bounds, 0 when there is none."""
        fits = [found.fit for found in self.metrics]
        if not fits:
            return 0.0
        return 1.0 if Fit.MEETS in fits else MISSED

    @property
    def severity(self) -> float:
        """1 when the severities agree, -1 when they are far apart, 0 when one is not known."""
        asked = _SEVERITY_RANK.get(self.question.severity)
        own = _ENTRY_RANK.get(self.entry.mode.severity) if self.entry.mode.severity else None
        if asked is None or own is None:
            return 0.0
        return 1.0 - min(abs(asked - own), 2.0)

    @property
    def qualifier(self) -> float:
        """1 when the asked severity's word stands in the entry's name, -1 when the name has the other one."""
        asked = self.question.severity
        stems = set().union(*self.entry.names) if self.entry.names else set()
        own = {word for word, stem in _QUALIFIERS.items() if stem in stems}
        return 0.0 if asked not in _QUALIFIERS or not own else 1.0 if asked in own else -1.0
