"""How an incident begins and how far it reaches: declared, briefed, matched, told again, other services, in private."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Severity, Value
from bot.domain.dossier import Candidate, Dossier, Verdict
from bot.domain.runbook import Change


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


class ChangeSeen(Value):
    type: Literal["change_seen"] = "change_seen"
    change: Change


class AlsoAffects(Value):
    type: Literal["also_affects"] = "also_affects"
    service: str
    channel: str = ""
    failure_id: str = ""
    """What its runbook says to the words of this incident, "" when it says nothing."""
    title: str = ""


class MadePrivate(Value):
    type: Literal["made_private"] = "made_private"
    channel: str = ""
