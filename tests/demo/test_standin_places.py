"""People, channels and files, with raw calls around any gate of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.demo.standin import StandIn
from tests.demo.standin_app import BUSY, call, client, error, post


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with await StandIn.start(BUSY) as started:
        yield started


async def test_people_and_groups(slack: StandIn) -> None:
    alice = slack.user("alice")
    assert (await call(slack, "users.info", user=alice.id))["user"]["tz"] == "Etc/UTC"
    assert await error(slack, "users.info", user="U0") == "user_not_found"
    found = await call(slack, "users.lookupByEmail", email="ALICE@example.org")
    assert found["user"]["id"] == alice.id
    assert await error(slack, "users.lookupByEmail", email="nobody@example.org") == "users_not_found"
    (group,) = (await call(slack, "usergroups.list"))["usergroups"]
    assert (await call(slack, "usergroups.users.list", usergroup=group["id"]))["users"] == [alice.id]
    assert await error(slack, "usergroups.users.list", usergroup="S0") == "no_such_subteam"
    assert (await call(slack, "users.info", user=slack.user("dan").id))["user"]["is_stranger"]


async def test_channels_are_made_joined_and_shared(slack: StandIn) -> None:
    alice = slack.user("alice").id
    made = (await call(slack, "conversations.create", name="inc-1", is_private=True))["channel"]
    assert made["is_private"]
    assert await error(slack, "conversations.create", name="inc-1") == "name_taken"
    assert await error(slack, "conversations.create", name="Big Name") == "invalid_name_specials"
    assert await error(slack, "conversations.create", name="") == "invalid_name_required"
    assert await error(slack, "conversations.create", name="--") == "invalid_name_punctuation"
    assert await error(slack, "conversations.create", name="x" * 81) == "invalid_name_maxlength"
    assert (await call(slack, "conversations.invite", channel=made["id"], users=alice))["ok"]
    assert await error(slack, "conversations.invite", channel=made["id"], users=alice) == "already_in_channel"
    assert await error(slack, "conversations.invite", channel=made["id"], users="U0") == "user_not_found"
    elsewhere = slack.channel("#elsewhere").id
    assert await error(slack, "conversations.invite", channel=elsewhere, users=alice) == "not_in_channel"
    assert (await call(slack, "conversations.join", channel=elsewhere))["ok"]
    assert (await call(slack, "conversations.join", channel=elsewhere))["warning"] == "already_in_channel"
    assert await error(slack, "conversations.join", channel=made["id"]) == "method_not_supported_for_channel_type"
    assert await error(slack, "conversations.info", channel=slack.channel("#secret").id) == "channel_not_found"
    topic = await call(slack, "conversations.setTopic", channel=made["id"], topic="INC-1")
    assert topic["channel"]["topic"]["value"] == "INC-1"
    written = [message.record.subtype for message in slack.channel("#inc-1").messages]
    assert written == ["channel_join", "channel_topic"]
    assert slack.mentions == []
    assert await error(slack, "conversations.setTopic", channel=made["id"], topic="x" * 251) == "too_long"
    members = (await call(slack, "conversations.members", channel=made["id"]))["members"]
    assert members == [slack.workspace.bot.id, alice]
    assert (await call(slack, "conversations.info", channel=slack.channel("#ap").id))["channel"]["is_ext_shared"]
    names = {c["name"] for c in (await call(slack, "conversations.list"))["channels"]}
    assert {"secret", "inc-1"}.isdisjoint(names)
    assert (await call(slack, "conversations.archive", channel=made["id"]))["ok"]
    assert (await call(slack, "chat.postMessage", channel=made["id"], text="x"))["error"] == "is_archived"


async def test_conversations_are_listed_by_kind(slack: StandIn) -> None:
    alice = slack.user("alice").id
    await call(slack, "chat.postMessage", channel=alice, text="psst")

    async def names(**args: Any) -> set[str]:
        return {c.get("name", "direct") for c in (await call(slack, "conversations.list", **args))["channels"]}

    assert await names() == {"general", "ap", "elsewhere", "old"}
    assert await names(exclude_archived=True) == {"general", "ap", "elsewhere"}
    assert await names(types="private_channel,im") == {"war", "direct"}
    assert await error(slack, "conversations.list", types="channels") == "invalid_types"
    mine = {c["name"] for c in (await call(slack, "users.conversations"))["channels"]}
    assert mine == {"general", "ap", "war", "old"}
    assert await error(slack, "users.conversations", user="U0") == "user_not_found"


async def test_direct_conversations(slack: StandIn) -> None:
    alice = slack.user("alice").id
    opened = (await call(slack, "conversations.open", users=alice, return_im=True))["channel"]
    assert opened["is_im"]
    assert opened["user"] == alice
    assert (await call(slack, "conversations.open", channel=opened["id"]))["channel"] == {"id": opened["id"]}
    assert await error(slack, "conversations.open") == "users_list_not_supplied"
    assert await error(slack, "conversations.open", users="U0") == "user_not_found"
    for method in ("conversations.invite", "conversations.archive"):
        refused = await error(slack, method, channel=opened["id"], users=alice)
        assert refused == "method_not_supported_for_channel_type"


async def test_leaving_removing_and_archiving(slack: StandIn) -> None:
    ap, alice = slack.channel("#ap").id, slack.user("alice").id
    assert (await call(slack, "conversations.setPurpose", channel=ap, purpose="bills"))["purpose"] == "bills"
    assert (await call(slack, "conversations.kick", channel=ap, user=alice))["ok"]
    assert await error(slack, "conversations.kick", channel=ap, user=alice) == "not_in_channel"
    assert await error(slack, "conversations.kick", channel=ap, user=slack.workspace.bot.id) == "cant_kick_self"
    assert await error(slack, "conversations.kick", channel=ap) == "no_user"
    assert (await call(slack, "conversations.archive", channel=ap))["ok"]
    assert await error(slack, "conversations.archive", channel=ap) == "already_archived"
    assert await error(slack, "conversations.setTopic", channel=ap, topic="x") == "is_archived"
    assert await error(slack, "conversations.invite", channel=ap, users=alice) == "is_archived"
    general = slack.channel("#general").id
    assert await error(slack, "conversations.archive", channel=general) == "cant_archive_general"
    assert await error(slack, "conversations.invite", channel=general) == "no_user"
    assert (
        await error(slack, "conversations.invite", channel=general, users=slack.workspace.bot.id) == "cant_invite_self"
    )
    assert (await call(slack, "conversations.leave", channel=general))["ok"]
    assert (await call(slack, "conversations.leave", channel=general))["not_in_channel"]
    assert await error(slack, "conversations.join", channel=slack.channel("#old").id) == "is_archived"


async def test_what_hangs_on_messages_can_be_taken_off(slack: StandIn) -> None:
    posted = await post(slack)
    args = {"channel": posted["channel"], "timestamp": posted["ts"]}
    await call(slack, "reactions.add", name="eyes", **args)
    assert (await call(slack, "reactions.get", **args))["message"]["reactions"][0]["count"] == 1
    assert await error(slack, "pins.remove", **args) == "no_pin"
    await call(slack, "pins.add", **args)
    assert (await call(slack, "pins.remove", **args))["ok"]
    mark = {"channel_id": posted["channel"], "title": "Runbook", "link": "https://example.org"}
    assert await error(slack, "bookmarks.add", type="folder", **mark) == "invalid_bookmark_type"
    assert await error(slack, "bookmarks.add", type="link", **(mark | {"link": "ftp://x"})) == "invalid_link"
    await call(slack, "bookmarks.add", type="link", **mark)
    assert len((await call(slack, "bookmarks.list", channel_id=posted["channel"]))["bookmarks"]) == 1
    wrong = {"type": "html", "markdown": "x"}
    assert await error(slack, "canvases.create", document_content=wrong) == "invalid_arguments"


async def test_a_message_holds_only_so_many_emoji(slack: StandIn) -> None:
    posted = await post(slack)
    message = slack.channel("#ap").messages[0].record
    message.reactions.update({f"custom-{number}": ["U0"] for number in range(50)})
    args = {"channel": posted["channel"], "timestamp": posted["ts"]}
    assert await error(slack, "reactions.add", name="eyes", **args) == "too_many_emoji"
    slack.channel("#ap").record.archived = True
    assert await error(slack, "reactions.add", name="eyes", **args) == "is_archived"


async def test_files_can_be_deleted_and_lengths_are_numbers(slack: StandIn) -> None:
    file = {"content": "x", "filename": "a.md", "alt_txt": "the draft"}
    answer = await client(slack).files_upload_v2(file_uploads=[file], channel=slack.channel("#ap").id)
    message = slack.channel("#ap").messages[0]
    assert list(message.files) == ["a.md"]
    assert (await call(slack, "files.delete", file=answer["files"][0]["id"]))["ok"]
    assert message.files == {}
    assert await error(slack, "files.info", file=answer["files"][0]["id"]) == "file_not_found"
    assert await error(slack, "files.getUploadURLExternal", filename="a", length="x") == "invalid_arguments"
    long = {"filename": "a", "length": 1, "alt_txt": "x" * 1001}
    assert await error(slack, "files.getUploadURLExternal", **long) == "alt_txt_too_large"
    assert await error(slack, "files.completeUploadExternal", files=["x"]) == "invalid_arguments"


async def test_permalinks_lead_into_threads(slack: StandIn) -> None:
    parent = (await post(slack))["ts"]
    reply = (await post(slack, thread_ts=parent))["ts"]
    channel = slack.channel("#ap").id
    link = (await call(slack, "chat.getPermalink", channel=channel, message_ts=reply))["permalink"]
    assert link.endswith(f"/archives/{channel}/p{reply.replace('.', '')}?thread_ts={parent}&cid={channel}")
    assert await error(slack, "chat.getPermalink", channel=channel, message_ts="1.0") == "message_not_found"


async def test_files_arrive_in_three_steps(slack: StandIn) -> None:
    parent = (await post(slack))["ts"]
    channel = slack.channel("#ap")
    await client(slack).files_upload_v2(
        content="# Draft",
        filename="draft.md",
        title="Draft",
        channel=channel.id,
        thread_ts=parent,
        initial_comment="Here",
    )
    shared = channel.thread(parent).messages[0]
    assert shared.files == {"draft.md": b"# Draft"}
    assert shared.text == "Here\n[file: Draft]"
    assert await error(slack, "files.getUploadURLExternal", filename="a.png", length=0) == "missing_argument"
    ticket = await call(slack, "files.getUploadURLExternal", filename="a.png", length=3)
    files = [{"id": ticket["file_id"]}]
    assert await error(slack, "files.completeUploadExternal", files=files) == "file_not_found"
    async with aiohttp.ClientSession() as session:
        async with session.post(ticket["upload_url"], data=b"four") as response:
            assert (response.status, await response.text()) == (400, "length_mismatch")
        async with session.post(ticket["upload_url"], data=b"abc") as response:
            assert response.status == 200
    assert await error(slack, "files.completeUploadExternal", files=files, channel_id="C0") == "channel_not_found"
    assert (await call(slack, "files.completeUploadExternal", files=files))["ok"]
    info = (await call(slack, "files.info", file=ticket["file_id"]))["file"]
    async with aiohttp.ClientSession() as session, session.get(info["url_private"]) as response:
        assert response.status == 403


async def test_pins_bookmarks_and_canvases(slack: StandIn) -> None:
    posted = await post(slack)
    args = {"channel": posted["channel"], "timestamp": posted["ts"]}
    assert (await call(slack, "pins.add", **args))["ok"]
    assert await error(slack, "pins.add", **args) == "already_pinned"
    assert len((await call(slack, "pins.list", channel=posted["channel"]))["items"]) == 1
    mark = {"channel_id": posted["channel"], "title": "Runbook", "type": "link", "link": "https://example.org"}
    assert (await call(slack, "bookmarks.add", **mark))["ok"]
    content = {"type": "markdown", "markdown": "# Draft"}
    made = await call(slack, "canvases.create", title="Draft", document_content=content)
    assert slack.workspace.canvases[made["canvas_id"]]["markdown"] == "# Draft"
