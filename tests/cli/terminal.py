"""Runs the command line as a person does: in this process, or in a real terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli.app import build

SECONDS = 60


def section3(*arguments: str, answer: str = "") -> Result:
    """The command in this process, stdout and stderr apart, no terminal."""
    return CliRunner().invoke(build(), list(arguments), input=answer)


def in_terminal(*arguments: str, cwd: Path, typed: str = "", columns: int = 100) -> tuple[int, str]:
    """The command with a terminal for all three streams: exit code and what the person saw."""
    ours, theirs = pty.openpty()
    root = Path(__file__).parents[2]
    env = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", "PYTHONPATH": str(root)}
    env.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "bot", *arguments]
    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    try:
        if typed:
            os.write(ours, typed.encode())
        return _drain(process, ours)
    finally:
        process.kill()
        process.wait(SECONDS)
        os.close(ours)


def _drain(process: subprocess.Popen[bytes], ours: int) -> tuple[int, str]:
    seen = b""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ready, _, _ = select.select([ours], [], [], 0.2)
        if ready:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says EIO when the other side is closed
                part = b""
            if not part:
                return process.wait(SECONDS), seen.decode()
            seen += part
    raise TimeoutError(f"no end within {SECONDS} s: {seen!r}")
