"""What ends in the night is drafted at once and announced in the morning; what is left open is asked about twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.demo.standin.driver.posted import Posted
from bot.domain.due import NAG_DAYS
from bot.domain.incident import Draft
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, STUCK, Shift, click, opens, shift, submits

LONDON = ZoneInfo("Europe/London")


def until(night: Shift, hour: int) -> timedelta:
    """How long it is until that full hour at the service."""
    now = datetime.fromtimestamp(night.clock.now() / 1000, LONDON)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    then += timedelta(days=then <= now)
    return then.astimezone(UTC) - now.astimezone(UTC)


async def closed(night: Shift) -> Posted:
    """An incident that somebody ended with something else; its head."""
    head = await night.opened(STUCK)
    step = await night.step(head, "As expected")
    await click(night.dana, head, "I have it")
    modal = await opens(night.dana, step, "I did something else")
    await modal.fill("What did you do?", "Moved the poison message aside.")
    await modal.choose("Did it help?", "It helped")
    await submits(modal)
    assert (await night.dana.command("/incident close wrong", AP)).ok
    return head


async def drafted(night: Shift) -> Draft:
    """The draft, once it is recorded."""
    for _ in range(500):
        draft = (await night.incident()).draft
        if draft:
            return draft
        await asyncio.sleep(0.02)
    raise AssertionError("no draft was recorded")


async def test_the_night_is_announced_in_the_morning(redis_server: str, redis_client: Client) -> None:
    async with shift(HTTP, redis_server, announce="morning") as night:
        night.clock.forward(seconds=until(night, 23).total_seconds())
        head = await closed(night)
        night.clock.forward(minutes=3)
        draft = await drafted(night)
        assert draft.announce_at
        await night.quiet()
        night.clock.forward(seconds=until(night, 8).total_seconds() + 1)
        summary = await night.step(head, "Yes, write patch file")
        files = await head.thread.wait_for(lambda m: any(name.endswith(".md") for name in m.files))
        assert min(float(summary.ts), float(files.ts)) * 1000 >= draft.announce_at
        eight = datetime.fromtimestamp(draft.announce_at / 1000, LONDON)
        assert (eight.hour, eight.minute) == (8, 0)


async def test_an_open_proposal_is_asked_about_twice(night: Shift) -> None:
    head = await closed(night)
    night.clock.forward(minutes=3)
    await night.step(head, "Yes, write patch file")

    def asked() -> int:
        return sum("waits for an answer" in one.text for one in head.thread.messages)

    for number, days in enumerate(NAG_DAYS, start=1):
        night.clock.forward(hours=24 * days)
        await head.thread.wait_for(lambda m, number=number: asked() == number)  # type: ignore[misc]
    night.clock.forward(hours=24 * 60)
    await night.quiet()
    assert asked() == len(NAG_DAYS)
