"""Messages beside the head and the step: calls, the rollback, the close, facts with a message of their own."""

from bot.slack.drawing.cards.answered import STILL_GOING, answered, answered_message
from bot.slack.drawing.cards.call import call_card, call_text
from bot.slack.drawing.cards.catchup import catch_up
from bot.slack.drawing.cards.closing import close_summary
from bot.slack.drawing.cards.digest import digest
from bot.slack.drawing.cards.facts import archived, fact_message, gone_private, pointer, unseen
from bot.slack.drawing.cards.listing import incident_list
from bot.slack.drawing.cards.rollback import rollback_card, rollback_warning

__all__ = [
    "STILL_GOING",
    "answered",
    "answered_message",
    "archived",
    "call_card",
    "call_text",
    "catch_up",
    "close_summary",
    "digest",
    "fact_message",
    "gone_private",
    "incident_list",
    "pointer",
    "rollback_card",
    "rollback_warning",
    "unseen",
]
