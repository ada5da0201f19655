"""Two real processes on one store: each click is recorded once, whoever gets it and however often it comes."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.standin import payloads
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import StandInConfig, UserConfig
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.standin import StandIn
from bot.demo.standin.state import acted
from bot.domain.events import Noted
from bot.domain.fold import fold
from bot.engine.desk import Desk
from bot.slack.ids import Click, Verb, encode
from bot.store.client import Client
from bot.store.journal import RedisJournal
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

            facts = await desk.stream(incident.id)
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
