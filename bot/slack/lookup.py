"""`/runbook …`: what the runbooks say. Reads only memory, so it answers with Redis down."""

from __future__ import annotations

from bot.slack.front import Asked, Front, Reply, say


async def runbook_command(front: Front, asked: Asked, text: str) -> Reply:
    return Reply(say("x"))
