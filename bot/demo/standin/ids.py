"""Ids in Slack's alphabet, the same in every run."""

from __future__ import annotations

import itertools
import re


class Ids:
    """Counts up per prefix: readable in a failing test, unique in a workspace."""

    def __init__(self) -> None:
        self._counters: dict[str, itertools.count[int]] = {}

    def named(self, prefix: str, name: str) -> str:
        """An id that still shows what it names: `U0001ALICE`."""
        return f"{self.next(prefix, 4)}{re.sub(r'[^A-Z0-9]', '', name.upper())}"

    def next(self, prefix: str, width: int = 9) -> str:
        """The next id with this prefix."""
        number = next(self._counters.setdefault(prefix, itertools.count(1)))
        return f"{prefix}{number:0{width}d}"
