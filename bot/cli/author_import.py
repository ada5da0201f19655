"""`section3 import`: the alert pages a team already has, as draft entries of a runbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import create
from bot.cli.people import NO, USAGE, fail, say, visible

if TYPE_CHECKING:
    from bot.runbooks.foreign import Conversion, ForeignEntry

SERVICE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""A service id (runbook format: lower case letters, digits and hyphens)."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    pages: Annotated[list[Path], typer.Argument(metavar="PAGE…", help="Markdown pages, or folders of them.")],
    service: Annotated[str, typer.Option("--service", metavar="NAME", help="The service that the alerts are about.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write here, or add to the runbook that is here. Default: stdout."),
    ] = None,
) -> None:
    """Turn alert pages (Meaning, Impact, Diagnosis, Mitigation and the like) into draft entries of section 3.

    A page is an alert's when its name or its text says so; a topic's page is found by its title and words. Text and
    commands stay as they are. What has no place in an entry is kept as a note and listed on stderr. HTML, and what is
    no text in UTF-8, is left out: export such pages as Markdown.
    """
    from bot.runbooks.foreign import convert

    if not SERVICE.fullmatch(service):
        fail(
            f"{service!r} is no service id. Use lower case letters, digits and hyphens, such as invoice-extract.", USAGE
        )
    files = _files(pages)
    contents, unread = _read(files)
    conversion = convert(contents)
    _tell(conversion)
    if not conversion.entries:
        fail("no page could be used, so nothing was written.")
    entries = conversion.entries
    if out is None:
        typer.echo(_draft(service, entries), nl=False)
    elif out.exists():
        _add(out, service, entries)
    else:
        _create(out, service, entries)
    if unread or conversion.refused:
        raise typer.Exit(NO)


def _files(pages: Iterable[Path]) -> list[Path]:
    """The pages asked for; in a folder, every file with the ending of one, in order."""
    from bot.runbooks.foreign.page import ENDINGS
    from bot.runbooks.foreign.refuse import HTML_ENDINGS

    files: list[Path] = []
    for path in pages:
        if path.is_dir():
            found = sorted(one for one in path.rglob("*") if one.suffix.casefold() in ENDINGS and one.is_file())
            if html := sum(1 for one in path.rglob("*") if one.suffix.casefold() in HTML_ENDINGS):
                say(f"{path}: HTML pages left out: {html}. Export them as Markdown.")
            if not found:
                fail(f"{path}: there is no page in this folder ({', '.join(ENDINGS)}).", USAGE)
            files += found
        elif path.exists():
            files.append(path)
        else:
            fail(f"{path}: no such file. Nothing was written.", USAGE)
    return files


def _read(files: Sequence[Path]) -> tuple[list[tuple[str, bytes]], int]:
    from bot.runbooks.foreign.refuse import MAX_PAGE

    contents, unread = [], 0
    for path in files:
        try:
            with path.open("rb") as file:
                contents.append((path.as_posix(), file.read(MAX_PAGE + 1)))
        except OSError as error:
            unread += 1
            say(f"{path}: left out, it cannot be read: {error.strerror or error}")
    return contents, unread


def _tell(conversion: Conversion) -> None:
    for line in (*conversion.placed, *conversion.remarks, *conversion.refused):
        say(visible(line))


def _draft(service: str, entries: Sequence[ForeignEntry]) -> str:
    """A whole draft runbook. Ends the command when it is more than a runbook may be."""
    from bot.runbooks.editing.skeleton import draft_runbook
    from bot.runbooks.parsing.parse import MAX_BYTES

    text = draft_runbook(service, [entry.text for entry in entries])
    size = len(text.encode())
    if size > MAX_BYTES:
        fail(
            f"{len(entries)} entries make {size:,} bytes; a runbook has at most {MAX_BYTES:,} and is best with ten "
            "entries. Nothing was written. Import the pages of one service at a time."
        )
    return text


def _create(out: Path, service: str, entries: Sequence[ForeignEntry]) -> None:
    create(out, _draft(service, entries))
    say(f"{out}: {_entries(len(entries), 'written')}. Next: section3 lint {out}")


def _add(out: Path, service: str, entries: Sequence[ForeignEntry]) -> None:
    """Add the entries to a runbook; one whose id is there already stays as the person wrote it."""
    from bot.cli.files import replace
    from bot.runbooks.editing.edit import Refused
    from bot.runbooks.foreign.insert import insert_entries
    from bot.runbooks.parsing.parse import parse

    try:
        data = out.read_bytes()
    except OSError as error:
        fail(f"{out} cannot be read: {error.strerror or error}. Nothing was written.")
    book = parse(data, out.as_posix()).runbook
    if book is None:
        fail(f"{out} is there and is no runbook. It is as it was. Give --out another name.")
    if book.service != service:
        fail(f"{out} is the runbook of {book.service}, not of {service}. It is as it was.")
    new = []
    for entry in entries:
        if book.failure(entry.id):
            say(f"{entry.page}: {out} has an entry {entry.id} already, which is left as it is")
        else:
            new.append(entry)
    if new:
        outcome = insert_entries(data, new)
        if isinstance(outcome, Refused):
            place = f"{out}:{outcome.line}" if outcome.line else f"{out}"
            fail(f"{place}: nothing can be added: {outcome.reason} The file is as it was.")
        replace(out, outcome.data)
    say(f"{out}: {_entries(len(new), 'added')}. Next: section3 lint {out}")


def _entries(number: int, done: str) -> str:
    if not number:
        return f"nothing new, no entry {done}"
    return f"1 entry {done} as a draft" if number == 1 else f"{number} entries {done} as drafts"
