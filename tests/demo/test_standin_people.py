"""What people can do in menus, modals and channels, against a real Bolt app over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.demo.standin import ChannelConfig, NotOnScreen, Posted, StandIn, StandInConfig, UserConfig
from bot.demo.standin.driver.modal import TROUBLE
from tests.demo.standin_app import bolt, button, call, modal, mrkdwn, over_http, plain

Json = dict[str, Any]


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def field(label: str, block_id: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


TEXT = {"type": "plain_text_input", "action_id": "text"}
MENUS: list[Json] = [
    mrkdwn("What happened?"),
    {
        "type": "actions",
        "elements": [
            {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": plain("Severity"),
                "options": options("A", "B"),
            },
            {"type": "overflow", "action_id": "more", "options": options("Skip", "All steps")},
            button("Delete", "delete", confirm={k: plain(k) for k in ("title", "text", "confirm", "deny")}),
        ],
    },
    {
        "type": "section",
        "text": plain("Steps done"),
        "accessory": {"type": "checkboxes", "action_id": "done", "options": options("one", "two", "three")},
    },
    {
        "type": "actions",
        "elements": [
            {"type": "users_select", "action_id": "who", "placeholder": plain("Whom")},
            {"type": "datepicker", "action_id": "day", "placeholder": plain("Day")},
            {"type": "timepicker", "action_id": "time", "placeholder": plain("Time")},
            {"type": "radio_buttons", "action_id": "way", "options": options("left", "right")},
        ],
    },
]


class App:
    """A Bolt app that notes what it hears and answers submissions as told."""

    def __init__(self, slack: StandIn) -> None:
        self.slack = slack
        self.bolt: AsyncApp = bolt(slack)
        self.heard: list[Json] = []
        self.answer: Json = {}
        listen(self)

    @property
    def action(self) -> Json:
        """The last thing somebody touched."""
        action: Json = self.heard[-1]["actions"][0]
        return action

    async def show(self, *blocks: Json) -> Posted:
        channel = self.slack.channel("#ap")
        assert (await call(self.slack, "chat.postMessage", channel=channel.id, text="x", blocks=list(blocks)))["ok"]
        return channel.messages[-1]

    async def open(self, view: Json) -> None:
        trigger = self.slack.workspace.rights.trigger(self.slack.user("alice").id)
        answer = await call(self.slack, "views.open", trigger_id=trigger, view=view)
        assert answer["ok"], answer


def listen(app: App) -> None:
    @app.bolt.action(re.compile(".*"))
    async def touched(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack()

    @app.bolt.view("form")
    async def submitted(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack(**app.answer)

    @app.bolt.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack()

    @app.bolt.options("search")
    async def search(ack: Any, payload: Json) -> None:
        found = [name for name in ("invoice-extract", "invoice-post", "mail") if payload["value"] in name]
        await ack(options=options(*found))

    @app.bolt.command("/incident")
    async def command(ack: Any, body: Json) -> None:
        app.heard.append(body)
        await ack()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    config = StandInConfig(
        rates=0,
        escape_commands=True,
        users=(
            UserConfig(name="alice", tz="Europe/Berlin"),
            UserConfig(name="bob"),
            UserConfig(name="dan", foreign=True),
        ),
        channels=(
            ChannelConfig(name="general"),
            ChannelConfig(name="ap", shared=True),
            ChannelConfig(name="quiet", members=("bob",), bot=False),
        ),
    )
    async with await StandIn.start(config) as slack:
        made = App(slack)
        async with over_http(slack, made.bolt):
            yield made


async def test_menus_of_a_message_are_chosen_by_their_words(app: App) -> None:
    alice, message = app.slack.user("alice"), await app.show(*MENUS)
    await alice.choose(message, "Severity", "B")
    assert app.action["selected_option"]["value"] == "b"
    await alice.choose(message, "Steps done", "one", "three")
    assert [option["value"] for option in app.action["selected_options"]] == ["one", "three"]
    await alice.choose(message, "Whom", "bob")
    assert app.action["selected_user"] == app.slack.user("bob").id
    await alice.choose(message, "Day", "2026-11-23")
    assert app.action["selected_date"] == "2026-11-23"
    await alice.choose(message, "Time", "03:41")
    assert app.action["selected_time"] == "03:41"
    await alice.choose(message, "way", "right")
    held = [state for block in app.heard[-1]["state"]["values"].values() for state in block.values()]
    assert {state["type"] for state in held} >= {"static_select", "checkboxes", "radio_buttons", "timepicker"}
    assert [s["selected_option"]["value"] for s in held if s["type"] in ("static_select", "radio_buttons")] == [
        "b",
        "right",
    ]
    with pytest.raises(NotOnScreen, match="no option 'C'; there are: 'A', 'B'"):
        await alice.choose(message, "Severity", "C")
    with pytest.raises(NotOnScreen, match=r"no field \[Colour\]; there are: \[Severity\]"):
        await alice.choose(message, "Colour", "red")


async def test_overflow_items_and_confirmed_buttons_are_clicked_by_their_words(app: App) -> None:
    alice, message = app.slack.user("alice"), await app.show(*MENUS)
    assert message.buttons == ["Skip", "All steps", "Delete"]
    await alice.click(message, "All")
    assert app.action["selected_option"]["value"] == "all steps"
    heard = len(app.heard)
    await alice.click(message, "Delete", confirm=False)
    assert len(app.heard) == heard
    assert message.button("Delete").confirm == "title\ntext"
    await alice.click(message, "Delete")
    assert app.action["action_id"] == "delete"


async def test_a_screen_that_has_not_caught_up_can_still_be_clicked(app: App) -> None:
    message = await app.show({"type": "actions", "elements": [button("I have it", "ack")]})
    stale = message.frozen()
    await call(app.slack, "chat.update", channel=message.channel.id, ts=message.ts, text="Lead: alice")
    with pytest.raises(NotOnScreen):
        await app.slack.user("bob").click(message, "I have it")
    await app.slack.user("bob").click(stale, "I have it")
    assert app.action["action_id"] == "ack"


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


async def test_command_text_names_people_when_the_manifest_asks_for_it(app: App) -> None:
    await app.slack.user("alice").command("/incident lead @bob in #ap & more", "#quiet")
    bob, place = app.slack.user("bob").id, app.slack.channel("#ap").id
    assert app.heard[-1]["text"] == f"lead <@{bob}|bob> in <#{place}|ap> &amp; more"


async def test_people_of_another_workspace_are_recognisable(app: App) -> None:
    await app.slack.user("dan").say("hello", "#ap")
    await app.slack.settled()
    event = app.slack.courier.events("message")[-1]
    assert event["is_ext_shared_channel"]
    assert event["event"]["user_team"] == app.slack.workspace.foreign_team_id


async def test_joining_inviting_and_staying_out(app: App) -> None:
    alice, bob = app.slack.user("alice"), app.slack.user("bob")
    with pytest.raises(LookupError, match="alice is not in #quiet"):
        await alice.say("hello", "#quiet")
    await alice.join("#quiet")
    await alice.say("hello", "#quiet")
    await app.slack.settled()
    assert app.slack.courier.events("message") == []
    await bob.invite_bot("#quiet")
    await app.slack.settled()
    assert [payload["event"]["subtype"] for payload in app.slack.courier.events("message")] == ["channel_join"]
    assert app.slack.courier.events("member_joined_channel")[-1]["event"]["inviter"] == bob.id
    with pytest.raises(LookupError, match="bob did not write"):
        await bob.edit(app.slack.channel("#quiet").messages[1], "x")


async def test_whoever_watches_sees_every_message_at_once(app: App) -> None:
    seen: list[tuple[str, str]] = []
    app.slack.watch(lambda what, message: seen.append((what, message.text)))
    message = await app.show(mrkdwn("one"))
    await call(app.slack, "chat.update", channel=message.channel.id, ts=message.ts, text="two")
    await call(app.slack, "chat.delete", channel=message.channel.id, ts=message.ts)
    assert seen == [("posted", "one"), ("edited", "two"), ("deleted", "two")]
    assert message.deleted
    found = await app.slack.wait_for_call(lambda made: made.method == "chat.delete")
    assert found.ok


async def test_unknown_people_and_channels_are_named_with_those_there_are(app: App) -> None:
    with pytest.raises(KeyError, match="alice, bob, dan"):
        app.slack.user("zoe")
    with pytest.raises(KeyError, match="#general, #ap, #quiet"):
        app.slack.channel("#nowhere")
