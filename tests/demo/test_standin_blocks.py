"""Block Kit's limits, each tried at the limit and one beyond it, with raw calls around any gate of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.demo.standin import StandIn, StandInConfig
from tests.demo.standin_app import button, call, mrkdwn, plain

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(StandInConfig(rates=0)) as started:
        yield started


async def post(slack: StandIn, *blocks: Json) -> Json:
    return await call(slack, "chat.postMessage", channel=slack.channel("#ap").id, text="x", blocks=list(blocks))


def options(count: int, **more: Any) -> list[Json]:
    return [{"text": plain(f"o{n}"), "value": str(n), **more} for n in range(count)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def context(count: int) -> Json:
    return {"type": "context", "elements": [plain("x")] * count}


def select(count: int) -> Json:
    return {"type": "static_select", "action_id": "s", "placeholder": plain("pick"), "options": options(count)}


def table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def task(status: str) -> Json:
    return {"type": "task_card", "task_id": "t", "title": "Restart", "status": status}


def confirm(title: str) -> Json:
    return {"title": plain(title), "text": plain("x"), "confirm": plain("Yes"), "deny": plain("No")}


LIMITS: list[tuple[str, Json, Json, str]] = [
    ("section text", mrkdwn("x" * 3000), mrkdwn("x" * 3001), "must be less than 3001 characters /blocks/0/text/text"),
    ("empty text", mrkdwn("x"), mrkdwn(""), "must be more than 0 characters /blocks/0/text/text"),
    (
        "fields",
        {"type": "section", "fields": [plain("x")] * 10},
        {"type": "section", "fields": [plain("x")] * 11},
        "no more than 10 items allowed /blocks/0/fields",
    ),
    (
        "field text",
        {"type": "section", "fields": [plain("x" * 2000)]},
        {"type": "section", "fields": [plain("x" * 2001)]},
        "must be less than 2001 characters /blocks/0/fields/0/text",
    ),
    (
        "header",
        {"type": "header", "text": plain("x" * 150)},
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters /blocks/0/text/text",
    ),
    (
        "header is plain",
        {"type": "header", "text": plain("x")},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: mrkdwn /blocks/0/text/type",
    ),
    ("context", context(10), context(11), "no more than 10 items allowed /blocks/0/elements"),
    (
        "actions",
        actions(*(button("x", str(n)) for n in range(25))),
        actions(*(button("x", str(n)) for n in range(26))),
        "no more than 25 items allowed /blocks/0/elements",
    ),
    (
        "empty actions",
        actions(button("x", "a")),
        actions(),
        "no fewer than 1 items allowed /blocks/0/elements",
    ),
    (
        "block_id",
        mrkdwn("x") | {"block_id": "b" * 255},
        mrkdwn("x") | {"block_id": "b" * 256},
        "must be less than 256 characters /blocks/0/block_id",
    ),
    (
        "action_id",
        actions(button("x", "a" * 255)),
        actions(button("x", "a" * 256)),
        "must be less than 256 characters /blocks/0/elements/0/action_id",
    ),
    (
        "unique action_id",
        actions(button("x", "a"), button("x", "b")),
        actions(button("x", "a"), button("x", "a")),
        "action_id: a already exists /blocks/0/elements/1/action_id",
    ),
    (
        "button text",
        actions(button("x" * 75, "a")),
        actions(button("x" * 76, "a")),
        "must be less than 76 characters /blocks/0/elements/0/text/text",
    ),
    (
        "button value",
        actions(button("x", "a", value="v" * 2000)),
        actions(button("x", "a", value="v" * 2001)),
        "must be less than 2001 characters /blocks/0/elements/0/value",
    ),
    (
        "button url",
        actions(button("x", "a", url="https://e.org/" + "u" * 2986)),
        actions(button("x", "a", url="https://e.org/" + "u" * 2987)),
        "must be less than 3001 characters /blocks/0/elements/0/url",
    ),
    (
        "button style",
        actions(button("x", "a", style="danger")),
        actions(button("x", "a", style="loud")),
        "must be a valid enum value /blocks/0/elements/0/style",
    ),
    (
        "no such property",
        actions(button("x", "a")),
        actions(button("x", "a", disabled=True)),
        "invalid additional property: disabled /blocks/0/elements/0",
    ),
    (
        "confirm title",
        actions(button("x", "a", confirm=confirm("t" * 100))),
        actions(button("x", "a", confirm=confirm("t" * 101))),
        "must be less than 101 characters /blocks/0/elements/0/confirm/title/text",
    ),
    (
        "options",
        actions(select(100)),
        actions(select(101)),
        "no more than 100 items allowed /blocks/0/elements/0/options",
    ),
    (
        "option text",
        actions(select(1)),
        actions(select(0) | {"options": [{"text": plain("x" * 76), "value": "v"}]}),
        "must be less than 76 characters /blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value",
        actions(select(0) | {"options": [{"text": plain("x"), "value": "v" * 150}]}),
        actions(select(0) | {"options": [{"text": plain("x"), "value": "v" * 151}]}),
        "must be less than 151 characters /blocks/0/elements/0/options/0/value",
    ),
    (
        "initial option",
        actions(select(2) | {"initial_option": options(2)[1]}),
        actions(select(2) | {"initial_option": {"text": plain("other"), "value": "9"}}),
        "initial option must match one of the options /blocks/0/elements/0/initial_option",
    ),
    (
        "checkboxes",
        actions({"type": "checkboxes", "action_id": "c", "options": options(10)}),
        actions({"type": "checkboxes", "action_id": "c", "options": options(11)}),
        "no more than 10 items allowed /blocks/0/elements/0/options",
    ),
    (
        "radio buttons",
        actions({"type": "radio_buttons", "action_id": "c", "options": options(10)}),
        actions({"type": "radio_buttons", "action_id": "c", "options": options(11)}),
        "no more than 10 items allowed /blocks/0/elements/0/options",
    ),
    (
        "overflow",
        actions({"type": "overflow", "action_id": "c", "options": options(5)}),
        actions({"type": "overflow", "action_id": "c", "options": options(6)}),
        "no more than 5 items allowed /blocks/0/elements/0/options",
    ),
    (
        "links in menus",
        actions({"type": "overflow", "action_id": "c", "options": options(2, url="https://e.org")}),
        actions(select(0) | {"options": options(2, url="https://e.org")}),
        "invalid additional property: url /blocks/0/elements/0/options/0",
    ),
    (
        "markdown",
        {"type": "markdown", "text": "x" * 12_000},
        {"type": "markdown", "text": "x" * 12_001},
        "must be less than 12001 characters /blocks/0/text",
    ),
    ("table rows", table(100, 1), table(101, 1), "no more than 100 items allowed /blocks/0/rows"),
    ("table columns", table(1, 20), table(1, 21), "no more than 20 items allowed /blocks/0/rows/0"),
    ("task status", task("complete"), task("done"), "must be a valid enum value /blocks/0/status"),
    (
        "plan without buttons",
        {"type": "plan", "title": "Plan", "tasks": [task("pending")]},
        {"type": "plan", "title": "Plan", "tasks": [button("x", "a")]},
        "unsupported type: button /blocks/0/tasks/0/type",
    ),
    ("block types", mrkdwn("x"), {"type": "sectoin"}, "unsupported type: sectoin /blocks/0/type"),
    ("type", mrkdwn("x"), {"text": plain("x")}, "missing required field: type /blocks/0"),
    ("needs text", mrkdwn("x"), {"type": "section"}, "missing required field: text /blocks/0"),
    (
        "image or text in context",
        {"type": "context", "elements": [{"type": "image", "image_url": "https://e.org/i.png", "alt_text": "i"}]},
        {"type": "context", "elements": [button("x", "a")]},
        "unsupported type: button /blocks/0/elements/0/type",
    ),
    (
        "rich text parts",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "txt", "text": "x"}]}],
        },
        "unsupported type: txt /blocks/0/elements/0/elements/0/type",
    ),
    (
        "rich text is never empty",
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
        },
        "must be more than 0 characters /blocks/0/elements/0/elements/0/text",
    ),
]


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


async def test_all_text_of_a_message_together_has_a_limit(slack: StandIn) -> None:
    assert (await post(slack, *[mrkdwn("x" * 3000)] * 4, mrkdwn("x" * 1200)))["ok"]
    assert (await post(slack, *[mrkdwn("x" * 3000)] * 4, mrkdwn("x" * 1201)))["error"] == "msg_blocks_too_long"


async def test_one_table_a_message(slack: StandIn) -> None:
    assert (await post(slack, table(1, 1), table(1, 1)))["error"] == "invalid_blocks"


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
