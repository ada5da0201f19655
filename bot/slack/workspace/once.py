"""Doing a thing once: a post has no idempotency key in Slack, so a mark and a look take its place.

The mark is set before the call and finished after it. A mark that was started and never finished means that a worker
died, or a reply was lost, in between: then, after a delay in which the call would have shown, we look for the message
by its metadata before we post again. What was certainly not done leaves no mark.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.engine.ports import Clock, Marks
from bot.engine.worker import GiveUp, NotDone, RetryLater

SETTLE_MS = 3_000
"""How long a post may take to be seen by `conversations.replies` after the connection broke (Slack's own deadline for
an acknowledgement is 3 s; a post that takes longer has not been observed)."""


@dataclass(frozen=True, slots=True)
class Once:
    """Performs effects at most once each, and finds what an interrupted attempt left."""

    marks: Marks
    clock: Clock

    async def perform(
        self,
        incident_id: str,
        effect: str,
        send: Callable[[], Awaitable[str]],
        look: Callable[[int], Awaitable[str | None]],
    ) -> str:
        """The result of the effect: kept, found by `look(since ms)`, or made by `send` now. Raises RetryLater while an
        interrupted attempt may still show."""
        now = self.clock.now()
        mark = await self.marks.start(incident_id, effect, now)
        if mark is None:
            if self.clock.now() - now >= SETTLE_MS:
                # This process slept after it set the mark: another may have looked, found nothing, and posted.
                raise RetryLater(f"{effect} may have been done by another replica", SETTLE_MS)
        else:
            if mark.result is not None:
                return mark.result
            waited = now - mark.started_at
            if waited < SETTLE_MS:
                raise RetryLater(f"an earlier attempt at {effect} may still show", SETTLE_MS - waited)
            found = await look(mark.started_at - SETTLE_MS)
            if found is not None:
                await self.marks.finish(incident_id, effect, found)
                return found
        try:
            result = await send()
        except (NotDone, GiveUp):
            if mark is None and self.clock.now() - now < SETTLE_MS:
                # Later, another attempt may have gone out on this mark.
                await self.marks.withdraw(incident_id, effect, now)
            raise
        except RetryLater as error:
            if mark is None:
                raise
            # The mark is as old as the first attempt: it does not say that this one had no time to show.
            raise RetryLater(str(error), max(error.delay_ms or 0, SETTLE_MS)) from error
        await self.marks.finish(incident_id, effect, result)
        return result
