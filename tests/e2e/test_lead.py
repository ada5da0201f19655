"""One lead at a time, and everybody concerned knows who it is."""

from __future__ import annotations

from tests.e2e.shift import AP, Shift, click, opens, submits


async def test_two_people_who_say_i_have_it_do_not_both_lead(both: Shift) -> None:
    head = await both.opened()
    seen = head.frozen()
    await click(both.dana, head, "I have it")
    await click(both.bob, seen, "I have it")
    told = await both.told(both.bob, "dana has led INC-1 since")
    assert "'lead' takes it over" in told.text
    assert "dana has led INC-1" in (await both.bob.command("/incident ack", AP)).text
    lead = (await both.incident()).lead
    assert lead is not None and lead.id == both.dana.id


async def test_a_lead_who_is_replaced_is_told(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, head, "I have it")
    assert "You lead INC-1" in (await night.bob.command("/incident lead", AP)).text
    told = await head.thread.wait_for(lambda m: "bob leads INC-1 now" in m.text)
    assert told.text.startswith("@dana:")


async def test_whoever_is_given_the_lead_is_told(night: Shift) -> None:
    head = await night.opened()
    modal = await (await (await opens(night.alice, head, "More…")).click("Give the lead…")).modal()
    await modal.choose("Who leads?", "bob")
    await submits(modal)
    told = await head.thread.wait_for(lambda m: "gave you the lead of INC-1" in m.text)
    assert told.text == "@bob: alice gave you the lead of INC-1."
    await night.alice.command("/incident lead @dana", AP)
    told = await head.thread.wait_for(lambda m: "@dana: alice gave you the lead" in m.text)
    assert "@bob no longer leads" in told.text


async def test_taking_a_free_lead_posts_nothing(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, head, "I have it")
    await night.quiet()
    assert len(head.thread.messages) == 1
