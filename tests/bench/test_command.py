"""The benches as commands: asked what they do, they say so and measure nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest


def bench(*arguments: str, room: str = "tests.bench") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", room, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("room", "said"),
    [("tests.bench", "--quick"), ("tests.store.bench", "the store costs"), ("tests.engine.bench", "the desk costs")],
)
def test_help_says_what_there_is(room: str, said: str) -> None:
    done = bench("--help", room=room)
    assert (done.returncode, said in done.stdout) == (0, True)
    assert done.stdout.startswith(f"usage: python -m {room} ")


@pytest.mark.parametrize("mistake", ["--quik", "quick"])
def test_what_is_not_known_is_refused(mistake: str) -> None:
    done = bench(mistake)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"unrecognized arguments: {mistake}" in done.stderr
