"""Every word of `/incident`, typed as people type it: what is recorded, and what they are told."""

from __future__ import annotations

from bot.domain.base import Severity
from bot.domain.incident import Phase, RollbackStage
from bot.domain.vocabulary import StepRef
from tests.e2e.shift import AP, STUCK, UNKNOWN, Shift, click, submits, value_of

HELPED = """
open list show ack update note sev lead handover call rollback over close reopen cancel step done failed ran postmortem
actions drill help fill
"""


async def says(night: Shift, line: str, channel: str = AP) -> str:
    """What alice is answered."""
    reply = await night.alice.command(f"/incident {line}", channel)
    assert reply.ok, reply.error
    return reply.text


async def test_without_words_a_form_opens_with_the_service_of_the_channel(both: Shift) -> None:
    modal = await (await both.alice.command("/incident", AP)).modal()
    assert modal.title == "Open an incident"
    assert value_of(modal, "Service") == "invoice-extract"
    assert value_of(modal, "Severity") == "runbook"
    assert "SEV1" in modal.text and "As the playbook says" in modal.text
    await modal.fill("What do you see?", STUCK)
    await submits(modal)
    head = await both.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text)
    assert "SEV2" in head.text, "the playbook says how bad it is"


async def test_the_form_says_at_the_field_what_is_wrong(night: Shift) -> None:
    modal = await (await night.alice.command("/incident", "#general")).modal()
    assert set((await modal.submit()).errors) == {"Service", "What do you see?"}
    await modal.choose("Service", "support-triage")
    await modal.fill("What do you see?", "   ")
    assert (await modal.submit()).errors == {"What do you see?": "Say what you see."}


async def test_an_entry_can_be_chosen_in_the_form(night: Shift) -> None:
    modal = await (await night.alice.command("/incident open", AP)).modal()
    await modal.fill("What do you see?", "something with amounts")
    await modal.choose("Failure mode", "IX-02")
    await submits(modal)
    head = await night.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text and "step 1" in m.text)
    assert "IX-02 (chosen by a person)" in head.text or "IX-02 (documented" in head.text
    modal = await (await night.alice.command("/incident open", AP)).modal()
    await modal.choose("Service", "support-triage")
    await modal.fill("What do you see?", "something with amounts")
    await modal.choose("Failure mode", "IX-02")
    assert (await modal.submit()).errors == {"Failure mode": "The runbook of support-triage has no IX-02."}


async def test_opening_names_the_service_it_could_not_find(night: Shift) -> None:
    text = await says(night, "open invoice-extrac queue stuck", "#general")
    assert "Did you mean invoice-extract?" in text
    assert "research-rag" in text


async def test_lists_and_heads(night: Shift) -> None:
    assert "none" in await says(night, "list")
    await night.opened()
    reply = await night.alice.command("/incident list", "#general")
    assert "SEV2 · INC-1" in reply.text
    assert "SEV2 · INC-1" in await says(night, "list IX")
    assert "Open incidents of research-rag: none." in await says(night, "list research-rag")
    unknown = await says(night, "list invoice-extrakt")
    assert "Did you mean invoice-extract?" in unknown and "INC-1" not in unknown
    assert reply.message is not None
    await click(night.alice, reply.message, "Show")
    modal = await night.alice.modal("INC-1")
    assert STUCK in modal.text
    assert STUCK in await says(night, "show")
    assert STUCK in await says(night, "show INC-1", "#general")


async def test_people_words(night: Shift) -> None:
    await night.opened()
    assert "You lead INC-1" in await says(night, "ack")
    assert (await night.incident()).lead is not None
    assert "alice leads INC-1 already" in await says(night, "ack")
    assert "bob leads INC-1 now" in await says(night, "lead @bob")
    for word in ("lead", "handover"):
        assert "Slack knows nobody called @bbo: choose the name" in await says(night, f"{word} @bbo")
    lead = (await night.incident()).lead
    assert lead is not None and lead.id == night.bob.id
    assert "Say whom you hand over to" in await says(night, "handover")
    assert "INC-1 is offered to dana" in await says(night, "handover @dana")
    assert "nobody like 'Peter'" in await says(night, "call Peter")
    assert "The call card is in the thread" in await says(night, "call Piotr")
    assert "Recorded in INC-1" in await says(night, "noanswer")
    await says(night, "call")
    assert "Recorded in INC-1" in await says(night, "reached")
    assert [call.outcome.value for call in (await night.incident()).calls] == ["no_answer", "reached"]


async def test_step_words(night: Shift) -> None:
    await night.opened()
    await says(night, "done one id repeats")
    await says(night, "failed")
    await says(night, "wait 15")
    assert (await night.incident()).wait is not None
    await says(night, "done")
    await says(night, "no")
    run = (await night.incident()).run
    assert run is not None and [state.outcome for state in run.steps][:3] == [
        "as_expected",
        "did_not_work",
        "as_expected",
    ]
    assert "There is no no" in await says(night, "no")
    await says(night, "done no")
    assert "Recorded in INC-1" in await says(night, "skip access no token")
    assert "Recorded in INC-1" in await says(night, "ran agentctl queue head")
    assert "Say what you ran" in await says(night, "ran")
    assert "Recorded in INC-1" in await says(night, "tried helped moved the message `agentctl queue deadletter 8812`")
    tried = (await night.incident()).improvised
    assert [one.command for one in tried] == ["agentctl queue head", "agentctl queue deadletter 8812"]
    assert "Recorded in INC-1" in await says(night, "did 5")
    assert "Recorded in INC-1" in await says(night, "step")
    assert "No step of INC-1 is waiting" in await says(night, "fixed")


async def test_words_about_the_state(night: Shift) -> None:
    await night.opened()
    assert "Say which severity" in await says(night, "sev")
    await says(night, "sev 1 money may leave")
    assert (await night.incident()).severity is Severity.SEV1
    assert "Recorded in INC-1" in await says(night, "note provider status page is red")
    assert "goes to the channel" in await says(night, "update half of the batch is through next 15")
    assert (await night.incident()).latest_update == "half of the batch is through"
    assert "Say which service" in await says(night, "affects")
    assert "Services: " in await says(night, "affects nonsense")
    assert "INC-1 also affects support-triage" in await says(night, "affects triage")
    assert "The impact of INC-1 is over" in await says(night, "over")
    assert "was over at" in await says(night, "over")
    assert (await night.incident()).phase is Phase.MITIGATED
    assert "and no step 40. Say: close wrong" in await says(night, "close wrong 40 moved the message aside")
    assert "INC-1 is closed" in await says(night, "close wrong step 2 moved the message aside")
    incident = await night.incident()
    assert incident.phase is Phase.CLOSED
    assert incident.ending.wrong == StepRef(run=0, number=2)
    assert incident.ending.what == "moved the message aside"
    assert "INC-1 is open again" in await says(night, "reopen INC-1 it is back")
    assert "Say why: cancel mistake" in await says(night, "cancel")
    assert "INC-1 is cancelled" in await says(night, "cancel false alarm")
    assert "Nothing" in await says(night, "note") or "No incident is open" in await says(night, "note")


async def test_an_end_can_be_dated_back_but_not_before_the_beginning(night: Shift) -> None:
    await night.opened()
    night.clock.forward(minutes=40)
    assert "before INC-1 was declared" in await says(night, "over 55 min")
    assert "Say since when" in await says(night, "over yesterday")
    await says(night, "over 25 min")
    incident = await night.incident()
    assert 24 <= (night.clock.now() - incident.mitigated_at) / 60_000 <= 26


async def test_the_rollback_in_words(night: Shift) -> None:
    await night.opened()
    assert "Say: rollback met" in await says(night, "rollback")
    assert "Nobody has said which condition of INC-1 is met" in await says(night, "rollback because")
    assert "why you roll back all the same" in await says(night, "rollback decide")
    await says(night, "rollback met 3")
    assert "Nobody has decided" in await says(night, "rollback done")
    await says(night, "rollback decide")
    assert "nobody has said what became of its command" in await says(night, "close this")
    await says(night, "rollback failed it hung")
    await says(night, "rollback decide")
    await says(night, "rollback done")
    await says(night, "rollback verified")
    rollback = (await night.incident()).rollback
    assert rollback.stage is RollbackStage.VERIFIED
    assert "worker stop" in rollback.condition


async def test_words_name_the_incident_and_the_step_that_is_meant(night: Shift) -> None:
    await night.opened()
    for line in ("done INC_42", "note INC-77 x", "ack 77", "show 77", "actions INC-x", "postmortem inc"):
        assert "There is no incident" in await says(night, line), line
    assert "ack takes no text" in await says(night, "ack at once")
    assert "show takes no text" in await says(night, "show me")
    assert "Say who leads, and nothing else" in await says(night, "lead bob")
    assert "is no number of minutes" in await says(night, "update all is well next -30")
    assert "at most 3,000 are kept" in await says(night, f"note {'x' * 3_001}")
    said = [fact.event.type for fact in await night.facts() if fact.by.is_person]
    assert said == ["declared", "briefed", "matched", "playbook_attached", "step_started"], "nothing else was recorded"
    assert STUCK in await says(night, "show 1")
    first = await night.dana.command("/incident done", AP)
    assert "Recorded in INC-1. Now step 2: done 2." in first.text
    assert "dana went on to step 2" in await says(night, "done")
    assert "Step 1 was answered by dana" in await says(night, "done 1")
    assert "Now step 3: done 3." in await says(night, "done 2")
    run = (await night.incident()).run
    assert run is not None and [state.outcome for state in run.steps[:3]] == ["as_expected", "worked", ""]


async def test_the_if_not_of_a_step_has_one_number_everywhere(night: Shift) -> None:
    head = await night.opened()
    assert "Now step 1b: done 1b." in await says(night, "failed 1")
    step = await head.thread.wait_for(lambda m: "step 1b of 6" in m.text)
    await night.slack.channel(AP).wait_for(lambda m: "step 1b of 6" in m.text)
    await click(night.dana, step, "I'm on this")
    await night.slack.channel(AP).wait_for(lambda m: "Lead: @dana" in m.text)
    await click(night.bob, step, "I'm on this")
    assert [fact.event.text for fact in await night.facts() if fact.event.type == "noted"] == ["bob is on step 1b"]
    assert "Now step 2: done 2." in await says(night, "done 1b it is aside")


async def test_afterwards(night: Shift) -> None:
    await night.opened()
    assert "minutes after it is closed" in await says(night, "postmortem")
    assert "No action item is open" in await says(night, "actions")
    await says(night, "close none")
    night.clock.forward(minutes=3)
    head = await night.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text)
    await head.thread.wait_for(lambda m: "fields need a person" in m.text)
    assert "fields need a person" in await says(night, "postmortem INC-1")


async def test_a_drill_is_marked_and_stands_beside_the_real_one(night: Shift) -> None:
    assert "Say what to practise" in await says(night, "drill")
    await night.opened()
    assert "INC-2 is open" in await says(night, f"drill invoice-extract {STUCK}")
    head = await night.slack.channel(AP).wait_for(lambda m: "INC-2" in m.text)
    assert "DRILL" in head.text and "counts in no statistic" in head.text


async def test_the_incident_that_is_meant(night: Shift) -> None:
    """By name, else the channel's only one, else a picker that says the same words to the chosen one."""
    assert "No incident is open" in await says(night, "note nobody hears this", "#general")
    await night.opened()
    await says(night, f"open support-triage {UNKNOWN}", "#general")
    assert "Recorded in INC-1" in await says(night, "note the channel's own")
    assert "Recorded in INC-2" in await says(night, "note INC-2 by name")
    reply = await night.alice.command("/incident note which one, with 40 items?", "#general")
    assert reply.message is not None
    assert "Nothing was recorded yet" in reply.text
    row = next(control for control in reply.message.controls if "INC-2" in str(control.block["text"]["text"]))
    await night.alice.press(reply.message, row)
    await night.told(night.alice, "Recorded in INC-2")
    noted = [fact.event for fact in await night.facts(2) if fact.event.type == "noted"]
    assert [event.text for event in noted][-1] == "which one, with 40 items?"
    assert "There is no incident INC-99" in await says(night, "note INC-99 nobody")


async def test_help_names_every_word(night: Shift) -> None:
    text = await says(night, "help")
    for word in HELPED.split():
        assert f"\n{word}" in f"\n{text}", word
    assert "There is no hanover. Did you mean handover?" in await says(night, "hanover @bob")
    assert await says(night, "help Handover") == "/incident handover @name offer the lead; it moves when they take it"
    assert (await says(night, "help hanover")).startswith("There is no hanover. Did you mean handover?")
