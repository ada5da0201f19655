"""The index of all entries: kept up to date one entry at a time, asked with a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot.domain.runbook import FailureMode, Runbook
from bot.runbooks.match import entry as entries
from bot.runbooks.match import why
from bot.runbooks.match.model import Candidate, Match, Query, Verdict
from bot.runbooks.match.postings import Postings
from bot.runbooks.match.question import LONGEST_TEXT, Question, read
from bot.runbooks.match.signals import Pool, Signals
from bot.runbooks.match.weights import NONE_WEIGHTS, WEIGHTS, none_vector, shares, vector, worth

SHOWN = 10
"""Candidates in an answer, at most."""

WEIGHED = 24
"""Candidates whose signals are computed: the best by lexical score."""

DOCUMENTED_FROM = 0.78
"""Probability of the first candidate from which it is stated as the answer: a wrong playbook stated as sure is worse
than none."""

UNDOCUMENTED_BELOW = 0.12
"""Probability of all candidates together below which none is offered as the answer."""

_Key = tuple[str, str]


class Index:
    """The entries of all runbooks, ready to be matched. Not safe for use from several threads while updating."""

    def __init__(self, runbooks: Iterable[Runbook] = ()) -> None:
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
            self._postings.remove(self._numbers.pop(key))
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
            self._postings.remove(number)
        number = self._next if number is None else number
        self._next = max(self._next, number + 1)
        self._numbers[key] = number
        self._postings.add(entries.build(key[0], mode, number))
        return 1

    def match(self, query: Query) -> Match:
        """The entries that may describe what the query says, best first, and how sure that is."""
        if query.blank:
            return Match(verdict=Verdict.UNDOCUMENTED, note="Nothing was said to match.")
        question = read(query, self._postings)
        service = self._aliases.get((query.service or "").strip().casefold())
        return self._answer(self.weigh(question, service), question, query, service)

    def weigh(self, question: Question, service: str | None) -> list[Weighed]:
        """The best candidates with their probabilities, best first."""
        lexicals = self._pool(question, service)
        if not lexicals:
            return []
        pool = Pool.of(lexicals, self._postings)
        found = [
            Signals(self._postings.entries[number], question, self._postings, pool, lexical)
            for number, lexical in lexicals.items()
        ]
        own = [service is None or signals.entry.service.casefold() == service for signals in found]
        worths = [worth(vector(signals, not mine), WEIGHTS) for signals, mine in zip(found, own, strict=True)]
        size = len(self._postings.by_service[service]) if service else len(self._postings)
        none = worth(none_vector(question, size, any(signals.exact for signals in found)), NONE_WEIGHTS)
        weighed = [
            Weighed(signals, share, mine) for signals, share, mine in zip(found, shares(worths, none), own, strict=True)
        ]
        return sorted(weighed, key=lambda item: (-item.share, item.signals.entry.number))

    def _pool(self, question: Question, service: str | None) -> dict[int, float]:
        scores = self._postings.scores(question.lookups)
        by_kind = self._postings.scores(question.kinds)
        named = set().union(*(self._postings.by_alert.get(name, ()) for name in question.names))
        named.update(*(self._postings.by_id[found] for found in question.ids))
        named.update(*(self._postings.by_metric.get(name, ()) for name in question.values))
        for number in named:
            scores.setdefault(number, 0.0)
        best = nlargest(WEIGHED, scores.items(), key=lambda item: item[1])
        kept = dict(best)
        own = self._postings.by_service.get(service, set()) if service else set()
        related = [
            (n, scores.get(n, 0.0) + 0.3 * by_kind.get(n, 0.0)) for n in (own or by_kind) if n in by_kind or n in scores
        ]
        kept.update((n, scores.get(n, 0.0)) for n, _ in nlargest(WEIGHED, related, key=lambda item: item[1]))
        kept.update((number, scores[number]) for number in named)
        return kept

    def _answer(self, weighed: list[Weighed], question: Question, query: Query, service: str | None) -> Match:
        shown = weighed[:SHOWN]
        candidates = tuple(_candidate(item, why.reasons(item.signals)) for item in shown)
        verdict = judge([item.share for item in weighed])
        elsewhere = candidates[0] if shown and not shown[0].own else None
        return Match(
            verdict=verdict, candidates=candidates, elsewhere=elsewhere, note=self._note(question, query, service)
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
    own: bool


def judge(shares: Sequence[float]) -> Verdict:
    """The verdict on candidates with these probabilities, best first."""
    if not shares or sum(shares) < UNDOCUMENTED_BELOW:
        return Verdict.UNDOCUMENTED
    return Verdict.DOCUMENTED if shares[0] >= DOCUMENTED_FROM else Verdict.UNSURE


def _candidate(item: Weighed, reasons: tuple[str, ...]) -> Candidate:
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
