"""A person's acts reach a real Bolt app in both transports, and what it shows reaches the person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.demo.standin import (
    NotOnScreen,
    ShortcutConfig,
    StandIn,
    StandInConfig,
    WaitedInVain,
)
from tests.demo.standin_app import CONNECT, bolt, button, mrkdwn, over_http

SHORTCUTS = (
    ShortcutConfig(name="Add to timeline", callback_id="add"),
    ShortcutConfig(name="Open an incident", callback_id="open", kind="global"),
)
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Declare"},
    "submit": {"type": "plain_text", "text": "Open"},
    "blocks": [
        {
            "type": "input",
            "block_id": "symptom",
            "label": {"type": "plain_text", "text": "Symptom"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "severity",
            "label": {"type": "plain_text", "text": "Severity"},
            "element": {
                "type": "static_select",
                "action_id": "pick",
                "options": [
                    {"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("SEV1", "SEV2")
                ],
            },
        },
    ],
}


def listen(app: AsyncApp, heard: list[dict[str, Any]]) -> None:
    """What the little app does when somebody commands, clicks or submits."""

    @app.command("/incident")
    async def incident(ack: Any, body: Any, client: Any) -> None:
        heard.append(body)
        match body["text"].split(" ")[0]:
            case "modal":
                await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
                await ack()
            case "open":
                blocks = [mrkdwn("*INC-1* &amp; _more_"), {"type": "actions", "elements": [button("I have it", "ack")]}]
                await client.chat_postMessage(channel=body["channel_id"], text="INC-1", blocks=blocks)
                await ack()
            case "bad":
                await ack(text="x", blocks=[{"type": "nonsense"}])
            case "slow":
                await asyncio.sleep(1)
                await ack()
            case _:
                await ack(text=f"you said `{body['text']}`")

    @app.action("ack")
    async def clicked(ack: Any, body: Any, client: Any) -> None:
        heard.append(body)
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Lead", blocks=[mrkdwn("Lead: alice")]
        )

    @app.view("declare")
    async def submitted(ack: Any, body: Any, client: Any) -> None:
        heard.append(body)
        values = body["view"]["state"]["values"]
        if values["symptom"]["text"]["value"] == "?":
            await ack(response_action="errors", errors={"symptom": "say what you see"})
        else:
            await ack()


def follow(app: AsyncApp, heard: list[dict[str, Any]]) -> None:
    """What the little app does about events and shortcuts."""

    @app.event("app_mention")
    async def mentioned(event: Any, client: Any) -> None:
        heard.append(event)
        await client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="white_check_mark")

    for kind in ("message", "reaction_added", "reaction_removed", "app_home_opened"):

        @app.event(kind)
        async def event(event: Any, client: Any) -> None:
            heard.append(event)
            if event["type"] == "app_home_opened":
                await client.views_publish(
                    user_id=event["user"], view={"type": "home", "blocks": [mrkdwn("All quiet")]}
                )

    @app.shortcut("add")
    @app.shortcut("open")
    async def shortcut(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()


class Night:
    """A stand-in with the little app connected."""

    def __init__(self, slack: StandIn) -> None:
        self.slack = slack
        self.app = bolt(slack)
        self.heard: list[dict[str, Any]] = []
        listen(self.app, self.heard)
        follow(self.app, self.heard)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [body for body in self.heard if body.get("type") == kind]


@pytest.fixture(params=["http", "socket"])
async def night(request: pytest.FixtureRequest) -> AsyncIterator[Night]:
    config = StandInConfig(shortcuts=SHORTCUTS, ack_seconds=0.5)
    async with await StandIn.start(config) as slack:
        made = Night(slack)
        connected: AbstractAsyncContextManager[None] = CONNECT[request.param](slack, made.app)
        async with connected:
            yield made
            await slack.settled()


async def test_a_command_is_answered_in_the_acknowledgement(night: Night) -> None:
    alice = night.slack.user("alice")
    reply = await alice.command("/incident what now", "#ap")
    assert reply.ok
    assert reply.text == "you said what now"
    assert night.slack.visible_for(alice) == ["you said what now"]
    assert night.slack.visible_for(night.slack.user("bob")) == []
    assert night.slack.channel("#ap").messages == []
    assert night.heard[0]["user_id"] == alice.id


async def test_a_late_acknowledgement_is_an_error_and_is_not_repeated(night: Night) -> None:
    reply = await night.slack.user("alice").command("/incident slow", "#ap")
    assert reply.error == '/incident failed with the error "operation_timeout"'
    assert len([kind for kind, _ in night.slack.courier.sent if kind == "slash_commands"]) == 1


async def test_an_answer_that_slack_cannot_show_is_an_error(night: Night) -> None:
    reply = await night.slack.user("alice").command("/incident bad", "#ap")
    assert reply.error == '/incident failed with the error "invalid_command_response"'


async def test_slash_commands_do_not_work_in_threads_nor_unknown_ones(night: Night) -> None:
    alice = night.slack.user("alice")
    said = await alice.say("hello", "#ap")
    assert "not supported in threads" in (await alice.command("/incident open", said.thread)).text
    assert "not a valid command" in (await alice.command("/nothing", "#ap")).text
    assert not [body for body in night.heard if "command" in body]


async def test_clicking_by_label_edits_the_message_in_place(night: Night) -> None:
    alice = night.slack.user("alice")
    await alice.command("/incident open", "#ap")
    head = await night.slack.channel("#ap").wait_for(lambda message: "INC-1" in message.text)
    assert head.text == "INC-1 & more\n[I have it]"
    assert head.buttons == ["I have it"]
    assert (await head.button("I have it").click(alice)).ok
    await night.slack.channel("#ap").wait_for(lambda message: "Lead: alice" in message.text)
    assert len(night.slack.calls_of("chat.postMessage")) == 1
    with pytest.raises(NotOnScreen, match="there are: none"):
        head.button("I have it")
    action = night.of("block_actions")[0]
    assert action["message"]["ts"] == head.ts
    assert action["container"]["channel_id"] == head.channel.id


async def test_a_modal_is_filled_by_label_and_errors_stand_at_the_field(night: Night) -> None:
    alice = night.slack.user("alice")
    modal = await (await alice.command("/incident modal", "#ap")).modal()
    assert modal.title == "Declare"
    missing = await modal.submit()
    assert set(missing.errors) == {"Symptom", "Severity"}
    await modal.choose("Severity", "SEV2")
    await modal.fill("Symptom", "?")
    assert (await modal.submit()).errors == {"Symptom": "say what you see"}
    await modal.fill("Symptom", "queue stuck")
    assert (await modal.submit()).closed
    assert alice.modals == []
    values = night.of("view_submission")[-1]["view"]["state"]["values"]
    assert values["severity"]["pick"]["selected_option"]["value"] == "sev2"
    with pytest.raises(NotOnScreen, match="'SEV1', 'SEV2'"):
        await modal.choose("Severity", "SEV9")


async def test_a_mention_comes_as_two_events_and_typed_markup_is_escaped(night: Night) -> None:
    alice = night.slack.user("alice")
    said = await alice.mention_bot("note <b> & @here", "#ap")
    await night.slack.channel("#ap").wait_for(lambda message: bool(message.reactions))
    assert said.reactions == {"white_check_mark": ["section3"]}
    await night.slack.settled()
    assert {body["type"] for body in night.heard} >= {"app_mention", "message"}
    bot_id = night.slack.workspace.bot.id
    assert night.of("app_mention")[0]["text"] == f"<@{bot_id}> note &lt;b&gt; &amp; <!here>"


async def test_reactions_edits_and_deletions_arrive(night: Night) -> None:
    alice, bob = night.slack.user("alice"), night.slack.user("bob")
    said = await alice.say("it began at 03:02", "#ap")
    await bob.react(said, "pushpin")
    await bob.unreact(said, "pushpin")
    await alice.edit(said, "it began at 03:05")
    await alice.delete(said)
    await night.slack.settled()
    assert night.of("reaction_added")[0]["item"] == {"type": "message", "channel": said.channel.id, "ts": said.ts}
    assert night.of("reaction_removed")
    subtypes = [body.get("subtype") for body in night.of("message")]
    assert {"message_changed", "message_deleted"} <= set(subtypes)


async def test_a_reply_can_be_sent_to_the_channel_as_well(night: Night) -> None:
    alice = night.slack.user("alice")
    said = await alice.say("it began", "#ap")
    await alice.say("only here", said.thread)
    await alice.say("for all", said.thread, broadcast=True)
    assert [message.text for message in night.slack.channel("#ap").messages] == ["it began", "for all"]
    assert [message.text for message in said.thread.messages] == ["only here", "for all"]


async def test_shortcuts_home_and_direct_messages(night: Night) -> None:
    alice = night.slack.user("alice")
    said = await alice.say("look at this", "#ap")
    await alice.shortcut("Add to timeline", said)
    await alice.shortcut("Open an incident")
    assert night.of("message_action")[0]["message"]["text"] == "look at this"
    assert night.of("shortcut")[0]["callback_id"] == "open"
    with pytest.raises(LookupError, match="there are: Add to timeline"):
        await alice.shortcut("Nothing", said)
    assert (await alice.open_home()).text == "All quiet"
    await alice.dm("list")
    await night.slack.settled()
    assert [body for body in night.of("message") if body["channel_type"] == "im"]


async def test_a_wait_is_bounded_and_says_what_was_there_instead() -> None:
    async with await StandIn.start() as slack:
        await slack.user("alice").say("hello", "#ap")
        with pytest.raises(WaitedInVain, match="alice: hello"):
            await slack.channel("#ap").wait_for(lambda message: "INC" in message.text, seconds=0.05)


async def test_a_wrong_signature_is_refused_by_the_app() -> None:
    async with await StandIn.start() as slack:
        other = await StandIn.start(StandInConfig(signing_secret="another"))
        made = Night(other)
        async with other, over_http(slack, made.app):
            reply = await slack.user("alice").command("/incident what", "#ap")
        assert reply.error == '/incident failed with the error "dispatch_failed"'
        assert made.heard == []
