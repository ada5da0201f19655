"""`section3 postmortem` and `section3 coverage`: what an incident left behind, and what the runbooks cover."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import replace
from bot.cli.people import NO, USAGE, err, fail, out, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core import Core
    from bot.domain.events import Fact
    from bot.domain.incident import Incident
    from bot.postmortem.coverage import Coverage
    from bot.postmortem.drafting.render import Renderer


class Format(StrEnum):
    """How the document is written."""

    MD = "md"
    HTML = "html"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("postmortem")(postmortem)
    app.command("coverage")(coverage)


def postmortem(
    name: Annotated[str, typer.Argument(metavar="INC-42", help="The incident.")],
    format_: Annotated[Format, typer.Option("--format", help="Markdown, one HTML file, or JSON.")] = Format.MD,
    file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it there. What people wrote in the file is kept."),
    ] = None,
    templates: Annotated[
        Path | None, typer.Option("--templates", metavar="DIR", help="Your own templates. Default: TEMPLATES_DIR.")
    ] = None,
) -> None:
    """Draft the post-mortem of an incident from its facts."""
    from jinja2 import TemplateError

    from bot.cli.desk import with_core
    from bot.postmortem.drafting.render import Renderer

    incident, facts, folder = with_core(lambda core: _stream(core, name))
    templates = templates or folder
    if templates and not templates.is_dir():
        fail(f"{templates}: no such folder of templates.", USAGE)
    now = round(datetime.now(UTC).timestamp() * 1000)
    try:
        renderer = Renderer(templates)
        if file is not None and format_ is Format.MD:
            _write_markdown(file, incident, facts, renderer)
            return
        text = _document(format_, incident, facts, now, renderer)
    except TemplateError as error:
        fail(_wrong(templates) or f"the template cannot be used: {error}.")
    if file is None:
        typer.echo(text, nl=False)
    else:
        replace(file, text.encode())
        say(f"Wrote {file}.")


async def _stream(core: Core, name: str) -> tuple[Incident, Sequence[Fact], Path | None]:
    from bot.cli.desk import incident_named

    incident = await incident_named(core, name)
    return incident, await core.desk.facts(incident), core.settings.templates_dir


def _wrong(templates: Path | None) -> str:
    """The first thing that is wrong with the templates, with its place."""
    from bot.postmortem.drafting.templates import check_templates

    found = check_templates(templates) if templates else ()
    return next((f"the template cannot be used: {one.path}:{one.line}: {one.message}" for one in found), "")


def _document(format_: Format, incident: Incident, facts: Sequence[Fact], now: int, renderer: Renderer) -> str:
    from bot.postmortem.drafting.document import as_json, markdown
    from bot.postmortem.drafting.draft import report

    if format_ is Format.MD:
        return markdown(incident.id, facts, renderer)
    made = report(incident.id, facts, now)
    return renderer.html(made) if format_ is Format.HTML else as_json(made)


def _write_markdown(file: Path, incident: Incident, facts: Sequence[Fact], renderer: Renderer) -> None:
    from bot.postmortem.drafting.document import markdown, redraft

    if not file.exists():
        replace(file, markdown(incident.id, facts, renderer).encode())
        say(f"Wrote {file}.")
        return
    try:
        before = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"{file} is no text and was left as it is. Name another file.")
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}. Nothing was written.")
    done = redraft(incident.id, facts, renderer, before)
    if done.merged:
        replace(file, done.text.encode())
        say(f"Wrote {file}; what people wrote in it is as it was.")
    else:
        say(f"{file} was left as it is: it is no draft of {incident.name} that can be made again.")
    if done.diff:
        say("This is new and was not put in, because somebody wrote there:")
        typer.echo(done.diff, nl=False)
        raise typer.Exit(NO)


def coverage(
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON, for programs.")] = False,
    months: Annotated[int, typer.Option("--months", min=1, max=24, help="How many calendar months.")] = 6,
) -> None:
    """Show how many incidents were documented when they struck. Exit code 1 below the goal of 90 %."""
    from bot.cli.desk import with_core

    found = with_core(lambda core: _coverage(core, months))
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _show(found)
    if found.reached is False:
        raise typer.Exit(NO)


async def _coverage(core: Core, months: int) -> Coverage:
    from bot.postmortem.coverage import coverage as counted
    from bot.postmortem.tally import tallies

    now = core.clock.now()
    return counted(await tallies(core.desk, now, months), now, core.guide.shelf.runbooks, months)


def _show(found: Coverage) -> None:
    from rich.markup import escape
    from rich.table import Table

    from bot.postmortem.coverage import percent

    console = out()
    total = found.total
    counted = f"{total.incidents} {'incident' if total.incidents == 1 else 'incidents'}"
    console.print(
        f"Documented when it struck: {percent(total)} of {counted}, {found.since} to {found.until} "
        f"(goal {found.goal * 100:.0f} %)."
    )
    if not total.incidents:
        err().print("No closed incident counts in these months: drills, false alarms and duplicates are left out.")
        return
    for title, shares in (("Service", found.by_service), ("Month", found.by_month)):
        table = Table(title, "Incidents", "Documented", "Share", box=None, pad_edge=False)
        for share in shares:
            table.add_row(escape(share.name), str(share.incidents), str(share.documented), percent(share))
        console.print(table)
    missing = [f"{one.name} {one.service}: {one.symptom} ({_proposal(one.proposal)})" for one in found.undocumented]
    sections = [
        ("Not documented", missing),
        ("Lessons lost", [f"{one.name} {one.service}: {one.symptom}" for one in found.lost]),
        ("Steps that keep failing", [f"{one.failure_id} {one.title}: {', '.join(one.steps)}" for one in found.failing]),
        ("Entries never used", [f"{one.failure_id} {one.title}" for one in found.never_used]),
    ]
    if found.replay and found.replay.incidents:
        now = [f"{name} would get {failure_id}" for name, failure_id in found.replay.found]
        sections.append((f"Today's runbooks would cover {found.replay.covered} of {found.replay.incidents}", now))
    for title, lines in sections:
        if lines or title.startswith("Today"):
            console.print(f"\n{title}")
        for line in lines:
            console.print(f"  {escape(line)}")


def _proposal(status: str) -> str:
    return "no proposal" if status == "none" else f"proposal {status}"
