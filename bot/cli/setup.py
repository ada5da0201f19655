"""`section3 manifest` and `section3 doctor`: setting up a workspace, and what is wrong with the set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.people import NO, out

if TYPE_CHECKING:
    from bot.doctor import Finding


def register(app: typer.Typer) -> None:
    """Add `manifest` and `doctor`."""
    app.command()(manifest)
    app.command()(doctor)


def manifest(
    url: Annotated[str, typer.Option("--url", help="The bot's public address, for HTTP; without it Socket Mode.")] = "",
) -> None:
    """Print the manifest of the Slack app, each scope with its reason."""
    import re

    from bot.cli.people import USAGE, fail
    from bot.slack.manifest import as_yaml

    if url and not re.fullmatch(r"https://[\w.-]+(:\d+)?(/\S*)?", url):
        fail(f"--url {url}: Slack delivers to https only. Write the whole address: https://section3.example.org", USAGE)
    typer.echo(as_yaml(url), nl=False)


def doctor() -> None:
    """Check tokens, scopes, channels, Redis, runbooks, templates and where proposals go, and say what to do about each.
    Exit code 1 when something must be mended."""
    import asyncio

    from bot.cli.people import USAGE, fail
    from bot.doctor import Finding, examine
    from bot.settings import BadSettings, load, strangers

    for sentence in strangers():
        _print(Finding("Settings", sentence, note=True))
    try:
        settings = load()
    except BadSettings as error:
        fail(str(error), USAGE)
    findings = asyncio.run(examine(settings))
    for finding in findings:
        _print(finding)
    if any(finding.bad for finding in findings):
        raise typer.Exit(NO)


def _print(finding: Finding) -> None:
    sign = "✗" if finding.bad else "–" if finding.note else "✓"
    out().print(f"{sign} {finding.what}: {finding.said}", markup=False, highlight=False, soft_wrap=True)
    if finding.advice:
        out().print(f"  {finding.advice}", markup=False, highlight=False, soft_wrap=True)
