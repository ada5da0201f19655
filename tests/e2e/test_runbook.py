"""`/runbook`: every word of it, for the asker alone, with a copy that stays and ways to share it."""

from __future__ import annotations

from tests.e2e.shift import AP, STUCK, UNKNOWN, Shift, click, value_of


async def asks(night: Shift, line: str, channel: str = AP) -> str:
    reply = await night.alice.command(f"/runbook {line}".strip(), channel)
    assert reply.ok, reply.error
    return reply.text


async def test_sections_and_lists(night: Shift) -> None:
    for service in ("invoice-extract", "support-triage", "research-rag"):
        assert service in await asks(night, "list")
    assert "IX-04" in await asks(night, "")
    assert "support-triage" in await asks(night, "", "#general")
    assert "vision model" in await asks(night, "summary")
    assert "Oldest unprocessed document" in await asks(night, "health")
    assert "Noor Haddad" in await asks(night, "escalation invoices")
    rollback = await asks(night, "rollback")
    assert "agentctl rollback invoice-extract" in rollback and "Queued requests" in rollback
    assert "visibility_timeout" in await asks(night, "changes")
    assert "24 h" in await asks(night, "changes 24h")
    assert "production-grade" in await asks(night, "lint")
    assert "which service" in (await asks(night, "health", "#general")).lower()


async def test_entries_and_words(night: Shift) -> None:
    assert "visibility timeout" in await asks(night, "IX-03")
    assert "ST-01" in await asks(night, "st-01")
    assert "ST-01" in await asks(night, "support-triage ST-01")
    assert "IX-04" in await asks(night, "search queue stuck")
    help_ = await asks(night, "help")
    for word in ["list", "search", "health", "escalation", "rollback", "changes", "coverage", "lint", "help"]:
        assert word in help_


async def test_coverage(night: Shift) -> None:
    assert "No closed incident counts" in await asks(night, "coverage")
    await night.opened(UNKNOWN)
    await night.alice.command("/incident close none", AP)
    night.clock.forward(minutes=6)
    text = await asks(night, "coverage")
    assert "0 % of 1" in text
    assert "INC-1" in text and "Goal 90 %" in text


async def test_none_of_these_says_what_helps_meanwhile(night: Shift) -> None:
    reply = await night.alice.command("/runbook invoice-extract something about the queue and the amounts", AP)
    assert reply.message is not None
    if "None of these" in reply.message.buttons:
        await click(night.alice, reply.message, "None of these")
        await night.told(night.alice, "Not documented")


async def test_an_answer_can_open_an_incident_with_its_words(night: Shift) -> None:
    reply = await night.alice.command(f"/runbook {STUCK}", AP)
    assert reply.message is not None
    modal = await (await click(night.alice, reply.message, "Open an incident…")).modal()
    assert modal.value("What do you see?") == STUCK
    assert value_of(modal, "Failure mode") == "IX-04"


async def test_an_answer_is_copied_where_it_stays(night: Shift) -> None:
    await asks(night, STUCK)
    copied = await night.alice.direct.wait_for(lambda m: "IX-04" in m.text)
    assert "Share in channel" not in copied.buttons


async def test_sharing_with_the_channel_and_the_thread(night: Shift) -> None:
    head = await night.opened()
    reply = await night.alice.command(f"/runbook {STUCK}", AP)
    assert reply.message is not None
    await click(night.alice, reply.message, "Post in INC-1's thread")
    await head.thread.wait_for(lambda m: "Documented:" in m.text)
    await click(night.alice, reply.message, "Share in channel")
    await night.slack.channel(AP).wait_for(lambda m: "Documented:" in m.text)


async def test_sections_by_button(night: Shift) -> None:
    reply = await night.alice.command("/runbook health", AP)
    assert reply.message is not None
    await click(night.alice, reply.message, "Escalation")
    await night.told(night.alice, "Noor Haddad")


async def test_a_shared_channel_never_shows_a_phone_number(night: Shift) -> None:
    """Neither an answer, nor what a button makes of it, nor a mention, nor the head and its cards."""
    reply = await night.alice.command("/runbook escalation invoice-extract", "#partners")
    assert reply.message is not None
    assert "Noor Haddad" in reply.text
    await click(night.alice, reply.message, "Share in channel")
    await click(night.alice, reply.message, "Rollback")
    await night.alice.mention_bot("runbook escalation invoice-extract", "#partners")
    await night.told(night.alice, "Primary on-call")
    seen = night.slack.channel("#partners").text + "\n".join(night.slack.visible_for(night.alice)) + reply.text
    await night.alice.direct.wait_for(lambda m: "Noor Haddad" in m.text)
    assert "7946" not in seen + night.alice.direct.text
    assert "number not shown" in seen
