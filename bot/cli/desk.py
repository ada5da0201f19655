"""The desk for commands of the command line: the same one that Slack talks to, on the same store."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from bot.cli.people import USAGE, fail, say

if TYPE_CHECKING:
    from bot.core import Core
    from bot.domain.incident import Incident
    from bot.domain.vocabulary import Actor
    from bot.engine.orders import Accepted, Outcome

T = TypeVar("T")


def me() -> Actor:
    """Who types, as the facts will say."""
    from bot.domain.vocabulary import Actor

    login = getpass.getuser()
    return Actor(id=f"cli:{login}", name=login)


def with_core(work: Callable[[Core], Awaitable[T]], *, records: bool = False) -> T:
    """Do something with the desk. Ends the command with a sentence when the store or a setting is in the way; for a
    command that `records`, with what is certain of it."""
    from bot.engine.ports import StoreUnavailable
    from bot.settings import BadSettings
    from bot.store.binary import EmbeddedError

    async def run() -> T:
        async with open_desk() as core:
            return await work(core)

    try:
        return asyncio.run(run())
    except StoreUnavailable as error:
        fail(error.of_a_write if records else str(error))
    except EmbeddedError as error:
        fail(str(error))
    except BadSettings as error:
        fail(str(error), USAGE)


@asynccontextmanager
async def open_desk() -> AsyncIterator[Core]:
    """The core of the settings: desk, guide, store."""
    import structlog

    from bot.core import open_core
    from bot.settings import DeskSettings

    structlog.configure(processors=[_remark])
    async with open_core(DeskSettings.now()) as core:
        yield core


def _remark(logger: object, method: str, event: MutableMapping[str, Any]) -> NoReturn:
    """What the store has to say meanwhile, as a sentence on stderr: stdout is for the answer, which may be JSON."""
    from structlog import DropEvent

    say(f"section3: {event.get('said') or event['event']}")
    raise DropEvent


async def incident_named(core: Core, name: str | None) -> Incident:
    """The incident behind INC-42 or 42; without a name, the only open one. Ends the command when that is not clear."""
    from bot.domain.reading import addressed
    from bot.engine.ports import Index

    if name is not None:
        said = addressed(name, alone=True)
        found = await core.desk.by_number(said.number) if said.number is not None and not said.rest else None
        return found or no_incident(name)
    every = await core.desk.journal.members(Index.OPEN)
    if len(every) != 1:
        which = "section3 incident list" if every else "section3 incident list --all"
        count = len(every) or "no"
        fail(f"{count} incidents are open: name one, right after the word (show INC-42). `{which}` shows them.")
    only = await core.desk.incident(every[0])
    assert only is not None
    return only


def no_incident(name: str) -> NoReturn:
    """End the command: what was named is no incident. Nothing else is taken for it."""
    fail(f"there is no incident {name.strip() or repr(name)}. `section3 incident list` shows the open ones.")


def accepted(outcome: Outcome) -> Accepted:
    """What was recorded; too few replicas are told on stderr, because stdout may be JSON. Ends the command with the
    sentence of a refusal, its times in UTC."""
    from bot.cli.incident_text import utc
    from bot.domain.refusals import Refusal

    if isinstance(outcome, Refusal):
        fail(outcome.sentence(utc))
    if outcome.alone:
        say("section3: Saved on one server only: no replica confirmed it in time.")
    return outcome
