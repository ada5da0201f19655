"""What people type and what runbooks say, however odd or long; and how much the bot says in an hour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.demo.standin.driver.posted import Posted
from bot.runbooks.resources import sample_playbooks_dir
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, STUCK, Shift, click, opens, shift, submits

ODD = (
    "payload=1&payload too large",
    "<!channel> <!here> <@U0002ALICE> @here see <https://example.org|this>",
    "🧑‍🚒🔥 das Förderband 𝕏 steht",
    "הודעה תקועה בתור \u202e מאז",
    "*bold* _it_ ~no~ `code` ```fence``` > quote",
    "words " * 499 + "end.",
)


@pytest.mark.parametrize("words", ODD, ids=("payload", "mentions", "emoji", "rtl", "markup", "long"))
async def test_odd_words_everywhere(night: Shift, words: str) -> None:
    """As symptom, note, update, mention, form and mark: recorded as typed, shown safely, a mention of nobody."""
    reply = await night.alice.command(f"/incident open invoice-extract {words}", AP)
    assert "INC-1 is open" in reply.text
    head = await night.slack.channel(AP).wait_for(lambda m: "INC-1" in m.text)
    await head.thread.wait_for(lambda m: bool(m.buttons))
    before = len(night.slack.mentions)
    assert "Recorded in INC-1" in (await night.alice.command(f"/incident note {words}", AP)).text
    assert (await night.alice.command(f"/runbook invoice-extract {words}", AP)).ok
    modal = await (await (await opens(night.dana, head, "More…")).click("Note…")).modal()
    await modal.fill("What happened?", words)
    await submits(modal)
    assert "goes to the channel" in (await night.alice.command(f"/incident update {words}", AP)).text
    await head.thread.wait_for(lambda m: "update" in m.text and m.record.broadcast)
    await night.quiet()
    noted = [fact.event.text for fact in await night.facts() if fact.event.type == "noted"]
    assert noted[1] == words.strip()
    assert len(night.slack.mentions) == before == 0
    assert not [one for one in night.slack.links if "example.org" in one.target and one.label == "this"]


def at_step(number: int) -> Callable[[Posted], bool]:
    return lambda message: f"step {number} of 30" in message.text


async def test_a_runbook_with_thirty_steps(tmp_path: Path, redis_server: str, redis_client: Client) -> None:
    """Shown one at a time and whole; what does not fit is counted, never dropped."""
    text = (sample_playbooks_dir() / "invoice-extract.md").read_text()
    start = text.index("### IX-04")
    steps, verify = text.index("**Steps:**", start), text.index("**Verify:**", start)
    many = "\n".join(
        f"{number}. **Check:** Is number {number} {'very ' * 40}well? `agentctl look {number}` *Expect:* yes."
        for number in range(1, 31)
    )
    (tmp_path / "invoice-extract.md").write_text(f"{text[:steps]}**Steps:**\n{many}\n\n{text[verify:]}")
    async with shift(HTTP, redis_server, tmp_path) as night:
        head = await night.opened()
        modal = await opens(night.dana, await night.step(head, "All steps"), "All steps")
        assert "agentctl look 30" in modal.text
        await modal.close()
        for number in range(1, 9):
            await night.dana.mention_bot("done", thread=head.thread)
            await head.thread.wait_for(at_step(number + 1))
        step = await head.thread.wait_for(lambda m: "step 9 of 30" in m.text)
        assert "3 earlier steps" in step.text
        reply = await night.alice.command("/runbook IX-04", AP)
        assert "Is number 30" in reply.text or "more steps in" in reply.text
        assert night.refusals == []


async def test_the_noise_of_a_busy_first_hour(night: Shift) -> None:
    """Everything of a SEV2's first hour with five people talking: at most ten posts of the bot in the channel and the
    thread (incident guide, "Noise budget")."""
    head = await night.opened()
    await click(night.dana, head, "I have it")
    await click(night.dana, await night.step(head, "As expected"), "As expected")
    for minute in range(3):
        night.clock.forward(minutes=1)
        await night.bob.say(f"I see it too, {minute}", head.thread)
        await night.slack.settled()
    await click(night.dana, await night.step(head, "Worked"), "Worked")
    await night.step(head, "Cut short…")
    await night.alice.command("/incident open invoice-extract still stuck", AP)
    await night.dana.command("/incident update restarted, waiting next 30", AP)
    night.clock.forward(minutes=10)
    await click(night.dana, await night.step(head, "5 more minutes"), "No")
    await click(night.dana, await night.step(head, "Didn't work"), "Didn't work")
    await night.dana.command("/incident call", AP)
    await night.step(head, "Reached")
    await click(night.dana, await night.step(head, "Reached"), "Reached")
    await night.dana.command("/incident ran agentctl queue deadletter 8812", AP)
    await night.dana.command("/incident sev 1 money", AP)
    await night.dana.command("/incident affects support-triage", AP)
    night.clock.forward(minutes=20)
    await night.quiet()
    await night.dana.command("/incident update moved the message aside next 30", AP)
    night.clock.forward(minutes=20)
    await night.quiet()
    ours = [
        call
        for call in night.slack.calls_of("chat.postMessage")
        if str(call.args.get("channel")) == head.record.channel
    ]
    assert len(ours) <= 10, [call.args.get("text") for call in ours]
    whispers = night.slack.visible_for(night.dana)
    assert len([one for one in whispers if "update is due" in one]) <= 1
    assert {(one.kind, one.target) for one in night.slack.mentions} == {("user", night.dana.id)}
    assert STUCK in head.text
