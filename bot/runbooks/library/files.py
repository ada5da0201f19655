"""Which files of a folder are runbooks: one rule, for the bot and for every command."""

from __future__ import annotations

import os
from pathlib import Path


def is_runbook(path: Path) -> bool:
    """A Markdown file. README.md of a folder explains it and is no runbook; what is hidden is somebody else's."""
    name = path.name.casefold()
    return name.endswith(".md") and name != "readme.md" and not name.startswith(".")


def runbook_files(folder: Path) -> list[Path]:
    """The runbooks in a folder and in its sub-folders, in a stable order.

    A link whose target has gone and a folder that is named like a runbook are among them: somebody should hear of it.
    Raises OSError when the folder itself cannot be read.
    """

    def told(error: OSError) -> None:
        if error.filename == str(folder):
            raise error

    found: list[Path] = []
    for place, inside, files in os.walk(folder, onerror=told):
        inside[:] = [name for name in inside if not name.startswith(".")]
        found += [path for name in (*inside, *files) if is_runbook(path := Path(place, name))]
    return sorted(found)
