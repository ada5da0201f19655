"""What a process remembers of incidents, so that a command costs one trip to the store."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from bot.domain.due import Timers, timers
from bot.domain.incident import Incident

REMEMBERED = 4096
"""Incidents: more than are ever open at once."""


@dataclass(frozen=True, slots=True)
class Known:
    """A state as the store had it."""

    incident: Incident
    timers: Timers
    """Those of this state: the next command changes them."""
    head: str = ""
    """The name of its newest fact in the store, "" when it is not there yet."""
    snapshot: int = 0
    """The version of the newest snapshot in the store, 0 when there is none that this version of the bot can read."""

    @property
    def version(self) -> int:
        return self.incident.version

    def written(self, head: str) -> Known:
        """The same, once its newest fact has this name in the store."""
        return Known(self.incident, self.timers, head, self.snapshot)


def known(incident: Incident, head: str = "", snapshot: int = 0) -> Known:
    """The state with its timers."""
    return Known(incident, timers(incident), head, snapshot)


@dataclass(slots=True)
class Recall:
    """The incidents used last."""

    _known: OrderedDict[str, Known] = field(default_factory=OrderedDict)
    _numbers: dict[int, str] = field(default_factory=dict)
    """A number never changes its incident, unless a failover lost both."""

    def get(self, incident_id: str) -> Known | None:
        return self._known.get(incident_id)

    def keep(self, one: Known) -> Known:
        """Remember it, unless something newer is remembered."""
        incident = one.incident
        older = self._known.get(incident.id)
        if older is None or older.version <= one.version:
            self._known[incident.id] = one
        self._known.move_to_end(incident.id)
        while len(self._known) > REMEMBERED:
            _, dropped = self._known.popitem(last=False)
            self._numbers.pop(dropped.incident.number, None)
        return one

    def forget(self, incident_id: str) -> Known | None:
        """What was remembered."""
        return self._known.pop(incident_id, None)

    def numbered(self, number: int) -> str | None:
        """The id behind the 42 of INC-42."""
        return self._numbers.get(number)

    def number(self, number: int, incident_id: str | None) -> None:
        """Remember the id behind a number, or (None) that it is not known any more."""
        if incident_id is None:
            self._numbers.pop(number, None)
        else:
            self._numbers[number] = incident_id
