"""When to read a folder again: told at once where the system tells of changes, looked at every few seconds anywhere.

Looking is not only for systems that tell nothing: a folder on a network drive changes unheard, and one that is moved
away and made anew is another folder under the same name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import awatch

from bot.runbooks.library.files import runbook_files

Stamp = tuple[tuple[str, int, int], ...]


async def stirrings(folder: Path, every_s: float, stop: asyncio.Event) -> AsyncIterator[None]:
    """Yields whenever the folder may have changed, and once within the first `every_s` seconds, until `stop` is set.
    A folder that is not there, or that cannot be watched, is only looked at every `every_s` seconds until it can."""
    seen: Stamp | None = None
    while not stop.is_set():
        with suppress(OSError, RuntimeError):
            async with aclosing(_told(folder, every_s, stop)) as tidings:
                async for told in tidings:
                    now = await asyncio.to_thread(_stamp, folder)
                    if told or now != seen:
                        seen = now
                        yield
            # Watched to the end: stopped, or another folder stands there now, to be watched at once.
            continue
        now = await asyncio.to_thread(_stamp, folder)
        if now != seen:
            seen = now
            yield
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every_s)


async def _told(folder: Path, every_s: float, stop: asyncio.Event) -> AsyncGenerator[bool, None]:
    """True for every change that the system tells of, False after `every_s` seconds without one; ends when another
    folder stands in the place of the watched one. Raises OSError or RuntimeError when it cannot be watched."""
    home = _identity(folder)
    changes = awatch(
        folder,
        stop_event=stop,
        recursive=True,
        watch_filter=None,
        rust_timeout=max(1, int(every_s * 1000)),
        yield_on_timeout=True,
    )
    async with aclosing(changes):
        async for change in changes:
            yield bool(change)
            if _identity(folder) != home:
                return


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which folder this is on the disk; None when it is not there."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _stamp(folder: Path) -> Stamp:
    """Path, size and date of every runbook, by path; () when the folder cannot be read."""
    found = []
    with suppress(OSError):
        for file in runbook_files(folder):
            with suppress(OSError):
                status = file.stat()
                found.append((str(file), status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))
