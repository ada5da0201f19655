"""Rate limits (docs.slack.dev/apis/web-api/rate-limits), counted on the stand-in's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.demo.standin.clock import OffsetClock

POST_PER_SECOND = 1.0
POST_BURST = 3
"""chat.postMessage: one a second and channel; "short bursts" are tolerated, their size is not documented."""


@dataclass(slots=True)
class _Bucket:
    level: float
    at: int


class Rates:
    """Token buckets by name. `factor` multiplies what Slack allows; 0 allows everything."""

    def __init__(self, clock: OffsetClock, factor: float) -> None:
        self._clock = clock
        self.factor = factor
        self._buckets: dict[str, _Bucket] = {}

    def admit(self, key: str, capacity: float, per_second: float) -> int:
        """0 when the request may pass, else the whole seconds to wait (`Retry-After`)."""
        if not self.factor:
            return 0
        per_second *= self.factor
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        bucket.level = min(capacity, bucket.level + (now - bucket.at) / 1000 * per_second)
        bucket.at = now
        if bucket.level >= 1:
            bucket.level -= 1
            return 0
        return max(1, math.ceil((1 - bucket.level) / per_second))

    def method(self, name: str, per_minute: int) -> int:
        """The tier of a method: so many a minute, all of which may come at once."""
        return self.admit(name, per_minute, per_minute / 60)

    def post(self, channel: str) -> int:
        """The extra limit of chat.postMessage, by channel."""
        return self.admit(f"post:{channel}", POST_BURST, POST_PER_SECOND)
