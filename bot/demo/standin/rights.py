"""Rights that run out: to open one view, and to answer one interaction.

docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from typing import Any

from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.errors import SlackError
from bot.demo.standin.ids import Ids
from bot.demo.standin.world import ResponseUrl, Trigger

TRIGGER_MS = 3_000
"""A trigger_id is good for three seconds."""
RESPONSE_URL_MS = 30 * 60_000
RESPONSE_URL_USES = 5
"""A response_url answers five times within 30 minutes."""


class Rights:
    """Issues and spends them, by the stand-in's clock."""

    def __init__(self, clock: OffsetClock, ids: Ids, team_id: str) -> None:
        self._clock = clock
        self._ids = ids
        self._team_id = team_id
        self._triggers: dict[str, Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view: str = "") -> str:
        """A trigger_id for one view, in Slack's format; `view` is where the person acted."""
        number = self._ids.next("", 13)
        trigger = Trigger(f"{number}.{self._team_id[1:5]}.{number[::-1]}", user, self._clock.now(), view)
        self._triggers[trigger.id] = trigger
        return trigger.id

    def spend_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger_id up. Its refusals are those of docs.slack.dev/reference/methods/views.open."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() - trigger.issued > TRIGGER_MS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def answer(self, user: str, channel: str, **of: Any) -> str:
        """The path of a URL that answers one interaction."""
        secret = self._ids.next("R", 12)
        self._response_urls[secret] = ResponseUrl(secret, user, channel, self._clock.now(), **of)
        return f"/respond/{self._team_id}/{secret}"

    def spend_answer(self, secret: str) -> ResponseUrl:
        """Use one of the five answers up. Afterwards `used_url`, later `expired_url`: the codes are not documented."""
        url = self._response_urls.get(secret)
        if url is None or self._clock.now() - url.issued > RESPONSE_URL_MS:
            raise SlackError("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        url.uses += 1
        return url
