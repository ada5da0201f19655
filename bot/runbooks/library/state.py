"""What a library holds at one moment, as values: files, services, names, and what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.runbook import Runbook
from bot.runbooks.parsing.parse import Parsed


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a file, or its newest version, out of service. Instants are ms since the epoch."""

    path: str
    reason: str
    line: int = 1
    column: int = 1
    since: int = 0
    """When it was first seen."""
    good_from: int | None = None
    """The date of the version that is in service instead; None when there is none."""
    service: str = ""
    """The service that is concerned, as far as it is known."""

    def sentence(self) -> str:
        """Where it is, what it is, and what is in service."""
        kept = ""
        if self.good_from is not None:
            day = datetime.fromtimestamp(self.good_from / 1000, UTC)
            kept = f" The version of {day.day} {day:%b} stays in service: the newer file is broken."
        return f"{self.path}:{self.line}:{self.column}: {self.reason}{kept}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One file: the version in service, and what is wrong with the newest one."""

    runbook: Runbook | None
    good_key: str = ""
    """The cache key of the version in service."""
    good_from: int = 0
    seen: str = ""
    """The cache key of the newest version, "" when it could not be read."""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a reader needs, replaced as a whole."""

    slots: Mapping[str, Slot] = field(default_factory=dict)
    services: Mapping[str, Runbook] = field(default_factory=dict)
    names: Mapping[str, Runbook] = field(default_factory=dict)
    channels: Mapping[str, tuple[Runbook, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def failed(old: Slot | None, file: Path, problem: Problem, seen: str) -> Slot:
    """A file whose newest version cannot be used: the old one stays in service."""
    good = old is not None and old.runbook is not None
    problem = replace(
        problem,
        path=str(file),
        since=old.problem.since if old is not None and old.problem else problem.since,
        good_from=old.good_from if old is not None and good else None,
        service=old.runbook.service if old is not None and old.runbook else problem.service or file.stem,
    )
    return replace(old, seen=seen, problem=problem) if old is not None else Slot(None, seen=seen, problem=problem)


def why_unusable(parsed: Parsed, now: int) -> Problem:
    """The first error of a file that cannot be used."""
    error = parsed.error
    service = parsed.runbook.service if parsed.runbook else ""
    if error is None:
        return Problem("", "It is no runbook.", since=now, service=service)
    return Problem("", error.message, error.line, error.column, since=now, service=service)


def arrange(slots: Mapping[str, Slot], problems: Iterable[Problem], before: State, now: int) -> State:
    """Make the look-ups; a service id or a name that two files claim is a problem that names both."""
    since = {(one.path, one.reason): one.since for one in before.problems}
    found = [*problems, *(slot.problem for slot in slots.values() if slot.problem is not None)]
    services: dict[str, Runbook] = {}
    for runbook in sorted(_in_service(slots), key=_claim):
        first = services.setdefault(runbook.service, runbook)
        if first is not runbook:
            reason = f'The service id "{runbook.service}" is already that of {first.path}; this file is not in service.'
            found.append(_at(runbook, "service", reason, since, now))
    services = dict(sorted(services.items()))
    names = {service.casefold(): runbook for service, runbook in services.items()}
    for runbook in services.values():
        for alias in runbook.aliases:
            first = names.setdefault(alias.casefold(), runbook)
            if first is not runbook:
                reason = f'The alias "{alias}" already means {first.service} ({first.path}).'
                found.append(_at(runbook, "aliases", reason, since, now))
    return State(slots, services, names, _by_channel(list(services.values())), tuple(found))


def _in_service(slots: Mapping[str, Slot]) -> list[Runbook]:
    return [slot.runbook for slot in slots.values() if slot.runbook is not None]


def _claim(runbook: Runbook) -> tuple[bool, str]:
    """Who gets a service id that two files claim: the file of that name, else the first by name."""
    return Path(runbook.path).stem != runbook.service, runbook.path


def _at(runbook: Runbook, key: str, reason: str, since: Mapping[tuple[str, str], int], now: int) -> Problem:
    line = runbook.front_lines.get(key, 1)
    first = since.get((runbook.path, reason), now)
    return Problem(runbook.path, reason, line, since=first, service=runbook.service)


def channel_name(channel: str) -> str:
    """A channel's id, or its name without #, for comparing."""
    return channel.strip().removeprefix("#").casefold()


def _by_channel(runbooks: Sequence[Runbook]) -> dict[str, tuple[Runbook, ...]]:
    found: defaultdict[str, list[Runbook]] = defaultdict(list)
    for runbook in runbooks:
        for name in dict.fromkeys(map(channel_name, runbook.channels)):
            found[name].append(runbook)
    return {name: tuple(books) for name, books in found.items()}


def changed_services(before: State, after: State) -> tuple[str, ...]:
    """The services whose runbook came, went or says something else."""
    ids = {**before.services, **after.services}
    return tuple(sorted(name for name in ids if _version(before, name) != _version(after, name)))


def _version(state: State, service: str) -> tuple[str, str] | None:
    runbook = state.services.get(service)
    return (runbook.path, runbook.digest) if runbook else None
