"""A proposed change as a patch file, for `git apply` or a mail."""

from __future__ import annotations

from pathlib import Path

from bot.postmortem.publish.proposal import Change, Published, PublishError
from bot.runbooks.writing import write_whole


def to_file(change: Change, folder: Path) -> Published:
    """Write `<folder>/inc-42.patch`, replacing an earlier one of the same incident. Raises PublishError."""
    path = folder / f"{change.name.casefold()}.patch"
    said = "".join(f"{line}\n" if line else "\n" for line in [change.title, "", *change.body.splitlines(), ""])
    text = said + change.diff
    try:
        folder.mkdir(parents=True, exist_ok=True)
        again = path.is_file() and path.read_text(encoding="utf-8") == text
        if not again:
            write_whole(path, text.encode())
    except OSError as error:
        raise PublishError(f"{path} could not be written: {error.strerror}. Nothing was changed.") from error
    return Published(target="file", ref=str(path), again=again)
