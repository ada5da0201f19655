"""The facts of an incident in a modal: for places where nothing can be shown to one person alone."""

from __future__ import annotations

from bot.domain.incident import Incident
from bot.slack.drawing.blocks import Json
from bot.slack.drawing.cards.catchup import catch_up
from bot.slack.drawing.modals.lists import info
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.show import Options


def facts(incident: Incident, now: int, options: Options) -> Json:
    """What *Catch me up* says."""
    return info(incident.name, catch_up(incident, now, options).blocks, meta_of(incident))
