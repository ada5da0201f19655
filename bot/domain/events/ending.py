"""The impact is over, the incident closed, reopened or cancelled."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.vocabulary import CancelKind, Documented, EndedBy, StepRef


class Mitigated(Value):
    type: Literal["mitigated"] = "mitigated"


class Closed(Value):
    type: Literal["closed"] = "closed"
    ended_by: EndedBy
    documented: Documented
    step: StepRef | None = None
    failure_id: str = ""
    what: str = ""
    wrong: StepRef | None = None
    """The step of which somebody said that it was wrong."""


class Reopened(Value):
    type: Literal["reopened"] = "reopened"
    why: str = ""


class Cancelled(Value):
    type: Literal["cancelled"] = "cancelled"
    kind: CancelKind
    duplicate_of: int | None = None
