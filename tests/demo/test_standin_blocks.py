"""Block Kit's limits, each tried at the limit and one beyond it, with raw calls around any gate of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.demo.standin import StandIn, StandInConfig
from tests.demo.standin_app import button, call, mrkdwn, plain
from tests.demo.standin_limits import LIMITS, actions, table

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(StandInConfig(rates=0)) as started:
        yield started


async def post(slack: StandIn, *blocks: Json) -> Json:
    return await call(slack, "chat.postMessage", channel=slack.channel("#ap").id, text="x", blocks=list(blocks))


@pytest.mark.parametrize(("fits", "too_much", "problem"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
async def test_a_message_block_at_its_limit_passes_and_beyond_it_is_refused(
    slack: StandIn, fits: Json, too_much: Json, problem: str
) -> None:
    assert (await post(slack, fits))["ok"]
    refused = await post(slack, too_much)
    assert refused["error"] == "invalid_blocks"
    what, _, pointer = problem.rpartition(" ")
    assert f"{what} [json-pointer:{pointer}]" in refused["errors"]
    assert f"[ERROR] {what} [json-pointer:{pointer}]" in refused["response_metadata"]["messages"]
    assert len(slack.channel("#ap").messages) == 1


async def test_fifty_blocks_a_message(slack: StandIn) -> None:
    assert (await post(slack, *[mrkdwn("x")] * 50))["ok"]
    refused = await post(slack, *[mrkdwn("x")] * 51)
    assert refused["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


async def test_all_text_of_a_message_together_has_a_limit_and_every_block_costs(slack: StandIn) -> None:
    full = [mrkdwn("x" * 3000)] * 4
    assert (await post(slack, *full, mrkdwn("x" * 777)))["ok"]
    assert (await post(slack, *full, mrkdwn("x" * 778)))["error"] == "msg_blocks_too_long"
    assert (await post(slack, *full, mrkdwn("x" * 647), {"type": "divider"}))["ok"]
    assert (await post(slack, *full, mrkdwn("x" * 648), {"type": "divider"}))["error"] == "msg_blocks_too_long"


async def test_markdown_and_tables_have_a_limit_together(slack: StandIn) -> None:
    half = {"type": "markdown", "text": "x" * 6_000}
    assert (await post(slack, half, half))["ok"]
    assert (await post(slack, half, half, {"type": "markdown", "text": "x"}))["error"] == "invalid_blocks"
    rows = {"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 5_000}]]}
    assert (await post(slack, rows, rows))["ok"]
    assert (await post(slack, rows, rows, table(1, 1)))["error"] == "invalid_blocks"


async def test_block_ids_are_unique_even_when_empty(slack: StandIn) -> None:
    for name in ("same", ""):
        refused = await post(slack, mrkdwn("x") | {"block_id": name}, mrkdwn("x") | {"block_id": name})
        assert refused["errors"] == [f"block_id: {name} already exists [json-pointer:/blocks/1/block_id]"]


async def test_the_same_action_id_may_stand_in_two_blocks(slack: StandIn) -> None:
    assert (await post(slack, actions(button("x", "a")), actions(button("x", "a"))))["ok"]


async def test_missing_ids_are_made_up_and_stay_unique(slack: StandIn) -> None:
    await post(slack, *[actions({"type": "button", "text": plain("x")}) for _ in range(50)])
    blocks = slack.channel("#ap").messages[0].blocks
    assert len({block["block_id"] for block in blocks}) == 50
    assert all(block["elements"][0]["action_id"] for block in blocks)


@pytest.mark.parametrize("blocks", ["not json", "{}", '["x"]', '{"type": "section"}'])
async def test_blocks_that_are_no_list_of_objects(slack: StandIn, blocks: str) -> None:
    answer = await call(slack, "chat.postMessage", channel=slack.channel("#ap").id, text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks_format"
