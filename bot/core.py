"""The desk and what it stands on: store, runbooks, guide. Everything but Slack, so the command line starts fast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.engine.desk import Desk
from bot.engine.ports import Clock
from bot.runbook_source import runbooks_folder
from bot.runbooks.guide import Guide
from bot.runbooks.intake import Intake
from bot.runbooks.library.library import Library
from bot.runbooks.match import semantic
from bot.settings import BadSettings, DeskSettings
from bot.store import memory
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork


class SystemClock:
    """The real time."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Store:
    """The parts that live in Redis."""

    client: Client
    journal: RedisJournal
    work: RedisWork
    marks: RedisMarks


@dataclass(frozen=True, slots=True)
class Core:
    """What the command line needs, and what the bot adds Slack to."""

    settings: DeskSettings
    clock: Clock
    store: Store
    library: Library
    guide: Guide
    intake: Intake
    desk: Desk


@asynccontextmanager
async def open_store(settings: DeskSettings) -> AsyncIterator[Store]:
    """The store of the settings, or a server of our own. Raises EmbeddedError when that cannot start, and BadSettings
    for an address that is none."""
    async with AsyncExitStack() as stack:
        url = settings.redis_url
        if not url:
            log = structlog.get_logger("section3.store")
            server = EmbeddedServer(
                settings.data_dir,
                binary=settings.section3_redis_server or None,
                memory=memory.share(memory.limit()),
                notify=lambda sentence: log.warning("store", said=sentence),
            )
            await stack.enter_async_context(server.running())
            url = server.url
        try:
            client = Client(url, replicas=settings.redis_replicas)
        except ValueError as error:
            raise BadSettings(str(error)) from None
        stack.push_async_callback(client.close)
        yield Store(client, RedisJournal(client), RedisWork(client), RedisMarks(client))


@asynccontextmanager
async def open_core(settings: DeskSettings, clock: Clock | None = None) -> AsyncIterator[Core]:
    """The desk and what it stands on."""
    clock = clock or SystemClock()
    async with open_store(settings) as store:
        library = await asyncio.to_thread(_library, settings, clock)
        guide = await asyncio.to_thread(_guide, library, settings)
        yield Core(settings, clock, store, library, guide, Intake(guide), Desk(store.journal, clock))


def _guide(library: Library, settings: DeskSettings) -> Guide:
    """The guide; with the extra `semantic` installed it compares by meaning too."""
    if semantic.missing():
        return Guide(library, fallback_phone=settings.fallback_phone)
    return Guide(library, semantic.load(settings.data_dir / "vectors.sqlite"), settings.fallback_phone)


def _library(settings: DeskSettings, clock: Clock) -> Library:
    """The runbooks at the start. A remote that cannot be read now is tried again later."""
    folder, _ = runbooks_folder(settings)
    return Library(folder, clock, cache_dir=settings.data_dir / "runbooks")
