"""A clock that tests and demos can move, shared between processes through a small file.

`OffsetClock()` lives in one process. `OffsetClock(path)` keeps its offset in that file, so a second process that opens
the same path (the bot, started by a demo) sees the same moved time at its next reading.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

_WIDTH = 20
_REREAD_SECONDS = 0.2


class OffsetClock:
    """Real time plus an offset. Satisfies the engine's `Clock` port: `now()` is whole milliseconds since the epoch."""

    def __init__(self, path: Path | str | None = None) -> None:
        self._offset = 0
        self._file: int | None = None
        self._moved: set[asyncio.Event] = set()
        if path is not None:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def now(self) -> int:
        """Milliseconds since the epoch, moved by everything `forward` has added so far."""
        return time.time_ns() // 1_000_000 + self.offset()

    def seconds(self) -> float:
        """The same instant as `now()`, in seconds."""
        return self.now() / 1000

    def offset(self) -> int:
        """How far this clock is ahead of real time, in milliseconds."""
        if self._file is not None:
            self._offset = int(os.pread(self._file, _WIDTH, 0).strip() or b"0")
        return self._offset

    def forward(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Move the clock ahead and wake whoever waits on it. Never backwards: `ValueError`."""
        step = round(seconds * 1000 + minutes * 60_000 + hours * 3_600_000)
        if step < 0:
            raise ValueError("a clock only moves forward")
        self._offset = self.offset() + step
        if self._file is not None:
            # One write of a fixed width: a reader in another process sees the old number or the new one.
            os.pwrite(self._file, str(self._offset).rjust(_WIDTH).encode(), 0)
        for moved in self._moved:
            moved.set()

    async def wait_until(self, at: int) -> None:
        """Return once `now()` has reached `at` (ms), however the clock gets there."""
        moved = asyncio.Event()
        self._moved.add(moved)
        try:
            while (left := at - self.now()) > 0:
                moved.clear()
                # Another process may move a shared file without telling this one.
                nap = left / 1000 if self._file is None else min(left / 1000, _REREAD_SECONDS)
                try:
                    await asyncio.wait_for(moved.wait(), nap)
                except TimeoutError:
                    continue
        finally:
            self._moved.discard(moved)

    def close(self) -> None:
        """Let go of the shared file; the clock keeps its last offset."""
        if self._file is not None:
            self.offset()
            os.close(self._file)
            self._file = None
