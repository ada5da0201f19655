"""What people can do with messages and in channels, against a real Bolt app over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.demo.standin import NotOnScreen
from tests.demo.standin_app import button, call, mrkdwn, plain
from tests.demo.standin_touch import App, options, touched

Json = dict[str, Any]
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


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with touched() as made:
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


async def test_the_home_tab_has_buttons_and_follows_the_app(app: App) -> None:
    alice = app.slack.user("alice")
    view = {"type": "home", "blocks": [{"type": "actions", "elements": [button("Show", "show")]}]}
    await call(app.slack, "views.publish", user_id=alice.id, view=view)
    home = await alice.open_home()
    await home.click("Show")
    assert app.heard[-1]["container"] == {"type": "view", "view_id": home.view.id}
    await call(app.slack, "views.publish", user_id=alice.id, view={"type": "home", "blocks": [mrkdwn("All quiet")]})
    await home.wait_for(lambda text: "All quiet" in text)
    assert home.buttons == []


async def test_places_know_who_and_what_is_in_them(app: App) -> None:
    alice, place = app.slack.user("alice"), app.slack.channel("#quiet")
    assert place.members == ["bob"]
    said = await alice.say("one", "#ap")
    reply = await alice.say("two", said.thread)
    assert reply.thread.parent.text == "one"
    assert said.thread.text == "alice: two"
    await alice.delete(said)
    with pytest.raises(LookupError, match="is gone"):
        _ = reply.thread.parent


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
