"""What only some may decide: outside the group one is warned, recorded and marked, never refused."""

from __future__ import annotations

from bot.domain.base import Severity
from bot.domain.commands import ChangeSeverity, Command, DecideRollback
from bot.domain.decide.rollback import can_be_decided
from bot.domain.incident import Incident
from bot.slack.drawing import cards
from bot.slack.drawing.blocks import Message
from bot.slack.listening.front import Asked, Front, say

LOWERED = "You are not in the group that lowers severities. It is recorded, and marked as such."


async def marked(front: Front, asked: Asked, command: Command, incident: Incident) -> Command:
    """The command with whether the person may."""
    if isinstance(command, ChangeSeverity) and lowers(incident.severity, command.severity):
        return command.model_copy(update={"authorised": await front.around.may_lower_severity(asked.by.id)})
    if isinstance(command, DecideRollback):
        return command.model_copy(update={"authorised": await front.around.may_roll_back(asked.by.id)})
    return command


async def warning(front: Front, asked: Asked, command: Command, incident: Incident) -> Message | None:
    """What somebody outside a group is told; None for everybody else."""
    match command:
        case ChangeSeverity(authorised=False):
            return say(LOWERED)
        case DecideRollback(authorised=False) if can_be_decided(incident):
            return cards.rollback_warning(incident, await front.around.options_of(asked.channel))
        case _:
            return None


def lowers(before: Severity, after: Severity) -> bool:
    """Whether the new severity is a lesser one: SEV1 is the worst."""
    return after.value > before.value
