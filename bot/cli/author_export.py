"""`section3 export`: the hand-over document of a service, one page to print or to mail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.people import USAGE, fail
from bot.cli.shelf import Playbooks, open_shelf


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    service: Annotated[str, typer.Argument(help="The service's id or one of its aliases.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.html", help="The page to write; replaced when it is one.")
    ],
    playbooks: Playbooks = None,
) -> None:
    """Write the hand-over document: six sections, the readiness table and the phone list in one self-contained page."""
    from bot.cli.files import replace
    from bot.runbooks.export import Occasion, export_html
    from bot.runbooks.lint import lint

    if out.suffix.casefold() not in (".html", ".htm"):
        fail(f"{out}: the hand-over document is a page. Give a name that ends in .html.", USAGE)
    book = open_shelf(playbooks).runbook(service)
    report = lint(Path(book.path).read_bytes(), book.path)
    occasion = Occasion(datetime.now(UTC).date(), Path(book.path).name, __version__)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror or error}. Nothing was written.")
    replace(out, export_html(book, report.answers, occasion).encode())
    answered = sum(answer.yes for answer in report.answers)
    typer.echo(f"{out} is written: {book.service}, {answered} of {len(report.answers)} questions answered.")
