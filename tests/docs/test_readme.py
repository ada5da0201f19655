"""The README shows what the demo prints, links to what is there, and names commands that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.app import build

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
TIMES = re.compile(r"\b\d{2}:\d{2}\b")
DATES = re.compile(r"\b20\d{2}-\d{2}-\d{2}\b")


@pytest.fixture(scope="module")
def printed() -> str:
    """What `section3 demo --fast` prints on a terminal of the README's width."""
    import os

    environment = {**os.environ, "COLUMNS": "88", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "bot", "demo", "--fast"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=110, check=False)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    return steady(ran.stdout.decode())


def steady(text: str) -> str:
    """Without what differs from night to night: the minute a slow machine needed more, and the date."""
    return DATES.sub("DATE", TIMES.sub("HH:MM", text))


def captures() -> list[str]:
    return re.findall(r"^```text\n(.*?)\n```$", README, re.DOTALL | re.MULTILINE)


def test_the_captures_are_what_the_demo_prints(printed: str) -> None:
    assert len(captures()) == 2
    for capture in captures():
        assert steady(capture) in printed


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_command_of_the_readme_exists() -> None:
    import typer

    known = set(typer.main.get_command(build()).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"`section3 ([a-z]+)", README))
    assert named <= known, named - known
