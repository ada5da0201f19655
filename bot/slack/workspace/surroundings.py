"""What drawing needs to know of the workspace: shared channels, who is in a group, which contact is which user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.incident import Incident
from bot.domain.vocabulary import Surface
from bot.engine.ports import Clock
from bot.engine.worker import GiveUp, RetryLater
from bot.slack.drawing.show import Options
from bot.slack.workspace.api import SlackApi
from bot.slack.workspace.channels import Channels

KEPT_MS = 10 * 60 * 1000


@dataclass(slots=True)
class Surroundings:
    """Answers from memory, asked of Slack at most every ten minutes.

    `rollback_group` and `severity_group` are the ids or handles of user groups, "" for "anybody". When Slack cannot say
    who is in a group, the last answer counts, and without one nobody is held to be outside. `proposals` is
    where accepted ones go, as the settings say."""

    api: SlackApi
    clock: Clock
    channels: Channels
    contacts: Mapping[str, str] = field(default_factory=dict)
    rollback_group: str = ""
    severity_group: str = ""
    proposals: str = "github"
    _members: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)

    async def options(self, incident: Incident) -> Options:
        """How this incident is drawn where its messages stand."""
        head = incident.shown.get(Surface.HEAD)
        channel = head.channel if head else await self.channels.id_of(incident.channel) or incident.typed_in
        return await self.options_of(channel)

    async def options_of(self, channel: str) -> Options:
        """How anything is drawn in this channel."""
        shared = (await self.channels.look(channel)).shared
        members = await self.members(self.rollback_group)
        return Options(
            shared=shared, contacts=self.contacts, authorised=tuple(sorted(members)), proposals=self.proposals
        )

    async def may_roll_back(self, user: str) -> bool:
        """Whether somebody is in the group that decides a rollback."""
        return await self._may(user, self.rollback_group)

    async def may_lower_severity(self, user: str) -> bool:
        """Whether somebody is in the group that lowers a severity."""
        return await self._may(user, self.severity_group)

    async def _may(self, user: str, group: str) -> bool:
        members = await self.members(group)
        return not members or user in members

    async def members(self, group: str) -> frozenset[str]:
        """The user ids of a group; none for "", for an unknown group, and when Slack has never said."""
        if not group:
            return frozenset()
        now = self.clock.now()
        known = self._members.get(group)
        if known and now - known[0] < KEPT_MS:
            return known[1]
        try:
            listed = await self.api.get("usergroups.list")
            found = next(
                (
                    one["id"]
                    for one in listed.get("usergroups", ())
                    if group.lstrip("@") in (one["id"], one.get("handle"))
                ),
                "",
            )
            answer = await self.api.get("usergroups.users.list", usergroup=found) if found else {}
        except (RetryLater, GiveUp):
            return known[1] if known else frozenset()
        users = frozenset(str(one) for one in answer.get("users", ()))
        self._members[group] = (now, users)
        return users
