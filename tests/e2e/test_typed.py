"""What people type is recorded as it reads: names, channels and links, and nothing of it is live when it is shown."""

from __future__ import annotations

import pytest

from bot.slack.listening.typed import flat, typed
from tests.e2e.shift import AP, Shift

ASKED = "ask @dana and @oncall in #general, see https://status.acme.io/x?a=1&b=2, <b> @here"
READ = "ask @dana and @oncall in #general, see https://status.acme.io/x?a=1&b=2, <b> @here"


async def said(night: Shift) -> str:
    """The text of the newest fact."""
    return str(getattr((await night.facts())[-1].event, "text", ""))


async def test_notes_marks_and_edits_are_readable(both: Shift) -> None:
    head = await both.opened()
    await both.alice.command(f"/incident note {ASKED}", AP)
    assert await said(both) == READ
    await both.bob.mention_bot(f"note {ASKED}", thread=head.thread)
    await both.slack.settled()
    facts = [fact for fact in await both.facts() if fact.event.type == "noted"]
    assert [getattr(fact.event, "text", "") for fact in facts] == [READ, READ]
    message = await both.bob.say(ASKED, head.thread)
    await both.bob.react(message, "pushpin")
    await both.slack.settled()
    assert await said(both) == READ
    await both.bob.edit(message, "now @alice has it")
    await both.slack.settled()
    assert await said(both) == "now @alice has it"


async def test_what_was_typed_is_shown_without_a_live_mention(night: Shift) -> None:
    await night.opened(f"{ASKED} queue is stuck")
    head = await night.slack.channel(AP).wait_for(lambda m: "ask @dana" in m.text)
    await night.bob.mention_bot(f"update {ASKED}", thread=head.thread)
    update = await head.thread.wait_for(lambda m: "INC-1 · invoice-extract update" in m.text)
    for message in (head, update):
        shown = str(message.blocks)
        assert not [live for live in (night.dana.id, "<!here", "<!sub", "<#", "<https://status") if live in shown]
    await night.bob.shortcut("Open an incident", await night.bob.say("@dana the queue is stuck", AP))
    assert str((await night.bob.modal()).value("What do you see?")) == "@dana the queue is stuck"


async def test_a_handover_in_a_mention_is_kept_under_the_name(night: Shift) -> None:
    head = await night.opened()
    await night.alice.mention_bot("handover @bob", thread=head.thread)
    await night.slack.settled()
    offered = (await night.incident()).offered_to
    assert offered is not None and (offered.id, offered.name) == (night.bob.id, "bob")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("<@U0002ALICE> and <@U0003BOB>", "@alice and @bob"),
        ("<@U0002ALICE|al>", "@alice"),
        ("<#C0001GENERAL>, <#C1|general>", "#general, #general"),
        ("<https://a.io|status>, <https://a.io/|a.io>, <mailto:x@y.z|x@y.z>", "status (https://a.io), a.io, x@y.z"),
        ("<!channel> <!subteam^S1|@oncall> <!subteam^S2>", "@channel @oncall @group"),
        ("<!date^1700000000^{time}|03:14>", "03:14"),
        ("a &lt;@U0002ALICE&gt; b &amp;lt;", "a <@U0002ALICE> b &lt;"),
    ],
)
async def test_every_token_reads_as_it_looked(night: Shift, raw: str, read: str) -> None:
    assert flat(await typed(night.bot.front, raw)) == read
