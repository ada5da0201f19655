"""Small things that may be lost and that nobody waits for: copies of answers. They never delay an acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Errands:
    """Runs them beside everything else, and keeps hold of them, because the event loop alone would let them go."""

    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def run(self, errand: Coroutine[Any, Any, None]) -> None:
        """Start it. It must deal with its own errors."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
