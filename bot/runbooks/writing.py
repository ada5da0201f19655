"""Writing a file of people's so that at no moment half of it is there to be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the file and rename, keeping its mode; where the path is a link, what it points to is written.
    Raises OSError: then the file is as it was, and nothing is left beside it."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
