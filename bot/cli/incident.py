"""`section3 incident …`: the same words as in Slack, on the same desk, for the night when Slack is what is down."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from bot.cli.desk import accepted, incident_named, me, no_incident, with_core
from bot.cli.people import USAGE, fail, nearest, out, say, typed, visible

if TYPE_CHECKING:
    from bot.core import Core
    from bot.domain.commands import Command
    from bot.domain.events import Fact
    from bot.domain.incident import Incident

Json = Annotated[bool, typer.Option("--json", help="The incident as JSON, for programs.")]
Words = Annotated[list[str] | None, typer.Argument(help="INC-n (not needed while one is open), then the text.")]
Name = Annotated[str | None, typer.Argument(help="INC-n or n; not needed while one is open.")]

SYMPTOM_SHOWN = 120
"""Characters of a symptom in a list; `show` has the whole of it."""

EVERY = 1_000_000
"""More incidents than a store will ever hold."""


def register(app: typer.Typer) -> None:
    """Add `incident` with its words."""
    from bot.cli.incident_use import use
    from bot.domain.words import WORDS

    group = typer.Typer(no_args_is_help=True, help="Open, walk and close incidents.")
    group.command("open")(open_incident)
    group.command("list")(list_incidents)
    group.command("show")(show)
    group.command("timeline")(timeline)
    group.command("watch")(watch)
    group.command("actions")(actions)
    group.command("use")(use)
    for word, entry in WORDS.items():
        # Typer reads help as markup, in which `close [why]` would lose its brackets.
        about = escape(f"{entry.meaning[:1].upper()}{entry.meaning[1:]}: {entry.usage}.")
        # What somebody ran has options of its own, perhaps `--json`: all that follows `ran agentctl` is text.
        settings = {"ignore_unknown_options": True, "allow_interspersed_args": word != "ran"}
        group.command(word, help=about, context_settings=settings)(_acting(word))
    app.add_typer(group, name="incident")


def open_incident(
    service: Annotated[str, typer.Argument(help="The service's id or an alias.")],
    symptom: Annotated[list[str], typer.Argument(help="What you see, in your own words.")],
    severity: Annotated[str, typer.Option("--sev", help="1 to 4; without it the playbook's.")] = "",
    failure: Annotated[str, typer.Option("--failure", help="The failure mode's id, when you know it.")] = "",
    alert: Annotated[str, typer.Option("--alert", help="The alert that fired.")] = "",
    private: Annotated[bool, typer.Option("--private", help="Keep it out of lists.")] = False,
    drill: Annotated[bool, typer.Option("--drill", help="Practice: it counts in no statistic.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="A drill at ten times the pace.")] = False,
    separate: Annotated[bool, typer.Option("--separate", help="Although one is open for the service.")] = False,
    as_json: Json = False,
) -> None:
    """Open an incident; while one is open for the service, this is recorded there as a report."""
    from bot.domain.base import Severity
    from bot.engine.orders import Order
    from bot.runbooks.intake import HURRY, Opening

    if fast and not drill:
        fail("--fast is for drills: add --drill.", USAGE)
    if severity and severity not in ("1", "2", "3", "4"):
        fail(f"--sev takes 1, 2, 3 or 4, not {severity!r}.", USAGE)

    async def work(core: Core) -> None:
        runbook = core.guide.runbook(service)
        if runbook is None:
            fail(_no_runbook(core, service))
        if failure and runbook.failure(failure) is None:
            ids = ", ".join(mode.id for mode in runbook.failures) or "none"
            fail(f"{runbook.service} has no failure {failure}. It has: {ids}. Nothing was opened.")
        opening = Opening(
            service=runbook.service,
            symptom=typed(symptom),
            severity=Severity(f"SEV{severity}") if severity else None,
            failure_id=failure,
            alert=typed([alert]),
            private=private,
            drill=drill,
            pace=HURRY if fast else 1,
            separate=separate,
        )
        declaration = core.intake.declare(opening, core.clock.now())
        outcome = accepted(await core.desk.open(Order(declaration, me(), "cli", dedup=f"cli:{uuid.uuid4().hex}")))
        if as_json:
            _print_json(outcome.incident)
            return
        name = outcome.incident.name
        joined = f"Added to {name}. It is open for {runbook.service}; --separate opens another."
        out().print(joined if outcome.joined else f"{name} is open.", highlight=False, soft_wrap=True)
        _print(outcome.incident, core.clock.now())

    with_core(work, records=True)


def list_incidents(
    closed: Annotated[bool, typer.Option("--all", help="The closed ones too, newest first.")] = False,
    as_json: Json = False,
) -> None:
    """The open incidents."""
    from bot.domain.reading import one_line
    from bot.engine.ports import Index

    async def work(core: Core) -> None:
        ids = await core.desk.journal.members(Index.ALL if closed else Index.OPEN, limit=EVERY)
        found = sorted(await core.desk.many(ids), key=lambda one: one.declared_at, reverse=True)
        incidents = [one for one in found if not one.private]
        if as_json:
            out().print_json(json.dumps([_row(one) for one in incidents]))
            return
        if not found:
            out().print("No incident is open." if not closed else "There is no incident.")
        if len(found) > len(incidents):
            out().print(f"Private and not listed: {len(found) - len(incidents)}. Name one (INC-n) to see it.")
        for one in incidents:
            about = one_line(one.symptom, SYMPTOM_SHOWN)
            line = f"{one.name}  {one.severity.value}  {one.phase.value}  {one.service}: {about}"
            out().print(visible(line), markup=False)

    with_core(work)


def show(name: Name = None, as_json: Json = False) -> None:
    """Where an incident stands, and the step that is to be done now."""

    async def work(core: Core) -> None:
        incident = await incident_named(core, name)
        if as_json:
            _print_json(incident)
        else:
            _print(incident, core.clock.now())

    with_core(work)


def timeline(name: Name = None, as_json: Json = False) -> None:
    """Every fact of an incident, with who and when (UTC)."""

    async def work(core: Core) -> None:
        incident = await incident_named(core, name)
        for fact in await core.desk.facts(incident):
            _print_fact(fact, incident, as_json)

    with_core(work)


def actions(
    name: Name = None,
    close: Annotated[int | None, typer.Option("--close", metavar="N", help="Close the one with this number.")] = None,
    as_json: Json = False,
) -> None:
    """The action items of an incident, numbered, with their owners; `--close` closes one."""

    async def work(core: Core) -> None:
        from bot.domain.commands import CloseAction
        from bot.engine.orders import Order

        incident = await incident_named(core, name)
        if close is not None:
            if not 1 <= close <= len(incident.actions):
                fail(f"{incident.name} has no action item {close}. `section3 incident actions` numbers them.", USAGE)
            closing = CloseAction(message=incident.actions[close - 1].message)
            outcome = accepted(await core.desk.handle(incident.id, Order(closing, me(), "cli")))
            incident = outcome.incident
        if as_json:
            out().print_json(json.dumps([one.model_dump() for one in incident.actions]))
            return
        if not incident.actions:
            out().print(f"{incident.name} has no action item.")
        for number, one in enumerate(incident.actions, 1):
            state = "closed" if one.closed else "open"
            out().print(f"{number}  {state}  {one.owner or 'nobody'}: {one.text}", markup=False, soft_wrap=True)

    with_core(work, records=close is not None)


def watch(
    name: Name = None,
    until_closed: Annotated[bool, typer.Option("--until-closed", help="End when the incident ends.")] = False,
    as_json: Json = False,
) -> None:
    """Follow an incident live: each fact as it is recorded. Ctrl-C ends it."""
    import asyncio

    from bot.engine.ports import StoreUnavailable

    async def work(core: Core) -> None:
        incident = await incident_named(core, name)
        seen, told = 0, ""
        while True:
            try:
                incident = await core.desk.incident(incident.id) or incident
                for fact in await core.desk.facts(incident, seen):
                    _print_fact(fact, incident, as_json)
                    seen = fact.version
                if until_closed and not incident.live and seen >= incident.version:
                    return
                told = ""
            except StoreUnavailable as error:
                # Whoever watches in the night goes on watching; what is missed meanwhile comes afterwards.
                if not told:
                    say(f"section3: {error} Watching goes on.")
                told = str(error)
            await asyncio.sleep(0.5)

    try:
        with_core(work)
    except KeyboardInterrupt:
        raise typer.Exit from None


def _print_fact(fact: Fact, incident: Incident, as_json: bool) -> None:
    from bot.cli.incident_text import fact_line, scene_of

    line = fact.model_dump_json(exclude_defaults=False) if as_json else fact_line(fact, scene_of(incident))
    out().print(visible(line), markup=False, highlight=False, soft_wrap=True)


def _acting(word: str) -> Callable[..., None]:
    """The command of one word of the grammar."""

    def act(words: Words = None, as_json: Json = False) -> None:
        if words and not words[0].strip():
            # An unset variable of a script, where a name or a text was meant.
            fail(f"the first argument of {word} is empty. Leave it out, or name an incident, like INC-42.", USAGE)
        with_core(_work(word, typed(words or []), as_json), records=True)

    return act


def _work(word: str, line: str, as_json: bool) -> Callable[[Core], Coroutine[Any, Any, None]]:
    async def work(core: Core) -> None:
        from bot.domain.commands import AddService
        from bot.domain.reading import addressed
        from bot.domain.words import WORDS, Misread, understand
        from bot.engine.duplicates import unknown_duplicate

        said = addressed(line, alone=WORDS[word].alone)
        if said.unknown:
            no_incident(said.unknown)
        incident = await incident_named(core, None if said.number is None else f"INC-{said.number}")
        command = understand(word, said.rest, incident, core.clock.now())
        if command is None or isinstance(command, Misread):
            fail(command.sentence if command else f"there is no word {word!r}", USAGE)
        if isinstance(command, AddService):
            service = command.service
            command = core.intake.affect(service, incident.words) or fail(_no_runbook(core, service))
        if unknown := await unknown_duplicate(core.desk, incident, command):
            fail(unknown)
        await record(core, incident, command, as_json)

    return work


async def record(core: Core, incident: Incident, command: Command, as_json: bool) -> None:
    """Hand a command to the desk, and print what was recorded and where the incident stands, or why it was not."""
    from bot.engine.orders import Order

    outcome = accepted(await core.desk.handle(incident.id, Order(command, me(), "cli")))
    if as_json:
        _print_json(outcome.incident)
        return
    out().print(f"Recorded in {outcome.incident.name}:")
    for fact in outcome.facts:
        _print_fact(fact, outcome.incident, as_json=False)
    out().print()
    _print(outcome.incident, core.clock.now())


def _no_runbook(core: Core, service: str) -> str:
    known = [one.service for one in core.guide.shelf.runbooks]
    hint = nearest(service, known) or "There is no runbook at all: set PLAYBOOKS_DIR, or section3 new SERVICE."
    return f"no runbook is called {service!r}. {hint}"


def _row(incident: Incident) -> dict[str, object]:
    return {
        "name": incident.name,
        "id": incident.id,
        "service": incident.service,
        "severity": incident.severity.value,
        "phase": incident.phase.value,
        "symptom": incident.symptom,
        "declared_at": incident.declared_at,
        "lead": incident.lead.name if incident.lead else None,
    }


def _print_json(incident: Incident) -> None:
    out().print_json(incident.model_dump_json())


def _print(incident: Incident, now: int) -> None:
    from bot.cli.incident_text import standing

    for line in standing(incident, now):
        out().print(visible(line), markup=False, highlight=False, soft_wrap=True)
