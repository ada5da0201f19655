"""What an incident carries away from the runbook when it opens, so that later edits cannot change a live incident.

The post-mortem is rendered from the stream alone, so everything it quotes from the runbook is copied here.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.base import Severity, Value
from bot.domain.runbook import Change, Contact, Metric, StateRow, Step


class Verdict(StrEnum):
    """What the matcher says of a symptom (docs/matching.md)."""

    DOCUMENTED = "documented"
    UNSURE = "unsure"
    UNDOCUMENTED = "undocumented"


class Candidate(Value):
    """A failure mode that may be the one. `score` is a calibrated probability between 0 and 1."""

    failure_id: str
    service: str
    title: str
    score: float
    why: tuple[str, ...] = ()


class Playbook(Value):
    """One failure mode as it stood when it was attached."""

    failure_id: str
    service: str
    title: str
    severity: Severity | None = None
    draft: bool = False
    impact: str = ""
    cause: str = ""
    steps: tuple[Step, ...] = ()
    verify: str = ""
    roll_back_when: str = ""
    escalate_to: str = ""
    path: str = ""
    line: int = 0


class RollbackPlan(Value):
    """Section 5 as it stood."""

    conditions: tuple[str, ...] = ()
    authorised: str = ""
    command: str = ""
    verify: str = ""
    state: tuple[StateRow, ...] = ()


class Dossier(Value):
    """What the incident knows of its service. Empty fields mean: the runbook does not say."""

    service: str
    title: str = ""
    owner: str = ""
    timezone: str = "UTC"
    path: str = ""
    digest: str = ""
    dashboard: str = ""
    metrics: tuple[Metric, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rollback: RollbackPlan = RollbackPlan()
    changes: tuple[Change, ...] = ()
    """Change-log rows of the 24 h before the declaration (seed, "6. Change log")."""
    gaps: tuple[str, ...] = ()
    """Questions of the six that the runbook leaves unanswered, and what is broken about the file."""
    known: bool = True
    """False when no runbook of that service was found."""
