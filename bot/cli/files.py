"""Writing files for a person at a terminal, who is told when that cannot be done."""

from __future__ import annotations

from pathlib import Path

from bot.cli.people import fail
from bot.runbooks.writing import write_whole


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
    """Write the file anew, whole or not at all. Ends the command when that cannot be done."""
    try:
        write_whole(path, data)
    except OSError as error:
        kept = "It is as it was." if path.exists() else "Nothing was written."
        fail(f"{path} cannot be written: {error.strerror or error}. {kept}")
