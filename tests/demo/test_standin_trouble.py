"""Rates, faults, response URLs and the clock: what goes wrong, exactly as ordered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.demo.standin import StandIn, StandInConfig
from tests.demo.standin_app import call, client, mrkdwn, raw_call

RATED = StandInConfig(rates=1)


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(StandInConfig(rates=0)) as started:
        yield started


async def post(slack: StandIn, channel: str = "#ap", text: str = "x") -> tuple[int, dict[str, Any]]:
    return await raw_call(slack, "chat.postMessage", channel=slack.channel(channel).id, text=text)


async def test_a_channel_takes_about_one_post_a_second() -> None:
    async with await StandIn.start(RATED) as slack:
        assert [(await post(slack))[0] for _ in range(4)] == [200, 200, 200, 429]
        status, answer = await post(slack)
        assert (status, answer["error"], answer["retry_after"]) == (429, "ratelimited", 1)
        assert (await post(slack, "#general"))[0] == 200
        slack.clock.forward(seconds=1)
        assert [(await post(slack))[0] for _ in range(2)] == [200, 429]


async def test_a_method_has_its_tier() -> None:
    async with await StandIn.start(RATED) as slack:
        _, posted = await post(slack)
        args = {"channel": posted["channel"], "ts": posted["ts"], "text": "y"}
        statuses = [(await raw_call(slack, "chat.update", **args))[0] for _ in range(51)]
        assert statuses == [200] * 50 + [429]
        slack.clock.forward(minutes=1)
        assert (await raw_call(slack, "chat.update", **args))[0] == 200


async def test_rates_can_be_turned_off(slack: StandIn) -> None:
    assert {(await post(slack))[0] for _ in range(20)} == {200}


async def test_the_next_calls_meet_what_was_ordered(slack: StandIn) -> None:
    slack.faults.next("chat.postMessage", status=500, times=2)
    assert [(await post(slack))[0] for _ in range(3)] == [500, 500, 200]
    slack.faults.next("chat.postMessage", status=429, retry_after=7)
    assert (await post(slack))[1]["retry_after"] == 7
    slack.faults.next("chat.postMessage", error="fatal_error")
    assert (await post(slack))[1]["error"] == "fatal_error"
    assert len(slack.channel("#ap").messages) == 1
    assert [call.status for call in slack.calls] == [500, 500, 200, 429, 200]
    assert slack.refusals == []
    await raw_call(slack, "chat.postMessage", channel="C0", text="x")
    assert [call.error for call in slack.refusals] == ["channel_not_found"]


async def test_a_fault_can_pick_its_call(slack: StandIn) -> None:
    slack.faults.next("chat.postMessage", status=503, where=lambda args: "second" in args.text("text"))
    assert [(await post(slack, text=text))[0] for text in ("first", "second", "second")] == [200, 503, 200]


async def test_a_dropped_reply_leaves_the_post_behind(slack: StandIn) -> None:
    slack.faults.next("chat.postMessage", drop_reply=True)
    with pytest.raises(aiohttp.ClientError):
        await post(slack)
    assert len(slack.channel("#ap").messages) == 1
    slack.faults.next("chat.postMessage", drop_request=True)
    with pytest.raises(aiohttp.ClientError):
        await post(slack)
    assert len(slack.channel("#ap").messages) == 1
    assert [call.status for call in slack.calls] == [0, 0]


async def test_down_and_up_again(slack: StandIn) -> None:
    slack.faults.down()
    assert (await post(slack))[0] == 503
    slack.faults.up()
    assert (await post(slack))[0] == 200


async def test_a_held_call_waits_for_its_release(slack: StandIn) -> None:
    hold = slack.faults.hold("chat.postMessage")
    first = asyncio.create_task(post(slack, text="first"))
    await hold.reached()
    await post(slack, text="second")
    hold.release()
    await first
    assert [message.text for message in slack.channel("#ap").messages] == ["second", "first"]


async def test_latency(slack: StandIn) -> None:
    slack.faults.next("chat.postMessage", delay=0.2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client(slack).chat_postMessage(channel=slack.channel("#ap").id, text="x"), 0.05)


async def respond(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_a_response_url_answers_five_times_within_thirty_minutes(slack: StandIn) -> None:
    alice = slack.user("alice")
    url = slack.url + slack.workspace.rights.answer(alice.id, slack.channel("#ap").id)
    for number in range(5):
        assert await respond(url, text=str(number)) == (200, "ok")
    status, text = await respond(url, text="six")
    assert status == 404
    assert "used_url" in text
    assert slack.visible_for(alice) == ["0", "1", "2", "3", "4"]
    late = slack.url + slack.workspace.rights.answer(alice.id, slack.channel("#ap").id)
    slack.clock.forward(minutes=31)
    assert "expired_url" in (await respond(late, text="x"))[1]


async def test_a_response_url_can_share_replace_and_delete(slack: StandIn) -> None:
    alice, channel = slack.user("alice"), slack.channel("#ap")
    await call(slack, "chat.postEphemeral", channel=channel.id, user=alice.id, text="draft")
    whisper = alice.whispers.messages[0]
    url = slack.url + slack.workspace.rights.answer(alice.id, channel.id, message_ts=whisper.ts, ephemeral=True)
    assert (await respond(url, text="final", replace_original=True))[0] == 200
    assert whisper.text == "final"
    assert (await respond(url, text="for all", response_type="in_channel"))[0] == 200
    assert [message.text for message in channel.messages] == ["for all"]
    assert (await respond(url, delete_original=True))[0] == 200
    assert alice.whispers.messages == []
    assert (await respond(url, blocks=[{"type": "nonsense"}]))[0] == 400


async def test_a_response_url_refuses_what_it_cannot_show(slack: StandIn) -> None:
    url = slack.url + slack.workspace.rights.answer(slack.user("alice").id, slack.channel("#ap").id)
    async with aiohttp.ClientSession() as session, session.post(url, data=b"{") as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")
    for body, refusal in (
        ({}, "no_text"),
        ({"text": "x", "replace_original": True}, "message_not_found"),
        ({"text": "x", "blocks": "x"}, "invalid_blocks_format"),
    ):
        status, text = await respond(url, **body)
        assert status == 400
        assert refusal in text


async def test_arguments_of_the_wrong_kind(slack: StandIn) -> None:
    channel = slack.channel("#ap").id
    wrong = await call(slack, "chat.postMessage", channel=channel, text=["x"])
    assert wrong["response_metadata"]["messages"] == ["[ERROR] must provide a string [json-pointer:/text]"]
    assert (await call(slack, "conversations.history", channel=channel, limit="x"))["error"] == "invalid_arg_name"
    assert (await call(slack, "views.publish", user_id="U0", view="x"))["error"] == "invalid_arguments"
    assert (await call(slack, "views.publish", user_id="U0"))["error"] == "invalid_arguments"
    assert (await call(slack, "chat.postMessage", channel=channel, text="x", metadata="[]"))["error"] == (
        "invalid_metadata_format"
    )


async def test_message_ts_follow_the_moved_clock(slack: StandIn) -> None:
    first = float((await post(slack))[1]["ts"])
    slack.clock.forward(hours=1)
    await call(slack, "chat.postMessage", channel=slack.channel("#ap").id, text="x", blocks=[mrkdwn("x")])
    assert float(slack.channel("#ap").messages[-1].ts) - first >= 3600
