"""`section3 review`: what changed since a runbook was last reviewed; sets the date of the review."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import replace
from bot.cli.people import USAGE, fail, say
from bot.cli.runbook_show import Service, print_items
from bot.cli.shelf import Playbooks, open_shelf

if TYPE_CHECKING:
    from bot.cli.runbook_lines import Item
    from bot.domain.runbook import Runbook


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("review")(review)


def review(
    service: Service,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Set the date without asking.")] = False,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of the review. Default: today, in UTC."),
    ] = None,
    playbooks: Playbooks = None,
) -> None:
    """List what changed since the last review, then set the date of the review."""
    shelf = open_shelf(playbooks)
    book = shelf.runbook(service)
    path = Path(book.path)
    day = today.date() if today else datetime.now(UTC).date()
    if today and book.reviewed and day < book.reviewed:
        fail(f"--today {day} is before the last review, {book.reviewed}. {path} is as it was.", USAGE)
    print_items([*_changes(book), *_commits(path, book.reviewed), *_findings(path, day)])
    if shelf.samples:
        say("section3: nothing is written: this is a sample that came with section3. Copy it into playbooks/ first.")
        return
    if book.reviewed == day:
        typer.echo(f"\nreviewed: {day} stands in {path} already.")
        return
    question = f"\nSet reviewed: {day} in {path}?"
    if not yes:
        if not sys.stdin.isatty():
            say(f"section3: {path} is as it was: nobody is here to ask. Set the date with --yes.")
            return
        if not typer.confirm(question):
            typer.echo(f"{path} is as it was.")
            return
    _write(path, day)
    was = book.reviewed.isoformat() if book.reviewed else "unknown"
    typer.echo(f"\nSet reviewed: {day} in {path} (was {was}). Commit the file.")


def _changes(book: Runbook) -> list[Item]:
    """The rows of section 6 since the day of the last review, that day included; a row without a date is shown too."""
    from bot.cli.runbook_lines import HEAD, Grid, Line
    from bot.runbooks.change_log import changed_at

    since = book.reviewed
    rows = tuple(
        (one.when or "unknown", one.kind, one.what, one.before, one.after, one.by)
        for one in book.changes
        if since is None or (when := changed_at(one)) is None or when.date() >= since
    )
    title = f"Changes since the review of {since}" if since else "When this was reviewed is unknown; every change"
    head = ("When", "Kind", "What", "From", "To", "By")
    return [Line(title, HEAD), Grid(head, rows) if rows else Line("Section 6 has none.")]


def _commits(path: Path, since: date | None) -> list[Item]:
    from bot.cli.lint_git import commits_since
    from bot.cli.runbook_lines import HEAD, Grid, Line

    items: list[Item] = [Line(), Line("Commits to the file since then", HEAD)]
    commits = commits_since(path, since)
    if commits is None:
        return [*items, Line("Unknown: git does not know this file.")]
    rows = tuple((one.day.isoformat(), one.id, one.author, one.subject) for one in commits)
    return [*items, Grid(("Day", "Commit", "By", "What"), rows) if rows else Line("None.")]


def _findings(path: Path, day: date) -> list[Item]:
    from bot.cli.lint_formats import readiness_rows, totals
    from bot.cli.runbook_lines import HEAD, Grid, Line
    from bot.runbooks.lint import Options, lint

    report = lint(path.read_bytes(), path.as_posix(), Options(today=day))
    head, row = readiness_rows([report])
    return [
        Line(),
        Line("The six questions", HEAD),
        Grid(tuple(head[1:]), (tuple(row[1:]),)),
        Line(f"Lint: {totals([report])}"),
    ]


def _write(path: Path, day: date) -> None:
    from bot.runbooks.editing.edit import Refused, set_reviewed

    outcome = set_reviewed(path.read_bytes(), day)
    if isinstance(outcome, Refused):
        place = f"{path}:{outcome.line}" if outcome.line else f"{path}"
        fail(f"{place}: {outcome.reason} The file is as it was.")
    replace(path, outcome.data)
