"""The step message: buttons by kind, its menu and its forms, clicked as people do."""

from __future__ import annotations

from bot.demo.standin.driver.posted import Posted
from bot.domain.incident import RollbackStage
from tests.e2e.shift import AP, STUCK, UNKNOWN, Shift, click, opens, submits, value_of


async def at_wait(night: Shift) -> tuple[Posted, Posted]:
    """An incident in the wait of step 3, which dana leads: head and step message."""
    head = await night.opened()
    await click(night.dana, head, "I have it")
    await click(night.dana, await night.step(head, "As expected"), "As expected")
    await click(night.dana, await night.step(head, "Worked"), "Worked")
    return head, await night.step(head, "Cut short…")


async def outcomes(night: Shift) -> list[str]:
    run = (await night.incident()).runs[-1]
    return [state.outcome or state.status.value for state in run.steps]


async def test_not_as_expected_makes_the_if_not_the_step(night: Shift) -> None:
    head = await night.opened()
    step = await night.step(head, "As expected")
    assert "agentctl queue head" in step.text and "Expect: at most one id repeats" in step.text
    await click(night.dana, step, "Not as expected")
    step = await night.step(head, "Didn't work")
    assert "agentctl queue deadletter ID" in step.text
    await click(night.dana, step, "Worked")
    step = await head.thread.wait_for(lambda m: "step 2 of" in m.text)
    assert "✓ 1 Check" in step.text and "dana" in step.text


async def test_a_wait_is_one_question_to_the_lead(night: Shift) -> None:
    head, _step = await at_wait(night)
    await night.quiet()
    posts = len(night.slack.calls_of("chat.postMessage"))
    night.clock.forward(minutes=9)
    await night.quiet()
    assert len(night.slack.calls_of("chat.postMessage")) == posts, "silence during a wait"
    night.clock.forward(minutes=1)
    question = await night.step(head, "5 more minutes")
    assert "@dana" in question.text
    await click(night.bob, question, "5 more minutes")
    await head.thread.wait_for(lambda m: "Waiting until" in m.text)
    night.clock.forward(minutes=5)
    question = await night.step(head, "5 more minutes")
    modal = await opens(night.dana, question, "Ask me again at…")
    await modal.choose("Ask me again at", str(night.clock.now() // 1000 - 60))
    assert "between 1 minute and 4 hours" in (await modal.submit()).errors["Ask me again at"]
    await modal.choose("Ask me again at", str(night.clock.now() // 1000 + 600))
    await submits(modal)
    await head.thread.wait_for(lambda m: "Waiting until" in m.text)
    night.clock.forward(minutes=11)
    question = await night.step(head, "5 more minutes")
    night.clock.forward(minutes=5)
    again = await head.thread.wait_for(lambda m: "has no answer" in m.text)
    assert "Next to call" in again.text and "Call next" in again.buttons
    await click(night.bob, again, "No")
    await night.step(head, "Didn't work")
    assert (await outcomes(night))[2] == "not_as_expected"


async def test_a_wait_cut_short_because_it_is_worse_shows_the_rollback_card(night: Shift) -> None:
    head, step = await at_wait(night)
    modal = await opens(night.dana, step, "Cut short…")
    await modal.choose("Why now?", "It got worse")
    await submits(modal)
    card = await night.step(head, "Decide to roll back")
    assert "It got worse during the wait" in card.text
    assert "agentctl scale workers 2x" in (await night.step(head, "Didn't work")).text


async def test_a_wait_cut_short_because_it_is_better(night: Shift) -> None:
    head, step = await at_wait(night)
    modal = await opens(night.dana, step, "Cut short…")
    assert set((await modal.submit()).errors) == {"Why now?"}
    await modal.choose("Why now?", "It got better")
    await submits(modal)
    await night.step(head, "Impact over")
    assert "fixed" in (await head.thread.wait_for(lambda m: "It is not fixed…" in m.buttons)).text


async def test_a_wait_cut_short_because_the_playbook_is_wrong(night: Shift) -> None:
    head, step = await at_wait(night)
    modal = await opens(night.dana, step, "Cut short…")
    await modal.choose("Why now?", "This is the wrong playbook")
    await submits(modal)
    step = await night.step(head, "Back to IX-04")
    assert "Set aside: IX-04" in step.text
    await click(night.dana, step, "Back to IX-04")
    step = await head.thread.wait_for(lambda m: "✓ 1 Check" in m.text)
    assert "step 3 of 6" in step.text


async def test_after_fixed_the_walk_can_go_on(night: Shift) -> None:
    """Out of turn, from All steps; then the next step without an answer comes."""
    head = await night.opened()
    await click(night.dana, await night.step(head, "Fixed: stop here"), "Fixed: stop here")
    step = await night.step(head, "It is not fixed…")
    modal = await opens(night.dana, step, "All steps")
    assert "6 Escalate" in modal.text
    await modal.click("Worked")
    step = await head.thread.wait_for(lambda m: "Waiting until" in m.text)
    assert (await outcomes(night))[:3] == ["fixed", "worked", "current"]


async def test_it_is_not_fixed_goes_on_as_well(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, await night.step(head, "Fixed: stop here"), "Fixed: stop here")
    modal = await opens(night.dana, await night.step(head, "It is not fixed…"), "It is not fixed…")
    await modal.choose("What is true?", "As expected")
    await submits(modal)
    await head.thread.wait_for(lambda m: "step 2 of 6" in m.text)


async def test_branch_rollback_and_escalation(night: Shift) -> None:
    head, step = await at_wait(night)
    night.clock.forward(minutes=10)
    await click(night.dana, await night.step(head, "5 more minutes"), "Yes")
    step = await head.thread.wait_for(lambda m: "BRANCH" in m.text)
    assert "go to step 5" in step.text
    await click(night.dana, step, "Yes")
    step = await night.step(head, "Condition met")
    assert "a person runs the command" in step.text
    await click(night.dana, step, "Condition met")
    card = await night.step(head, "Decide to roll back")
    assert card.button("Decide to roll back").confirm.startswith("Roll back invoice-extract?")
    await click(night.dana, card, "Decide to roll back")
    card = await night.step(head, "Command finished")
    assert "agentctl rollback invoice-extract" in card.text and "Queued requests" in card.text
    await click(night.dana, card, "Command finished")
    step = await head.thread.wait_for(lambda m: "step 6 of 6" in m.text)
    night.clock.forward(minutes=10)
    asked = await head.thread.wait_for(lambda m: "Does the rollback hold?" in m.text and "Verified" in m.buttons)
    await click(night.dana, asked, "Verified")
    assert "Noor Haddad" in step.text and "+44 20 7946 0101" in step.text
    await click(night.dana, step, "No answer")
    await head.thread.wait_for(lambda m: "Piotr Zielinski" in m.text and "step 6 of 6" in m.text)
    await click(night.dana, step, "Reached")
    await head.thread.wait_for(lambda m: "every step has an answer" in m.text)
    incident = await night.incident()
    assert incident.rollback.stage is RollbackStage.VERIFIED
    assert (await outcomes(night))[4:] == ["condition_met", "reached"]


async def test_not_met_goes_on(night: Shift) -> None:
    head = await night.opened()
    modal = await opens(night.dana, await night.step(head, "All steps"), "All steps")
    await modal.click("Not met")
    assert (await night.incident()).rollback.stage is RollbackStage.NONE
    assert (await outcomes(night))[4] == "not_met"
    assert (await outcomes(night))[0] == "current", "the current step stays"


async def test_skip_change_and_something_else(night: Shift) -> None:
    head = await night.opened()
    step = await night.step(head, "As expected")
    modal = await opens(night.bob, step, "Skip")
    await modal.choose("Why?", "No access")
    await modal.fill("Anything to add?", "my token has expired")
    await submits(modal)
    step = await head.thread.wait_for(lambda m: "step 2 of" in m.text)
    assert "– 1 Check: skipped, no access" in step.text
    modal = await opens(night.bob, step, "Change")
    assert value_of(modal, "What is true?") == ""
    assert set((await modal.submit()).errors) == {"What is true?"}
    await modal.choose("What is true?", "As expected")
    await submits(modal)
    await head.thread.wait_for(lambda m: "✓ 1 Check: as expected · bob" in m.text)
    modal = await opens(night.bob, step, "I did something else")
    assert set((await modal.submit()).errors) == {"What did you do?"}
    await modal.fill("What did you do?", "drained the queue by hand")
    await modal.fill("The command, if there was one", "agentctl queue drain")
    await modal.choose("Did it help?", "It did not help")
    await submits(modal)
    tried = (await night.incident()).improvised
    assert [(one.what, one.helped.value) for one in tried] == [("drained the queue by hand", "no")]


async def test_who_is_on_it_has_it(night: Shift) -> None:
    head = await night.opened()
    step = await night.step(head, "As expected")
    await click(night.bob, step, "I'm on this")
    await night.slack.channel(AP).wait_for(lambda m: "Lead: @bob" in m.text)
    await click(night.dana, step, "I'm on this")
    assert [fact.event.text for fact in await night.facts() if fact.event.type == "noted"] == ["dana is on step 1"]


async def test_wrong_playbook_shows_the_next_candidates(night: Shift) -> None:
    head = await night.opened()
    await click(night.dana, await night.step(head, "As expected"), "As expected")
    await click(night.dana, await night.step(head, "Worked"), "Wrong playbook")
    step = await night.step(head, "Back to IX-04")
    other = next((label for label in step.buttons if label.startswith("Use ")), "")
    if other:
        await click(night.dana, step, other)
        step = await head.thread.wait_for(lambda m: "step 1 of" in m.text)
        await click(night.dana, step, "Wrong playbook")
        step = await night.step(head, "Back to IX-04")
    await click(night.dana, step, "Back to IX-04")
    step = await head.thread.wait_for(lambda m: "step 2 of 6" in m.text)
    assert "✓ 1 Check" in step.text


async def test_a_command_that_was_run_before_says_so(night: Shift) -> None:
    head = await night.opened()
    await night.dana.command("/incident ran agentctl queue head", AP)
    await head.thread.wait_for(lambda m: "already ran" in m.text)


async def test_not_documented_is_never_an_empty_thread(night: Shift) -> None:
    head = await night.opened(UNKNOWN)
    blank = await night.step(head, "I tried something")
    assert "Not documented" in blank.text and "when:" in blank.text and "+44 20 7946 0101" in blank.text
    modal = await opens(night.dana, blank, "I tried something")
    await modal.fill("What did you do?", "loaded the calendar")
    await modal.choose("Did it help?", "It helped")
    await submits(modal)
    await head.thread.wait_for(lambda m: "loaded the calendar: helped" in m.text)
    modal = await opens(night.dana, blank, "Other words…")
    await modal.fill("What do you see now?", STUCK)
    await submits(modal)
    step = await night.step(head, "As expected")
    assert "IX-04" in step.text


async def test_two_people_on_one_step(both: Shift) -> None:
    head = await both.opened()
    step = (await both.step(head, "As expected")).frozen()
    await click(both.dana, step, "As expected")
    await click(both.bob, step, "Not as expected")
    told = await both.told(both.bob, "Step 1 was answered by dana")
    assert "as expected" in told.text and "change 1 done, failed or fixed" in told.text
    assert (await outcomes(both))[0] == "as_expected"


async def test_the_step_follows_the_talk(night: Shift) -> None:
    """Three messages of people below it: the step is posted anew at the bottom, and what it was says so."""
    head = await night.opened()
    step = await night.step(head, "As expected")
    for words in ("looking", "the queue head is 8812", "same id every time"):
        await night.bob.say(words, head.thread)
    await night.slack.settled()
    await click(night.dana, step, "As expected")
    newest = await head.thread.wait_for(lambda m: "step 2 of" in m.text)
    assert newest.ts > step.ts
    assert "further down" in step.text
    await night.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text and newest.ts.replace(".", "") in str(m.blocks))
