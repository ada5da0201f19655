"""Waiting for something to become true, woken by changes and bounded by a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class WaitedInVain(AssertionError):
    """What was waited for did not happen in time. The message says what there was instead."""


class Changes:
    """A bell that rings whenever the workspace changes."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()

    def notify(self) -> None:
        """Wake every waiter to look again."""
        for listener in self._listeners:
            listener.set()

    async def until(self, probe: Callable[[], T | None], seconds: float, instead: Callable[[], str]) -> T:
        """The first answer of `probe` that is not None.

        Raises `WaitedInVain` with `instead()` after `seconds` of real time.
        """
        bell = asyncio.Event()
        self._listeners.add(bell)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    bell.clear()
                    if (found := probe()) is not None:
                        return found
                    await bell.wait()
        except TimeoutError:
            raise WaitedInVain(f"waited {seconds:g} s; {instead()}") from None
        finally:
            self._listeners.discard(bell)
