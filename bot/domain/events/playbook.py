"""Which playbook is walked: attached, rejected, left, resumed."""

from __future__ import annotations

from typing import Literal

from bot.domain.base import Value
from bot.domain.dossier import Playbook


class PlaybookAttached(Value):
    type: Literal["playbook_attached"] = "playbook_attached"
    run: int
    playbook: Playbook
    why: tuple[str, ...] = ()
    chosen: bool = False
    """True when a person chose it, False when the match was sure."""


class PlaybookRejected(Value):
    """ "None of these": the words did not mean any of the failures shown."""

    type: Literal["playbook_rejected"] = "playbook_rejected"
    failure_ids: tuple[str, ...] = ()
    words: str = ""


class PlaybookLeft(Value):
    """The run was set aside as the wrong one; its steps stay as they are."""

    type: Literal["playbook_left"] = "playbook_left"
    run: int
    why: str = ""


class PlaybookResumed(Value):
    type: Literal["playbook_resumed"] = "playbook_resumed"
    run: int
