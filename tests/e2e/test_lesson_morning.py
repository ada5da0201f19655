"""What ends in the night is drafted at once and announced in the morning; what is left open is asked about twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.demo.standin.driver.posted import Posted
from bot.domain.due import NAG_DAYS
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


async def test_the_night_is_announced_in_the_morning(redis_server: str, redis_client: Client) -> None:
    async with shift(HTTP, redis_server, announce="morning") as night:
        night.clock.forward(seconds=until(night, 23).total_seconds())
        head = await closed(night)
        night.clock.forward(minutes=3)
        for _ in range(50):
            if (await night.incident()).draft:
                break
            await night.quiet()
        await night.quiet()
        assert (await night.incident()).draft
        assert not [one for one in head.thread.messages if "PROPOSED" in one.text or one.files]
        night.clock.forward(seconds=until(night, 8).total_seconds() + 1)
        await night.step(head, "Yes, open pull request")
        await head.thread.wait_for(lambda m: any(name.endswith(".md") for name in m.files))


async def test_an_open_proposal_is_asked_about_twice(night: Shift) -> None:
    head = await closed(night)
    night.clock.forward(minutes=3)
    await night.step(head, "Yes, open pull request")

    def asked() -> int:
        return sum("waits for an answer" in one.text for one in head.thread.messages)

    for number, days in enumerate(NAG_DAYS, start=1):
        night.clock.forward(hours=24 * days)
        await head.thread.wait_for(lambda m, number=number: asked() == number)  # type: ignore[misc]
    night.clock.forward(hours=24 * 60)
    await night.quiet()
    assert asked() == len(NAG_DAYS)
