"""The folder of runbooks that a terminal command reads, and how a service is found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.people import USAGE, bar, fail, nearest, say

if TYPE_CHECKING:
    from bot.domain.runbook import Runbook
    from bot.runbooks.library.cache import DiskCache
    from bot.runbooks.parsing.parse import Parsed

_HERE = Path("playbooks")
_HEAD = 8192
_WORTH_A_CACHE = 50
"""From so many files on it is felt whether an earlier command has parsed them: 1,000 take half a minute, or seconds."""
_FRONT = re.compile(r"^---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE | re.DOTALL)

Playbooks = Annotated[
    Path | None,
    typer.Option("--playbooks", metavar="DIR", help="The folder of runbooks. Default: that of the settings."),
]
"""The option that every command reading runbooks takes."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of runbooks. Those that came with section3 are for reading only."""

    folder: Path
    samples: bool = False

    def files(self) -> list[Path]:
        from bot.runbooks.library.files import runbook_files

        try:
            return runbook_files(self.folder)
        except OSError as error:
            return fail(f"{self.folder} cannot be read: {error.strerror}.")

    def runbooks(self) -> Iterator[Runbook]:
        """Every file that can be read as a runbook; what the parser objects to is said on stderr."""
        files = self.files()
        memory = _memory() if len(files) >= _WORTH_A_CACHE else None
        with bar("Reading runbooks", len(files)) as seen:
            for path in files:
                if book := _read(path, memory):
                    yield book
                seen()
        if memory is not None:
            memory.tidy()

    def runbook(self, name: str) -> Runbook:
        """The runbook of a service, by its id or an alias. Ends the command when there is none."""
        if book := self.find(name):
            return book
        hint = nearest(name, [_service(path, _head(path)) for path in self.files()]) or "There is no runbook at all."
        if not name.strip():
            fail(f"the service has no name: its id or an alias belongs there. {hint}", USAGE)
        return fail(f"no runbook for the service {name} in {self.folder}. {hint}")

    def find(self, name: str) -> Runbook | None:
        """The same, None when there is none. Ends the command when its file cannot be read."""
        wanted = name.strip().casefold()
        direct = self.folder / f"{wanted}.md"
        if not wanted:
            return None
        if direct.is_file():
            book = _read(direct)
            if book is None:
                fail(f"{direct} cannot be read as a runbook. section3 lint {direct}")
            if book.service == wanted:
                return book
        for path in self.files():
            if wanted in _head(path).casefold() and (book := _read(path)) and wanted in _names(book):
                return book
        return None

    def holder(self, failure_id: str) -> Runbook | None:
        """The runbook that has the entry with this id, None when none has."""
        for path in self.files():
            if _mentions(path, failure_id) and (book := _read(path)) and book.failure(failure_id):
                return book
        return None


def open_shelf(folder: Path | None) -> Shelf:
    """The folder that was asked for, else the one that the bot would read, else the samples in the package, which is
    then said. Only where no setting names another place are there samples: nobody must be shown the wrong phone."""
    if folder is None:
        folder = _configured()
    if folder.is_dir():
        return Shelf(folder)
    if folder != _HERE:
        fail(f"{folder}: no such folder.", USAGE)
    from bot.runbooks.resources import sample_playbooks_dir

    samples = sample_playbooks_dir()
    say(f"section3: there is no folder playbooks/ here; these are the samples that came with section3 ({samples}).")
    return Shelf(samples, samples=True)


def _configured() -> Path:
    """The folder that the settings name; a remote that cannot be read leaves what was fetched before."""
    from bot.runbook_source import runbooks_folder
    from bot.settings import BadSettings, RunbookSettings

    try:
        folder, trouble = runbooks_folder(RunbookSettings.now())
    except BadSettings as error:
        if not _HERE.is_dir():
            fail(f"{error}. Correct it, or name the folder: --playbooks DIR", USAGE)
        say(f"section3: {error}. These are the runbooks of ./playbooks.")
        return _HERE
    if trouble and not folder.is_dir():
        fail(f"{trouble} Name a folder: --playbooks DIR")
    if trouble:
        say(f"section3: {trouble} These are the runbooks as they were fetched before.")
    return folder


def _head(path: Path) -> str:
    """The front matter of a file, as text: a thousand of these are read in no time, a thousand runbooks are not."""
    try:
        with path.open("rb") as file:
            text = file.read(_HEAD).decode("utf-8-sig", "replace")
    except OSError:
        return ""
    found = _FRONT.search(text)
    return found[1] if found else ""


def _mentions(path: Path, word: str) -> bool:
    try:
        return word.casefold().encode() in path.read_bytes().lower()
    except OSError:
        return False


def _service(path: Path, head: str) -> str:
    found = re.search(r"^service:\s*[\"']?([\w.-]+)", head, re.MULTILINE)
    return found[1] if found else path.stem


def _names(book: Runbook) -> set[str]:
    return {book.service, *(alias.casefold() for alias in book.aliases)}


class _Memory:
    """Parsed runbooks of earlier commands, by content. What cannot be kept is parsed again."""

    def __init__(self, disk: DiskCache) -> None:
        self._disk = disk
        self._used: set[str] = set()

    def parsed(self, path: Path, data: bytes) -> Parsed:
        from bot.runbooks.library.cache import cache_key
        from bot.runbooks.parsing.parse import parse

        key = cache_key(path.name, data)
        self._used.add(key)
        found = self._disk.load(key, path.as_posix())
        if found is None:
            found = parse(data, path.as_posix())
            self._disk.save(key, found)
        return found

    def tidy(self) -> None:
        """Drop what this folder no longer holds."""
        self._disk.keep({}, self._used)


def _memory() -> _Memory:
    from bot.runbooks.library.cache import DiskCache

    return _Memory(DiskCache(Path(typer.get_app_dir("section3")) / "runbooks"))


def _read(path: Path, memory: _Memory | None = None) -> Runbook | None:
    from bot.domain.runbook import Level
    from bot.runbooks.parsing.parse import parse

    try:
        data = path.read_bytes()
        parsed = memory.parsed(path, data) if memory else parse(data, path.as_posix())
    except OSError as error:
        say(f"section3: {path} is left out, it cannot be read: {error.strerror or error}.")
        return None
    for one in parsed.diagnostics:
        if one.severity is Level.ERROR:
            shown = "shown as far as it can be read" if parsed.runbook else "left out"
            say(f"{one.path}:{one.line}:{one.column}: {one.severity} {one.rule} {one.message} ({shown})")
    return parsed.runbook
