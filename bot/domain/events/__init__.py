"""The facts. Additive only: a field may be added with a default, nothing is ever renamed or taken away.

A `Fact` is an event with who, when and through what. `at` is when it was recorded and never runs backwards within an
incident; `happened` is when it was true and may lie earlier. Instants are milliseconds since the epoch, UTC.
A new fact: add its class to the module of its subject and to `Event` here, its fold in `bot.domain.fold`, the command
that leads to it in `bot.domain.commands` and `bot.domain.decide`; CONTRIBUTING, "Add a fact", has the rest of the way.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field, TypeAdapter

from bot.domain.base import Value
from bot.domain.events.ending import (
    Cancelled,
    Closed,
    Mitigated,
    Reopened,
)
from bot.domain.events.notes import (
    ActionClosed,
    Marked,
    MarkEdited,
    MarkRemoved,
    Noted,
    Talked,
    UpdatePosted,
)
from bot.domain.events.opening import (
    AlsoAffects,
    Briefed,
    ChangeSeen,
    Declared,
    MadePrivate,
    Matched,
    ReportAdded,
)
from bot.domain.events.people import (
    Called,
    CallReached,
    CallUnanswered,
    HandoverOffered,
    HandoverTaken,
    LeadTaken,
    SeverityChanged,
)
from bot.domain.events.playbook import (
    PlaybookAttached,
    PlaybookLeft,
    PlaybookRejected,
    PlaybookResumed,
)
from bot.domain.events.postmortem import (
    FieldFilled,
    PostmortemDrafted,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalMerged,
    ProposalSent,
    ProposalStuck,
)
from bot.domain.events.rollback import (
    RollbackConditionMet,
    RollbackDecided,
    RollbackFailed,
    RollbackFinished,
    RollbackVerified,
)
from bot.domain.events.screen import (
    Reminded,
    ScreenWasDown,
    Shown,
    StepCalledUp,
    Unfamiliar,
)
from bot.domain.events.steps import (
    BranchChosen,
    FollowUpStarted,
    StepAnswered,
    StepChanged,
    StepImprovised,
    StepSkipped,
    StepsRecalled,
    StepStarted,
)
from bot.domain.events.waits import (
    WaitAnswered,
    WaitCutShort,
    WaitElapsed,
    WaitExtended,
    WaitStarted,
)
from bot.domain.vocabulary import Actor

SCHEMA = 1
"""The version of the event format. Raised when an upcast is needed (bot/domain/codec.py)."""

Event = Annotated[
    Declared
    | Briefed
    | Matched
    | ReportAdded
    | PlaybookAttached
    | PlaybookRejected
    | PlaybookLeft
    | PlaybookResumed
    | StepStarted
    | FollowUpStarted
    | StepAnswered
    | BranchChosen
    | StepSkipped
    | StepChanged
    | StepsRecalled
    | StepImprovised
    | WaitStarted
    | WaitElapsed
    | WaitAnswered
    | WaitExtended
    | WaitCutShort
    | Noted
    | UpdatePosted
    | Marked
    | MarkEdited
    | MarkRemoved
    | ActionClosed
    | Talked
    | SeverityChanged
    | LeadTaken
    | HandoverOffered
    | HandoverTaken
    | Called
    | CallReached
    | CallUnanswered
    | Reminded
    | RollbackConditionMet
    | RollbackDecided
    | RollbackFinished
    | RollbackFailed
    | RollbackVerified
    | ChangeSeen
    | Mitigated
    | Closed
    | Reopened
    | Cancelled
    | AlsoAffects
    | MadePrivate
    | PostmortemDrafted
    | FieldFilled
    | ProposalMade
    | ProposalAccepted
    | ProposalStuck
    | ProposalSent
    | ProposalMerged
    | ProposalDeclined
    | ScreenWasDown
    | Shown
    | StepCalledUp
    | Unfamiliar,
    Field(discriminator="type"),
]


class Fact(Value):
    """An event with its circumstances. `version` is its place in the stream, from 1."""

    version: int
    at: int
    happened: int
    by: Actor
    via: str
    event: Event
    v: int = SCHEMA


FACT: TypeAdapter[Fact] = TypeAdapter(Fact)

EVENT_TYPES: frozenset[str] = frozenset(kind.model_fields["type"].default for kind in get_args(get_args(Event)[0]))
"""The names under which events are stored."""


__all__ = [
    "EVENT_TYPES",
    "FACT",
    "SCHEMA",
    "ActionClosed",
    "AlsoAffects",
    "BranchChosen",
    "Briefed",
    "CallReached",
    "CallUnanswered",
    "Called",
    "Cancelled",
    "ChangeSeen",
    "Closed",
    "Declared",
    "Event",
    "Fact",
    "FieldFilled",
    "FollowUpStarted",
    "HandoverOffered",
    "HandoverTaken",
    "LeadTaken",
    "MadePrivate",
    "MarkEdited",
    "MarkRemoved",
    "Marked",
    "Matched",
    "Mitigated",
    "Noted",
    "PlaybookAttached",
    "PlaybookLeft",
    "PlaybookRejected",
    "PlaybookResumed",
    "PostmortemDrafted",
    "ProposalAccepted",
    "ProposalDeclined",
    "ProposalMade",
    "ProposalMerged",
    "ProposalSent",
    "ProposalStuck",
    "Reminded",
    "Reopened",
    "ReportAdded",
    "RollbackConditionMet",
    "RollbackDecided",
    "RollbackFailed",
    "RollbackFinished",
    "RollbackVerified",
    "ScreenWasDown",
    "SeverityChanged",
    "Shown",
    "StepAnswered",
    "StepCalledUp",
    "StepChanged",
    "StepImprovised",
    "StepSkipped",
    "StepStarted",
    "StepsRecalled",
    "Talked",
    "Unfamiliar",
    "UpdatePosted",
    "WaitAnswered",
    "WaitCutShort",
    "WaitElapsed",
    "WaitExtended",
    "WaitStarted",
]
