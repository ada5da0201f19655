"""Private incidents: a channel of their own, no list, no Home, and what happens where Slack allows no such channel."""

from __future__ import annotations

from bot.domain.vocabulary import Surface
from tests.e2e.shift import AP, STUCK, Shift, click, opens, submits


async def test_a_private_incident_is_seen_in_its_own_channel_only(night: Shift) -> None:
    modal = await (await night.alice.command("/incident open", AP)).modal()
    await modal.fill("What do you see?", STUCK)
    await modal.choose("Who may see it", "Private")
    await submits(modal)
    channel = await night.slack.until(lambda: _private(night), None, lambda: "no private channel was made")
    head = await night.slack.channel(channel).wait_for(lambda m: "INC-1" in m.text and "step 1" in m.text)
    assert "alice" in night.slack.channel(channel).members
    assert night.slack.channel(AP).messages == []
    for line in ("list", "show", "show INC-1", "note leak"):
        reply = await night.bob.command(f"/incident {line}", AP)
        assert STUCK not in reply.text and "ecorded in" not in reply.text
    home = await night.bob.open_home()
    assert STUCK not in home.text
    reply = await night.alice.command("/incident note only here", channel)
    assert "Recorded in INC-1" in reply.text
    reply = await night.bob.command(f"/incident open invoice-extract {STUCK}", AP)
    assert "INC-2 is open" in reply.text, "a public report does not vanish into a private incident"
    assert head.thread.text


def _private(night: Shift) -> str | None:
    return next((one.id for one in night.slack.workspace.channels.values() if one.name == "inc-1-private"), None)


async def test_made_private_later_it_goes_on_elsewhere(night: Shift) -> None:
    head = await night.opened()
    modal = await (await (await opens(night.alice, head, "More…")).click("Make private…")).modal()
    await modal.choose("Go on in", "secret")
    await submits(modal)
    moved = await night.slack.channel("secret").wait_for(lambda m: "INC-1" in m.text and "step 1" in m.text)
    await moved.thread.wait_for(lambda m: "As expected" in m.buttons)
    await night.slack.channel(AP).wait_for(lambda m: "INC-1 is private now" in m.text)
    assert STUCK not in night.slack.channel(AP).text
    assert "agentctl" not in head.thread.text
    await night.dana.click(await night.step(moved, "As expected"), "As expected")
    await moved.thread.wait_for(lambda m: "step 2 of" in m.text)


async def test_where_slack_makes_no_private_channel_people_are_told_what_is_saved_and_what_to_do(night: Shift) -> None:
    night.slack.faults.next("conversations.create", times=2, error="restricted_action")
    modal = await (await night.alice.command("/incident open", AP)).modal()
    await modal.fill("What do you see?", STUCK)
    await modal.choose("Who may see it", "Private")
    await submits(modal)
    told = await night.told(night.alice, "INC-1 is recorded and private, and shown nowhere")
    assert "/incident private INC-1" in told.text and "restricted_action" in told.text
    await night.alice.direct.wait_for(lambda m: "INC-1 is recorded and private" in m.text)
    assert night.slack.channel(AP).messages == []
    assert "INC-1" in (await night.alice.command("/incident private INC-1", AP)).text
    assert Surface.HEAD not in (await night.incident()).shown
    await night.alice.command("/incident private INC-1", "#secret")
    head = await night.slack.channel("#secret").wait_for(lambda m: "INC-1" in m.text and "step 1" in m.text)
    await click(night.alice, head, "I have it")
    assert "is private already" in (await night.alice.command("/incident private INC-1", "#secret")).text


async def test_made_private_where_slack_makes_no_channel_nothing_stays_in_public(night: Shift) -> None:
    head = await night.opened()
    await click(night.bob, head, "I have it")
    night.slack.faults.next("conversations.create", error="restricted_action")
    await night.alice.command("/incident private", AP)
    for who in (night.alice, night.bob):
        await night.told(who, "INC-1 is recorded and private, and shown nowhere")
    assert STUCK not in night.slack.channel(AP).text and "agentctl" not in head.thread.text


async def test_a_private_channel_whose_name_is_taken_gets_another(night: Shift) -> None:
    night.slack.faults.next("conversations.create", error="name_taken")
    modal = await (await night.alice.command("/incident open", AP)).modal()
    await modal.fill("What do you see?", STUCK)
    await modal.choose("Who may see it", "Private")
    await submits(modal)

    def made() -> str | None:
        every = night.slack.workspace.channels.values()
        return next((one.id for one in every if one.name.startswith("inc-1-private-")), None)

    channel = await night.slack.until(made, None, lambda: "no private channel was made")
    await night.slack.channel(channel).wait_for(lambda m: "INC-1" in m.text)
