"""Which files lint reads, and how it reads many of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bot.cli.lint_git import earlier_titles
from bot.runbooks.library.files import runbook_files
from bot.runbooks.lint import Options, Report, lint

_WORTH_A_POOL = 64
"""From so many files on a second process pays for its start."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    path: Path
    reason: str


def find(paths: Iterable[Path]) -> list[Path]:
    """The runbooks among the paths and in the folders among them, each once, in a stable order.

    Raises:
        OSError: one of the paths does not exist, or is a folder that cannot be read; its `filename` is set.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(runbook_files(path)))
        elif not path.exists():
            raise FileNotFoundError(2, "no such file or folder", str(path))
        elif path.name.casefold() != "readme.md":
            found[path] = None
    return list(found)


def judge_file(path: Path, options: Options, history: bool = False) -> Report | Unread:
    """Lint one file, named in the report as it was given."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return Unread(path, error.strerror or str(error))
    if history:
        options = replace(options, earlier_titles=earlier_titles(path))
    return lint(data, path.as_posix(), options)


def judge_files(files: Sequence[Path], options: Options, history: bool = False) -> Iterator[Report | Unread]:
    """Lint files in their order; many of them on every processor there is."""
    one: Callable[[Path], Report | Unread] = partial(judge_file, options=options, history=history)
    workers = min(os.cpu_count() or 1, 8)
    if len(files) < _WORTH_A_POOL or workers < 2:
        yield from map(one, files)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(one, files, chunksize=8)
