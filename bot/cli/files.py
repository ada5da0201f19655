"""Writing a file so that at no moment half of it is there to be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bot.cli.people import fail


def create(path: Path, text: str) -> None:
    """Write a new file and the folders above it; what is there already stays. Ends the command when that cannot be
    done: then nothing of it is left behind."""
    begun = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            begun = True
            file.write(text)
    except OSError as error:
        if begun:
            path.unlink(missing_ok=True)
        fail(f"{path} cannot be written: {error.strerror or error}. Nothing was written.")


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
        kept = "It is as it was." if target.exists() else "Nothing was written."
        fail(f"{path} cannot be written: {error.strerror or error}. {kept}")
    finally:
        beside.unlink(missing_ok=True)
