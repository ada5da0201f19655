"""When a draft is announced, over time zones and changes of the clock."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.postmortem.announce import announced_at


def ms(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ("2026-11-23T03:40", "2026-11-23T08:00"),
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T19:59", "2026-11-23T19:59"),
        ("2026-11-23T20:00", "2026-11-24T08:00"),
        ("2026-03-28T23:00", "2026-03-29T08:00"),
        ("2026-10-24T23:00", "2026-10-25T08:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "UTC"])
def test_the_night_waits_for_the_morning(ended: str, told: str, zone: str) -> None:
    assert announced_at(ms(ended, zone), zone) == ms(told, zone)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc", "Europe"])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    assert announced_at(ms("2026-11-23T03:40", "UTC"), zone) == ms("2026-11-23T08:00", "UTC")
