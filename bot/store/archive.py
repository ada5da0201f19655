"""One incident as JSON lines, and back: a record that can be read, searched and kept without the bot."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from bot.domain.base import Value
from bot.domain.codec import UnreadableFact, load_fact, load_facts, load_snapshot
from bot.domain.events import Fact
from bot.domain.fold import BrokenStream, apply
from bot.domain.incident import Incident
from bot.engine.ports import DueChange
from bot.engine.projections import claims, entries, rebuilt
from bot.engine.restoring import stands_beside, work_of
from bot.store import scripts
from bot.store.claims import take
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.reindex import index_one

FORMAT = 1

LAST_NUMBER = 999_999_999
"""The largest number of an incident that people can name in Slack: nine digits. The next one counts on from the largest
that was restored."""

LAST_INSTANT = 253_402_300_799_999
"""Milliseconds since the epoch: the end of the year 9999, the last that a date can show."""

ANOTHER_COPY = "Use another copy of the archive, as `section3 archive` wrote it."

_ID = re.compile(r"[0-9a-f]{16}")
"""What `bot.engine.desk.opening_id` gives: anything else would make keys that other parts of the bot read wrongly."""


class ArchiveError(Exception):
    """The incident cannot be archived or restored. The message says why and what to do; `line` is the line of the
    archive, from 1, or None when it is not about one."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Restored:
    """`new` is False when the same incident was already there."""

    incident_id: str
    number: int
    events: int
    new: bool


class Header(Value):
    """The first line: which incident it is, and how many lines of each kind follow."""

    section3: Literal["incident"]
    format: Annotated[int, Field(strict=True)]
    incident: str
    number: Annotated[int, Field(strict=True, ge=1, le=LAST_NUMBER)]
    events: Annotated[int, Field(strict=True, ge=1)]
    snapshot: Annotated[int, Field(strict=True, ge=0)]
    marks: Annotated[int, Field(strict=True, ge=0)]


class MarkLine(Value):
    """A last line: an effect and the stored form of what is known of it."""

    mark: str
    value: str


@dataclass(frozen=True, slots=True)
class Archived:
    """A whole archive that agrees with itself. Facts, snapshot and marks are the bytes that were stored."""

    header: Header
    events: list[bytes]
    snapshot: bytes
    marks: dict[bytes, bytes]
    incident: Incident


async def archive(client: Client, keys: Keys, incident_id: str) -> list[bytes]:
    """The lines of one incident: a header, one line per fact, the snapshot, the done-marks. Bytes are kept exactly."""
    loaded = await RedisJournal(client, keys).load(incident_id)
    if loaded is None:
        raise ArchiveError(f"There is no incident {incident_id}.")
    events = (await RedisJournal(client, keys).events(incident_id))[: loaded.version]
    number = await scripts.number(client, keys, incident_id)
    marks: dict[bytes, bytes] = await client.command("HGETALL", keys.marks(incident_id))
    header = {
        "section3": "incident",
        "format": FORMAT,
        "incident": incident_id,
        "number": number,
        "events": len(events),
        "snapshot": loaded.snapshot_version,
        "marks": len(marks),
    }
    lines = [json.dumps(header).encode()]
    lines += [_line(version, event) for version, event in enumerate(events, 1)]
    lines.append(_line(loaded.snapshot_version, loaded.snapshot or b""))
    lines += [json.dumps({"mark": name.decode(), "value": value.decode()}).encode() for name, value in marks.items()]
    return [line + b"\n" for line in lines]


async def restore(client: Client, keys: Keys, lines: Iterable[bytes], now: int) -> Restored:
    """Write an archived incident back, with its number, its projections, the due work that its state has at `now` (ms;
    `bot.engine.restoring` says which) and, if it is open, did not stand beside another and no other has it, its claim
    on the service.

    Facts and due work are written in one step, and not at all when the incident is there: it has its work then. Doing
    it twice is harmless. Raises ArchiveError as `read` does, when the number belongs to another incident, or when the
    incident is there with other facts; then nothing was written.
    """
    archived = read(lines)
    incident_id, number, count = archived.header.incident, archived.header.number, archived.header.events
    known = await RedisJournal(client, keys).events(incident_id)
    if known and known[:count] != archived.events:
        raise ArchiveError(
            f"INC-{number} is already here, with other facts. `section3 incident timeline INC-{number}` shows "
            "them; to see those of the archive, restore it into an empty store."
        )
    if not await scripts.number_restore(client, keys, incident_id, number):
        raise ArchiveError(
            f"The number {number} or the incident {incident_id} is in use here. Restore it into an empty store, or the "
            "one it came from."
        )
    version = archived.header.snapshot
    before = await scripts.restore(
        client,
        keys,
        incident_id,
        events=archived.events,
        snapshot=b"%d %b" % (version, archived.snapshot) if version else b"",
        marks=archived.marks,
        scores=dict.fromkeys(entries(archived.incident), archived.incident.declared_at),
        due=[DueChange(one.key, one.at) for one in work_of(archived.incident, now)],
    )
    if before:
        await index_one(client, keys, incident_id, rebuilt)
    service, _ = claims(None, archived.incident)
    went_on = before not in (0, count)  # here, and may be closed
    if service and not went_on and not stands_beside(load_facts(archived.events)):
        await take(client, keys, service, incident_id)
    return Restored(incident_id, number, count, before == 0)


def read(lines: Iterable[bytes]) -> Archived:
    """The archive, every fact decoded and folded, and compared with the header. Facts of an earlier schema are as good
    as new ones. Raises ArchiveError at the first line that is damaged, missing, or says something else."""
    first, *bodies = [line.rstrip(b"\r\n") for line in lines] or [b""]
    header = _header(first)
    count = header.events
    expected = count + 1 + header.marks
    if len(bodies) != expected:
        raise ArchiveError(
            f"The header announces {expected + 1:,} lines, and there are {len(bodies) + 1:,}. {ANOTHER_COPY}", 1
        )
    events = [_body(bodies[version - 1], version, version + 1) for version in range(1, count + 1)]
    snapshot = _body(bodies[count], header.snapshot, count + 2)
    incident, at_snapshot = _folded(header, events)
    kept = load_snapshot(snapshot) if header.snapshot else None
    if kept is not None and kept != at_snapshot:
        raise ArchiveError(f"The snapshot does not say what the facts say. {ANOTHER_COPY}", count + 2)
    marks: dict[bytes, bytes] = {}
    for place, line in enumerate(bodies[count + 1 :], count + 3):
        name, value = _mark(line, place)
        if name in marks:
            raise ArchiveError(f"The same done-mark is there twice. {ANOTHER_COPY}", place)
        marks[name] = value
    return Archived(header, events, snapshot, marks, incident)


def _header(line: bytes) -> Header:
    try:
        header = Header.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        if not field or field == "section3":
            raise ArchiveError(f"This is not the header of an archived incident. {ANOTHER_COPY}", 1) from error
        raise ArchiveError(f'The header\'s "{field}" cannot be used: {first["msg"]}. {ANOTHER_COPY}', 1) from error
    if header.format != FORMAT:
        raise ArchiveError(
            f"The archive has the format {header.format}; this version reads {FORMAT}. Restore it with the version of "
            "section3 that wrote it.",
            1,
        )
    if not _ID.fullmatch(header.incident):
        raise ArchiveError(f'The header\'s "incident" is no incident id (16 hex digits). {ANOTHER_COPY}', 1)
    if header.snapshot > header.events:
        raise ArchiveError(f'The header\'s "snapshot" is of a fact that is not there. {ANOTHER_COPY}', 1)
    return header


def _folded(header: Header, events: list[bytes]) -> tuple[Incident, Incident | None]:
    """The state after all facts, and after those that the snapshot has seen."""
    incident, at_snapshot = None, None
    for version, body in enumerate(events, 1):
        fact = _fact(body, version)
        if incident and fact.at < incident.last_at:
            raise ArchiveError(f"This fact was recorded before the one above it. {ANOTHER_COPY}", version + 1)
        try:
            incident = apply(incident, fact, header.incident)
        except BrokenStream as error:
            raise ArchiveError(f"This is no incident: {error}. {ANOTHER_COPY}", version + 1) from error
        if incident.number != header.number:
            raise ArchiveError(
                f"The fact says INC-{incident.number}, the header INC-{header.number}. {ANOTHER_COPY}", version + 1
            )
        if version == header.snapshot:
            at_snapshot = incident
    assert incident is not None  # a header has at least one fact
    return incident, at_snapshot


def _fact(body: bytes, version: int) -> Fact:
    place = version + 1
    try:
        fact = load_fact(body)
    except UnreadableFact as error:
        raise ArchiveError(f"This fact cannot be read. {ANOTHER_COPY}", place) from error
    if fact.version != version:
        raise ArchiveError(f"This is fact {fact.version} where fact {version} belongs. {ANOTHER_COPY}", place)
    if min(fact.at, fact.happened) < 0 or not all(
        abs(number) <= LAST_INSTANT for number in _numbers(fact.model_dump())
    ):
        raise ArchiveError(f"This fact has a time that is no date, or a number beyond any. {ANOTHER_COPY}", place)
    return fact


def _numbers(value: object) -> Iterator[float]:
    """Every number in a value and what it holds: an instant is the largest that a fact has."""
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _numbers(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _numbers(one)


def _line(version: int, body: bytes) -> bytes:
    """Valid JSON on one line stays readable; anything else is kept as base64."""
    try:
        json.loads(body)
    except ValueError:
        readable = False
    else:
        readable = b"\n" not in body and b"\r" not in body
    if readable:
        return b'{"version":%d,"json":%b}' % (version, body)
    return b'{"version":%d,"base64":"%b"}' % (version, base64.b64encode(body))


def _body(line: bytes, version: int, place: int) -> bytes:
    readable, coded = b'{"version":%d,"json":' % version, b'{"version":%d,"base64":"' % version
    if line.startswith(readable) and line.endswith(b"}"):
        return line[len(readable) : -1]
    if line.startswith(coded) and line.endswith(b'"}'):
        try:
            return base64.b64decode(line[len(coded) : -2], validate=True)
        except binascii.Error:
            pass
    raise ArchiveError(f"This is not version {version} as it was written. {ANOTHER_COPY}", place)


def _mark(line: bytes, place: int) -> tuple[bytes, bytes]:
    try:
        mark = MarkLine.model_validate_json(line)
        started = scripts.parse_mark(mark.value.encode()).started_at
    except ValueError as error:
        raise ArchiveError(f"This is not a done-mark. {ANOTHER_COPY}", place) from error
    if not 0 <= started <= LAST_INSTANT:
        raise ArchiveError(f"This done-mark's time is no date before the year 10000. {ANOTHER_COPY}", place)
    return mark.mark.encode(), mark.value.encode()
