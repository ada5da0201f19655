"""The clock that tests move, in one process and in two."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.demo.standin import OffsetClock


def test_the_clock_moves_forward_only() -> None:
    clock = OffsetClock()
    before = clock.now()
    clock.forward(minutes=10, seconds=5)
    assert 605_000 <= clock.now() - before < 606_000
    assert clock.offset() == 605_000
    with pytest.raises(ValueError, match="only moves forward"):
        clock.forward(seconds=-1)


async def test_a_wait_on_the_clock_ends_when_it_is_moved() -> None:
    clock = OffsetClock()
    waiting = asyncio.create_task(clock.wait_until(clock.now() + 600_000))
    await asyncio.sleep(0)
    clock.forward(minutes=10)
    await asyncio.wait_for(waiting, 1)


def test_two_processes_share_a_moved_clock(tmp_path: Path) -> None:
    path = tmp_path / "offset"
    clock = OffsetClock(path)
    clock.forward(hours=2)
    program = (
        "import sys; from bot.demo.standin.clock import OffsetClock\n"
        "clock = OffsetClock(sys.argv[1]); print(clock.offset()); clock.forward(minutes=1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.strip() == "7200000"
    assert clock.offset() == 7_260_000
    clock.close()
    assert clock.offset() == 7_260_000


async def test_a_wait_notices_a_clock_that_another_holder_of_the_file_moves(tmp_path: Path) -> None:
    clock, other = OffsetClock(tmp_path / "offset"), OffsetClock(tmp_path / "offset")
    waiting = asyncio.create_task(clock.wait_until(clock.now() + 60_000))
    await asyncio.sleep(0)
    other.forward(minutes=1)
    await asyncio.wait_for(waiting, 2)
    clock.close()
    other.close()
