"""What people and timers ask of an incident. A command may be refused; what is accepted becomes facts.

Who asks, when, and through what travel beside the command (`bot.domain.decide.Context`).
"""

from __future__ import annotations

from bot.domain.commands.ending import (
    Cancel,
    Close,
    Mitigate,
    Reopen,
)
from bot.domain.commands.notes import (
    CloseAction,
    EditMark,
    MarkMessage,
    Note,
    PostUpdate,
    RemoveMark,
    Talk,
)
from bot.domain.commands.opening import (
    AddReport,
    AddService,
    Declare,
    MakePrivate,
    Rematch,
    SeeChange,
)
from bot.domain.commands.people import (
    CallContact,
    ChangeSeverity,
    MissContact,
    OfferHandover,
    ReachContact,
    TakeHandover,
    TakeLead,
)
from bot.domain.commands.playbook import (
    AttachPlaybook,
    LeavePlaybook,
    RejectPlaybooks,
    ResumePlaybook,
)
from bot.domain.commands.postmortem import (
    AcceptProposal,
    DeclineProposal,
    FillField,
    MakeProposal,
    MergeProposal,
    RecordDraft,
    ReportStuckProposal,
    SendProposal,
)
from bot.domain.commands.rollback import (
    DecideRollback,
    FailRollback,
    FinishRollback,
    MeetRollbackCondition,
    VerifyRollback,
)
from bot.domain.commands.screen import (
    CallUpStep,
    Remind,
    ReportScreenDown,
    Show,
)
from bot.domain.commands.steps import (
    AnswerStep,
    ChangeAnswer,
    ChooseBranch,
    Improvise,
    RecallSteps,
    SkipStep,
)
from bot.domain.commands.waits import (
    AnswerWait,
    CutWait,
    ElapseWait,
    ExtendWait,
)

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
    | FillField
    | MakeProposal
    | AcceptProposal
    | ReportStuckProposal
    | SendProposal
    | MergeProposal
    | DeclineProposal
    | ReportScreenDown
    | Show
)

__all__ = [
    "AcceptProposal",
    "AddReport",
    "AddService",
    "AnswerStep",
    "AnswerWait",
    "AttachPlaybook",
    "CallContact",
    "CallUpStep",
    "Cancel",
    "ChangeAnswer",
    "ChangeSeverity",
    "ChooseBranch",
    "Close",
    "CloseAction",
    "Command",
    "CutWait",
    "DecideRollback",
    "Declare",
    "DeclineProposal",
    "EditMark",
    "ElapseWait",
    "ExtendWait",
    "FailRollback",
    "FillField",
    "FinishRollback",
    "Improvise",
    "LeavePlaybook",
    "MakePrivate",
    "MakeProposal",
    "MarkMessage",
    "MeetRollbackCondition",
    "MergeProposal",
    "MissContact",
    "Mitigate",
    "Note",
    "OfferHandover",
    "PostUpdate",
    "ReachContact",
    "RecallSteps",
    "RecordDraft",
    "RejectPlaybooks",
    "Rematch",
    "Remind",
    "RemoveMark",
    "Reopen",
    "ReportScreenDown",
    "ReportStuckProposal",
    "ResumePlaybook",
    "SeeChange",
    "SendProposal",
    "Show",
    "SkipStep",
    "TakeHandover",
    "TakeLead",
    "Talk",
    "VerifyRollback",
]
