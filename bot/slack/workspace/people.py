"""Names of Slack users: asked for once, kept for an hour. Events carry ids only, and a post-mortem needs names."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.vocabulary import Actor
from bot.engine.ports import Clock
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.workspace.api import SlackApi

KEPT_MS = 60 * 60 * 1000


@dataclass(slots=True)
class People:
    """The directory of the workspace, as far as it was needed."""

    api: SlackApi
    clock: Clock
    _known: dict[str, tuple[int, Actor]] = field(default_factory=dict)

    def known(self, user_id: str) -> Actor | None:
        """Who that is, when it was asked for within the hour."""
        known = self._known.get(user_id)
        return known[1] if known and self.clock.now() - known[0] < KEPT_MS else None

    async def actor(self, user_id: str, handle: str = "") -> Actor:
        """Who that is; the handle, or the id, stands for the name while Slack cannot say."""
        if known := self.known(user_id):
            return known
        now, old = self.clock.now(), self._known.get(user_id)
        try:
            answer = await self.api.get("users.info", user=user_id)
        except (RetryLater, GiveUp):
            return old[1] if old else Actor(id=user_id, name=handle or user_id)
        user = answer.get("user") or {}
        profile = user.get("profile") or {}
        name = str(profile.get("display_name") or user.get("real_name") or user.get("name") or user_id)
        found = Actor(id=user_id, name=name)
        self._known[user_id] = (now, found)
        return found
