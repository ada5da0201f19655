"""Channel names as ids. Runbooks may say "#ap-automation"; most of Slack's methods take ids only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.engine.ports import Clock
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.workspace.api import SlackApi

KEPT_MS = 10 * 60 * 1000
LATELY_MS = 60 * 1000
PAGES = 50
"""Pages of 1,000 channels that are read at most; a larger workspace names its channels by id."""


class Channel(NamedTuple):
    """What a channel is."""

    shared: bool
    """Other organisations read along (Slack Connect)."""
    name: str
    """Events carry ids only, and runbooks say names; "" when Slack does not say."""
    private: bool


DIRECT = Channel(shared=False, name="", private=False)
"""A direct message, or no channel at all."""
UNTOLD = Channel(shared=True, name="", private=False)
"""A channel that Slack tells us nothing about is taken for shared: a phone number that was shown cannot be taken
back."""


@dataclass(slots=True)
class Channels:
    """The channels that we can see, read when a name is first asked for and every ten minutes after."""

    api: SlackApi
    clock: Clock
    _ids: dict[str, str] = field(default_factory=dict)
    _joined: frozenset[str] = frozenset()
    _read_at: int = 0
    _seen: dict[str, tuple[int, Channel]] = field(default_factory=dict)

    async def id_of(self, channel: str) -> str | None:
        """The id of "#name", or the id itself; None when we see no such channel. Raises RetryLater."""
        if not channel.startswith("#"):
            return channel or None
        name = channel[1:].casefold()
        stale = self.clock.now() - self._read_at > KEPT_MS
        if name not in self._ids or stale:
            await self._read()
        return self._ids.get(name)

    async def lately_in(self, channel: str) -> bool:
        """Whether we are in that channel (name or id). Asked at every drawing and looked up once a minute: somebody may
        have followed the advice to invite us. Raises RetryLater."""
        if self.clock.now() - self._read_at >= LATELY_MS:
            await self._read()
        return bool(self.joined(channel))

    def joined(self, channel: str) -> str:
        """The id of a channel that we are in, as far as it was read already; "" for any other."""
        found = self._ids.get(channel[1:].casefold(), "") if channel.startswith("#") else channel
        return found if found in self._joined else ""

    async def look(self, channel: str) -> Channel:
        """What Slack says about the channel of that id, at most ten minutes old."""
        if not channel or channel.startswith("D"):
            return DIRECT
        known = self._seen.get(channel)
        if known and self.clock.now() - known[0] < KEPT_MS:
            return known[1]
        try:
            answer = await self.api.get("conversations.info", channel=channel)
        except (RetryLater, GiveUp):
            return known[1] if known else UNTOLD
        info = answer.get("channel") or {}
        shared = bool(info.get("is_ext_shared") or info.get("is_shared") or info.get("is_pending_ext_shared"))
        found = Channel(shared, str(info.get("name", "")), bool(info.get("is_private")))
        self._seen[channel] = (self.clock.now(), found)
        return found

    async def _read(self) -> None:
        ids: dict[str, str] = {}
        joined: set[str] = set()
        cursor = ""
        for _ in range(PAGES):
            answer = await self.api.get(
                "conversations.list",
                types="public_channel,private_channel",
                exclude_archived="true",
                limit="1000",
                **({"cursor": cursor} if cursor else {}),
            )
            ids |= {str(one.get("name", "")).casefold(): str(one["id"]) for one in answer.get("channels", ())}
            joined |= {str(one["id"]) for one in answer.get("channels", ()) if one.get("is_member")}
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        self._ids, self._joined, self._read_at = ids, frozenset(joined), self.clock.now()
