"""The command line: nothing but the sum of its command modules.

To add a command: write it in a module of its own beside this one, give that module `register(app: typer.Typer) -> None`
which adds it, and add the module to `MODULES`. Import what is slow (slack, aiohttp, redis, markdown-it) inside the
function that needs it, not at the top of the module: `section3 phone` has to answer at once. `bot.cli.people` has the
consoles and `fail`, the one way to end with an error.
"""

from __future__ import annotations

import inspect
import re
from typing import Annotated, Protocol

import typer

from bot import __version__
from bot.cli import (
    authoring,
    demo,
    incident,
    match,
    operate,
    postmortem,
    run,
    runbook_lint,
    runbook_review,
    runbook_show,
    setup,
)


class CommandModule(Protocol):
    """A module that adds one command or a few that belong together."""

    def register(self, app: typer.Typer) -> None: ...


MODULES: tuple[CommandModule, ...] = (
    runbook_lint,
    runbook_show,
    runbook_review,
    authoring,
    demo,
    incident,
    run,
    match,
    operate,
    setup,
    postmortem,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"section3 {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Runs incidents from runbooks, and teaches the runbook what each incident taught."""


def build() -> typer.Typer:
    """The whole application, made anew: tests and `main` share nothing."""
    app = typer.Typer(
        name="section3",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for module in MODULES:
        module.register(app)
    _flow(app)
    return app


def _flow(app: typer.Typer) -> None:
    """Let each paragraph of help fill its lines: Typer keeps the breaks that the source has in all but the first."""
    for command in app.registered_commands:
        told = command.help or inspect.getdoc(command.callback) or ""
        command.help = re.sub(r"(?<!\n)\n(?!\n)", " ", told)
    for group in app.registered_groups:
        if group.typer_instance:
            _flow(group.typer_instance)
