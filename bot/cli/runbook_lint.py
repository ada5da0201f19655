"""`section3 lint`: is this runbook production-grade?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from bot.cli.people import NO, USAGE, bar, fail, nearest, out, say, visible

if TYPE_CHECKING:
    from bot.cli.lint_files import Unread
    from bot.runbooks.lint import Options, Report

_DEFAULT = Path("playbooks")
_RULED = 2
"""What the lines of a drawn table take of each column's width."""


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class _FolderMayFollow(TyperCommand):
    """Typer has no option whose value may be left out: `--templates=DIR` is read as `--templates DIR`. And it makes the
    present folder of an empty name, which a script means when a variable of it is not set."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if "" in args:
            fail("a file or folder has an empty name. Nothing was judged.", USAGE)
        name = "--templates"
        apart = ([name, one.removeprefix(f"{name}=")] if one.startswith(f"{name}=") else [one] for one in args)
        return super().parse_args(ctx, [part for one in apart for part in one])


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lint", cls=_FolderMayFollow)(lint)


def lint(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders. Default: playbooks/.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How the answer is written.")] = Format.TEXT,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Judge ages as of this day. Default: today, in UTC."),
    ] = None,
    online: Annotated[bool, typer.Option("--online", help="Ask the network whether links answer (W15).")] = False,
    production: Annotated[
        bool, typer.Option("--production", help="Example domains and fictional numbers are errors too (E20).")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Look into git for ids that were used for another failure (E06).")
    ] = False,
    tools: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The programs that responders have, one a line; others are told (W15)."),
    ] = None,
    deployed: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE=VERSION", help="What is deployed: the change log must end with it (W10)."),
    ] = None,
    templates: Annotated[
        bool,
        typer.Option(
            "--templates", help="Judge the post-mortem templates of a folder instead. Default: TEMPLATES_DIR."
        ),
    ] = False,
    explain: Annotated[
        str | None, typer.Option(metavar="RULE", help="Say why a rule exists and show a bad and a good example.")
    ] = None,
) -> None:
    """Judge runbooks like a compiler. Exits 1 when there is an error, 2 when it was called wrongly."""
    if explain is not None:
        _explain(explain)
        return
    if templates:
        _templates(_templates_folder(paths or []))
        return
    from bot.runbooks.lint import Options

    day = today.date() if today else datetime.now(UTC).date()
    options = Options(today=day, production=production, tools=_programs(tools), deployed=_versions(deployed or []))
    files = _files(paths)
    if online:
        options = _with_links(files, options)
    reports, unread = _judge(files, options, history)
    _print(reports, format)
    _say_doubles(reports)
    for one in unread:
        say(f"section3: {one.path} was not judged, it cannot be read: {one.reason}.")
    if unread:
        raise typer.Exit(USAGE)
    from bot.cli.lint_formats import failed

    if failed(reports):
        raise typer.Exit(NO)


def _templates_folder(paths: list[Path]) -> Path:
    """The one folder that was named, else that of the settings."""
    from bot.settings import BadSettings, RunbookSettings

    if len(paths) > 1:
        fail("--templates judges one folder.", USAGE)
    try:
        folder = paths[0] if paths else RunbookSettings.now().templates_dir
    except BadSettings as error:
        fail(str(error), USAGE)
    return folder or fail("no folder of templates: section3 lint --templates DIR, or set TEMPLATES_DIR.", USAGE)


def _templates(folder: Path) -> None:
    from bot.domain.runbook import Level
    from bot.postmortem.drafting.templates import check_templates

    found = check_templates(folder)
    for one in found:
        typer.echo(visible(f"{one.path}:{one.line}: {one.severity.value} {one.rule} {one.message}"))
    errors = sum(one.severity is Level.ERROR for one in found)
    typer.echo(f"{errors} errors, {len(found) - errors} warnings.")
    if errors:
        raise typer.Exit(NO)


def _files(paths: list[Path] | None) -> list[Path]:
    from bot.cli.lint_files import find

    if not paths and not _DEFAULT.is_dir():
        fail("there is no folder playbooks/ here. Name the files or folders to judge.", USAGE)
    try:
        files = find(paths or [_DEFAULT])
    except FileNotFoundError as error:
        fail(f"{error.filename}: no such file or folder. Nothing was judged.", USAGE)
    except OSError as error:
        fail(f"{error.filename} cannot be read: {error.strerror}. Nothing was judged.")
    if not files:
        # A commit that touches only playbooks/README.md is nothing to complain about (pre-commit names the files).
        if paths and all(path.is_file() for path in paths):
            say("section3: no runbook among these files (README.md is none).")
            raise typer.Exit
        places = ", ".join(str(path if path.name else path.absolute()) for path in paths or [_DEFAULT])
        fail(f"no runbook (*.md other than README.md) in {places}.", USAGE)
    return files


def _programs(file: Path | None) -> frozenset[str] | None:
    """The words of the file; what follows # is a remark."""
    if file is None:
        return None
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"--tools {file} cannot be read: {error}.", USAGE)
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def _versions(pairs: list[str]) -> dict[str, str]:
    versions = {}
    for pair in pairs:
        service, equals, version = pair.partition("=")
        if not (service and equals and version):
            fail(f"--deployed {pair}: write SERVICE=VERSION.", USAGE)
        versions[service] = version
    return versions


def _with_links(files: list[Path], options: Options) -> Options:
    from dataclasses import replace

    from bot.cli.lint_links import ask
    from bot.runbooks.lint import links_of

    urls = {url for path in files for url in _links(path, links_of)}
    with bar("Asking links", len(urls), least=2) as seen:
        return replace(options, links=ask(urls, seen))


def _links(path: Path, links_of: Callable[[bytes, str], list[str]]) -> list[str]:
    try:
        return links_of(path.read_bytes(), path.as_posix())
    except OSError:
        return []


def _judge(files: list[Path], options: Options, history: bool) -> tuple[list[Report], list[Unread]]:
    from bot.cli.lint_files import Unread, judge_files

    reports: list[Report] = []
    unread: list[Unread] = []
    with bar("Judging runbooks", len(files)) as seen:
        for result in judge_files(files, options, history):
            if isinstance(result, Unread):
                unread.append(result)
            else:
                reports.append(result)
            seen()
    return reports, unread


def _print(reports: Sequence[Report], format: Format) -> None:
    from bot.cli import lint_formats

    match format:
        case Format.JSON:
            typer.echo(lint_formats.as_json(reports))
        case Format.SARIF:
            typer.echo(lint_formats.as_sarif(reports))
        case Format.GITHUB:
            for line in lint_formats.as_github(reports):
                typer.echo(line)
        case Format.TEXT:
            _print_text(reports)


def _say_doubles(reports: Sequence[Report]) -> None:
    """Two files for one service are no fault of either, but the bot can serve one of them only."""
    files: dict[str, list[str]] = {}
    for report in reports:
        files.setdefault(report.service, []).append(report.path)
    for service, paths in files.items():
        if service and len(paths) > 1:
            more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
            names = ", ".join(paths[:3]) + more
            say(f"section3: {len(paths)} files are for the service {service}: {names}. One can serve.")


def _print_text(reports: Sequence[Report]) -> None:
    from rich.table import Table
    from rich.text import Text

    from bot.cli import lint_formats
    from bot.cli.columns import columns, fits

    console = out()
    colours = {" error ": "bold red", " warning ": "yellow", " silenced ": "dim"}
    for line in lint_formats.as_text(reports):
        text = Text(visible(line))
        for word, colour in colours.items():
            at = line.find(word)
            if at >= 0:
                text.stylize(colour, at, at + len(word))
        console.print(text, soft_wrap=True)
    rows = lint_formats.readiness_rows(reports)
    console.print()
    if console.is_terminal and not fits(rows[0], rows[1:], console.width - _RULED * len(rows[0])):
        for line in lint_formats.readiness_lines(reports):
            console.print(Text(line), soft_wrap=True)
    elif console.is_terminal:
        table = Table(*rows[0])
        for row in rows[1:]:
            table.add_row(*(Text(cell, style="red" if cell.startswith("no ") else "") for cell in row))
        console.print(table)
    else:
        typer.echo(columns(rows))
    ready = sum(report.production_grade for report in reports)
    typer.echo(f"\nProduction-grade (all six questions answered): {ready} of {len(reports)}.")
    typer.echo(lint_formats.totals(reports))


def _explain(name: str) -> None:
    from bot.cli.lint_explain import explain
    from bot.runbooks.lint import RULES
    from bot.runbooks.parsing.diagnose import RULES as PARSER_RULES

    text = explain(name.upper())
    if text is None:
        fail(f"there is no rule {name}. {nearest(name, [*RULES, *PARSER_RULES])}", USAGE)
    typer.echo(text)
