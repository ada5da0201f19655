"""The night, acted and looked at as people do, over the wire, in both transports."""

from __future__ import annotations

from tests.e2e.shift import AP, STUCK, UNKNOWN, Shift


async def test_the_runbook_answers_with_reasons(both: Shift) -> None:
    reply = await both.alice.command(f"/runbook {STUCK}", AP)
    assert "Documented" in reply.text
    assert "IX-04 Queue backlog with idle workers" in reply.text
    assert "because" in reply.text


async def test_the_runbook_says_not_documented(both: Shift) -> None:
    reply = await both.alice.command(f"/runbook {UNKNOWN}", AP)
    assert "Not documented" in reply.text
    assert "Nearest, not matching" in reply.text
    assert "+44 20 7946" in reply.text


async def test_the_whole_night(both: Shift) -> None:
    head = await both.opened()
    assert "SEV2 · INC-1 · invoice-extract" in head.text
    assert "Slack wakes nobody: call" in head.text
    thread = head.thread
    step = await thread.wait_for(lambda m: "As expected" in m.buttons)
    await both.dana.click(head, "I have it")
    await both.dana.click(step, "As expected")
    step = await thread.wait_for(lambda m: "Didn't work" in m.buttons)
    await both.dana.click(step, "Didn't work")
    await thread.wait_for(lambda m: "Waiting until" in m.text)
    both.clock.forward(minutes=10)
    question = await thread.wait_for(lambda m: "5 more minutes" in m.buttons)
    await both.dana.click(question, "Yes")
    branch = await thread.wait_for(lambda m: "BRANCH" in m.text)
    modal = await (await both.dana.click(branch, "I did something else")).modal()
    await modal.fill("What did you do?", "moved the poison message aside")
    await modal.choose("Did it help?", "It helped")
    assert (await modal.submit()).closed
    head = await both.slack.channel(AP).wait_for(lambda m: "Impact over" in m.buttons)
    await both.dana.click(head, "Impact over")
    head = await both.slack.channel(AP).wait_for(lambda m: "Close…" in m.buttons)
    modal = await (await both.dana.click(head, "Close…")).modal()
    await modal.choose("What ended it?", "Something that is in no step")
    assert (await modal.submit()).closed
    await both.slack.channel(AP).wait_for(lambda m: "closed" in m.text and "INC-1" in m.text)
    both.clock.forward(minutes=3)
    summary = await thread.wait_for(lambda m: "PROPOSED" in m.text)
    assert "IX-04" in summary.text
    drafted = await thread.wait_for(lambda m: any(name.endswith(".md") for name in m.files))
    assert b"# " in next(data for name, data in drafted.files.items() if name.endswith(".md"))
    assert {(one.kind, one.target) for one in both.slack.mentions} == {("user", both.dana.id)}, "only the lead"


async def test_the_night_makes_few_posts(night: Shift) -> None:
    """Finished steps, changed heads and waits are edits: two posts carry the first three steps."""
    head = await night.opened()
    step = await head.thread.wait_for(lambda m: "As expected" in m.buttons)
    await night.dana.click(head, "I have it")
    await night.dana.click(step, "As expected")
    step = await head.thread.wait_for(lambda m: "Didn't work" in m.buttons)
    await night.dana.click(step, "Worked")
    await head.thread.wait_for(lambda m: "Waiting until" in m.text)
    await night.quiet()
    assert len(night.slack.calls_of("chat.postMessage")) == 2
    night.clock.forward(minutes=10)
    await head.thread.wait_for(lambda m: "5 more minutes" in m.buttons)
    await night.quiet()
    assert len(night.slack.calls_of("chat.postMessage")) == 3


async def test_a_second_open_is_a_report(both: Shift) -> None:
    head = await both.opened()
    reply = await both.bob.command("/incident open invoice-extract still stuck here", AP)
    assert "Added to" in reply.text
    await both.slack.channel(AP).wait_for(lambda m: "reported 1 more time" in m.text)
    assert reply.message is not None
    await both.bob.click(reply.message, "No, separate incident")
    second = await both.slack.channel(AP).wait_for(lambda m: "INC-2" in m.text)
    assert "still stuck here" in second.text
    assert second.ts != head.ts


async def test_two_people_click_the_same_step(both: Shift) -> None:
    head = await both.opened()
    step = (await head.thread.wait_for(lambda m: "As expected" in m.buttons)).frozen()
    await both.dana.click(step, "As expected")
    await both.bob.click(step, "As expected")
    told = await both.bob.whispers.wait_for(lambda m: "Step 1 was answered by dana" in m.text)
    assert "as expected" in told.text


async def test_words_with_payload_reach_their_listener(both: Shift) -> None:
    """Bolt 1.30 takes any form with the word "payload" for an interactive one."""
    await both.opened()
    reply = await both.alice.command("/incident note payload too large, <!channel> & @here", AP)
    assert reply.ok, reply.error
    assert "Recorded in INC-1" in reply.text
    assert both.slack.mentions == []


async def test_mentions_in_the_thread_use_the_same_words(both: Shift) -> None:
    head = await both.opened()
    said = await both.dana.mention_bot("done looks fine", thread=head.thread)
    await head.thread.wait_for(lambda m: "step 2 of" in m.text)
    await head.thread.wait_for(lambda m: m.ts == said.ts and "white_check_mark" in m.reactions)


async def test_unknown_words_get_help_that_names_the_nearest(both: Shift) -> None:
    reply = await both.alice.command("/incident opne invoice-extract", AP)
    assert "Did you mean" in reply.text
    assert "open" in reply.text
