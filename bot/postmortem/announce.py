"""When a draft is announced: nobody is asked to fill fields in the night in which they went to bed at five."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.domain.reading import zone_of

MORNING, EVENING = time(8), time(20)


def announced_at(ended: int, timezone: str) -> int:
    """The instant (ms) at which a draft of an incident that ended then is announced: at once by day, and at 08:00 of
    the service's time zone for what ended between 20:00 and 08:00. An unknown time zone counts as UTC."""
    zone = zone_of(timezone)
    local = datetime.fromtimestamp(ended / 1000, zone)
    if MORNING <= local.time() < EVENING:
        return ended
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return round(datetime.combine(day, MORNING, zone).timestamp() * 1000)
