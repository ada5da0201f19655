"""The modals: pure functions from a state to a view. Each is read back by `bot.slack.forms`."""

from bot.slack.modals.ending import cancel, close, over_at
from bot.slack.modals.opening import declare
from bot.slack.modals.steps import ask_again, change, cut_short, improvise, skip

__all__ = [
    "ask_again",
    "cancel",
    "change",
    "close",
    "cut_short",
    "declare",
    "improvise",
    "over_at",
    "skip",
]
