"""The index of all entries: kept up to date one entry at a time, asked with a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot.domain.runbook import FailureMode, Runbook
from bot.runbooks.match import entry as entries
from bot.runbooks.match import why
from bot.runbooks.match.meaning import Meaning, passages
from bot.runbooks.match.model import Candidate, Match, Query, Verdict
from bot.runbooks.match.postings import Postings
from bot.runbooks.match.question import LONGEST_TEXT, Question, read
from bot.runbooks.match.signals import Pool, Signals
from bot.runbooks.match.weights import (
    MEANING_NONE_WEIGHTS,
    MEANING_WEIGHTS,
    NONE_WEIGHTS,
    WEIGHTS,
    none_vector,
    shares,
    vector,
    worth,
)

SHOWN = 10
"""Candidates in an answer, at most."""

OFFERED = 3
"""Candidates a person chooses from when the answer is unsure."""

TOLD_FIRST = 2
"""Reasons before the check that separates a candidate from its rivals: a message shows three of them."""

WEIGHED = 20
"""Candidates whose signals are computed: the best by words and kinds."""

LONGEST_MEANING = 1000
"""Characters of a text that are compared by meaning: an encoder reads a paragraph, not a log."""

KIND_SHARE = 0.3
"""What a kind counts beside a word when candidates are chosen."""

DOCUMENTED_FROM = 0.9
"""Probability of the first candidate from which it is stated as the answer: a wrong playbook stated as sure is worse
than none."""

DOCUMENTED_FROM_IN_SERVICE = 0.85
"""The same where the service is known and has FEW entries: among them a near twin is rare."""

FEW = 40
"""Entries of a service, at most, for knowing the service to say much. Ten to a runbook is usual; pages of alerts that
were imported together are a hundred and more, and full of near twins."""

UNDOCUMENTED_BELOW = 0.18
"""Probability of all candidates together below which none is offered as the answer."""

_Key = tuple[str, str]


class Index:
    """The entries of all runbooks, ready to be matched. Not safe for use from several threads while updating."""

    def __init__(self, runbooks: Iterable[Runbook] = (), meaning: Meaning | None = None) -> None:
        self._meaning = meaning
        self._postings = Postings()
        self._numbers: dict[_Key, int] = {}
        self._aliases: dict[str, str] = {}
        self._next = 0
        self.update(runbooks)

    def __len__(self) -> int:
        return len(self._postings)

    def update(self, runbooks: Iterable[Runbook]) -> int:
        """Make the index hold exactly these runbooks' entries; returns how many entries were (re-)indexed or dropped.

        Entries that did not change are not touched.
        """
        wanted: dict[_Key, FailureMode] = {}
        self._aliases = {}
        for runbook in runbooks:
            for alias in (runbook.service, *runbook.aliases):
                self._aliases.setdefault(alias.casefold(), runbook.service.casefold())
            for mode in runbook.failures:
                wanted.setdefault((runbook.service, mode.id), mode)
        touched = 0
        for key in [key for key in self._numbers if key not in wanted]:
            self._drop(self._numbers.pop(key))
            touched += 1
        for key, mode in wanted.items():
            touched += self._put(key, mode)
        return touched

    def _put(self, key: _Key, mode: FailureMode) -> int:
        number = self._numbers.get(key)
        if number is not None:
            held = self._postings.entries[number]
            if held.mode is mode:
                return 0
            if list(entries.texts(held.mode)) == list(entries.texts(mode)) and held.mode.severity == mode.severity:
                held.mode = mode
                return 0
            self._drop(number)
        number = self._next if number is None else number
        self._next = max(self._next, number + 1)
        self._numbers[key] = number
        self._postings.add(entries.build(key[0], mode, number))
        if self._meaning is not None:
            self._meaning.put(number, passages(mode))
        return 1

    def _drop(self, number: int) -> None:
        self._postings.remove(number)
        if self._meaning is not None:
            self._meaning.drop(number)

    def match(self, query: Query) -> Match:
        """The entries that may describe what the query says, best first, and how sure that is."""
        if query.blank:
            return Match(verdict=Verdict.UNDOCUMENTED, note="Nothing was said to match.")
        question = read(query, self._postings)
        service = self._aliases.get((query.service or "").strip().casefold())
        return self._answer(self.weigh(question, service, query.text), question, query, service)

    def weigh(self, question: Question, service: str | None, text: str = "") -> list[Weighed]:
        """The best candidates with their probabilities, best first. `text` is what is compared by meaning."""
        like = self._meaning.likeness(text[:LONGEST_MEANING]) if self._meaning is not None and text.strip() else {}
        lexicals = self._pool(question, service, like)
        if not lexicals:
            return []
        pool = Pool.of(lexicals, self._postings, like)
        found = [
            Signals(self._postings.entries[number], question, pool, lexical, like.get(number, 0.0) if like else None)
            for number, lexical in lexicals.items()
        ]
        table, none_table = (MEANING_WEIGHTS, MEANING_NONE_WEIGHTS) if like else (WEIGHTS, NONE_WEIGHTS)
        own = [service is None or signals.entry.service.casefold() == service for signals in found]
        worths = [worth(vector(signals, not mine), table) for signals, mine in zip(found, own, strict=True)]
        none = worth(self._none(question, found, service), none_table)
        free = [value if mine else value - table["other_service"] for value, mine in zip(worths, own, strict=True)]
        weighed = [Weighed(*item) for item in zip(found, shares(worths, none), shares(free, none), own, strict=True)]
        return sorted(weighed, key=lambda item: (-item.share, item.signals.entry.number))

    def _none(self, question: Question, found: Sequence[Signals], service: str | None) -> tuple[float, ...]:
        exact = max(signals.exact for signals in found)
        return none_vector(question, exact, self._narrow(service), question.elsewhere(self._postings, service))

    def _narrow(self, service: str | None) -> bool:
        """The service is known and has few entries."""
        return service is not None and len(self._postings.by_service.get(service, ())) <= FEW

    def _pool(self, question: Question, service: str | None, like: dict[int, float]) -> dict[int, float]:
        postings = self._postings
        common = max(len(postings) // 6, 60)
        scores = postings.scores(question.lookups, common)
        named = set().union(*(postings.by_alert.get(name, ()) for name in question.names))
        named.update(*(postings.by_id[found] for found in question.ids))
        named.update(*(postings.by_metric.get(name, ()) for name in question.values))
        shares = {kind: KIND_SHARE * rarity for kind, rarity in question.kinds.items()}
        promising = postings.scores(shares, common, scores)
        kept = named.union(nlargest(WEIGHED, promising, key=promising.__getitem__))
        kept.update(nlargest(WEIGHED // 2, like, key=like.__getitem__))
        if service:
            own = postings.by_service.get(service, set())
            kept.update(nlargest(WEIGHED, like.keys() & own, key=like.__getitem__))
            kept.update(nlargest(WEIGHED, promising.keys() & own, key=promising.__getitem__))
        return {number: scores.get(number, 0.0) for number in sorted(kept)}

    def _answer(self, weighed: list[Weighed], question: Question, query: Query, service: str | None) -> Match:
        verdict = judge([item.share for item in weighed], self._narrow(service))
        rivals = {item.signals.entry.id for item in weighed[:OFFERED]} if verdict is Verdict.UNSURE else set()
        candidates = tuple(_candidate(item, rivals) for item in weighed[:SHOWN])
        elsewhere = _elsewhere(weighed)
        return Match(
            verdict=verdict,
            candidates=candidates,
            elsewhere=elsewhere and _candidate(elsewhere, set()),
            note=self._note(question, query, service),
        )

    def _note(self, question: Question, query: Query, service: str | None) -> str:
        if query.service and service is None:
            return f"No runbook for the service {query.service}: all services were searched."
        if question.cut:
            return f"Only the first {LONGEST_TEXT:,} characters were read."
        return ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with its signals and its probability. `own` is False for another service than the one asked about."""

    signals: Signals
    share: float
    free: float
    """The probability if the service were not known."""
    own: bool


def _elsewhere(weighed: list[Weighed]) -> Weighed | None:
    """Another service's entry that would be stated as the answer if the service were not known."""
    best = max((item for item in weighed if not item.own), key=lambda item: item.free, default=None)
    rival = max((item.share for item in weighed if item.own), default=0.0)
    return best if best is not None and best.free >= DOCUMENTED_FROM and best.free > rival else None


def judge(shares: Sequence[float], few: bool = False) -> Verdict:
    """The verdict on candidates with these probabilities, best first; `few`: they are from a known, small service."""
    if not shares or sum(shares) < UNDOCUMENTED_BELOW:
        return Verdict.UNDOCUMENTED
    sure = DOCUMENTED_FROM_IN_SERVICE if few else DOCUMENTED_FROM
    return Verdict.DOCUMENTED if shares[0] >= sure else Verdict.UNSURE


def _candidate(item: Weighed, rivals: set[str]) -> Candidate:
    reasons = why.reasons(item.signals)
    if item.signals.entry.id in rivals:
        reasons = (*reasons[:TOLD_FIRST], *why.separation(item.signals, rivals), *reasons[TOLD_FIRST:])
    mode = item.signals.entry.mode
    return Candidate(
        id=mode.id,
        service=item.signals.entry.service,
        title=mode.title,
        score=round(item.share, 4),
        why=reasons,
        severity=mode.severity,
        draft=mode.draft,
    )
