"""An incident written as JSON lines comes back exactly, or not at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.base import Severity
from bot.domain.codec import UPCASTS, dump_fact, dump_snapshot, load_facts
from bot.domain.events import Declared, Fact, Noted, WaitExtended
from bot.domain.fold import fold
from bot.domain.vocabulary import StepRef
from bot.engine.desk import opening_id
from bot.engine.ports import Append, Index, Mark
from bot.store.archive import ArchiveError, Restored, archive, restore
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.keys import Keys
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork
from tests.domain.story import MINUTE, SAM, START
from tests.store.contract import opening

KEYS = Keys()
ONE = opening_id("one")
OTHER = opening_id("another")


def fact(version: int, event: Declared | Noted | WaitExtended) -> bytes:
    return dump_fact(Fact(version=version, at=START, happened=START, by=SAM, via="cli", event=event))


DECLARED = fact(1, Declared(number=2, service="ingest", symptom="stück", severity=Severity.SEV2))
NOTED = fact(3, Noted(text="no change"))
EVENTS = (
    DECLARED,
    json.dumps(json.loads(fact(2, Noted(text="a line"))), indent=1).encode(),
    NOTED,
    fact(4, Noted(text="x")),
)
WAITED = fact(4, WaitExtended(step=StepRef(run=0, number=1), minutes=5, until=10**40))
LATER = START + 40 * MINUTE
SEEN = 3
"""How many of the facts the snapshot has seen."""


def snapshot(events: tuple[bytes, ...] = EVENTS[:SEEN], incident_id: str = ONE) -> bytes:
    incident = fold(load_facts(events), incident_id=incident_id)
    assert incident is not None
    return dump_snapshot(incident)


async def written(client: Client, events: tuple[bytes, ...] = EVENTS) -> list[bytes]:
    journal = RedisJournal(client)
    await journal.number(OTHER)
    await journal.number(ONE)
    await journal.append(opening(ONE, events=events[:SEEN], snapshot=snapshot(events[:SEEN])))
    await journal.append(Append(ONE, SEEN, events[SEEN:], None))
    await RedisMarks(client).start(ONE, "post:1", 10)
    await RedisMarks(client).finish(ONE, "post:1", "1.2 C1")
    await RedisMarks(client).start(ONE, "file:2", 20)
    return await archive(client, KEYS, ONE)


async def test_it_comes_back_exactly(redis_client: Client) -> None:
    lines = await written(redis_client)
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines]
    assert json.loads(lines[0])["number"] == 2
    assert json.loads(lines[1])["json"]["event"]["symptom"] == "stück"
    await redis_client.command("FLUSHDB")
    assert await restore(redis_client, KEYS, lines, LATER) == Restored(ONE, 2, 4, new=True)
    journal, marks = RedisJournal(redis_client), RedisMarks(redis_client)
    assert await journal.events(ONE) == list(EVENTS)
    assert await journal.number(ONE) == 2
    assert await journal.incident_id(2) == ONE
    assert await journal.number("new") == 3, "a restored number is never given again"
    assert await journal.members(Index.SERVICE, "ingest") == [ONE]
    assert await journal.members(Index.OPEN) == [ONE]
    assert await marks.get(ONE, "post:1") == Mark(10, "1.2 C1")
    assert await marks.get(ONE, "file:2") == Mark(20)
    loaded = (await journal.load_many([ONE]))[0]
    assert loaded
    assert (loaded.snapshot, loaded.snapshot_version, loaded.version) == (snapshot(), SEEN, 4)
    assert await archive(redis_client, KEYS, ONE) == lines


async def test_twice_is_harmless_also_when_it_went_on_meanwhile(redis_client: Client) -> None:
    lines = await written(redis_client)
    assert await restore(redis_client, KEYS, lines, LATER) == Restored(ONE, 2, 4, new=False)
    await RedisJournal(redis_client).append(Append(ONE, 4, (fact(5, Noted(text="later")),), None))
    assert not (await restore(redis_client, KEYS, lines, LATER)).new
    assert len(await RedisJournal(redis_client).events(ONE)) == 5


async def test_an_open_incident_has_its_service_again(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    await restore(redis_client, KEYS, lines, LATER)
    journal = RedisJournal(redis_client)
    assert await journal.claim_holder("ingest") == ONE
    assert await redis_client.command("PTTL", KEYS.claim("ingest")) == -1, "it lasts"


async def test_what_it_waited_for_comes_back_with_it_and_only_then(redis_client: Client) -> None:
    lines, work = await written(redis_client), RedisWork(redis_client)
    assert [key for key, _ in await work.pending()] == [f"draw:{ONE}", f"wait:{ONE}:3"], "as it was appended"
    await restore(redis_client, KEYS, lines, LATER)
    assert len(await work.pending()) == 2, "an incident that is there has its work"
    await redis_client.command("FLUSHDB")
    await restore(redis_client, KEYS, lines, LATER)
    questions = ("lead", "quiet")  # nobody leads, so nobody is asked for an update
    assert sorted(await work.pending()) == [
        (f"draw:{ONE}", LATER),
        *((f"remind:{ONE}:{question}", LATER) for question in questions),
    ]


async def test_one_that_was_opened_beside_another_takes_no_service(redis_client: Client) -> None:
    beside = fact(1, Declared(number=2, service="ingest", symptom="stück", severity=Severity.SEV2, separate=True))
    lines = await written(redis_client, (beside, *EVENTS[1:]))
    await redis_client.command("FLUSHDB")
    await restore(redis_client, KEYS, lines, LATER)
    assert await RedisJournal(redis_client).claim_holder("ingest") is None


async def test_a_service_that_another_incident_has_is_left_to_it(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    await redis_client.command("ZADD", KEYS.index(KEYS.partition("two"), Index.OPEN, ""), 1, "two")
    await redis_client.command("SET", KEYS.claim("ingest"), "two")
    await restore(redis_client, KEYS, lines, LATER)
    assert await RedisJournal(redis_client).claim_holder("ingest") == "two"


async def test_the_second_time_mends_the_lists(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("DEL", KEYS.index(KEYS.partition(ONE), Index.ALL, ""))
    await restore(redis_client, KEYS, lines, LATER)
    assert await RedisJournal(redis_client).members(Index.ALL) == [ONE]


async def test_other_facts_are_not_overwritten(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    await RedisJournal(redis_client).append(Append(ONE, 0, (DECLARED,), None))
    with pytest.raises(ArchiveError, match="INC-2 is already here, with other facts"):
        await restore(redis_client, KEYS, lines, LATER)
    assert await RedisJournal(redis_client).events(ONE) == [DECLARED]


async def test_a_number_that_is_in_use_is_not_taken(redis_client: Client) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    for name in ("first", "second"):
        await RedisJournal(redis_client).number(name)
    with pytest.raises(ArchiveError, match=f"number 2 or the incident {ONE} is in use"):
        await restore(redis_client, KEYS, lines, LATER)
    assert await RedisJournal(redis_client).load(ONE) is None


async def test_an_unknown_incident(redis_client: Client) -> None:
    with pytest.raises(ArchiveError, match="There is no incident nobody"):
        await archive(redis_client, KEYS, "nobody")


async def test_facts_of_an_earlier_schema_come_back_as_they_were(
    redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renamed(raw: dict[str, Any]) -> dict[str, Any]:
        event = dict(raw["event"])
        return {**raw, "v": 1, "event": {**event, "symptom": event.pop("what")} if "what" in event else event}

    monkeypatch.setitem(UPCASTS, 0, renamed)
    old = DECLARED.replace(b'"symptom"', b'"what"').replace(b'"v":1', b'"v":0')
    assert old != DECLARED
    lines = await written(redis_client, (old, *EVENTS[1:]))
    await redis_client.command("FLUSHDB")
    assert (await restore(redis_client, KEYS, lines, LATER)).new
    assert (await RedisJournal(redis_client).events(ONE))[0] == old


async def test_a_snapshot_of_another_version_is_kept_and_a_newer_versions_fact_too(redis_client: Client) -> None:
    """Neither can be read here, and neither is damage: the version that wrote them may come back."""
    newer = NOTED.replace(b'"noted"', b'"sung"')
    lines = await written(redis_client, (*EVENTS[:2], newer, EVENTS[3]))
    place = len(EVENTS) + 1
    lines[place] = b'{"version":%d,"base64":"%b"}' % (SEEN, base64.b64encode(b"0.00000000:{}"))
    await redis_client.command("FLUSHDB")
    assert (await restore(redis_client, KEYS, lines, LATER)).new
    assert (await archive(redis_client, KEYS, ONE))[place].rstrip() == lines[place]


Damage = Callable[[list[bytes]], list[bytes]]


def header(**changed: object) -> Damage:
    return lambda lines: [json.dumps({**json.loads(lines[0]), **changed}).encode(), *lines[1:]]


def line(number: int, put: bytes) -> Damage:
    return lambda lines: [*lines[: number - 1], put, *lines[number:]]


def swapped(number: int, old: bytes, new: bytes) -> Damage:
    return lambda lines: line(number, lines[number - 1].replace(old, new))(lines)


def seen(kept: bytes) -> Damage:
    return line(6, b'{"version":%d,"base64":"%b"}' % (SEEN, base64.b64encode(kept)))


@pytest.mark.parametrize(
    ("damage", "place", "message"),
    [
        (lambda lines: [], 1, "not the header"),
        (lambda lines: lines[1:], 1, "not the header"),
        (line(1, b"[" * 100_000), 1, "not the header"),
        (line(1, bytes(range(256))), 1, "not the header"),
        (header(section3="runbook"), 1, "not the header"),
        (header(format=2), 1, "has the format 2; this version reads 1"),
        (header(number="x"), 1, '"number"'),
        (header(number=10**30), 1, '"number"'),
        (header(number=-5), 1, '"number"'),
        (header(number=0), 1, '"number"'),
        (header(number=True), 1, '"number"'),
        (header(number=77), 2, "The fact says INC-2, the header INC-77"),
        (header(events=1.5), 1, '"events"'),
        (header(events=0), 1, '"events"'),
        (header(marks=-1), 1, '"marks"'),
        (header(snapshot=5), 1, '"snapshot"'),
        (header(incident=""), 1, '"incident"'),
        (header(incident="a:b\n"), 1, '"incident"'),
        (header(incident=OTHER), 6, "snapshot does not say what the facts say"),
        (lambda lines: lines[:-1], 1, "announces 8 lines, and there are 7"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, "not version 1 as it was written"),
        (swapped(3, b'"base64":"', b'"base64":"!'), 3, "not version 2 as it was written"),
        (line(2, b'{"version":1,"json":{"hello":1}}'), 2, "cannot be read"),
        (line(2, b'{"version":1,"json":%b}' % NOTED), 2, "fact 3 where fact 1 belongs"),
        (
            line(2, b'{"version":1,"json":%b}' % NOTED.replace(b"3", b"1", 1)),
            2,
            "no incident: its first fact is noted",
        ),
        (swapped(5, b'"at":1800', b'"at":1800000000000000'), 5, "no date, or a number beyond any"),
        (swapped(5, b'"happened":1800', b'"happened":-1800'), 5, "no date, or a number beyond any"),
        (swapped(5, b'"at":1800', b'"at":1700'), 5, "recorded before the one above"),
        (line(5, b'{"version":4,"json":%b}' % DECLARED.replace(b"1", b"4", 1)), 5, "it has been declared already"),
        (line(5, b'{"version":4,"json":%b}' % WAITED), 5, "no date, or a number beyond any"),
        (line(5, b'{"version":4,"json":%b}' % WAITED.replace(b"5.0", b"NaN")), 5, "no date, or a number beyond any"),
        (seen(snapshot(EVENTS[:2])), 6, "snapshot does not say what the facts say"),
        (line(8, b'{"mark": 1}'), 8, "not a done-mark"),
        (line(8, b'{"mark": "x", "value": "soon"}'), 8, "not a done-mark"),
        (line(8, b'{"mark": "x", "value": "-1"}'), 8, "no date before the year 10000"),
        (lambda lines: [*lines[:-1], lines[-2]], 8, "twice"),
    ],
)
async def test_a_damaged_archive_restores_nothing(
    redis_client: Client, damage: Damage, place: int, message: str
) -> None:
    lines = await written(redis_client)
    await redis_client.command("FLUSHDB")
    with pytest.raises(ArchiveError, match=message) as refused:
        await restore(redis_client, KEYS, damage(lines), LATER)
    assert refused.value.line == place
    assert await redis_client.command("DBSIZE") == 0
