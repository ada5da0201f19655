"""What people and timers ask of an incident. A command may be refused; what is accepted becomes facts.

Who asks, when, and through what travel beside the command (`bot.domain.decide.Context`).
"""

from __future__ import annotations

from bot.domain.commands.ending import (
    AcceptProposal,
    Cancel,
    Close,
    DeclineProposal,
    FillField,
    MakeProposal,
    MergeProposal,
    Mitigate,
    RecordDraft,
    Reopen,
    ReportStuckProposal,
    SendProposal,
)
from bot.domain.commands.opening import (
    AddReport,
    AddService,
    AttachPlaybook,
    Declare,
    LeavePlaybook,
    MakePrivate,
    RejectPlaybooks,
    Rematch,
    ResumePlaybook,
    SeeChange,
)
from bot.domain.commands.people import (
    CallContact,
    CallUpStep,
    ChangeSeverity,
    CloseAction,
    EditMark,
    MarkMessage,
    MissContact,
    Note,
    OfferHandover,
    PostUpdate,
    ReachContact,
    Remind,
    RemoveMark,
    ReportScreenDown,
    Show,
    TakeHandover,
    TakeLead,
    Talk,
)
from bot.domain.commands.rollback import (
    DecideRollback,
    FailRollback,
    FinishRollback,
    MeetRollbackCondition,
    VerifyRollback,
)
from bot.domain.commands.steps import (
    AnswerStep,
    AnswerWait,
    ChangeAnswer,
    ChooseBranch,
    CutWait,
    ElapseWait,
    ExtendWait,
    Improvise,
    RecallSteps,
    SkipStep,
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
