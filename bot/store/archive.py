"""One incident as JSON lines, and back: a record that can be read, searched and kept without the bot."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.store import scripts
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.reindex import Rebuild, index_one

FORMAT = 1


class ArchiveError(Exception):
    """The incident cannot be archived or restored. The message names the line or the incident, and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`new` is False when the same incident was already there."""

    incident_id: str
    number: int
    events: int
    new: bool


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


async def restore(client: Client, keys: Keys, lines: Iterable[bytes], rebuild: Rebuild) -> Restored:
    """Write an archived incident back, with its number and its projections, but without due work.

    Doing it twice is harmless. Raises ArchiveError when a line is damaged or missing, when the number belongs to
    another incident, or when the incident is there with other facts; then nothing was written.
    """
    header, bodies = _read(lines)
    incident_id, number, count = header["incident"], header["number"], header["events"]
    events = [_body(bodies[version - 1], version, version + 1) for version in range(1, count + 1)]
    snapshot = _body(bodies[count], header["snapshot"], count + 2)
    marks = dict(_mark(line, place) for place, line in enumerate(bodies[count + 1 :], count + 3))
    known = await RedisJournal(client, keys).events(incident_id)
    if known and known[:count] != events:
        raise ArchiveError(f"Incident {incident_id} is already there with other facts. Nothing was written.")
    if not await scripts.number_restore(client, keys, incident_id, number):
        raise ArchiveError(f"The number {number} or the incident {incident_id} is in use here. Nothing was written.")
    stored = b"%d %b" % (header["snapshot"], snapshot) if header["snapshot"] else b""
    before = await scripts.restore(client, keys, incident_id, events=events, snapshot=stored, marks=marks)
    await index_one(client, keys, incident_id, rebuild)
    return Restored(incident_id, number, count, before == 0)


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
    raise ArchiveError(f"Line {place} is not version {version} as it was written. Nothing was restored.")


def _mark(line: bytes, place: int) -> tuple[bytes, bytes]:
    try:
        mark = json.loads(line)
        scripts.parse_mark(mark["value"].encode())
        return mark["mark"].encode(), mark["value"].encode()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"Line {place} is not a done-mark. Nothing was restored.") from error


def _read(lines: Iterable[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    first, *bodies = [line.rstrip(b"\r\n") for line in lines] or [b""]
    try:
        header = json.loads(first)
        known = header["section3"] == "incident" and header["format"] == FORMAT
        expected = header["events"] + 1 + header["marks"]
        complete = all(isinstance(header[name], int) for name in ("number", "snapshot")) and header["events"] > 0
        complete = complete and isinstance(header["incident"], str)
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError("Line 1 is not the header of an archived incident. Nothing was restored.") from error
    if not known or not complete:
        raise ArchiveError(f"Line 1 is not a header of format {FORMAT}. Nothing was restored.")
    if len(bodies) != expected:
        raise ArchiveError(f"The archive has {len(bodies) + 1} lines of {expected + 1}. Nothing was restored.")
    return header, bodies
