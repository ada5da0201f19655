"""The Web API's own rules, each with a raw call around any gate of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo.standin import StandIn
from bot.demo.standin.api.table import METHODS
from tests.demo.standin_app import BUSY, call, error, mrkdwn, post, raw_call


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(BUSY) as started:
        yield started


async def test_unknown_methods_and_tokens(slack: StandIn) -> None:
    assert await error(slack, "chat.postMesage") == "unknown_method"
    assert (await call(slack, "auth.test", token=""))["error"] == "not_authed"
    assert (await call(slack, "auth.test", token="xoxb-" + "other"))["error"] == "invalid_auth"
    assert (await call(slack, "auth.test", token=BUSY.app_token))["error"] == "not_allowed_token_type"
    assert (await call(slack, "apps.connections.open"))["error"] == "not_allowed_token_type"
    assert (await call(slack, "apps.connections.open", token=""))["error"] == "missing_args"
    assert (await call(slack, "apps.connections.open", token=BUSY.app_token))["url"].startswith("ws://127.0.0.1:")
    assert (await call(slack, "auth.test"))["bot_id"] == slack.workspace.bot_id


async def test_a_token_in_a_json_body_is_no_token(slack: StandIn) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.api_url + "auth.test", json={"token": BUSY.bot_token}) as response:
            assert (await response.json())["error"] == "not_authed"
        async with session.post(slack.api_url + "auth.test", data={"token": BUSY.bot_token}) as response:
            assert (await response.json())["ok"]
        async with session.post(
            slack.api_url + "auth.test", data=b"{", headers={"Content-Type": "application/json"}
        ) as r:
            assert (await r.json())["error"] == "invalid_json"
        async with session.post(slack.api_url + "auth.test", data=b"<x/>", headers={"Content-Type": "text/xml"}) as r:
            assert (await r.json())["error"] == "invalid_post_type"


async def test_scopes_are_asked_for_when_the_configuration_names_them() -> None:
    async with await StandIn.start(BUSY.model_copy(update={"scopes": frozenset({"channels:history"})})) as slack:
        refused = await post(slack)
        assert refused == {
            "ok": False,
            "error": "missing_scope",
            "needed": "chat:write",
            "provided": "channels:history",
        }
        assert (await call(slack, "conversations.history", channel=slack.channel("#ap").id))["ok"]


async def test_posting_in_public_without_joining_needs_its_scope() -> None:
    scopes = frozenset({"chat:write", "chat:write.public"})
    async with await StandIn.start(BUSY.model_copy(update={"scopes": scopes})) as slack:
        assert (await post(slack, "#elsewhere"))["ok"]
        assert (await post(slack, "#secret"))["error"] == "channel_not_found"


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_no_method_accepts_a_foreign_channel_or_breaks_without_arguments(slack: StandIn, method: str) -> None:
    status, answer = await raw_call(slack, method)
    assert status == 200
    status, answer = await raw_call(
        slack, method, channel="C0NOWHERE", ts="1.2", timestamp="1.2", user="U0", users="U0"
    )
    assert status == 200
    assert answer["ok"] or answer["error"] not in ("unknown_method", "internal_error")


async def test_required_arguments(slack: StandIn) -> None:
    refused = await call(slack, "chat.postMessage", text="x")
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]
    assert (await post(slack, text=""))["error"] == "no_text"


async def test_where_the_app_may_write(slack: StandIn) -> None:
    assert (await call(slack, "chat.postMessage", channel="C0NOWHERE", text="x"))["error"] == "channel_not_found"
    assert (await post(slack, "#secret"))["error"] == "channel_not_found"
    assert (await post(slack, "#elsewhere"))["error"] == "not_in_channel"
    assert (await post(slack, "#old"))["error"] == "is_archived"
    assert (await post(slack, "#war"))["ok"]
    assert (await call(slack, "chat.postMessage", channel="#ap", text="x"))["ok"]
    direct = await call(slack, "chat.postMessage", channel=slack.user("alice").id, text="psst")
    assert direct["channel"].startswith("D")
    assert slack.user("alice").direct.messages[0].text == "psst"


async def test_text_has_a_limit(slack: StandIn) -> None:
    assert (await post(slack, text="x" * 40_000))["ok"]
    assert (await post(slack, text="x" * 40_001))["error"] == "msg_too_long"


async def test_every_ts_is_new(slack: StandIn) -> None:
    stamps = [(await post(slack))["ts"] for _ in range(20)]
    assert len(set(stamps)) == 20
    assert stamps == sorted(stamps)


async def test_threads_hold_replies_and_history_does_not(slack: StandIn) -> None:
    parent = (await post(slack, text="parent"))["ts"]
    reply = (await post(slack, text="reply", thread_ts=parent))["ts"]
    shown = (await post(slack, text="shown", thread_ts=parent, reply_broadcast=True))["ts"]
    channel = slack.channel("#ap").id
    history = (await call(slack, "conversations.history", channel=channel))["messages"]
    assert [message["ts"] for message in history] == [shown, parent]
    assert history[1]["reply_count"] == 2
    replies = (await call(slack, "conversations.replies", channel=channel, ts=parent))["messages"]
    assert [message["ts"] for message in replies] == [parent, reply, shown]
    alone = (await call(slack, "conversations.replies", channel=channel, ts=reply))["messages"]
    assert [message["ts"] for message in alone] == [reply]
    assert await error(slack, "conversations.replies", channel=channel, ts="1.000000") == "thread_not_found"
    assert (await post(slack, thread_ts="1.000000"))["error"] == "thread_not_found"
    assert (await post(slack, thread_ts=reply))["error"] == "cannot_reply_to_message"


async def test_listings_come_in_pages(slack: StandIn) -> None:
    parent = (await post(slack, text="parent"))["ts"]
    for number in range(5):
        await post(slack, text=str(number), thread_ts=parent)
    channel, cursor, seen = slack.channel("#ap").id, "", []
    while True:
        page = await call(slack, "conversations.replies", channel=channel, ts=parent, limit=2, cursor=cursor)
        seen += [message["text"] for message in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == ["parent", "0", "1", "2", "3", "4"]
    assert await error(slack, "conversations.history", channel=channel, cursor="nonsense") == "invalid_cursor"
    assert await error(slack, "conversations.history", channel=channel, limit=5000) == "invalid_limit"


async def test_metadata_is_kept_and_shown_on_request(slack: StandIn) -> None:
    metadata = {"event_type": "incident_head", "event_payload": {"incident": "INC-1", "effect": "head:1"}}
    ts = (await post(slack, metadata=metadata))["ts"]
    args = {"channel": slack.channel("#ap").id, "ts": ts}
    plain = (await call(slack, "conversations.replies", **args))["messages"][0]
    assert "metadata" not in plain
    full = (await call(slack, "conversations.replies", include_all_metadata=True, **args))["messages"][0]
    assert full["metadata"] == metadata
    assert (await post(slack, metadata="{"))["error"] == "invalid_metadata_format"
    assert (await post(slack, metadata={"event_type": "x"}))["error"] == "invalid_metadata_schema"
    large = {"event_type": "x", "event_payload": {"x": "y" * 16_000}}
    assert (await post(slack, metadata=large))["error"] == "metadata_too_large"


async def test_updates_redraw_in_place(slack: StandIn) -> None:
    metadata = {"event_type": "head", "event_payload": {}}
    posted = await post(slack, text="one", blocks=[mrkdwn("drawn")], metadata=metadata)
    args = {"channel": posted["channel"], "ts": posted["ts"]}
    redrawn = (await call(slack, "chat.update", text="two", blocks=[mrkdwn("again")], **args))["message"]
    assert redrawn["metadata"] == metadata
    assert "edited" not in redrawn
    assert "blocks" in (await call(slack, "chat.update", metadata={}, **args))["message"]
    bare = (await call(slack, "chat.update", text="three", **args))["message"]
    assert "blocks" not in bare
    assert "metadata" not in bare
    assert bare["edited"]
    assert (await call(slack, "chat.update", text="x" * 4_000, **args))["ok"]
    assert await error(slack, "chat.update", text="x" * 3_999 + "é", **args) == "msg_too_long"
    assert await error(slack, "chat.update", **args) == "no_text"
    assert len(slack.channel("#ap").messages[0].record.versions) == 5


async def test_only_its_own_messages_can_be_changed(slack: StandIn) -> None:
    posted = await post(slack)
    args = {"channel": posted["channel"], "ts": posted["ts"]}
    assert await error(slack, "chat.update", text="x", channel=posted["channel"], ts="1.0") == "message_not_found"
    said = await slack.user("alice").say("mine", "#ap")
    assert await error(slack, "chat.update", text="x", channel=posted["channel"], ts=said.ts) == "cant_update_message"
    assert await error(slack, "chat.delete", channel=posted["channel"], ts=said.ts) == "cant_delete_message"
    assert (await call(slack, "chat.delete", **args))["ok"]
    assert await error(slack, "chat.update", text="x", **args) == "message_not_found"
    slack.channel("#ap").record.archived = True
    other = await call(slack, "chat.postMessage", channel=slack.channel("#war").id, text="x")
    slack.channel("#war").record.archived = True
    assert await error(slack, "chat.update", text="y", channel=other["channel"], ts=other["ts"]) == "is_inactive"


async def test_markdown_text_stands_alone(slack: StandIn) -> None:
    assert (await post(slack, text="", markdown_text="**x**"))["ok"]
    assert (await post(slack, text="x", markdown_text="**x**"))["error"] == "markdown_text_conflict"
    assert (await post(slack, text="", markdown_text="x" * 12_001))["error"] == "msg_too_long"


async def test_a_thread_outlives_its_parent(slack: StandIn) -> None:
    parent = await post(slack, text="parent")
    await post(slack, text="reply", thread_ts=parent["ts"])
    await call(slack, "chat.delete", channel=parent["channel"], ts=parent["ts"])
    assert (await post(slack, text="later", thread_ts=parent["ts"]))["ok"]
    left = await call(slack, "conversations.replies", channel=parent["channel"], ts=parent["ts"])
    assert [message["text"] for message in left["messages"]] == ["This message was deleted.", "reply", "later"]
    assert left["messages"][0]["subtype"] == "tombstone"


async def test_times_are_numbers(slack: StandIn) -> None:
    channel = slack.channel("#ap").id
    assert await error(slack, "conversations.history", channel=channel, oldest="x") == "invalid_ts_oldest"
    assert await error(slack, "conversations.history", channel=channel, latest="x") == "invalid_ts_latest"
    first, second = (await post(slack))["ts"], (await post(slack))["ts"]
    found = await call(slack, "conversations.history", channel=channel, oldest=first)
    assert [message["ts"] for message in found["messages"]] == [second]
    found = await call(slack, "conversations.history", channel=channel, oldest=first, inclusive=True)
    assert len(found["messages"]) == 2


async def test_scopes_go_by_the_kind_of_conversation() -> None:
    async with await StandIn.start(BUSY.model_copy(update={"scopes": frozenset({"channels:history"})})) as slack:
        refused = await call(slack, "conversations.history", channel=slack.channel("#war").id)
        assert (refused["error"], refused["needed"]) == ("missing_scope", "groups:history")


async def test_ephemerals_are_for_one_member_and_never_in_history(slack: StandIn) -> None:
    channel, alice = slack.channel("#ap").id, slack.user("alice")
    assert (await call(slack, "chat.postEphemeral", channel=channel, user=alice.id, text="psst"))["message_ts"]
    assert slack.visible_for(alice) == ["psst"]
    assert slack.visible_for(slack.user("bob")) == []
    assert (await call(slack, "conversations.history", channel=channel))["messages"] == []
    war = slack.channel("#war").id
    refused = await call(slack, "chat.postEphemeral", channel=war, user=slack.user("bob").id, text="x")
    assert refused["error"] == "user_not_in_channel"


async def test_reactions_are_put_on_once(slack: StandIn) -> None:
    posted = await post(slack)
    args = {"channel": posted["channel"], "timestamp": posted["ts"]}
    assert (await call(slack, "reactions.add", name="eyes", **args))["ok"]
    assert await error(slack, "reactions.add", name="eyes", **args) == "already_reacted"
    assert await error(slack, "reactions.add", name="no_such_thing_at_all", **args) == "invalid_name"
    assert (await call(slack, "reactions.remove", name="eyes", **args))["ok"]
    assert await error(slack, "reactions.remove", name="eyes", **args) == "no_reaction"
    missing = await error(slack, "reactions.add", name="eyes", channel=posted["channel"], timestamp="1.0")
    assert missing == "message_not_found"
    assert await error(slack, "reactions.add", name="eyes", channel=posted["channel"]) == "no_item_specified"
    wrong = await error(slack, "reactions.add", name="eyes", channel=posted["channel"], timestamp="x")
    assert wrong == "bad_timestamp"


async def test_only_escaped_mentions_are_live_and_each_is_noted(slack: StandIn) -> None:
    alice = slack.user("alice").id
    typed = "@here @channel &lt;!channel&gt; &lt;@" + alice + "&gt;"
    await post(slack, text=typed, blocks=[mrkdwn(typed)])
    assert slack.mentions == []
    await post(slack, text=f"<@{alice}>", blocks=[mrkdwn("<!channel> <!subteam^S0001ONCALL|@oncall>")])
    assert [(m.kind, m.target, m.where) for m in slack.mentions] == [
        ("user", alice, "text"),
        ("channel", "channel", "blocks/0/text"),
        ("group", "S0001ONCALL", "blocks/0/text"),
    ]
    assert not slack.mentions[0].edit
    plain = {"type": "section", "text": {"type": "plain_text", "text": "<!channel>"}}
    await post(slack, text="x", blocks=[plain])
    broadcast = {"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "here"}]}
    await post(slack, text="x", blocks=[{"type": "rich_text", "elements": [broadcast]}])
    await post(slack, text="@everyone", link_names=True)
    assert [m.target for m in slack.mentions[3:]] == ["here", "everyone"]


async def test_live_links_are_noted_with_their_labels(slack: StandIn) -> None:
    typed = "&lt;https://example.org|Runbook&gt; https://example.org"
    await post(slack, text=typed, blocks=[mrkdwn(typed)])
    assert slack.links == []
    link = {"type": "rich_text_section", "elements": [{"type": "link", "url": "https://example.org/2"}]}
    blocks = [mrkdwn("<https://example.org/1|Runbook> <tel:+442079460101|+44 20>")]
    await post(slack, text="x", blocks=[*blocks, {"type": "rich_text", "elements": [link]}])
    assert [(found.target, found.label) for found in slack.links] == [
        ("https://example.org/1", "Runbook"),
        ("tel:+442079460101", "+44 20"),
        ("https://example.org/2", ""),
    ]
