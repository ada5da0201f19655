"""Threads, direct messages, emoji, shortcuts and the Home tab: where there are no slash commands."""

from __future__ import annotations

from bot.demo.standin.driver.posted import Posted
from bot.domain.vocabulary import MarkKind
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, STUCK, Shift, click, opens, shift, submits


async def taken(said: Posted) -> None:
    """The receipt: a mark on the message, and no post."""
    await said.slack.until(lambda: "white_check_mark" in said.reactions or None, None, lambda: f"{said.reactions}")


async def test_mentions_take_the_same_words(both: Shift) -> None:
    head = await both.opened()
    await taken(await both.dana.mention_bot("note the provider is red", thread=head.thread))
    for words, answer in (
        ("notee x", "Did you mean note?"),
        ("handover", "Say whom you hand over to"),
        ("help", "take the lead"),
        ("open", "a mention cannot open one"),
        ("show", STUCK),
        ("runbook rollback", "agentctl rollback invoice-extract"),
    ):
        await both.dana.mention_bot(words, thread=head.thread)
        await both.told(both.dana, answer)
    assert "Did you mean" not in head.thread.text.replace("@section3 notee x", ""), "answers are for the asker alone"
    for words in ("done", "failed", "ran agentctl queue head", "step", "ack", "handover @bob"):
        await taken(await both.dana.mention_bot(words, thread=head.thread))
    incident = await both.incident()
    assert incident.offered_to is not None and incident.offered_to.id == both.bob.id


async def test_a_mention_outside_threads_finds_the_channels_incident(night: Shift) -> None:
    await night.opened()
    await taken(await night.dana.mention_bot("note from the channel", AP))


async def test_direct_messages_are_answered_like_commands(both: Shift) -> None:
    await both.alice.dm(f"runbook invoice-extract {STUCK}")
    await both.alice.direct.wait_for(lambda m: "IX-04" in m.text and m.author == "section3")
    await both.alice.dm(f"open invoice-extract {STUCK}")
    await both.alice.direct.wait_for(lambda m: "INC-1 is open" in m.text)
    head = await both.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text)
    assert head.channel.record.im == "", "never in a direct message"
    await both.alice.dm("note written from bed")
    await both.alice.direct.wait_for(lambda m: "Recorded in INC-1" in m.text)
    await both.alice.dm("nonsense")
    await both.alice.direct.wait_for(lambda m: "There is no nonsense" in m.text)


async def test_emoji_put_messages_into_the_timeline_and_take_them_out(both: Shift) -> None:
    head = await both.opened()
    both.clock.forward(minutes=1)
    said = await both.bob.say("id 8812 fails <every> time & again", head.thread)
    both.clock.forward(minutes=9)
    for emoji, kind in (("pushpin", "fact"), ("question", "question"), ("bulb", "idea"), ("memo", "action")):
        await both.dana.react(said, emoji)
        await both.slack.settled()
        key = f"{said.record.channel}:{said.ts}"
        assert (await both.incident()).marks[key] is MarkKind(kind)
    marked = [fact for fact in await both.facts() if fact.event.type == "marked"]
    assert marked[0].event.text == "id 8812 fails <every> time & again"  # type: ignore[union-attr]
    assert marked[0].event.author == "bob"  # type: ignore[union-attr]
    assert abs(marked[0].happened - float(said.ts) * 1000) < 1000, "dated by the message, not by the reaction"
    await both.bob.edit(said, "id 8812 fails every time: move it aside")
    await both.slack.settled()
    assert (await both.incident()).actions[0].text == "id 8812 fails every time: move it aside"
    reply = await both.dana.command("/incident actions", AP)
    assert "move it aside" in reply.text and reply.message is not None
    assert (await both.incident()).actions[0].owner_id == said.record.user
    await both.bob.react(said, "memo")
    await both.dana.unreact(said, "memo")
    await both.slack.settled()
    assert (await both.incident()).marks[key] is MarkKind.ACTION, "bob's emoji is still on it"
    await both.bob.unreact(said, "memo")
    await both.slack.settled()
    assert (await both.incident()).marks[key] is MarkKind.FACT, "the pushpin is still on it"
    for emoji in ("pushpin", "question", "bulb"):
        await both.dana.unreact(said, emoji)
        await both.slack.settled()
    assert (await both.incident()).marks == {}
    await both.dana.react(said, "memo")
    await both.slack.settled()
    reply = await both.dana.command("/incident actions", AP)
    assert reply.message is not None
    await click(both.dana, reply.message, "Done")
    assert (await both.incident()).actions[0].closed
    await both.bob.delete(said)
    await both.slack.settled()
    assert (await both.incident()).marks == {}
    await both.dana.react(head, "tada")
    await both.slack.settled()
    assert (await both.incident()).marks == {}


async def test_a_message_becomes_an_incident(both: Shift) -> None:
    said = await both.bob.say(f"{STUCK} - anybody?", AP)
    await both.bob.shortcut("Open an incident", said)
    modal = await both.bob.modal()
    assert STUCK in str(modal.value("What do you see?"))
    await submits(modal)
    await both.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text)
    assert said.ts.replace(".", "") in (await both.incident()).source
    await both.dana.shortcut("New incident")
    assert (await both.dana.modal()).title == "Open an incident"


async def test_a_message_is_added_to_the_timeline(night: Shift) -> None:
    head = await night.opened()
    inside = await night.bob.say("depth is 4,100", head.thread)
    night.clock.forward(minutes=5)
    await night.dana.shortcut("Add to timeline", inside)
    modal = await night.dana.modal()
    assert "depth is 4,100" in modal.text
    await modal.choose("What is it?", "An open question")
    await submits(modal)
    outside = await night.bob.say("customers call", "#general")
    await night.dana.shortcut("Add to timeline", outside)
    modal = await night.dana.modal()
    await modal.fill("Text", "")
    assert (await modal.submit()).errors
    await modal.fill("Text", "customers call since 08:00")
    await submits(modal)
    incident = await night.incident()
    assert list(incident.marks.values()) == [MarkKind.QUESTION, MarkKind.FACT]
    marked = [fact for fact in await night.facts() if fact.event.type == "marked"]
    assert [
        abs(fact.happened - float(one.ts) * 1000) < 1000 for fact, one in zip(marked, (inside, outside), strict=True)
    ]


async def test_home(night: Shift) -> None:
    home = await night.alice.open_home()
    assert "How to start" in home.text and "Readiness of all services" in home.text
    assert "invoice-extract answers" in home.text and "No closed incident" in home.text
    await night.opened()
    await home.click("Refresh")
    await home.wait_for(lambda text: "My open incidents" in text)
    await home.click("Show")
    modal = await night.alice.modal("INC-1")
    assert STUCK in modal.text
    await modal.close()
    other = await night.bob.open_home()
    assert "My open incidents" not in other.text and "Open incidents" in other.text
    await other.click("Open an incident…")
    assert (await night.bob.modal()).title == "Open an incident"


async def test_home_shows_the_readiness_of_ones_own_services(redis_server: str, redis_client: Client) -> None:
    contacts = {"Primary on-call (rota invoice-extract): Noor Haddad": "U0004DANA"}
    async with shift(HTTP, redis_server, contacts=contacts) as night:
        home = await night.dana.open_home()
        assert "Readiness of my services" in home.text and "invoice-extract answers" in home.text
        assert "support-triage answers" not in home.text
        assert "support-triage answers" in (await night.alice.open_home()).text


async def test_all_steps_shows_what_was_just_answered(night: Shift) -> None:
    head = await night.opened()
    modal = await opens(night.dana, await night.step(head, "All steps"), "All steps")
    await modal.click("As expected")
    await modal.wait_for(lambda text: "✓ 1 Check" in text)
