"""The modals: pure functions from a state to a view. Each is read back by `bot.slack.forms`."""

from bot.slack.modals.ending import cancel, close, over_at
from bot.slack.modals.facts import facts
from bot.slack.modals.lesson import proposal_copy, proposal_decline, proposal_edit
from bot.slack.modals.lists import all_steps, info, more
from bot.slack.modals.opening import declare
from bot.slack.modals.people import handover, lead, mark, note, severity, update
from bot.slack.modals.scope import also_affects, make_private, rematch, rollback
from bot.slack.modals.steps import ask_again, change, cut_short, improvise, skip

__all__ = [
    "all_steps",
    "also_affects",
    "ask_again",
    "cancel",
    "change",
    "close",
    "cut_short",
    "declare",
    "facts",
    "handover",
    "improvise",
    "info",
    "lead",
    "make_private",
    "mark",
    "more",
    "note",
    "over_at",
    "proposal_copy",
    "proposal_decline",
    "proposal_edit",
    "rematch",
    "rollback",
    "severity",
    "skip",
    "update",
]
