"""Whether the incident that another is said to be a duplicate of exists."""

from __future__ import annotations

from bot.domain.commands import Cancel, Command
from bot.domain.incident import Incident
from bot.engine.desk import Desk


async def unknown_duplicate(desk: Desk, incident: Incident, command: Command) -> str:
    """Why the incident can be no duplicate of the one that a Cancel names, "" when it can and for every other command.

    No decision of an incident can say this: it knows no other.
    """
    other = command.duplicate_of if isinstance(command, Cancel) else None
    if other is None or (other != incident.number and await desk.by_number(other)):
        return ""
    return f"There is no other INC-{other}. Nothing was recorded."
