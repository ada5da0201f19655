"""The acknowledgement path against Bolt with one script of five writes: twice the goals of the bench, because other
tests and other people share the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.ack import CASES, Size, measure, ratio
from tests.bench.targets import store, targets

ALLOWED = {"p50": 3.0, "cpu": 3.6, "p99": 6.0}
SMALL = Size(rounds=5, alone=80, crowd=240)


@pytest.mark.machine
async def test_a_click_and_a_command_cost_at_most_twice_what_they_should(tmp_path: Path) -> None:
    async with store(tmp_path / "store") as redis_url, targets(tmp_path, redis_url) as found:
        measured = await measure(found, SMALL)
    taken = {case: {name: ratio(measured[case], name) for name in ALLOWED} for case in CASES}
    assert all(one[name] <= ALLOWED[name] for one in taken.values() for name in ALLOWED), taken
