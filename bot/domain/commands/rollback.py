"""The rollback."""

from __future__ import annotations

from bot.domain.base import Value


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
