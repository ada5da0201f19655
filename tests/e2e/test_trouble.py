"""Trouble: duplicates, repetitions, disorder, two replicas, Slack slow, angry or away, Redis away. Nothing acknowledged
is lost, nothing is posted twice, and the person is told what was not saved.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.standin import StandIn
from bot.demo.standin.transport import Retry
from bot.domain.commands import Note, PostUpdate
from bot.domain.vocabulary import Actor, MarkKind
from bot.engine.orders import Order
from bot.store.client import Client
from bot.wire import running
from tests.e2e.shift import (
    AP,
    HTTP,
    SOCKET,
    STUCK,
    TRANSPORTS,
    WORKSPACE,
    Shift,
    at_work,
    click,
    opens,
    settings,
    shift,
)
from tests.store.server import embedded

CLI = Actor(id="cli:sam", name="sam")


def effects(slack: StandIn) -> Counter[str]:
    """How many messages of ours stand anywhere for each thing that is to be posted once."""
    return Counter(
        str((message.metadata or {}).get("event_payload", {}).get("effect"))
        for channel in slack.workspace.channels.values()
        if not channel.im
        for message in slack.workspace.live(channel.id)
        if message.user == slack.workspace.bot.id and message.metadata
    )


async def test_every_delivery_twice(both: Shift) -> None:
    """Also where Slack says that a click comes once: proxies and sockets repeat."""
    both.slack.courier.copies = 2
    head = await both.opened()
    step = await both.step(head, "As expected")
    await click(both.dana, head, "I have it")
    await click(both.dana, step, "As expected")
    await both.dana.mention_bot("note said once", thread=head.thread)
    said = await both.bob.say("marked once", head.thread)
    await both.dana.react(said, "pushpin")
    await both.slack.settled()
    await both.quiet()
    kinds = Counter(fact.event.type for fact in await both.facts())
    assert kinds["declared"] == kinds["lead_taken"] == kinds["step_answered"] == kinds["noted"] == kinds["marked"] == 1
    assert set(effects(both.slack).values()) == {1}


async def test_repetitions_with_and_without_their_header_count_once(both: Shift) -> None:
    head = await both.opened()
    await both.dana.mention_bot("note said once", thread=head.thread)
    await both.slack.settled()
    event = both.slack.courier.events("app_mention")[0]
    both.slack.courier.resend(event)
    both.slack.courier.resend(event, Retry(1, "http_timeout"))
    renamed = {**event, "event_id": "Ev0SECOND"}
    both.slack.courier.resend(renamed)
    await both.slack.settled()
    assert [fact.event.type for fact in await both.facts()].count("noted") == 1


async def test_an_only_copy_that_is_a_repetition_counts(night: Shift) -> None:
    """The first delivery was lost: the repetition is all there is."""
    head = await night.opened()
    night.slack.courier.hold()
    await night.dana.mention_bot("note only the repetition came", thread=head.thread)
    night.slack.courier.release(lambda held: [])
    message = {**(await _mention(night, head.ts))}
    night.slack.courier.resend(message, Retry(2, "http_error"))
    await night.slack.settled()
    assert [fact.event.type for fact in await night.facts()].count("noted") == 1


async def _mention(night: Shift, thread: str) -> dict[str, object]:
    """The event of the newest mention, as Slack sends it."""
    said = [m for m in night.slack.channel(AP).thread(thread).messages if m.author == "dana"][-1]
    event = {
        "type": "app_mention",
        "user": night.dana.id,
        "text": said.record.text,
        "ts": said.ts,
        "event_ts": said.ts,
        "thread_ts": thread,
        "channel": said.record.channel,
    }
    return {
        "token": "verification",
        "team_id": night.slack.workspace.team_id,
        "api_app_id": night.slack.workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev0LATE",
        "event_time": 1,
        "authorizations": [],
    }


async def test_events_out_of_order(both: Shift) -> None:
    """The reaction is older than the message's edit, and arrives after it: the row says what the message says."""
    head = await both.opened()
    said = await both.bob.say("first words", head.thread)
    await both.slack.settled()
    both.slack.courier.hold()
    await both.dana.react(said, "pushpin")
    await both.bob.edit(said, "second words")
    await both.dana.react(said, "bulb")
    both.slack.courier.release(lambda held: held[::-1])
    await both.slack.settled()
    incident = await both.incident()
    assert incident.marks[f"{said.record.channel}:{said.ts}"] in (MarkKind.FACT, MarkKind.IDEA)
    texts = [fact.event.text for fact in await both.facts() if fact.event.type in ("marked", "mark_edited")]
    assert texts[-1] == "second words"


async def put_off(night: Shift) -> None:
    """Return once the bot has read the 429: the seven seconds begin then, and time may pass."""
    for _ in range(400):
        if any(
            at > night.clock.now() + 1_000 for key, at in await night.bot.core.store.work.pending() if "draw" in key
        ):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the drawing was not put off")


async def test_slack_asks_to_wait(night: Shift) -> None:
    """429: nothing is sent before it may be, nothing is lost, and only the newest state is drawn."""
    head = await night.opened()
    step = await night.step(head, "As expected")
    await night.quiet()
    night.slack.faults.next("chat.update", status=429, retry_after=7, times=1)
    before = len(night.slack.calls)
    await click(night.dana, head, "I have it")
    await click(night.dana, step, "As expected")
    await night.slack.until(
        lambda: any(call.status == 429 for call in night.slack.calls[before:]) or None, None, lambda: "no 429 yet"
    )
    updates = [call for call in night.slack.calls[before:] if call.method == "chat.update"]
    assert updates[-1].status == 429
    await put_off(night)
    night.clock.forward(seconds=8)
    await head.thread.wait_for(lambda m: "step 2 of" in m.text)
    await night.slack.channel(AP).wait_for(lambda m: "Lead: @dana" in m.text)


@pytest.mark.parametrize("trouble", [{"status": 500}, {"drop_request": True}, {"error": "internal_error"}])
async def test_slack_fails_and_is_tried_again(night: Shift, trouble: dict[str, object]) -> None:
    night.slack.faults.next("chat.postMessage", times=2, **trouble)  # type: ignore[arg-type]
    reply = await night.alice.command(f"/incident open invoice-extract {STUCK}", AP)
    assert "INC-1 is open" in reply.text
    head = await night.in_time(night.slack.channel(AP), lambda m: "INC-1" in m.text)
    await night.in_time(head.thread, lambda m: "As expected" in m.buttons)
    assert set(effects(night.slack).values()) == {1}


async def test_a_token_that_slack_refuses_costs_nothing_that_was_said(night: Shift) -> None:
    """Nothing is given up for it: with a good token everything appears, in its order and once."""
    night.slack.faults.next(error="token_revoked", times=1_000_000)
    await night.alice.command(f"/incident open invoice-extract {STUCK}", AP)
    for number in (1, 2):
        assert (await night.alice.command(f"/incident update INC-1 number {number}", AP)).ok
    await night.quiet()
    assert await night.bot.core.store.work.dead_letters() == []
    assert any("token_revoked" in piece.error for piece in await night.bot.core.store.work.failing())
    night.slack.faults.clear()
    head = await night.in_time(night.slack.channel(AP), lambda m: "INC-1" in m.text)
    await night.in_time(head.thread, lambda m: "number 2" in m.text)
    said = [line for m in head.thread.messages for line in m.text.split("\n") if line.startswith("number ")]
    assert said == ["number 1", "number 2"]
    assert set(effects(night.slack).values()) == {1}


async def test_a_post_whose_answer_was_lost_is_not_posted_twice(night: Shift) -> None:
    night.slack.faults.next("chat.postMessage", drop_reply=True, times=2)
    await night.alice.command(f"/incident open invoice-extract {STUCK}", AP)
    head = await night.in_time(night.slack.channel(AP), lambda m: "step 1" in m.text)
    await night.in_time(head.thread, lambda m: "As expected" in m.buttons)
    assert effects(night.slack) == {"head:0": 1, "step:0": 1}


async def test_a_form_that_opens_too_late_says_what_to_do(night: Shift) -> None:
    head = await night.opened()
    night.slack.faults.next("views.open", error="expired_trigger_id")
    await click(night.dana, head, "More…")
    assert "click again" in (await night.told(night.dana, "could not open in time")).text
    night.slack.faults.next("views.open", error="expired_trigger_id")
    reply = await night.alice.command("/incident open", AP)
    assert "could not open in time" in reply.text


async def test_slack_is_down_for_ten_minutes(night: Shift) -> None:
    """The incident goes on by the command line; then the screen catches up, in the order in which it was said."""
    head = await night.opened()
    await night.quiet()
    night.slack.faults.down()
    incident = await night.incident()
    for number in range(1, 5):
        order = Order(PostUpdate(text=f"update {number}", next_minutes=30), CLI, "cli")
        await night.bot.core.desk.handle(incident.id, order)
        for _ in range(8):
            night.clock.forward(seconds=15)
            await night.quiet()
    await night.bot.core.desk.handle(incident.id, Order(Note(text="went to the office"), CLI, "cli"))
    night.clock.forward(minutes=2)
    night.slack.faults.up()
    await night.in_time(head.thread, lambda m: "update 4" in m.text)
    said = [line for m in head.thread.messages for line in m.text.split("\n") if line.startswith("update ")]
    assert said == ["update 1", "update 2", "update 3", "update 4"]
    place = night.slack.channel(AP)
    await night.in_time(place, lambda m: "Latest: update 4" in m.text and "Slack was down from" in m.text)
    down = [fact.event for fact in await night.facts() if fact.event.type == "screen_was_down"]
    assert [round((one.until - one.since) / 60_000) >= 10 for one in down] == [True], "told once"
    assert set(effects(night.slack).values()) == {1}


async def test_two_replicas(redis_server: str, redis_client: Client) -> None:
    """Deliveries take turns; whatever one records the other shows, and nothing is there twice."""
    async with (
        shift(HTTP, redis_server) as night,
        running(settings(night.slack, HTTP, redis_server), night.clock) as other,
    ):
        urls = [f"http://127.0.0.1:{port}/slack/events" for port in (night.bot.port, other.port)]
        await night.slack.deliver_to(*urls)
        head = await night.opened()
        step = await night.step(head, "As expected")
        for who in (night.dana, night.bob):
            await click(who, step.frozen(), "As expected")
        await night.told(night.bob, "Step 1 was answered by dana")
        for number in range(6):
            reply = await night.alice.command(f"/incident note number {number}", AP)
            assert "Recorded in INC-1" in reply.text
        await night.quiet()
        await click(night.dana, await night.step(head, "Worked"), "Worked")
        night.clock.forward(minutes=10)
        await night.step(head, "5 more minutes")
        await night.quiet()
        assert [fact.event.type for fact in await night.facts()].count("noted") == 6
        assert set(effects(night.slack).values()) == {1}
        assert night.refusals == []


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_bot_is_restarted_in_the_middle_of_a_wait(
    transport: str, redis_server: str, redis_client: Client
) -> None:
    """The timer comes due while nobody is there; a new bot, over the other transport, asks."""
    clock = OffsetClock()
    async with await StandIn.start(WORKSPACE, clock) as slack:
        async with at_work(slack, clock, transport, redis_server) as night:
            head = await night.opened()
            await click(night.dana, await night.step(head, "As expected"), "As expected")
            await click(night.dana, await night.step(head, "Worked"), "Worked")
            await night.step(head, "Cut short…")
            await night.quiet()
        clock.forward(minutes=10)
        async with at_work(slack, clock, SOCKET if transport == HTTP else HTTP, redis_server) as night:
            await click(night.dana, await night.step(head, "5 more minutes", 10), "Yes")
            await head.thread.wait_for(lambda m: "BRANCH" in m.text)
        assert set(effects(slack).values()) == {1}
        assert slack.refusals == []


async def test_redis_is_away(tmp_path: Path) -> None:
    """The person is told that nothing was recorded; the runbook, phones and the rollback still answer."""
    with embedded(tmp_path) as server:
        async with shift(HTTP, server.url) as night:
            head = await night.opened()
            await night.quiet()
            step = await night.step(head, "As expected")
            modal = await opens(night.dana, head, "More…")
            note = await (await modal.click("Note…")).modal()
            await note.fill("What happened?", "not to be lost")
            server.stop()
            reply = await night.alice.command("/incident note lost?", AP)
            assert "Nothing was recorded" in reply.text
            await click(night.dana, step, "As expected")
            await night.told(night.dana, "Nothing was recorded")
            refused = await note.submit()
            assert "Nothing was recorded" in refused.errors["What happened?"]
            for line, answer in (
                (STUCK, "IX-04"),
                ("escalation", "+44 20 7946 0101"),
                ("rollback", "agentctl rollback invoice-extract"),
            ):
                reply = await night.alice.command(f"/runbook {line}", AP)
                assert answer in reply.text, reply.text
            home = await night.alice.open_home()
            assert "still answer: /runbook" in home.text
            await night.dana.mention_bot("note by mention", thread=head.thread)
            await night.told(night.dana, "Not recorded yet")
