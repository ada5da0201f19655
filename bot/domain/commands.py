"""What people and timers ask of an incident. A command may be refused; what is accepted becomes facts.

Who asks, when, and through what travel beside the command (`bot.domain.decide.Context`).
"""

from __future__ import annotations

from bot.domain.base import Severity, Value
from bot.domain.dossier import Candidate, Dossier, Playbook, Verdict
from bot.domain.runbook import Change
from bot.domain.vocabulary import (
    Actor,
    Answer,
    CancelKind,
    CutShort,
    Documented,
    EndedBy,
    Helped,
    MarkKind,
    ProposalKind,
    SkipReason,
    StepRef,
    Surface,
)


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
    separate: bool = False


class AddReport(Value):
    text: str
    source: str = ""


class AttachPlaybook(Value):
    playbook: Playbook
    why: tuple[str, ...] = ()
    chosen: bool = True


class RejectPlaybooks(Value):
    """None of these."""


class LeavePlaybook(Value):
    why: str = ""


class ResumePlaybook(Value):
    run: int


class Rematch(Value):
    """The words were matched again (another symptom was told)."""

    verdict: Verdict
    candidates: tuple[Candidate, ...]
    words: str


class AnswerStep(Value):
    """`step` None means the current one."""

    step: StepRef | None = None
    answer: Answer
    note: str = ""


class SkipStep(Value):
    step: StepRef | None = None
    reason: SkipReason
    note: str = ""


class ChangeAnswer(Value):
    step: StepRef
    answer: Answer
    note: str = ""


class ChooseBranch(Value):
    step: StepRef | None = None
    choice: str


class Improvise(Value):
    what: str
    command: str = ""
    helped: Helped = Helped.UNKNOWN


class RecallSteps(Value):
    steps: tuple[StepRef, ...]


class ElapseWait(Value):
    """The timer of a wait came due."""

    step: StepRef


class AnswerWait(Value):
    as_expected: bool


class ExtendWait(Value):
    minutes: float


class CutWait(Value):
    why: CutShort


class Note(Value):
    text: str


class PostUpdate(Value):
    text: str
    next_minutes: int | None = None


class MarkMessage(Value):
    message: str
    kind: MarkKind
    text: str
    author: str = ""
    link: str = ""


class EditMark(Value):
    message: str
    text: str


class RemoveMark(Value):
    message: str
    kind: MarkKind | None = None


class CloseAction(Value):
    message: str


class CallUpStep(Value):
    """Post the step message anew at the bottom of the thread."""


class Talk(Value):
    ts: str


class ChangeSeverity(Value):
    severity: Severity
    why: str = ""
    authorised: bool = True


class TakeLead(Value):
    """The one who asks takes the lead, or names somebody."""

    lead: Actor | None = None


class OfferHandover(Value):
    to: Actor


class TakeHandover(Value):
    pass


class CallContact(Value):
    """`who` "" calls the next contact of the escalation table."""

    who: str = ""
    phone: str = ""


class ReachContact(Value):
    who: str = ""


class MissContact(Value):
    who: str = ""


class Remind(Value):
    what: str


class MeetRollbackCondition(Value):
    condition: str = ""
    why: str = ""


class DecideRollback(Value):
    authorised: bool = True


class FinishRollback(Value):
    pass


class FailRollback(Value):
    what: str = ""


class VerifyRollback(Value):
    good: bool


class SeeChange(Value):
    change: Change


class Mitigate(Value):
    """The impact is over. `since` (ms) may lie in the past."""

    since: int | None = None


class Close(Value):
    ended_by: EndedBy = EndedBy.UNKNOWN
    documented: Documented = Documented.UNKNOWN
    step: StepRef | None = None
    failure_id: str = ""
    what: str = ""
    ended_at: int | None = None


class Reopen(Value):
    why: str = ""


class Cancel(Value):
    kind: CancelKind
    duplicate_of: int | None = None


class AddService(Value):
    service: str
    channel: str = ""


class MakePrivate(Value):
    channel: str = ""


class RecordDraft(Value):
    fields: int
    unfilled: int
    digest: str


class MakeProposal(Value):
    kind: ProposalKind
    failure_id: str
    title: str
    path: str
    diff: str
    unfilled: tuple[str, ...] = ()


class AcceptProposal(Value):
    """Yes, send it."""


class ReportStuckProposal(Value):
    why: str


class SendProposal(Value):
    target: str
    ref: str


class MergeProposal(Value):
    ref: str = ""


class DeclineProposal(Value):
    why: str


class Show(Value):
    """A message of ours now stands at this place."""

    surface: Surface
    channel: str
    ts: str
    generation: int = 0
    link: str = ""


Command = (
    Declare
    | AddReport
    | AttachPlaybook
    | RejectPlaybooks
    | LeavePlaybook
    | ResumePlaybook
    | Rematch
    | AnswerStep
    | SkipStep
    | ChangeAnswer
    | ChooseBranch
    | Improvise
    | RecallSteps
    | ElapseWait
    | AnswerWait
    | ExtendWait
    | CutWait
    | Note
    | PostUpdate
    | MarkMessage
    | EditMark
    | RemoveMark
    | CloseAction
    | CallUpStep
    | Talk
    | ChangeSeverity
    | TakeLead
    | OfferHandover
    | TakeHandover
    | CallContact
    | ReachContact
    | MissContact
    | Remind
    | MeetRollbackCondition
    | DecideRollback
    | FinishRollback
    | FailRollback
    | VerifyRollback
    | SeeChange
    | Mitigate
    | Close
    | Reopen
    | Cancel
    | AddService
    | MakePrivate
    | RecordDraft
    | MakeProposal
    | AcceptProposal
    | ReportStuckProposal
    | SendProposal
    | MergeProposal
    | DeclineProposal
    | Show
)
