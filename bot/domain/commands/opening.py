"""Opening an incident, and widening it."""

from __future__ import annotations

from bot.domain.base import Severity, Value
from bot.domain.dossier import Candidate, Dossier, Playbook, Verdict
from bot.domain.runbook import Change


class Declare(Value):
    """Open an incident. The dossier, the match and the playbook were looked up before."""

    number: int
    service: str
    symptom: str
    severity: Severity
    dossier: Dossier
    verdict: Verdict = Verdict.UNDOCUMENTED
    candidates: tuple[Candidate, ...] = ()
    playbook: Playbook | None = None
    why: tuple[str, ...] = ()
    chosen: bool = False
    channel: str = ""
    typed_in: str = ""
    """Where it was typed: the place to show it when `channel` cannot be written to. "" for none."""
    source: str = ""
    alert: str = ""
    private: bool = False
    drill: bool = False
    pace: int = 1
    separate: bool = False


class AddReport(Value):
    text: str
    source: str = ""


class Rematch(Value):
    """The words were matched again (another symptom was told)."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    words: str


class SeeChange(Value):
    change: Change


class AddService(Value):
    """A second service is hit. `channel` is where a pointer is posted, `playbook` what its runbook says to the words
    of this incident; both were looked up before."""

    service: str
    channel: str = ""
    playbook: Playbook | None = None


class MakePrivate(Value):
    channel: str = ""
