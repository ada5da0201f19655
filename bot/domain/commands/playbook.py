"""Choosing the playbook."""

from __future__ import annotations

from bot.domain.base import Value
from bot.domain.dossier import Playbook


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
