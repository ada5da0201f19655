"""What is asked and what is answered: queries, candidates, verdicts."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from bot.domain.base import Severity, Value


class Query(Value):
    """What a person or an alert says about a failure. Only `text` or `alert` is needed."""

    text: str = ""
    service: str | None = None
    """A service name or alias, when the place it was asked in tells (a channel, an alert's route)."""
    alert: str | None = None
    """The exact name of the alert that fired."""
    labels: dict[str, str] = Field(default_factory=dict)
    severity: str | None = None
    """As the source says it: a SEV, or "critical", "warning", "page"."""
    metrics: dict[str, float] = Field(default_factory=dict)
    """Measured values by metric name, in the metric's own unit."""

    @property
    def blank(self) -> bool:
        """Nothing was asked."""
        return not (self.text.strip() or self.alert_name.strip() or self.metrics)

    @property
    def alert_name(self) -> str:
        """The name of the alert that fired, from `alert` or the label that carries it; "" when none is told."""
        return self.alert or self.labels.get("alertname", "")


class Verdict(StrEnum):
    """How sure the match is."""

    DOCUMENTED = "documented"
    """The first candidate is the answer."""
    UNSURE = "unsure"
    """One of the first three may be it; a person decides."""
    UNDOCUMENTED = "undocumented"
    """No entry describes this; the candidates are only the nearest."""


class Candidate(Value):
    """One entry that may describe the failure."""

    id: str
    service: str
    title: str
    score: float
    """Calibrated probability (0 to 1) that this entry is the right one."""
    why: tuple[str, ...] = ()
    """What matched, strongest first, in words for the responder."""
    severity: Severity | None = None
    draft: bool = False


class Match(Value):
    """The answer to one query, best candidate first."""

    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    elsewhere: Candidate | None = None
    """An entry of another service than the one asked about that fits better than any of its own."""
    note: str = ""
    """Something the responder should know about the answer, "" when there is nothing."""

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def documented(self) -> float:
        """Probability that any of the candidates is the right one."""
        return min(1.0, sum(candidate.score for candidate in self.candidates))
