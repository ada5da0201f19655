"""Every fact has a sentence in the post-mortem's timeline, or is known to need none."""

from __future__ import annotations

from typing import get_args

from bot.domain.events import Event
from bot.postmortem.drafting.tell import tell

UNTOLD = (
    "action_closed briefed field_filled follow_up_started mark_edited mark_removed postmortem_drafted proposal_accepted"
    " proposal_declined proposal_made proposal_merged proposal_sent proposal_stuck reminded shown step_called_up"
    " step_started talked unfamiliar wait_answered wait_elapsed"
)
"""The course of the playbook, our own messages, and what is told with another fact."""


def test_every_fact_is_told_or_known_to_need_no_sentence() -> None:
    kinds = get_args(get_args(Event)[0])
    silent = tell.dispatch(object)
    assert {kind.model_fields["type"].default for kind in kinds if tell.dispatch(kind) is silent} == set(UNTOLD.split())
