"""The rollback: a condition, a decision, the command run, and the proof."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value


class RollbackConditionMet(Value):
    """`condition` is "" when none is met and somebody rolls back all the same; then `why` says so."""

    type: Literal["rollback_condition_met"] = "rollback_condition_met"
    condition: str = ""
    why: str = ""


class RollbackDecided(Value):
    type: Literal["rollback_decided"] = "rollback_decided"
    authorised: bool = True


class RollbackFinished(Value):
    type: Literal["rollback_finished"] = "rollback_finished"


class RollbackFailed(Value):
    type: Literal["rollback_failed"] = "rollback_failed"
    what: str = ""


class RollbackVerified(Value):
    type: Literal["rollback_verified"] = "rollback_verified"
    good: bool
