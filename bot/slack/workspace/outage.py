"""When Slack was down, as this process saw it: from the first call in a row that failed to the first that did not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.engine.ports import Clock

SHORTEST_MS = 60_000
"""Shorter trouble is nothing that people notice: what failed was tried again within that time."""


@dataclass(slots=True)
class Outage:
    """The last time that Slack was down (ms; 0: never)."""

    observe: Callable[[str, int], None] = lambda reason, lasted_ms: None
    """Told once when Slack is lost (why, 0), and once when it is there again ("", ms)."""
    since: int = 0
    until: int = 0
    _failing_since: int = 0

    def seen(self, clock: Clock, reason: str) -> None:
        """What became of a call: "" when Slack answered, whatever it said; else why it did not or could not."""
        now = clock.now()
        if reason:
            if not self._failing_since:
                self._failing_since = now
                self.observe(reason, 0)
        elif self._failing_since:
            begun, self._failing_since = self._failing_since, 0
            self.observe("", now - begun)
            if now - begun >= SHORTEST_MS:
                self.since, self.until = begun, now
