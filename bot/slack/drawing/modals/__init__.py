"""The modals: pure functions from a state to a view. Each is read back by `bot.slack.listening.forms`."""

from bot.slack.drawing.modals.ending import cancel, close, over_at
from bot.slack.drawing.modals.facts import facts
from bot.slack.drawing.modals.lesson import fill, proposal_copy, proposal_decline, proposal_edit
from bot.slack.drawing.modals.lists import all_steps, info, more
from bot.slack.drawing.modals.opening import declare
from bot.slack.drawing.modals.people import handover, lead, mark, note, severity, update
from bot.slack.drawing.modals.scope import also_affects, make_private, rematch, rollback
from bot.slack.drawing.modals.steps import ask_again, change, cut_short, improvise, skip

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
    "fill",
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
