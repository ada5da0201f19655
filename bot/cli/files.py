"""Writing a file so that at no moment half of it is there to be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bot.cli.people import fail


def replace(path: Path, data: bytes) -> None:
    """Write beside the file and rename, keeping its mode. Ends the command when that cannot be done."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror or error}. It is as it was.")
    finally:
        beside.unlink(missing_ok=True)
