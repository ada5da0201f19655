"""Views: Block Kit's limits in modals and the Home tab, triggers, hashes and the stack, with raw calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.demo.standin import StandIn, StandInConfig
from tests.demo.standin_app import button, call, modal, mrkdwn, plain

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(StandInConfig(rates=0)) as started:
        yield started


async def show(slack: StandIn, view: Json, name: str = "alice") -> Json:
    trigger = slack.workspace.rights.trigger(slack.user(name).id)
    return await call(slack, "views.open", trigger_id=trigger, view=view)


def field(**more: Any) -> Json:
    return {"type": "input", "label": plain("L"), "element": {"type": "plain_text_input", "action_id": "t"}, **more}


FOCUSED = {"type": "plain_text_input", "action_id": "t", "focus_on_load": True}
VIEWS: list[tuple[str, Json, Json, str]] = [
    (
        "title",
        modal(title=plain("t" * 24)),
        modal(title=plain("t" * 25)),
        "must be less than 25 characters /view/title/text",
    ),
    (
        "submit",
        modal(submit=plain("t" * 24)),
        modal(submit=plain("t" * 25)),
        "must be less than 25 characters /view/submit/text",
    ),
    (
        "close",
        modal(close=plain("t" * 24)),
        modal(close=plain("t" * 25)),
        "must be less than 25 characters /view/close/text",
    ),
    (
        "private_metadata",
        modal(private_metadata="m" * 3000),
        modal(private_metadata="m" * 3001),
        "must be less than 3001 characters /view/private_metadata",
    ),
    (
        "callback_id",
        modal(callback_id="c" * 255),
        modal(callback_id="c" * 256),
        "must be less than 256 characters /view/callback_id",
    ),
    (
        "blocks",
        modal(*[mrkdwn("x")] * 100),
        modal(*[mrkdwn("x")] * 101),
        "no more than 100 items allowed /view/blocks",
    ),
    (
        "an input needs submit",
        modal(field()),
        {name: item for name, item in modal(field()).items() if name != "submit"},
        "missing required field: submit /view",
    ),
    (
        "markdown is for messages",
        modal(mrkdwn("x")),
        modal({"type": "markdown", "text": "x"}),
        "unsupported type: markdown /view/blocks/0/type",
    ),
    (
        "input takes inputs",
        modal(field()),
        modal(field(element=button("x", "a"))),
        "unsupported type: button /view/blocks/0/element/type",
    ),
    (
        "initial value",
        modal(field(element={"type": "plain_text_input", "action_id": "t", "initial_value": "x" * 3000})),
        modal(field(element={"type": "plain_text_input", "action_id": "t", "initial_value": "x" * 3001})),
        "must be less than 3001 characters /view/blocks/0/element/initial_value",
    ),
    (
        "label",
        modal(field(label=plain("x" * 2000))),
        modal(field(label=plain("x" * 2001))),
        "must be less than 2001 characters /view/blocks/0/label/text",
    ),
    (
        "placeholder",
        modal(field(element={"type": "plain_text_input", "action_id": "t", "placeholder": plain("x" * 150)})),
        modal(field(element={"type": "plain_text_input", "action_id": "t", "placeholder": plain("x" * 151)})),
        "must be less than 151 characters /view/blocks/0/element/placeholder/text",
    ),
    (
        "one focus",
        modal(field(element=FOCUSED), field()),
        modal(field(element=FOCUSED), field(element=FOCUSED)),
        "only one element may have focus_on_load /view/blocks/1/element/focus_on_load",
    ),
    ("no such property", modal(), modal(colour="red"), "invalid additional property: colour /view"),
    ("kind", modal(), {"type": "home", "blocks": []}, "unsupported type: home /view/type"),
]


@pytest.mark.parametrize(("fits", "too_much", "problem"), [row[1:] for row in VIEWS], ids=[row[0] for row in VIEWS])
async def test_a_modal_at_its_limit_opens_and_beyond_it_is_refused(
    slack: StandIn, fits: Json, too_much: Json, problem: str
) -> None:
    assert (await show(slack, fits))["ok"]
    refused = await show(slack, too_much)
    assert refused["error"] == "invalid_arguments"
    what, _, pointer = problem.rpartition(" ")
    assert f"[ERROR] {what} [json-pointer:{pointer}]" in refused["response_metadata"]["messages"]


async def test_a_view_has_a_size(slack: StandIn) -> None:
    big = modal(*[mrkdwn("x" * 2800)] * 89)
    assert (await show(slack, big))["error"] == "view_too_large"
    assert (await show(slack, modal(*[mrkdwn("x" * 2700)] * 89)))["ok"]


async def test_home_takes_a_hundred_blocks_and_no_title(slack: StandIn) -> None:
    alice = slack.user("alice").id
    home = {"type": "home", "blocks": [mrkdwn("x")] * 100}
    assert (await call(slack, "views.publish", user_id=alice, view=home))["ok"]
    home["blocks"] = [mrkdwn("x")] * 101
    assert (await call(slack, "views.publish", user_id=alice, view=home))["error"] == "invalid_arguments"
    titled = {"type": "home", "title": plain("x"), "blocks": []}
    assert (await call(slack, "views.publish", user_id=alice, view=titled))["error"] == "invalid_arguments"


async def test_a_trigger_works_once_and_for_three_seconds(slack: StandIn) -> None:
    alice = slack.user("alice").id
    trigger = slack.workspace.rights.trigger(alice)
    assert (await call(slack, "views.open", trigger_id=trigger, view=modal()))["ok"]
    assert (await call(slack, "views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"
    late = slack.workspace.rights.trigger(alice)
    slack.clock.forward(seconds=3.1)
    assert (await call(slack, "views.open", trigger_id=late, view=modal()))["error"] == "expired_trigger_id"
    assert (await call(slack, "views.open", trigger_id="1.2.3", view=modal()))["error"] == "invalid_trigger_id"


async def test_a_refused_view_leaves_its_trigger_unspent(slack: StandIn) -> None:
    trigger = slack.workspace.rights.trigger(slack.user("alice").id)
    assert not (await call(slack, "views.open", trigger_id=trigger, view={"type": "modal"}))["ok"]
    assert (await call(slack, "views.open", trigger_id=trigger, view=modal()))["ok"]


async def test_an_update_with_an_old_hash_is_refused(slack: StandIn) -> None:
    view = (await show(slack, modal()))["view"]
    newer = modal(mrkdwn("second"))
    updated = await call(slack, "views.update", view_id=view["id"], hash=view["hash"], view=newer)
    assert updated["view"]["hash"] != view["hash"]
    again = await call(slack, "views.update", view_id=view["id"], hash=view["hash"], view=newer)
    assert again["error"] == "hash_conflict"
    assert (await call(slack, "views.update", view_id=view["id"], view=newer))["ok"]


async def test_home_has_a_hash_as_well(slack: StandIn) -> None:
    home = {"type": "home", "blocks": [mrkdwn("x")]}
    alice = slack.user("alice").id
    first = (await call(slack, "views.publish", user_id=alice, view=home))["view"]
    assert (await call(slack, "views.publish", user_id=alice, view=home, hash=first["hash"]))["ok"]
    stale = await call(slack, "views.publish", user_id=alice, view=home, hash=first["hash"])
    assert stale["error"] == "hash_conflict"
    assert (await call(slack, "views.publish", user_id="U0", view=home))["error"] == "user_not_found"


async def test_three_views_make_a_full_stack(slack: StandIn) -> None:
    alice = slack.user("alice").id
    top = (await show(slack, modal()))["view"]
    for _ in range(2):
        trigger = slack.workspace.rights.trigger(alice, top["id"])
        top = (await call(slack, "views.push", trigger_id=trigger, view=modal()))["view"]
    assert top["root_view_id"] != top["id"]
    trigger = slack.workspace.rights.trigger(alice, top["id"])
    assert (await call(slack, "views.push", trigger_id=trigger, view=modal()))["error"] == "push_limit_reached"
    outside = slack.workspace.rights.trigger(alice)
    assert (await call(slack, "views.push", trigger_id=outside, view=modal()))["error"] == "not_found"


async def test_external_ids_are_unique_and_find_their_view(slack: StandIn) -> None:
    view = modal(external_id="mine")
    assert (await show(slack, view))["ok"]
    assert (await show(slack, view, "bob"))["error"] == "duplicate_external_id"
    changed = modal(mrkdwn("x"), external_id="mine")
    assert (await call(slack, "views.update", external_id="mine", view=changed))["ok"]
    assert (await call(slack, "views.update", view_id="V0", view=changed))["error"] == "not_found"
    both = await call(slack, "views.update", view_id="V0", external_id="mine", view=changed)
    assert both["response_metadata"]["messages"] == ["[ERROR] Cannot provide both `view_id` and `external_id`"]


async def test_a_closed_modal_cannot_be_updated(slack: StandIn) -> None:
    view = (await show(slack, modal()))["view"]
    await slack.user("alice").modals[0].close()
    assert (await call(slack, "views.update", view_id=view["id"], view=modal()))["error"] == "not_found"
