"""What people can do in modals, against a real Bolt app over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.demo.standin import NotOnScreen
from bot.demo.standin.driver.modal import TROUBLE
from tests.demo.standin_app import modal, mrkdwn, plain
from tests.demo.standin_touch import TEXT, App, field, options, touched


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with touched() as made:
        yield made


async def test_a_modal_can_be_updated_pushed_and_cleared_by_the_answer(app: App) -> None:
    alice = app.slack.user("alice")
    await app.open(modal(callback_id="form"))
    first = await alice.modal()
    app.answer = {"response_action": "update", "view": modal(mrkdwn("second"), callback_id="form")}
    assert not (await first.submit()).closed
    assert first.text == "second"
    app.answer = {"response_action": "push", "view": modal(mrkdwn("on top"), callback_id="form", title=plain("Top"))}
    await first.submit()
    top = await alice.modal("Top")
    assert len(alice.modals) == 2
    app.answer = {"response_action": "clear"}
    assert (await top.submit()).closed
    assert alice.modals == []


async def test_an_answer_that_slack_cannot_use_leaves_the_modal_with_an_error(app: App) -> None:
    alice = app.slack.user("alice")
    await app.open(modal(field("Symptom", "s", TEXT), callback_id="form"))
    shown = await alice.modal()
    await shown.fill("Symptom", "x")
    for answer in (
        {"response_action": "errors", "errors": {"no such block": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
    ):
        app.answer = answer
        result = await shown.submit()
        assert not result.closed
        assert result.error.startswith(TROUBLE)


async def test_closing_a_modal_tells_the_app_that_asked_to_know(app: App) -> None:
    alice = app.slack.user("alice")
    await app.open(modal(callback_id="form", notify_on_close=True))
    await (await alice.modal()).close()
    assert app.heard[-1]["type"] == "view_closed"
    await app.open(modal(callback_id="form"))
    await (await alice.modal()).close()
    assert len(app.heard) == 1


async def test_lengths_are_checked_by_the_client(app: App) -> None:
    alice = app.slack.user("alice")
    short = field("Short", "s", TEXT | {"max_length": 3}, optional=True)
    await app.open(modal(short, field("Long", "l", TEXT | {"min_length": 3}), callback_id="form"))
    shown = await alice.modal()
    await shown.fill("Short", "abcd")
    await shown.fill("Long", "ab")
    assert set((await shown.submit()).errors) == {"Short", "Long"}
    assert app.heard == []
    await shown.fill("Short", "")
    await shown.fill("Long", "abc")
    assert (await shown.submit()).closed
    assert app.heard[-1]["view"]["state"]["values"]["s"]["text"]["value"] is None


async def test_options_can_come_from_the_app(app: App) -> None:
    alice = app.slack.user("alice")
    await app.open(modal(field("Service", "s", {"type": "external_select", "action_id": "search"}), callback_id="form"))
    shown = await alice.modal()
    assert await shown.search("Service", "invoice") == ["invoice-extract", "invoice-post"]
    await shown.choose("Service", "invoice-post")
    assert shown.value("Service")["value"] == "invoice-post"
    with pytest.raises(NotOnScreen):
        await shown.choose("Service", "mail")


async def test_a_dispatching_input_tells_the_app_at_once(app: App) -> None:
    alice = app.slack.user("alice")
    select = {"type": "static_select", "action_id": "pick", "options": options("A", "B")}
    await app.open(modal(field("Kind", "k", select, dispatch_action=True), callback_id="form"))
    await (await alice.modal()).choose("Kind", "A")
    assert app.heard[-1]["container"]["type"] == "view"
    assert app.action["selected_option"]["value"] == "a"
