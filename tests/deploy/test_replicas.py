"""Two real processes on one store: each click is recorded once, whoever gets it and however often it comes."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.standin import payloads
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import StandInConfig, UserConfig
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.standin import StandIn
from bot.demo.standin.state import acted
from bot.domain.codec import dump_fact
from bot.domain.events import Noted, Unfamiliar, UpdatePosted
from bot.domain.fold import fold
from bot.domain.incident import Incident
from bot.domain.vocabulary import Surface
from bot.engine.desk import Desk
from bot.slack.ids import Click, Verb, encode
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.deploy.processes import Replica
from tests.deploy.test_stop import quiet
from tests.e2e.shift import AP, STUCK, WORKSPACE

CLICKS, AT_ONCE, PEOPLE = 1000, 16, 20
CROWD = StandInConfig(
    **{
        **dict(WORKSPACE),
        "users": (*WORKSPACE.users, *(UserConfig(name=f"p{n}", real_name=f"Person {n}") for n in range(PEOPLE))),
    }
)


async def click(slack: StandIn, person: str, message: Posted, wanted: Click) -> str:
    """Click a button of the message, one that it has or has had; the error, if Slack shows one."""
    action_id, value = encode(wanted)
    button = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "-"}}
    action = acted(slack.workspace.next_ts(), {"block_id": "b"}, button, None)
    payload = payloads.message_action(slack.workspace, slack.user(person).user, message.record, action, {})
    return (await slack.courier.interaction(payload)).error


@pytest.mark.machine
async def test_a_thousand_clicks_that_both_replicas_get_are_recorded_once(
    tmp_path: Path, redis_server: str, redis_client: Client
) -> None:
    desk = Desk(RedisJournal(redis_client), OffsetClock())
    async with await StandIn.start(CROWD) as slack:
        replicas = [Replica(slack, redis_server, tmp_path / name) for name in ("one", "two")]
        try:
            await asyncio.gather(*(one.start() for one in replicas))
            await slack.deliver_to(*(one.url for one in replicas))
            alice = slack.user("alice")
            assert (await alice.command(f"/incident open invoice-extract {STUCK}", AP)).ok
            head = await slack.channel(AP).wait_for(lambda message: "INC-1 " in message.text, 20)
            incident = await desk.by_number(1)
            assert incident is not None
            still_going = Click(Verb.STILL_GOING, incident.id)
            slack.courier.copies = 2
            waiting = iter(range(CLICKS))

            async def work() -> list[str]:
                return [await click(slack, f"p{number % PEOPLE}", head, still_going) for number in waiting]

            errors = [error for found in await asyncio.gather(*(work() for _ in range(AT_ONCE))) for error in found]
            assert errors == [""] * CLICKS
            slack.courier.copies = 1

            facts = await desk.facts(incident.id)
            noted = Counter(fact.by.name for fact in facts if isinstance(fact.event, Noted))
            assert noted == {f"p{n}": CLICKS // PEOPLE for n in range(PEOPLE)}
            assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
            fresh = await Desk(RedisJournal(redis_client), OffsetClock()).incident(incident.id)
            assert fresh == fold(facts, incident_id=incident.id), "the snapshot is not what the stream says"
            got = [await one.counter("section3_acks_total", transport="http", status="200") for one in replicas]
            assert all(count >= CLICKS for count in got), got

            await quiet(redis_client)
            heads = [message for message in slack.channel(AP).messages if "Latest:" in message.text]
            assert len(heads) == 1
        finally:
            await asyncio.gather(*(one.stop() for one in replicas))


async def drawn(desk: Desk) -> Incident:
    """INC-1, once its two messages stand and are recorded: nothing else is written then."""
    for _ in range(2000):
        incident = await desk.by_number(1)
        if incident and incident.shown.keys() >= {Surface.HEAD, Surface.STEP}:
            return incident
        await asyncio.sleep(0.01)
    raise AssertionError("the incident was not drawn in 20 s")


@pytest.mark.machine
async def test_an_older_version_works_beside_a_newer_one(
    tmp_path: Path, redis_server: str, redis_client: Client
) -> None:
    journal, work, clock = RedisJournal(redis_client), RedisWork(redis_client), OffsetClock()
    async with await StandIn.start(WORKSPACE) as slack:
        older = Replica(slack, redis_server, tmp_path)
        try:
            await older.start()
            await slack.deliver_to(older.url)
            alice = slack.user("alice")
            assert (await alice.command(f"/incident open invoice-extract {STUCK}", AP)).ok
            incident = await drawn(Desk(journal, clock))

            # What a newer version would write: a fact, a field and a kind of work that this one has never heard of,
            # and a snapshot of another schema.
            last = (await Desk(journal, clock).facts(incident.id))[-1]
            raw = json.loads(dump_fact(last))
            raw |= {"version": last.version + 1, "mood": "calm", "event": {"type": "hologram_shown", "where": "lobby"}}
            await redis_client.command(
                "XADD", journal._keys.events(incident.id), f"{last.version + 1}-0", "e", json.dumps(raw), "a", "another"
            )
            await redis_client.command("SET", journal._keys.snapshot(incident.id), f"{last.version + 1} 2:{{}}")
            await work.put(f"hologram:{incident.id}", clock.now())

            assert (await alice.command("/incident update INC-1 seen by the older version", AP)).ok
            await slack.channel(AP).wait_for(lambda message: "seen by the older version" in message.text, 20)

            facts = await Desk(journal, clock).facts(incident.id)
            assert isinstance(facts[last.version].event, Unfamiliar)
            assert isinstance(facts[last.version + 1].event, UpdatePosted)
            stored = await journal.events(incident.id, last.version)
            assert json.loads(stored[0]) == raw, "the newer version's fact was changed"
            for _ in range(500):
                if failing := [piece for piece in await work.failing() if piece.key.startswith("hologram:")]:
                    break
                await asyncio.sleep(0.01)
            assert "this version cannot do" in failing[0].error
            assert await work.dead_letters() == []
            assert older.events("listener_failed") == []
        finally:
            await older.stop()
