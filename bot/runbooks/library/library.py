"""The runbooks in service: a folder of files, the last good version of each, and what is wrong with the others."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.domain.runbook import Runbook
from bot.engine.ports import Clock
from bot.runbooks.library.cache import DiskCache, Good, cache_key
from bot.runbooks.library.files import runbook_files
from bot.runbooks.library.gitsource import GitError, GitSource
from bot.runbooks.library.state import (
    Problem,
    Slot,
    State,
    arrange,
    changed_services,
    channel_name,
    failed,
    why_unusable,
)
from bot.runbooks.library.watch import stirrings
from bot.runbooks.parsing.parse import Parsed, parse

__all__ = ["GitError", "GitSource", "Library", "Problem"]

_BULK = 50
"""From this many files on, the garbage collector rests while they are read: it would walk the growing heap in vain."""
LOOK_S = 5.0
"""Seconds between two looks at a folder that tells of no changes."""


@contextmanager
def _collector_at_rest(wanted: bool) -> Iterator[None]:
    running = gc.isenabled()
    if wanted and running:
        gc.disable()
    try:
        yield
    finally:
        if wanted and running:
            gc.enable()


class Library:
    """A folder of runbooks (`runbook_files`: sub-folders count), loaded at once and again on `reload`.

    Reading never waits: a reload builds the new state aside and swaps it in. A file that can no longer be used keeps
    its last good version in service (also over a restart, when there is a cache folder), and is told in `problems`.
    """

    def __init__(self, folder: Path, clock: Clock, *, cache_dir: Path | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._disk = DiskCache(cache_dir) if cache_dir is not None else None
        self._state = State()
        self._lock = threading.Lock()
        self._remote: Problem | None = None
        self.reload()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def runbooks(self) -> tuple[Runbook, ...]:
        """Every runbook in service, by service id."""
        return tuple(self._state.services.values())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, by file: unusable versions, service ids given twice, a git remote that does not answer."""
        remote = self._remote
        return self._state.problems if remote is None else (remote, *self._state.problems)

    def find(self, name: str) -> Runbook | None:
        """A runbook by service id or alias, in any case."""
        return self._state.names.get(name.strip().casefold())

    def in_channel(self, *channels: str) -> tuple[Runbook, ...]:
        """The runbooks that name one of these channels, each an id or a name with or without #."""
        state = self._state
        found = [runbook for channel in channels for runbook in state.channels.get(channel_name(channel), ())]
        return tuple({runbook.service: runbook for runbook in found}.values())

    def for_channel(self, *channels: str) -> Runbook | None:
        """The one runbook of a channel; None when there is none, or when several share it: somebody must say which."""
        found = self.in_channel(*channels)
        return found[0] if len(found) == 1 else None

    def trouble(self, service: str) -> tuple[str, ...]:
        """What is wrong with the file of a service, in sentences."""
        return tuple(problem.sentence() for problem in self.problems if problem.service == service)

    def reload(self) -> tuple[str, ...]:
        """Read the folder again; the ids of the services that changed, came or went. Blocks: call it from a thread."""
        with self._lock:
            before = self._state
            now = self._clock.now()
            slots, problems = self._read(before, now)
            state = arrange(slots, problems, before, now)
            self._state = state
            if self._disk is not None and slots != before.slots:
                good = {
                    name: Good(key=slot.good_key, at=slot.good_from) for name, slot in slots.items() if slot.runbook
                }
                self._disk.keep(good, {slot.seen for slot in slots.values()})
        return changed_services(before, state)

    def _read(self, before: State, now: int) -> tuple[dict[str, Slot], list[Problem]]:
        folder = str(self._folder)
        try:
            files = runbook_files(self._folder)
        except OSError as error:
            since = next((one.since for one in before.problems if one.path == folder), now)
            reason = f"The folder of runbooks cannot be read ({error.strerror}). What was loaded stays in service."
            return dict(before.slots), [Problem(folder, reason, since=since)]
        stored = self._disk.good_versions() if self._disk is not None and not before.slots else {}
        named = [(self._named(file), file) for file in files]
        with _collector_at_rest(len(files) - len(before.slots) > _BULK):
            return {name: self._slot(file, before.slots.get(name), stored, now) for name, file in named}, []

    def _named(self, file: Path) -> str:
        """What a file is called in this folder: two sub-folders may each have one of the same name."""
        return file.relative_to(self._folder).as_posix()

    def _slot(self, file: Path, old: Slot | None, stored: Mapping[str, Good], now: int) -> Slot:
        try:
            data = file.read_bytes()
            dated = file.stat().st_mtime_ns // 1_000_000
        except OSError as error:
            problem = Problem("", f"The file cannot be read: {error.strerror}.", since=now)
            return failed(old or self._recalled(file, stored), file, problem, "")
        key = cache_key(file.name, data)
        if old is not None and old.seen == key:
            return old
        parsed = self._parsed(key, data, file)
        if parsed.usable:
            return Slot(parsed.runbook, key, dated, key)
        return failed(old or self._recalled(file, stored), file, why_unusable(parsed, now), key)

    def _parsed(self, key: str, data: bytes, file: Path) -> Parsed:
        if self._disk is None:
            return parse(data, str(file))
        known = self._disk.load(key, str(file))
        if known is None:
            known = parse(data, str(file))
            self._disk.save(key, known)
        return known

    def _recalled(self, file: Path, stored: Mapping[str, Good]) -> Slot | None:
        """The last good version of a file that an earlier process knew."""
        good = stored.get(self._named(file))
        parsed = self._disk.load(good.key, str(file)) if good is not None and self._disk is not None else None
        if good is None or parsed is None:
            return None
        return Slot(parsed.runbook, good.key, good.at, good.key)

    async def watch(self, stop: asyncio.Event, every_s: float = LOOK_S) -> AsyncIterator[tuple[str, ...]]:
        """Reload whenever a file in the folder changes, until `stop` is set; yields the services that changed, which
        may be none when only the problems did. A folder that is missing, or that cannot be watched, is looked at every
        `every_s` seconds instead."""
        async for _ in stirrings(self._folder, every_s, stop):
            before = self._state.problems
            changed = await asyncio.to_thread(self.reload)
            if changed or self._state.problems != before:
                yield changed

    async def follow(self, source: GitSource, every_s: float, stop: asyncio.Event) -> AsyncIterator[tuple[str, ...]]:
        """Fetch from a git remote now and every `every_s` seconds until `stop` is set; yields the services that changed
        after each reload, which may be none when only the problems did. A remote that fails is told in `problems`; what
        was loaded stays in service."""
        while not stop.is_set():
            before = self._remote
            try:
                moved = await _synced(source, stop)
                self._remote = None
            except GitError as error:
                moved = False
                since = self._remote.since if self._remote else self._clock.now()
                self._remote = Problem(source.label, f"{error} What was loaded stays in service.", since=since)
            if moved:
                yield await asyncio.to_thread(self.reload)
            elif self._remote != before:
                yield ()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every_s)


async def _synced(source: GitSource, stop: asyncio.Event) -> bool:
    """`GitSource.sync` in a thread. A remote that does not answer must not keep a process that is to end."""
    syncing = asyncio.create_task(asyncio.to_thread(source.sync))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({syncing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not syncing.done():
        source.abandon()
    return await syncing
