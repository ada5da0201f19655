"""Impact over, close, reopen, cancel."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.vocabulary import CancelKind, Documented, EndedBy, StepRef


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
    wrong: StepRef | None = None
    """The step that was wrong, when somebody says which."""


class Reopen(Value):
    why: str = ""


class Cancel(Value):
    kind: CancelKind
    duplicate_of: int | None = None
