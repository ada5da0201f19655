"""How good the matcher is on queries with known answers: ranking, refusal, calibration, verdicts, speed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bot.domain.runbook import Runbook
from bot.runbooks.match.index import Index
from bot.runbooks.match.lines import Case
from bot.runbooks.match.model import Match, Query, Verdict

BINS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)
"""Lower ends of the reliability table's rows."""

WORST = 10
"""Misses shown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One query's answer held against its right one."""

    case: Case
    match: Match
    seconds: float = 0.0

    @property
    def rank(self) -> int | None:
        """Position of the right entry from 1, None when it is not among the candidates."""
        ids = [candidate.id.casefold() for candidate in self.match.candidates]
        gold = (self.case.gold or "").casefold()
        return ids.index(gold) + 1 if gold in ids else None

    @property
    def score(self) -> float:
        return self.match.best.score if self.match.best else 0.0

    @property
    def right(self) -> bool:
        """The first candidate is the right entry."""
        return self.case.gold is not None and self.rank == 1


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of the reliability table: how often a first candidate with such a score was right."""

    low: float
    high: float
    count: int
    said: float
    """Mean score."""
    true: float
    """Share that was right."""


@dataclass(slots=True)
class Report:
    """The figures. Shares are 0 to 1; a figure that cannot be computed is None."""

    outcomes: list[Outcome] = field(default_factory=list)
    removed: list[Outcome] = field(default_factory=list)
    """The documented queries again, each with its right entry taken away: only its siblings are left."""
    index_seconds: float = 0.0
    entries: int = 0

    @property
    def documented(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.case.gold is not None]

    @property
    def undocumented(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.case.gold is None]

    def recall(self, at: int) -> float | None:
        """Share of documented queries with the right entry among the first `at`."""
        return _mean(outcome.rank is not None and outcome.rank <= at for outcome in self.documented)

    @property
    def mrr(self) -> float | None:
        """Mean of 1 / rank of the right entry."""
        return _mean(1 / outcome.rank if outcome.rank else 0.0 for outcome in self.documented)

    @property
    def auroc(self) -> float | None:
        """Chance that a documented query scores above an undocumented one."""
        return auroc([one.score for one in self.documented], [one.score for one in self.undocumented])

    @property
    def auroc_removed(self) -> float | None:
        """The same against the queries whose right entry was removed."""
        return auroc([one.score for one in self.documented], [one.score for one in self.removed])

    @property
    def answered(self) -> float | None:
        """Share of documented queries that were not refused and have the right entry among the first three."""
        return _mean(
            outcome.match.verdict is not Verdict.UNDOCUMENTED and (outcome.rank or 99) <= 3
            for outcome in self.documented
        )

    @property
    def milliseconds(self) -> tuple[float, float] | None:
        """Median and 95th percentile of the time for one query."""
        times = sorted(outcome.seconds * 1000 for outcome in self.outcomes)
        return (median(times), times[int(0.95 * (len(times) - 1))]) if times else None

    def verdicts(self, outcomes: Sequence[Outcome]) -> dict[str, float]:
        """Share of each verdict."""
        total = len(outcomes) or 1
        return {verdict.value: sum(one.match.verdict is verdict for one in outcomes) / total for verdict in Verdict}

    def reliability(self) -> list[Bin]:
        """What the first candidate's score said and what was true."""
        rows = []
        for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
            here = [one for one in self.outcomes if one.match.candidates and low <= one.score < high]
            if here:
                said, true = _mean(one.score for one in here), _mean(one.right for one in here)
                rows.append(Bin(low, min(high, 1.0), len(here), said or 0.0, true or 0.0))
        return rows

    def worst(self) -> list[Outcome]:
        """The misses, those stated with most confidence first; then the right entries ranked low."""
        missed = [one for one in self.outcomes if not one.right and (one.case.gold is not None or one.score >= 0.25)]
        return sorted(missed, key=lambda one: -one.score)[:WORST]


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Area under the ROC curve by counting pairs; None when one side is empty."""
    if not positives or not negatives:
        return None
    wins = sum((high > low) + 0.5 * (high == low) for high in positives for low in negatives)
    return wins / (len(positives) * len(negatives))


def evaluate(
    runbooks: Sequence[Runbook],
    cases: Iterable[Case],
    clock: Callable[[], float],
    twins: bool = True,
    make: Callable[[Sequence[Runbook]], Index] = Index,
) -> Report:
    """Ask every case of the index that `make` builds.

    `clock` tells seconds; `twins` asks the documented cases again without their right entry.
    """
    cases = list(cases)
    start = clock()
    index = make(runbooks)
    report = Report(index_seconds=clock() - start, entries=len(index))
    for case in cases:
        start = clock()
        match = index.match(_query(case))
        report.outcomes.append(Outcome(case, match, clock() - start))
    if twins:
        report.removed = [Outcome(case, match) for case, match in _without_gold(index, runbooks, cases)]
    return report


def _without_gold(index: Index, runbooks: Sequence[Runbook], cases: Sequence[Case]) -> Iterator[tuple[Case, Match]]:
    for gold in sorted({case.gold.casefold() for case in cases if case.gold is not None}):
        index.update(
            book.model_copy(update={"failures": tuple(mode for mode in book.failures if mode.id.casefold() != gold)})
            for book in runbooks
        )
        for case in cases:
            if case.gold is not None and case.gold.casefold() == gold:
                yield case.model_copy(update={"gold": None}), index.match(_query(case))


def _query(case: Case) -> Query:
    return Query(**{name: getattr(case, name) for name in Query.model_fields})


def _mean(values: Iterable[float | bool]) -> float | None:
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else None


def figures(report: Report) -> dict[str, Any]:
    """The report as JSON data."""
    speed = report.milliseconds
    return {
        "queries": len(report.outcomes),
        "documented": len(report.documented),
        "entries": report.entries,
        "r_at_1": report.recall(1),
        "r_at_3": report.recall(3),
        "mrr": report.mrr,
        "auroc": report.auroc,
        "auroc_right_entry_removed": report.auroc_removed,
        "answered": report.answered,
        "verdicts_documented": report.verdicts(report.documented),
        "verdicts_undocumented": report.verdicts(report.undocumented),
        "verdicts_right_entry_removed": report.verdicts(report.removed),
        "reliability": [
            {"from": row.low, "to": row.high, "count": row.count, "said": row.said, "true": row.true}
            for row in report.reliability()
        ],
        "worst": [
            {
                "text": one.case.text or one.case.alert,
                "gold": one.case.gold,
                "found": one.match.best.id if one.match.best else None,
                "score": one.score,
                "rank": one.rank,
            }
            for one in report.worst()
        ],
        "ms_p50": speed[0] if speed else None,
        "ms_p95": speed[1] if speed else None,
        "index_ms": report.index_seconds * 1000,
    }
