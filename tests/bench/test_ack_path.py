"""The acknowledgement path against Bolt with one script of five writes: twice the goals of the bench, because other
tests and other people share the machine."""

from __future__ import annotations

from pathlib import Path

from tests.bench.ack import CASES, HTTP, Size, measure, ratio
from tests.bench.targets import CLICK, store, targets

ALLOWED = {"p50": 3.0, "cpu": 3.6, "p99": 6.0}
SMALL = Size(rounds=3, alone=100, crowd=320)


async def test_a_click_costs_at_most_twice_what_it_should(tmp_path: Path) -> None:
    case = (HTTP, CLICK)
    assert case in CASES
    async with store(tmp_path / "store") as redis_url, targets(tmp_path, redis_url) as found:
        numbers = (await measure(found, SMALL, (case,)))[case]
    taken = {name: ratio(numbers, name) for name in ALLOWED}
    assert all(taken[name] <= ALLOWED[name] for name in ALLOWED), taken
