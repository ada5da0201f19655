"""What people type, as Slack sends it, made readable before it is recorded: `<@U123>` becomes a name, `<#C123>` a
channel, a link its address (docs.slack.dev, "Formatting message text"). Resolved once, when the fact is recorded, so
that every later reading shows the same, and nothing in it can become a mention again.
"""

from __future__ import annotations

import asyncio
import re

from bot.domain.commands import Command, OfferHandover, TakeLead
from bot.domain.incident import Incident
from bot.domain.vocabulary import Actor
from bot.slack.listening.front import Front

NAME_SECONDS = 1.0
"""Real seconds that names may take: Slack waits three for the whole answer, and an id will do."""

_TOKEN = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
_NAMED = re.compile(r"<@[UW][A-Z0-9]+\|([^<>]*)>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")


async def typed(front: Front, raw: str) -> str:
    """The text with its tokens readable and its entities undone. People stay `<@id|name>`, for the words that name
    somebody; `flat` makes them names."""
    if "<" not in raw:
        return plain(raw)
    tokens = list(_TOKEN.finditer(raw))
    people = await _people(front, {token[2]: token[3] or "" for token in tokens if token[1] == "@"})
    channels = await _channels(front, {token[2] for token in tokens if token[1] == "#" and not token[3]})

    def readable(token: re.Match[str]) -> str:
        sign, what, label = token[1], token[2], token[3] or ""
        if sign == "@":
            return f"<@{what}|{people[what]}>"
        if sign == "#":
            return f"#{label or channels.get(what) or what}"
        return _special(what, label) if sign == "!" else _link(what, label)

    # Entities last: what a person typed as "<" is no token.
    return plain(_TOKEN.sub(readable, raw))


def flat(text: str) -> str:
    """The people in a text that `typed` made, as "@name"."""
    return _NAMED.sub(r"@\1", text)


def stranger(said: Command, incident: Incident) -> str:
    """The name of somebody who is to have the incident and whom Slack did not make a mention of, "" for anybody else.
    It is a login of a terminal then, and counts only if that has taken part from there."""
    match said:
        case TakeLead(lead=Actor() as named) | OfferHandover(to=named):
            known = named in incident.participants or not named.from_terminal
            return "" if known else named.name
        case _:
            return ""


def plain(text: str) -> str:
    """What was typed, with Slack's three entities undone (docs.slack.dev, "Escaping text")."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def _special(what: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@oncall>`, `<!date^…|03:14>`."""
    if label:
        return label
    return "@group" if what.startswith("subteam") else f"@{what.partition('^')[0]}"


def _link(address: str, label: str) -> str:
    """The address; what it was called as well, when that says something else."""
    bare = _SCHEME.sub("", address).rstrip("/")
    if not label or label.rstrip("/") in (address, bare):
        return label or address
    return f"{label} ({address})"


async def _people(front: Front, handles: dict[str, str]) -> dict[str, str]:
    """Names by id. Whoever cannot be looked up in time goes by the handle, or the id."""
    try:
        async with asyncio.timeout(NAME_SECONDS):
            found = await asyncio.gather(*(front.people.actor(user, handle) for user, handle in handles.items()))
    except TimeoutError:
        found = [Actor(id=user, name=handle or user) for user, handle in handles.items()]
    return {actor.id: re.sub(r"[<>|]", "", actor.name) for actor in found}


async def _channels(front: Front, ids: set[str]) -> dict[str, str]:
    try:
        async with asyncio.timeout(NAME_SECONDS):
            return {channel: (await front.around.channels.look(channel)).name for channel in ids}
    except TimeoutError:
        return {}
