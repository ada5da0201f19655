"""Parsed runbooks on disk, by content: a warm start reads JSON instead of Markdown.

Everything in the folder can be deleted at any time. An entry that cannot be read, or that is not of these bytes, counts
as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import bot.domain.runbook as model
from bot.domain.runbook import Diagnostic, Runbook
from bot.runbooks import parsing
from bot.runbooks.parsing.parse import Parsed


class _Entry(BaseModel):
    """One file, parsed."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    key: str
    runbook: Runbook | None
    diagnostics: tuple[Diagnostic, ...] = ()


class Good(BaseModel):
    """The newest usable version of a file: its cache key, and the date of the file (ms since the epoch)."""

    model_config = ConfigDict(extra="forbid")

    key: str
    at: int


class _GoodVersions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    files: dict[str, Good] = {}


@cache
def _version() -> str:
    """Changes with every change of the parser, the model or the libraries under them, so that no entry outlives the
    code that wrote it."""
    code = hashlib.sha256()
    for library in ("markdown-it-py", "pyyaml", "pydantic"):
        code.update(f"{library} {version(library)}\n".encode())
    for file in [Path(model.__file__), Path(__file__), *sorted(Path(parsing.__path__[0]).glob("*.py"))]:
        with contextlib.suppress(OSError):
            code.update(file.read_bytes())
    return f"v1-{code.hexdigest()[:16]}"


def cache_key(name: str, data: bytes) -> str:
    """The key of a file's content; its name counts, because a file without a service id takes its name."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape") + b"\0" + data).hexdigest()


class DiskCache:
    """A folder of parsed runbooks. Failing to write is no error: the next start is slower."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._folder = folder / _version()

    def load(self, key: str, path: str) -> Parsed | None:
        """A parsed file, told to stand at `path`; None when it is not there."""
        try:
            entry = _Entry.model_validate_json(self._file(key).read_bytes())
        except (OSError, ValidationError):
            return None
        if entry.key != key:
            return None
        runbook = entry.runbook.model_copy(update={"path": path}) if entry.runbook else None
        return Parsed(runbook, tuple(one.model_copy(update={"path": path}) for one in entry.diagnostics))

    def save(self, key: str, parsed: Parsed) -> None:
        entry = _Entry(key=key, runbook=parsed.runbook, diagnostics=parsed.diagnostics)
        self._write(self._file(key), entry.model_dump_json(exclude_defaults=True).encode())

    def good_versions(self) -> dict[str, Good]:
        """File -> its newest usable version, as the last process left it."""
        try:
            return _GoodVersions.model_validate_json((self._folder / "good.json").read_bytes()).files
        except (OSError, ValidationError):
            return {}

    def keep(self, good: dict[str, Good], used: set[str]) -> None:
        """Write down the usable versions, and drop entries and versions of the code that nobody uses any more."""
        self._write(self._folder / "good.json", _GoodVersions(files=good).model_dump_json().encode())
        wanted = used | {one.key for one in good.values()}
        with contextlib.suppress(OSError):
            entries = [file for file in self._folder.glob("??/*.json") if file.stem not in wanted]
            # Editing leaves a version behind at every save; a few are worth keeping (an undo, a branch switch).
            if len(entries) > len(wanted) + 100:
                for file in entries:
                    file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def _write(self, file: Path, data: bytes) -> None:
        """Whole or not at all, also when two processes write."""
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(data)
                Path(temporary).replace(file)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise
