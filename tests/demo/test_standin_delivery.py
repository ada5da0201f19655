"""How payloads reach the app: signatures, repetitions, duplicates, disorder, and sockets that come and go."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.demo.standin import StandIn, StandInConfig
from tests.demo.standin_app import CONNECT, bolt, call, over_http, raw_call

QUICK = StandInConfig(ack_seconds=0.15, rates=0)


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(QUICK) as started:
        yield started


@dataclass
class Endpoint:
    """An app that keeps every request and answers with the next status in line (200 when there is none)."""

    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.bodies.append(await request.read())
        self.queries.append(request.query_string)
        if self.slow:
            await asyncio.sleep(self.slow)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.answer)


@pytest.fixture
async def endpoint(slack: StandIn) -> AsyncIterator[Endpoint]:
    made = Endpoint()
    app = web.Application()
    app.router.add_post("/", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await slack.deliver_to(made.url)
    yield made
    await runner.cleanup()


async def test_requests_are_signed_with_the_real_time(slack: StandIn, endpoint: Endpoint) -> None:
    slack.clock.forward(hours=5)
    await slack.user("alice").say("hello", "#ap")
    await slack.settled()
    assert abs(int(endpoint.headers[0]["x-slack-request-timestamp"]) - time.time()) < 60
    assert endpoint.headers[0]["x-slack-signature"].startswith("v0=")
    event = json.loads(endpoint.bodies[0])
    assert event["type"] == "event_callback"
    assert event["event"]["text"] == "hello"
    assert event["authorizations"][0]["is_bot"]


async def test_a_failing_event_comes_again_at_once_after_a_minute_and_after_five(
    slack: StandIn, endpoint: Endpoint
) -> None:
    endpoint.statuses = [500, 500, 500, 500]
    await slack.user("alice").say("hello", "#ap")
    await slack.settled()
    assert [headers.get("x-slack-retry-num") for headers in endpoint.headers] == [None, "1"]
    assert endpoint.headers[1]["x-slack-retry-reason"] == "http_error"
    slack.clock.forward(minutes=1)
    await slack.until(lambda: len(endpoint.bodies) == 3 or None, None, lambda: f"{len(endpoint.bodies)} requests")
    await slack.settled()
    slack.clock.forward(minutes=5)
    await slack.until(lambda: slack.courier.lost or None, None, lambda: "nothing was given up")
    assert [headers.get("x-slack-retry-num") for headers in endpoint.headers] == [None, "1", "2", "3"]
    assert len({json.loads(body)["event_id"] for body in endpoint.bodies}) == 1
    assert slack.courier.lost[0]["event"]["text"] == "hello"


async def test_an_app_that_is_away_gets_the_event_when_it_is_back(slack: StandIn, endpoint: Endpoint) -> None:
    url = slack.url
    await slack.deliver_to(url.rpartition(":")[0] + ":1/")
    await slack.user("alice").say("hello", "#ap")
    await slack.settled()
    assert endpoint.bodies == []
    await slack.deliver_to(endpoint.url)
    slack.clock.forward(minutes=1)
    await slack.until(lambda: endpoint.bodies or None, None, lambda: "nothing came")
    assert endpoint.headers[0]["x-slack-retry-num"] == "2"
    assert endpoint.headers[0]["x-slack-retry-reason"] == "connection_failed"


async def test_a_silent_app_counts_as_timed_out(slack: StandIn, endpoint: Endpoint) -> None:
    endpoint.slow = 0.3
    await slack.user("alice").say("hello", "#ap")
    await slack.settled()
    assert endpoint.headers[1]["x-slack-retry-reason"] == "http_timeout"


async def test_an_app_can_ask_for_no_repetition(slack: StandIn, endpoint: Endpoint) -> None:
    endpoint.statuses, endpoint.answer = [500], {"X-Slack-No-Retry": "1"}
    await slack.user("alice").say("hello", "#ap")
    await slack.settled()
    assert len(endpoint.bodies) == 1


async def test_commands_and_clicks_are_never_repeated(slack: StandIn, endpoint: Endpoint) -> None:
    endpoint.statuses = [500]
    reply = await slack.user("alice").command("/incident open x", "#ap")
    assert reply.error == '/incident failed with the error "dispatch_failed"'
    slack.clock.forward(minutes=10)
    await slack.settled()
    assert len(endpoint.bodies) == 1
    assert b"command=%2Fincident" in endpoint.bodies[0]


async def test_duplicates_and_disorder_on_demand(slack: StandIn, endpoint: Endpoint) -> None:
    alice = slack.user("alice")
    slack.courier.copies = 2
    await alice.say("twice", "#ap")
    await slack.settled()
    slack.courier.copies = 1
    slack.courier.hold()
    for word in ("first", "second", "third"):
        await alice.say(word, "#ap")
    assert len(endpoint.bodies) == 2
    slack.courier.release(lambda events: events[::-1])
    await slack.settled()
    heard = [json.loads(body) for body in endpoint.bodies]
    assert [body["event"]["text"] for body in heard] == ["twice", "twice", "third", "second", "first"]
    assert heard[0]["event_id"] == heard[1]["event_id"]


async def test_replicas_take_turns(slack: StandIn, endpoint: Endpoint) -> None:
    await slack.deliver_to(endpoint.url + "?replica=1", endpoint.url + "?replica=2")
    for _ in range(4):
        await slack.user("alice").command("/incident help", "#ap")
    assert endpoint.queries == ["replica=1", "replica=2", "replica=1", "replica=2"]


async def test_an_event_can_come_again_much_later(slack: StandIn, endpoint: Endpoint) -> None:
    await slack.user("alice").say("hello", "#ap")
    await slack.settled()
    slack.clock.forward(minutes=9)
    slack.courier.resend(slack.courier.events("message")[0])
    await slack.settled()
    assert endpoint.bodies[0] == endpoint.bodies[1]
    assert "x-slack-retry-num" not in endpoint.headers[1]


async def test_only_what_the_app_subscribed_to_and_where_it_is() -> None:
    config = StandInConfig(events=frozenset({"reaction_added"}))
    async with await StandIn.start(config) as slack:
        alice = slack.user("alice")
        said = await alice.say("hello", "#ap")
        await alice.react(said, "pushpin")
        await slack.settled()
        slack.channel("#ap").record.members.remove(slack.workspace.bot.id)
        await alice.react(said, "memo")
        await slack.settled()
        assert {payload["event"]["reaction"] for _, payload in slack.courier.sent} == {"pushpin"}


async def test_the_request_url_answers_the_challenge(slack: StandIn, endpoint: Endpoint) -> None:
    assert not await slack.verify_url()
    async with over_http(slack, bolt(slack)):
        assert await slack.verify_url()


class Socket:
    """A bare Socket Mode connection that keeps what it is sent."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.socket.receive_json(timeout=5)
        return message


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


async def connect(slack: StandIn, session: aiohttp.ClientSession) -> Socket:
    url = (await call(slack, "apps.connections.open", token=slack.config.app_token))["url"]
    return Socket(await session.ws_connect(url))


async def test_each_payload_goes_to_one_of_the_connections(slack: StandIn, session: aiohttp.ClientSession) -> None:
    sockets = [await connect(slack, session) for _ in range(3)]
    assert [(await socket.next())["num_connections"] for socket in sockets] == [1, 2, 3]
    alice = slack.user("alice")
    for number in range(3):
        await alice.say(str(number), "#ap")
    envelopes = [await socket.next() for socket in sockets]
    assert {envelope["payload"]["event"]["text"] for envelope in envelopes} == {"0", "1", "2"}
    assert all(envelope["type"] == "events_api" for envelope in envelopes)
    for socket, envelope in zip(sockets, envelopes, strict=True):
        await socket.socket.send_json({"envelope_id": envelope["envelope_id"]})
    await slack.settled()
    assert slack.sockets.unacked == []


async def test_an_acknowledgement_may_carry_the_answer(slack: StandIn, session: aiohttp.ClientSession) -> None:
    socket = await connect(slack, session)
    await socket.next()
    command = asyncio.create_task(slack.user("alice").command("/incident help", "#ap"))
    envelope = await socket.next()
    assert envelope["accepts_response_payload"]
    await socket.socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Here"}})
    assert (await command).text == "Here"


async def test_an_unacknowledged_envelope_is_counted_and_an_event_comes_again(
    slack: StandIn, session: aiohttp.ClientSession
) -> None:
    socket = await connect(slack, session)
    await socket.next()
    await slack.user("alice").say("hello", "#ap")
    first, second = await socket.next(), await socket.next()
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "timeout"
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert len(slack.sockets.unacked) == 1


async def test_ten_connections_at_most_and_a_ticket_works_once(slack: StandIn, session: aiohttp.ClientSession) -> None:
    sockets = [await connect(slack, session) for _ in range(10)]
    eleventh = await connect(slack, session)
    assert (await eleventh.next())["reason"] == "too_many_websockets"
    url = (await call(slack, "apps.connections.open", token=slack.config.app_token))["url"]
    await sockets[0].socket.close()
    await slack.until(lambda: len(slack.sockets.connections) == 9 or None, None, lambda: "still ten")
    assert (await Socket(await session.ws_connect(url)).next())["type"] == "hello"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(url)


async def test_slack_asks_connections_to_leave(slack: StandIn, session: aiohttp.ClientSession) -> None:
    socket = await connect(slack, session)
    await socket.next()
    await slack.sockets.disconnect("warning")
    assert (await socket.next())["reason"] == "warning"
    await slack.sockets.disconnect()
    assert (await socket.next())["reason"] == "refresh_requested"
    assert (await slack.user("alice").command("/incident help", "#ap")).error.endswith('"dispatch_failed"')
    newer = await connect(slack, session)
    assert (await newer.next())["num_connections"] == 2
    await slack.sockets.drop()
    assert (await newer.socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_a_dead_connection_leaves_pings_unanswered(slack: StandIn, session: aiohttp.ClientSession) -> None:
    url = (await call(slack, "apps.connections.open", token=slack.config.app_token))["url"]
    async with session.ws_connect(url, autoping=False) as socket:
        await socket.receive(timeout=5)
        await socket.ping(b"one")
        assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.PONG
        slack.sockets.silent = True
        await socket.ping(b"two")
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)


@pytest.mark.parametrize("way", sorted(CONNECT))
async def test_bolt_reconnects_or_keeps_serving_after_trouble(way: str) -> None:
    """The real client survives a refresh; over HTTP nothing needs to."""
    async with await StandIn.start(StandInConfig(rates=0)) as slack:
        app = bolt(slack)

        @app.command("/incident")
        async def incident(ack: Any) -> None:
            await ack(text="still here")

        async with CONNECT[way](slack, app):
            if way == "socket":
                await slack.sockets.disconnect()
                await slack.until(
                    lambda: [c for c in slack.sockets.connections if not c.leaving] or None, 10, lambda: "no new socket"
                )
            assert (await slack.user("alice").command("/incident help", "#ap")).text == "still here"


async def test_response_urls_and_calls_are_loopback_only(slack: StandIn) -> None:
    assert slack.api_url.startswith("http://127.0.0.1:")
    assert (await raw_call(slack, "auth.test"))[0] == 200
