"""The words of the field that facts are made of: who, which step, which answer."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.base import Value


class Actor(Value):
    """Who did it. `id` is a Slack user id, "cli:<login>", "alert:<name>" or "timer"; `name` is for people."""

    id: str
    name: str

    @property
    def is_person(self) -> bool:
        return not self.id.startswith(("timer", "alert:", "bot"))

    @property
    def from_terminal(self) -> bool:
        return self.id.startswith("cli:")


TIMER = Actor(id="timer", name="section3")


class StepRef(Value):
    """A step of one playbook run of an incident: `run` counts attachments from 0, `number` is the step's (1-based)."""

    run: int
    number: int


class Answer(StrEnum):
    """What a responder says of a step (incident guide, "Buttons by kind")."""

    AS_EXPECTED = "as_expected"
    NOT_AS_EXPECTED = "not_as_expected"
    FIXED = "fixed"
    WORKED = "worked"
    DID_NOT_WORK = "did_not_work"
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    CONDITION_MET = "condition_met"
    NOT_MET = "not_met"


class SkipReason(StrEnum):
    """Why a step was not done."""

    NOT_NEEDED = "not_needed"
    DONE_ALREADY = "done_already"
    NO_ACCESS = "no_access"
    TOO_RISKY = "too_risky"
    OTHER = "other"


class Helped(StrEnum):
    """Whether something helped."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CutShort(StrEnum):
    """Why a wait was cut short."""

    BETTER = "better"
    WORSE = "worse"
    WRONG_PLAYBOOK = "wrong_playbook"


class MarkKind(StrEnum):
    """What somebody says a message is."""

    FACT = "fact"
    ACTION = "action"
    QUESTION = "question"
    IDEA = "idea"


class EndedBy(StrEnum):
    """What ended the incident."""

    STEP = "step"
    SOMETHING_ELSE = "something_else"
    ROLLBACK = "rollback"
    ITSELF = "itself"
    UNKNOWN = "unknown"


class Documented(StrEnum):
    """Was the failure documented when it struck, as the responder says at close."""

    THIS_ENTRY = "this_entry"
    STEP_WRONG = "step_wrong"
    ANOTHER = "another"
    NONE = "none"
    UNKNOWN = "unknown"


OF_THE_ENTRY = frozenset({Documented.THIS_ENTRY, Documented.STEP_WRONG})
"""Answers about the playbook that was used: without one they say nothing."""


class CancelKind(StrEnum):
    """Why an incident was no incident."""

    MISTAKE = "mistake"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"


class Surface(StrEnum):
    """A message that is edited in place and must therefore be found again."""

    HEAD = "head"
    STEP = "step"
    CALL = "call"
    ROLLBACK = "rollback"
    CLOSE = "close"


FIELDS_OF_TIME = ("impact_start", "acknowledged", "first_action")
"""Blanks of the post-mortem that are an instant; a close says the others."""
FIELDS_OF_PROSE = ("impact", "trigger", "factors", "detection", "well", "hard", "luck", "actions")
"""Blanks of the post-mortem that are what people concluded."""
FIELD_ENDED, FIELD_DOCUMENTED, FIELD_OF_STATE = "ended_by", "documented", "state_"
"""What ended it and whether it was documented (as at the close), and what became of the n-th kind of state."""


class ProposalKind(StrEnum):
    """What a proposed runbook change does."""

    NEW = "new"
    AMEND = "amend"
    HOUSEKEEPING = "housekeeping"
