"""How an incident begins: declared, briefed from the runbook, matched, reported again."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Severity, Value
from bot.domain.dossier import Candidate, Dossier, Verdict


class Declared(Value):
    type: Literal["declared"] = "declared"
    number: int
    service: str
    symptom: str
    severity: Severity
    channel: str = ""
    typed_in: str = ""
    source: str = ""
    """A permalink or an alert's address that the declaration came from."""
    alert: str = ""
    private: bool = False
    drill: bool = False
    pace: int = 1
    """How many times as fast as in a real night its waits and questions come: a drill may be asked to hurry."""
    separate: bool = False
    """True when somebody insisted on an incident of its own beside an open one of the service."""


class Briefed(Value):
    type: Literal["briefed"] = "briefed"
    dossier: Dossier


class Matched(Value):
    type: Literal["matched"] = "matched"
    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    words: str = ""


class ReportAdded(Value):
    type: Literal["report_added"] = "report_added"
    text: str
    source: str = ""
