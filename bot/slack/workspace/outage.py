"""When Slack was down, as this process saw it: from the first call in a row that failed to the first that did not."""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST_MS = 60_000
"""Shorter trouble is nothing that people notice: what failed was tried again within that time."""


@dataclass(slots=True)
class Outage:
    """The last time that Slack was down (ms; 0: never)."""

    since: int = 0
    until: int = 0
    _failing_since: int = 0

    def failed(self, now: int) -> None:
        """A call did not reach Slack, or Slack could not serve it."""
        self._failing_since = self._failing_since or now

    def answered(self, now: int) -> None:
        """Slack answered, whatever it said."""
        begun, self._failing_since = self._failing_since, 0
        if begun and now - begun >= SHORTEST_MS:
            self.since, self.until = begun, now
