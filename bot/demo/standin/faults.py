"""Trouble on demand: what the next calls of a method meet instead of, or besides, an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo.standin.args import Args

ANY = "*"


@dataclass(slots=True)
class Fault:
    """One kind of trouble, for the next `times` calls of `method` that `where` picks."""

    method: str
    times: int
    status: int = 0
    """Answer with this HTTP status instead (429 carries Retry-After)."""
    error: str = ""
    """Answer `ok: false` with this error instead."""
    retry_after: int = 1
    drop_reply: bool = False
    """Do what was asked, then cut the connection instead of answering."""
    drop_request: bool = False
    """Cut the connection without doing anything."""
    delay: float = 0.0
    """Real seconds before anything happens."""
    where: Callable[[Args], bool] = field(default=lambda args: True)
    hold: Hold | None = None


class Hold:
    """Calls of a method wait here until they are released, so a test can act in between."""

    def __init__(self, seconds: float) -> None:
        self._reached = asyncio.Event()
        self._released = asyncio.Event()
        self._seconds = seconds

    async def reached(self) -> None:
        """Return once a call waits here. Raises `TimeoutError`."""
        await asyncio.wait_for(self._reached.wait(), self._seconds)

    def release(self) -> None:
        """Let every call go on, now and later."""
        self._released.set()

    async def wait(self) -> None:
        """Called by the held request; it gives up waiting when the test forgot to release it."""
        self._reached.set()
        await asyncio.wait_for(self._released.wait(), self._seconds)


class Faults:
    """The troubles waiting for their calls."""

    def __init__(self, hold_seconds: float) -> None:
        self._waiting: list[Fault] = []
        self._down = 0
        self._hold_seconds = hold_seconds

    def next(
        self,
        method: str = ANY,
        *,
        times: int = 1,
        status: int = 0,
        error: str = "",
        retry_after: int = 1,
        drop_reply: bool = False,
        drop_request: bool = False,
        delay: float = 0.0,
        where: Callable[[Args], bool] | None = None,
    ) -> None:
        """The next `times` calls of `method` (`*` is any) meet this trouble."""
        fault = Fault(method, times, status, error, retry_after, drop_reply, drop_request, delay)
        if where is not None:
            fault.where = where
        self._waiting.append(fault)

    def hold(self, method: str) -> Hold:
        """The next call of `method` waits until `release()`."""
        hold = Hold(self._hold_seconds)
        self._waiting.append(Fault(method, 1, hold=hold))
        return hold

    def down(self, status: int = 503) -> None:
        """Every call fails with this status until `up()`."""
        self._down = status

    def up(self) -> None:
        """Calls are answered again."""
        self._down = 0

    @property
    def is_down(self) -> int:
        """The status every call gets now, or 0."""
        return self._down

    def clear(self) -> None:
        """Forget all waiting trouble."""
        self._waiting.clear()
        self._down = 0

    def take(self, method: str, args: Args) -> Fault | None:
        """The trouble this call meets, used up once."""
        for fault in self._waiting:
            if fault.method in (method, ANY) and fault.where(args):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
