"""What git knows about a runbook's past: the titles that failure mode ids had, and the commits since a day."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_SECONDS = 10
_VERSIONS = 200
_HEADING = re.compile(r"^\+###[ \t]+([A-Z]{2,6}-[0-9]+)[ \t:.–—-]+(.+?)[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that touched a file."""

    id: str
    day: date
    author: str
    subject: str


def _git(path: Path, *arguments: str) -> str | None:
    """What git says about a file; None where there is no git, no repository, no such file, or no answer in time."""
    command = ["git", "-C", str(path.parent), *arguments, "--", path.name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def earlier_titles(path: Path) -> dict[str, str]:
    """Failure mode id (in small letters) -> the first title it had, from the last 200 commits of the file."""
    log = _git(
        path,
        "log",
        "-n",
        str(_VERSIONS),
        "--reverse",
        "--format=",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "-p",
        "-U0",
    )
    titles: dict[str, str] = {}
    for found in _HEADING.finditer(log or ""):
        titles.setdefault(found[1].casefold(), found[2])
    return titles


def commits_since(path: Path, day: date | None) -> list[Commit] | None:
    """The commits after `day` that touched the file, newest first; None when git does not know the file."""
    since = [f"--since={day.isoformat()}T23:59:59"] if day else []
    log = _git(path, "log", "-n", str(_VERSIONS), *since, "--date=short", "--format=%h%x1f%ad%x1f%an%x1f%s")
    if log is None or _git(path, "ls-files", "--error-unmatch") is None:
        return None
    rows = (line.split("\x1f", 3) for line in log.splitlines() if line.count("\x1f") >= 3)
    return [Commit(id, date.fromisoformat(when), author, subject) for id, when, author, subject in rows]
