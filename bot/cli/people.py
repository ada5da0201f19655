"""What every command says to a person, and where: answers on stdout, everything else on stderr."""

from __future__ import annotations

import codecs
import difflib
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

NO = 1
"""Exit code when the answer is no: lint errors, an unknown service, a file that cannot be read."""

_DOZEN = 12

USAGE = 2
"""Exit code when the command was called wrongly (the shell's and Click's convention)."""


def out() -> Console:
    """The console for answers. Made when needed, so that it writes to the stdout of the moment (tests, pipes)."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """The console for everything that is no answer: errors, hints, progress."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=not sys.stderr.isatty())


def tolerant_streams() -> None:
    """Let a terminal that lacks a sign show `?` for it: half an answer is worth more than an exception.

    ASCII is what a system says that was never told its encoding; Python (PEP 540) and Click write UTF-8 there.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


@contextmanager
def without_a_trace() -> Iterator[None]:
    """End the program with one line, and exit code 1, when the system refuses what no command foresaw: a full disk
    behind stdout, a quota, a file system that has gone."""
    try:
        yield
    except OSError as error:
        try:
            sys.stdout.flush()
        except OSError:
            # What is still held back cannot be written either, and the interpreter would say so again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, str | bytes) else ""
        say(f"section3: stopped: {error.strerror or error}{where}. What is printed above may be incomplete.")
        raise SystemExit(NO) from None


def visible(text: str) -> str:
    """Text from a file as a terminal may show it: control characters, which could move the cursor or hide a line, are
    drawn as a replacement sign."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text)


def typed(words: Iterable[str]) -> str:
    """What somebody typed, as text: bytes of another encoding than the terminal's are drawn as a replacement sign."""
    return " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def say(message: str) -> None:
    """A remark on stderr, verbatim: no markup, no wrapping."""
    typer.echo(message, err=True)


def fail(message: str, code: int = NO) -> NoReturn:
    """End the command with a message on stderr.

    The message says what happened, where, and what to do next; it is printed verbatim after `section3: `.

    Raises:
        typer.Exit: always, with `code`.
    """
    say(f"section3: {message}")
    raise typer.Exit(code)


@contextmanager
def bar(what: str, total: int, least: int = 20) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr, when a person watches and there are at least `least` things to wait for.

    Yields what to call after each of them.
    """
    console = err()
    if not console.is_terminal or total < least:
        yield lambda: None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


def nearest(wanted: str, known: Iterable[str]) -> str:
    """`Did you mean "x"?` for the closest name, or the first dozen there are; "" when there are none."""
    names = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(wanted.casefold(), names, n=1, cutoff=0.5)
    if close:
        return f'Did you mean "{names[close[0]]}"?'
    some = sorted(names.values())
    more = f" and {len(some) - _DOZEN} more" if len(some) > _DOZEN else ""
    return f"There are: {', '.join(some[:_DOZEN])}{more}." if some else ""
