"""Who has it, who is called, who may decide: the head's buttons, More…, questions of the bot, groups, privacy."""

from __future__ import annotations

from bot.domain.base import Severity
from bot.domain.incident import Phase, RollbackStage
from bot.domain.vocabulary import Surface
from tests.e2e.shift import AP, STUCK, UNKNOWN, Shift, click, opens, submits, value_of


async def test_the_buttons_of_the_head_follow_the_state(both: Shift) -> None:
    head = await both.opened()
    assert head.buttons == ["I have it", "Call next", "Roll back…", "More…"]
    await click(both.dana, head, "I have it")
    head = await both.slack.channel(AP).wait_for(lambda m: "Post update" in m.buttons)
    assert head.buttons == ["Post update", "Impact over", "Call next", "Roll back…", "More…"]
    assert "Verify: oldest age" in head.button("Impact over").confirm
    modal = await opens(both.dana, head, "Post update")
    assert value_of(modal, "Next update in") == "30"
    assert set((await modal.submit()).errors) == {"What is true now?"}
    await modal.fill("What is true now?", "two workers restarted, depth falls")
    await submits(modal)
    update = await head.thread.wait_for(lambda m: "depth falls" in m.text and m.ts != head.ts)
    assert update.record.broadcast, "an update goes to the channel as well"
    await both.slack.channel(AP).wait_for(lambda m: "Latest: two workers" in m.text)
    await click(both.dana, head, "Impact over")
    head = await both.slack.channel(AP).wait_for(lambda m: "Close…" in m.buttons)
    modal = await opens(both.dana, head, "Close…")
    await modal.choose("What ended it?", "Something that is in no step")
    assert set((await modal.submit()).errors) == {"What was it, in a sentence?"}
    await modal.choose("Was it documented?", "Yes, by another entry")
    await modal.fill("What was it, in a sentence?", "the deploy of a neighbour")
    assert set((await modal.submit()).errors) == {"Which other entry?"}
    await modal.fill("Which other entry?", "IX-05")
    await submits(modal)
    head = await both.slack.channel(AP).wait_for(lambda m: "Reopen" in m.buttons)
    await click(both.bob, head, "Reopen")
    await both.slack.channel(AP).wait_for(lambda m: "Close…" in m.buttons or "Impact over" in m.buttons)


async def test_who_never_clicked_is_asked_once_at_the_close(night: Shift) -> None:
    head = await night.opened()
    await night.alice.command("/incident over", AP)
    await night.slack.channel(AP).wait_for(lambda m: "Close…" in m.buttons)
    modal = await opens(night.dana, head, "Close…")
    steps = [control for control in modal.controls if control.label == "Which of these did you do?"]
    offered = [option["text"]["text"] for option in steps[0].element["options"]]
    await modal.choose("Which of these did you do?", offered[0], offered[1])
    await submits(modal)
    run = (await night.incident()).runs[0]
    assert [state.status.value for state in run.steps[:3]] == ["recalled", "recalled", "pending"]


async def test_calls(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, head, "Call next")
    card = await night.step(head, "Reached")
    assert "Noor Haddad" in card.text and "+44 20 7946 0101" in card.text
    assert ("tel:+442079460101", "+44 20 7946 0101") in [(one.target, one.label) for one in night.slack.links]
    assert "Say: “invoice-extract, severity 2" in card.text
    await night.slack.channel(AP).wait_for(lambda m: "is being called since" in m.text)
    night.clock.forward(minutes=5)
    asked = await head.thread.wait_for(lambda m: "Did Primary on-call" in m.text)
    await click(night.dana, asked, "Call next")
    await head.thread.wait_for(lambda m: "Noor Haddad: no answer" in m.text)
    await click(night.dana, card, "Reached")
    await head.thread.wait_for(lambda m: "Piotr Zielinski was reached" in m.text)
    await night.dana.choose(card, "Somebody else", "AP manager: Lucia Ferri")
    await head.thread.wait_for(lambda m: "Call AP manager: Lucia Ferri" in m.text)
    await click(night.dana, card, "No answer")
    assert [call.outcome.value for call in (await night.incident()).calls] == ["no_answer", "reached", "no_answer"]


async def test_nobody_has_it(night: Shift) -> None:
    """After five minutes the bot asks in the thread, once; somebody who talks is asked by name."""
    head = await night.opened()
    night.clock.forward(minutes=5)
    asked = await head.thread.wait_for(lambda m: "Nobody has it" in m.text)
    await click(night.bob, asked, "I have it")
    await night.slack.channel(AP).wait_for(lambda m: "Lead: @bob" in m.text)


async def test_an_update_is_asked_of_the_lead_alone_and_never_during_a_wait(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, head, "I have it")
    await click(night.dana, await night.step(head, "As expected"), "As expected")
    await night.step(head, "Worked")
    night.clock.forward(minutes=25)
    await click(night.dana, await night.step(head, "Worked"), "Worked")
    await night.step(head, "Cut short…")
    night.clock.forward(minutes=6)
    await night.quiet()
    assert "update is due" not in "\n".join(night.slack.visible_for(night.dana))
    night.clock.forward(minutes=5)
    await night.step(head, "5 more minutes")
    await click(night.dana, await night.step(head, "5 more minutes"), "Yes")
    asked = await night.told(night.dana, "update is due")
    assert "update is due" not in head.thread.text
    modal = await opens(night.dana, asked, "Post update")
    await modal.fill("What is true now?", "better")
    await submits(modal)


async def test_thirty_quiet_minutes_ask_whether_it_is_over(night: Shift) -> None:
    head = await night.opened()
    await night.alice.command("/incident sev 3", AP)
    await click(night.dana, head, "I have it")
    await night.dana.say("I think that was it", head.thread)
    await night.slack.settled()
    since = night.clock.now()
    night.clock.forward(minutes=31)
    asked = await head.thread.wait_for(lambda m: "Over?" in m.text)
    assert asked.buttons[1:] == ["Other time", "Still going"]
    await click(night.dana, asked, "Still going")
    night.clock.forward(minutes=31)
    asked = await head.thread.wait_for(lambda m: "Over?" in m.text and m.ts != asked.ts)
    modal = await opens(night.dana, asked, "Other time")
    await modal.choose("Over since", str(night.clock.now() // 1000 + 600))
    assert (await modal.submit()).errors == {"Over since": "This time lies in the future."}
    await modal.choose("Over since", str(since // 1000 - 7200))
    assert (await modal.submit()).errors == {"Over since": "This is before the incident was declared."}
    await modal.close()
    await click(night.dana, asked, asked.buttons[0])
    assert (await night.incident()).phase is Phase.MITIGATED


async def test_handover(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, head, "I have it")
    modal = await (await (await opens(night.dana, head, "More…")).click("Hand over…")).modal()
    assert set((await modal.submit()).errors) == {"Hand over to"}
    await modal.choose("Hand over to", "bob")
    await submits(modal)
    offer = await night.step(head, "Catch me up")
    assert "@bob: take over INC-1?" in offer.text and "Tried" in offer.text
    lead = (await night.incident()).lead
    assert lead is not None and lead.id == night.dana.id, "the old lead stays until it is taken"
    await click(night.alice, offer, "I have it")
    await night.told(night.alice, "INC-1 was offered to bob")
    await click(night.bob, offer, "Catch me up")
    assert "the facts so far" in (await night.told(night.bob, "Here:")).notification
    await click(night.bob, offer, "I have it")
    await night.slack.channel(AP).wait_for(lambda m: "Lead: @bob" in m.text)


async def test_everything_behind_more(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, head, "I have it")

    async def behind(label: str):  # type: ignore[no-untyped-def]
        modal = await opens(night.dana, head, "More…")
        return await (await modal.click(label)).modal()

    note = await behind("Note…")
    assert set((await note.submit()).errors) == {"What happened?"}
    await note.fill("What happened?", "the provider is red")
    await submits(note)
    severity = await behind("Severity…")
    assert value_of(severity, "Severity") == "SEV2"
    assert "already" in next(iter((await severity.submit()).errors.values()))
    await severity.choose("Severity", "SEV1")
    await submits(severity)
    assert (await night.incident()).severity is Severity.SEV1
    lead = await behind("Give the lead…")
    await lead.choose("Who leads?", "bob")
    await submits(lead)
    caught = await behind("Catch me up")
    assert STUCK in caught.text, "what a form is asked is answered in a form"
    for modal in reversed(night.dana.modals):
        await modal.close()
    modal = await opens(night.dana, head, "More…")
    await modal.click("Show the step")
    await modal.click("Draw again")
    await night.quiet()
    cancel = await (await modal.click("Cancel…")).modal()
    assert set((await cancel.submit()).errors) == {"Why?"}
    await cancel.choose("Why?", "Duplicate of another incident")
    assert set((await cancel.submit()).errors) == {"Duplicate of"}
    await cancel.choose("Why?", "Opened by mistake")
    await submits(cancel)
    assert not night.dana.modals, "a form behind a form closes both"
    await night.slack.channel(AP).wait_for(lambda m: "Cancelled" in m.text)


async def test_a_duplicate_points_to_the_other_one(night: Shift) -> None:
    first = await night.opened()
    reply = await night.bob.command("/incident open invoice-extract the same again", AP)
    assert reply.message is not None
    await click(night.bob, reply.message, "No, separate incident")
    await night.slack.channel(AP).wait_for(lambda m: "INC-2" in m.text)
    await night.bob.command("/incident cancel INC-2 duplicate of INC-1", AP)
    await night.slack.channel(AP).wait_for(lambda m: "Duplicate: go on in INC-1" in m.text)
    link = (await night.incident(1)).shown[Surface.HEAD].link
    assert first.ts.replace(".", "") in link
    assert link in [one.target for one in night.slack.links]


async def test_also_affects(night: Shift) -> None:
    """A pointer in the other service's channel, its playbook in the same thread when it is asked for."""
    head = await night.opened("the model provider answers 429 overloaded, queue is stuck and workers idle")
    modal = await (await (await opens(night.dana, head, "More…")).click("Also affects…")).modal()
    await modal.choose("Service", "support-triage")
    await submits(modal)
    told = await head.thread.wait_for(lambda m: "Also affects support-triage" in m.text)
    pointer = await night.slack.channel("#support-triage").wait_for(lambda m: "INC-1" in m.text)
    assert "also affects support-triage" in pointer.text
    await night.slack.channel(AP).wait_for(lambda m: "also support-triage" in m.text)
    walk = next((label for label in told.buttons if label.startswith("Walk ST-")), "")
    if walk:
        await click(night.dana, told, walk)
        await head.thread.wait_for(lambda m: "ST-" in m.text and "step 1 of" in m.text)


async def test_outside_the_group_a_rollback_is_warned_recorded_and_marked(grouped: Shift) -> None:
    head = await grouped.opened()
    modal = await opens(grouped.bob, head, "Roll back…")
    await modal.choose("Which condition is met?", "No condition is met")
    assert set((await modal.submit()).errors) == {"Why all the same, if none is met?"}
    await modal.fill("Why all the same, if none is met?", "it only started with the release")
    await modal.choose("Decision", "I decide now: roll back")
    await submits(modal)
    warned = await grouped.told(grouped.bob, "not in the group that may decide")
    assert (await grouped.incident()).rollback.stage is RollbackStage.CONDITION, "warned before it is decided"
    await click(grouped.bob, warned, next(label for label in warned.buttons if label.startswith("Ask ")))
    await head.thread.wait_for(lambda m: "asks you to decide the rollback" in m.text)
    await click(grouped.bob, await grouped.step(head, "Decide to roll back"), "Decide to roll back")
    await click(grouped.bob, warned, "I'm deciding anyway")
    card = await head.thread.wait_for(lambda m: "Decided outside the authorised group" in m.text)
    assert not (await grouped.incident()).rollback.authorised
    await click(grouped.dana, card, "Command failed")
    await click(grouped.dana, await grouped.step(head, "Roll back again"), "Roll back again")
    await head.thread.wait_for(lambda m: "Command finished" in m.buttons)
    assert (await grouped.incident()).rollback.authorised


async def test_outside_the_group_words_are_warned_too(grouped: Shift) -> None:
    await grouped.opened()
    reply = await grouped.bob.command("/incident rollback decide", AP)
    assert "Nobody has said which condition" in reply.text, "nobody may, so there is nothing to warn of"
    await grouped.bob.command("/incident rollback because it only started with the release", AP)
    reply = await grouped.bob.command("/incident rollback decide", AP)
    assert "not in the group" in reply.text
    assert (await grouped.incident()).rollback.stage is RollbackStage.CONDITION
    reply = await grouped.bob.command("/incident sev 3 looks small", AP)
    assert "INC-1 is SEV3 now" in reply.text and "not in the group that lowers severities" in reply.text
    changed = next(fact.event for fact in await grouped.facts() if fact.event.type == "severity_changed")
    assert changed.authorised is False
    reply = await grouped.dana.command("/incident sev 4", AP)
    assert "not in the group" not in reply.text


async def test_the_proposal_is_answered_in_words(night: Shift) -> None:
    head = await night.opened(UNKNOWN)
    await night.dana.command("/incident close none", AP)
    night.clock.forward(minutes=3)
    await night.step(head, "Copy")
    assert "Say why: decline <why>" in (await night.dana.command("/incident decline INC-1", AP)).text
    assert "The proposal of INC-1 is on its way." in (await night.dana.command("/incident accept INC-1", AP)).text
    await head.thread.wait_for(lambda m: "Sent:" in m.text)
    declined = await night.dana.command("/incident decline INC-1 it was the vendor", AP)
    assert "is declined: it counts as a lesson lost" in declined.text


async def test_the_proposal(night: Shift) -> None:
    head = await night.opened(UNKNOWN)
    modal = await opens(night.dana, await night.step(head, "I tried something"), "I tried something")
    await modal.fill("What did you do?", "loaded the bank holiday calendar")
    await modal.fill("The command, if there was one", "agentctl calendar load GB-2027")
    await modal.choose("Did it help?", "It helped")
    await submits(modal)
    await night.dana.command("/incident close none", AP)
    night.clock.forward(minutes=3)
    summary = await night.step(head, "Copy")
    assert "agentctl calendar load GB-2027" in (await opens(night.dana, summary, "Copy")).text
    await (await night.dana.modal()).close()
    fill = next(label for label in summary.buttons if label.startswith("Fill "))
    assert "Impact" in (await opens(night.dana, summary, fill)).fields
    await (await night.dana.modal()).close()
    modal = await opens(night.dana, summary, "Edit…")
    title = modal.fields[0]
    await modal.fill(title, "")
    assert set((await modal.submit()).errors) == {title}
    await modal.fill(title, "Bank holidays of next year are missing")
    await submits(modal)
    await head.thread.wait_for(lambda m: "“Bank holidays of next year are missing”" in m.text)
    modal = await opens(night.dana, summary, "Not worth an entry…")
    assert (await modal.submit()).errors
    await modal.close()
    await click(night.dana, summary, "Yes, write patch file")
    await head.thread.wait_for(lambda m: "Sent:" in m.text)


async def test_a_question_that_has_its_answer_loses_its_buttons(night: Shift) -> None:
    head = await night.opened()
    await click(night.alice, head, "I have it")
    await click(night.alice, head, "Call next")
    await head.thread.wait_for(lambda m: "Reached" in m.buttons)
    await night.quiet()
    night.clock.forward(minutes=6)
    asked = await head.thread.wait_for(lambda m: "Did " in m.text and "Reached" in m.buttons)
    posts, stale = len(night.slack.calls_of("chat.postMessage")), asked.frozen()
    await click(night.bob, asked, "No answer")
    settled = await head.thread.wait_for(lambda m: m.ts == asked.ts and "✓ no answer · bob" in m.text)
    assert "Did " in settled.text and settled.buttons == []
    await click(night.bob, stale, "Reached")
    await night.quiet()
    assert len(night.slack.calls_of("chat.postMessage")) == posts, "an answer is no message"
    assert night.refusals == []


async def test_a_handover_that_was_taken_and_whatever_ended_with_the_incident_ask_no_more(night: Shift) -> None:
    head = await night.opened()
    await click(night.alice, head, "I have it")
    assert (await night.alice.command(f"/incident handover INC-1 <@{night.bob.user.id}>", AP)).ok
    offered = await head.thread.wait_for(lambda m: "I have it" in m.buttons and "take over" in m.text)
    await click(night.bob, offered, "I have it")
    taken = await head.thread.wait_for(lambda m: m.ts == offered.ts and "✓ bob has it · bob" in m.text)
    assert taken.buttons == []
    night.clock.forward(minutes=40)
    quiet = await head.thread.wait_for(lambda m: "Over?" in m.text)
    assert (await night.bob.command("/incident close INC-1 this", AP)).ok
    closed = await head.thread.wait_for(lambda m: m.ts == quiet.ts and "✓ closed · bob" in m.text)
    assert closed.buttons == []
