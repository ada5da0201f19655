"""`section3 list`, `show`, `phone` and `rollback`: the runbook in the terminal, for the night when Slack is down."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.people import fail, nearest, out, visible
from bot.cli.shelf import Playbooks, open_shelf

if TYPE_CHECKING:
    from bot.cli.runbook_lines import Grid, Item
    from bot.domain.runbook import Runbook, Section

Service = Annotated[str, typer.Argument(help="The service's id or one of its aliases.")]
_ENTRY = re.compile(r"[a-z][a-z0-9]*-[0-9]+", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("list")(list_)
    app.command("show")(show)
    app.command("phone")(phone)
    app.command("rollback")(rollback)


def list_(playbooks: Playbooks = None) -> None:
    """List the services that have a runbook."""
    from bot.cli.runbook_lines import Grid, Line

    rows = tuple(
        (book.service, str(len(book.failures)), _reviewed(book), book.owner or "unknown", book.title)
        for book in open_shelf(playbooks).runbooks()
    )
    head = ("Service", "Failures", "Reviewed", "Owner", "Title")
    print_items([Grid(head, rows) if rows else Line("There is no runbook in this folder.")])


def show(
    service: Annotated[str, typer.Argument(help="The service's id or an alias; or the id of a failure, like IX-04.")],
    part: Annotated[
        str | None,
        typer.Argument(metavar="[SECTION|ID]", help="A section's number or name, or the id of a failure."),
    ] = None,
    playbooks: Playbooks = None,
) -> None:
    """Show a runbook, one of its sections, or the playbook of one failure."""
    from bot.cli.runbook_lines import SECTIONS, entry, heading
    from bot.domain.runbook import SECTION_TITLES, Section

    shelf = open_shelf(playbooks)
    # Whoever was told "IX-04" need not know whose it is.
    if part is None and _ENTRY.fullmatch(service) and shelf.find(service) is None:
        holder = shelf.holder(service) or fail(f"no runbook in {shelf.folder} has an entry {service}. section3 list")
        part, book = service, holder
    else:
        book = shelf.runbook(service)
    if part is None:
        print_items(_title(book))
        for number, section in enumerate(Section, 1):
            print_items(heading(f"{number}. {SECTION_TITLES[section]}"))
            print_items(SECTIONS[section](book))
        return
    if mode := book.failure(part):
        print_items(entry(mode))
    elif wanted := _section(part):
        print_items([*_title(book), *heading(SECTION_TITLES[wanted])])
        print_items(SECTIONS[wanted](book))
        if wanted is Section.FAILURES:
            for mode in book.failures:
                print_items(entry(mode))
    elif _ENTRY.fullmatch(part):
        # The nearest number is another failure: none is suggested.
        fail(f"{book.service} has no failure {part}. It has: {', '.join(mode.id for mode in book.failures) or 'none'}.")
    else:
        known = [mode.id for mode in book.failures] + [section.value for section in Section]
        fail(f"{book.service} has neither a section nor a failure called {part}. {nearest(part, known)}")


def phone(service: Service, playbooks: Playbooks = None) -> None:
    """Show whom to call, in order, with numbers."""
    from bot.cli.runbook_lines import contacts

    print_items(contacts(open_shelf(playbooks).runbook(service)))


def rollback(service: Service, playbooks: Playbooks = None) -> None:
    """Show when to roll back, who may decide, the one command, and what survives. Runs nothing."""
    from bot.cli.runbook_lines import rollback as lines

    print_items(lines(open_shelf(playbooks).runbook(service)))


def _reviewed(book: Runbook) -> str:
    return book.reviewed.isoformat() if book.reviewed else "unknown"


def _title(book: Runbook) -> list[Item]:
    from bot.cli.runbook_lines import HEAD, QUIET, Line

    about = f"{book.service} · owner {book.owner or 'unknown'} · reviewed {_reviewed(book)} · {book.path}"
    return [Line(book.title or book.service, HEAD), Line(about, QUIET)]


def _section(name: str) -> Section | None:
    """A section by its number, its short name or the beginning of its title."""
    from bot.domain.runbook import SECTION_TITLES, Section

    wanted = " ".join(name.casefold().replace("-", " ").split())
    for number, section in enumerate(Section, 1):
        title = SECTION_TITLES[section].casefold()
        if wanted in (str(number), section.value, title, title.replace(" ", "")):
            return section
    starts = [section for section in Section if SECTION_TITLES[section].casefold().startswith(wanted)]
    return starts[0] if len(starts) == 1 else None


def print_items(items: Iterable[Item]) -> None:
    """Print lines and tables: boxed and coloured for a person, plain columns for a pipe or a file."""
    from rich.text import Text

    from bot.cli.runbook_lines import COMMAND, Grid

    console = out()
    for item in items:
        if isinstance(item, Grid):
            _print_grid(item)
        elif not console.is_terminal:
            typer.echo(visible(item.whole))
        elif item.style == COMMAND:
            # Commands are never wrapped: a line broken by the terminal cannot be copied whole.
            console.print(Text(visible(item.whole), style=item.style), soft_wrap=True)
        else:
            text = Text(_wrapped(visible(item.whole), console.width), style=item.style)
            text.stylize("bold", 0, len(item.lead))
            console.print(text, soft_wrap=True)


def _wrapped(text: str, width: int) -> str:
    """Lines that fit the terminal, continued below the text and not below its bullet or number."""
    mark = re.match(r" *(?:- |\d+\. )?", text)
    indent = " " * (len(mark.group()) if mark else 0)
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _print_grid(grid: Grid) -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.cli.columns import GAP, WHOLE, columns, fits, records
    from bot.cli.runbook_lines import QUIET

    console = out()
    rows = [[visible(cell) for cell in row] for row in grid.rows]
    if not console.is_terminal:
        typer.echo(columns([grid.head, *rows]))
        return
    if not fits(grid.head, rows, console.width):
        for name, text in records(grid.head, rows, console.width):
            console.print(Text.assemble((name, QUIET), text), soft_wrap=True)
        return
    table = Table(box=None, header_style=QUIET, padding=(0, GAP, 0, 0))
    for name in grid.head:
        table.add_column(name, no_wrap=name in WHOLE, overflow="fold")
    for row in rows:
        # A plain string would be read as markup: [x] in a cell must stay.
        table.add_row(*map(Text, row))
    console.print(table)
