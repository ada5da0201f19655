"""Whether Slack takes the bot's token: a process that was started with a wrong one must not take a good one's place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.engine.worker import GiveUp, RetryLater
from bot.slack.workspace.api import SlackApi, TokenRefused

AGAIN_SECONDS = 30.0
"""As long as due work waits at most before it asks Slack again."""


@dataclass(slots=True)
class TokenCheck:
    """Asks until Slack has taken the token once. A token that is revoked later does not make the process unready: what
    people do is still recorded, and shown with a good one."""

    api: SlackApi
    problem: str = "Slack has not said yet whether it takes SLACK_BOT_TOKEN."
    """What is in the way, in a sentence; "" when nothing is known to be, as while Slack is away."""

    async def run(self) -> None:
        """Ask, and again while the answer is no or there is none."""
        while True:
            try:
                await self.api.call("auth.test")
            except TokenRefused as error:
                self.problem = f"{error}: set SLACK_BOT_TOKEN to the token that the app's page shows now."
            except (RetryLater, GiveUp):
                self.problem = ""
            else:
                self.problem = ""
                return
            await asyncio.sleep(AGAIN_SECONDS)
