"""Commands for whoever runs the bot: due work, rebuilding and archiving."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.desk import incident_named, with_core
from bot.cli.files import create
from bot.cli.people import NO, USAGE, fail, out, say, visible

if TYPE_CHECKING:
    from bot.core import Core
    from bot.domain.incident import Incident
    from bot.engine.ports import Lease
    from bot.store.archive import Restored

Settled = tuple[str, str]
"""What became of a piece of work, and the error if any."""

BECAME = {"done": "done", "retried": "to be tried again", "buried": "given up", "lost": "taken over by another worker"}
"""The outcomes of `bot.engine.worker` in words."""


def register(app: typer.Typer) -> None:
    """Add `work`, `reindex`, `archive` and `restore`."""
    work = typer.Typer(no_args_is_help=True, help="Due work: what waits, what was given up, and doing it.")
    work.command("list")(list_work)
    work.command("do")(do_work)
    work.command("replay")(replay)
    app.add_typer(work, name="work")
    app.command()(reindex)
    app.command()(archive)
    app.command()(restore)


def list_work(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many pieces of each.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="The work as JSON, for programs.")] = False,
) -> None:
    """What waits, earliest first, and the dead letters with their reasons. Exit code 1 when there are dead letters."""

    async def work(core: Core) -> bool:
        now = core.clock.now()
        pending = await core.store.work.pending(limit)
        letters = (await core.store.work.dead_letters())[:limit]
        ids = {_incident_of(key) for key in (*(key for key, _ in pending), *(letter.key for letter in letters))}
        incidents = {one.id: one for one in await core.desk.many(sorted(ids))}
        if as_json:
            waits = [_row(key, incidents) | {"due_at": at} for key, at in pending]
            given_up = [
                _row(one.key, incidents) | {"given_up_at": one.at, "attempts": one.attempts, "error": one.error}
                for one in letters
            ]
            out().print_json(json.dumps({"waits": waits, "given_up": given_up}))
            return bool(letters)
        for key, at in pending:
            late = f"{(now - at) / 1000:.0f} s late" if at < now else f"in {(at - now) / 1000:.0f} s"
            _print(key, f"due {_utc(at)}, {late}", incidents)
        if not pending:
            out().print("No work waits.")
        for letter in letters:
            tried = "1 attempt" if letter.attempts == 1 else f"{letter.attempts} attempts"
            _print(letter.key, f"given up {_utc(letter.at)} after {tried}: {letter.error}", incidents)
        return bool(letters)

    if with_core(work):
        say("Mend the reason, then: section3 work replay KEY, or section3 work replay --all")
        raise typer.Exit(NO)


def replay(
    key: Annotated[str, typer.Argument(help="The key of a dead letter, as `work list` shows it.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
) -> None:
    """Make given-up work due again; a running bot does it at once."""
    if bool(key) == every:
        fail("name one KEY, or --all.", USAGE)

    async def work(core: Core) -> int:
        now = core.clock.now()
        keys = (
            [letter.key for letter in await core.store.work.dead_letters()] if every else [await _stored_key(core, key)]
        )
        done = [one for one in keys if await core.store.work.replay(one, now)]
        if not done and not every:
            fail(f"there is no dead letter {key!r}. `section3 work list` shows them.")
        return len(done)

    out().print(f"Due again: {with_core(work)}.")


def do_work() -> None:
    """Do what is due and needs no Slack: waits end, drafts and proposals are made, accepted ones are sent. For a night
    without `section3 run`; what is to be shown in Slack goes on waiting for it. Exit code 1 when work was given up."""
    from contextlib import AsyncExitStack

    from bot.aftermath import secretary
    from bot.engine.offscreen import UNSEEN, offscreen
    from bot.engine.worker import Worker
    from bot.settings import load

    async def work(core: Core) -> dict[str, Settled]:
        settled: dict[str, Settled] = {}

        def observe(lease: Lease, outcome: str, late_ms: int, error: str) -> None:
            settled[lease.key] = (outcome, error)

        async with AsyncExitStack() as stack:
            scribe = await secretary(stack, core, load())
            store = core.store
            handlers = offscreen(core.desk, scribe, store.marks, store.work)
            worker, before = Worker(store.work, core.clock, handlers, observe=observe), -1
            # What is left alone is due again seconds later: the last round finds nothing that is new.
            while before < len(settled):
                before = len(settled)
                await worker.tick()
        ours = {key: said for key, said in settled.items() if key.partition(":")[0] in UNSEEN}
        incidents = {one.id: one for one in await core.desk.many(sorted({_incident_of(key) for key in ours}))}
        for key, (outcome, error) in ours.items():
            _print(key, f"{BECAME[outcome]}{': ' + error if error else ''}", incidents)
        return ours

    settled = with_core(work)
    if not settled:
        out().print("Nothing is due that needs no Slack. `section3 work list` shows what waits, and until when.")
    if any(outcome == "buried" for outcome, _ in settled.values()):
        raise typer.Exit(NO)


def _incident_of(key: str) -> str:
    """The incident's id in the key of a piece of work, also of a kind that only a newer version knows."""
    return key.split(":")[1] if ":" in key else ""


def _row(key: str, incidents: Mapping[str, Incident]) -> dict[str, object]:
    """One piece of work for a program: its key as `replay` takes it, and the incident's name, if it has one."""
    incident = incidents.get(_incident_of(key))
    return {"key": _named(key, incident), "incident": incident.name if incident else None}


def _named(key: str, incident: Incident | None) -> str:
    """The key with the name that people know instead of the id. `replay` takes both."""
    return key.replace(incident.id, incident.name, 1) if incident else key


def _print(key: str, state: str, incidents: Mapping[str, Incident]) -> None:
    """One piece of work for a person."""
    incident = incidents.get(_incident_of(key))
    key = _named(key, incident)
    if incident:
        where = f" in {incident.channel}" if incident.channel else ""
        key += "  private" if incident.private else f"  {incident.service}{where}"
    out().print(visible(f"{key}  {state}"), markup=False, highlight=False, soft_wrap=True)


async def _stored_key(core: Core, key: str) -> str:
    """A key that `work list` shows as the store has it."""
    kind, _, rest = key.partition(":")
    name, colon, detail = rest.partition(":")
    number = name.upper().removeprefix("INC-")
    incident = await core.desk.by_number(int(number)) if number != name and number.isdecimal() else None
    return f"{kind}:{incident.id}{colon}{detail}" if incident else key


def reindex(
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON, for programs.")] = False,
) -> None:
    """Rebuild every projection (open, by service, channel, thread, day) from the streams. Safe while the bot runs."""
    from bot.engine.projections import rebuilt
    from bot.store.keys import Keys
    from bot.store.reindex import reindex as rebuild

    async def work(core: Core) -> bool:
        result = await rebuild(core.store.client, Keys(), rebuilt)
        if as_json:
            unreadable = [{"id": incident_id, "reason": reason} for incident_id, reason in result.unreadable]
            out().print_json(json.dumps(asdict(result) | {"unreadable": unreadable}))
            return bool(unreadable)
        out().print(f"Incidents: {result.incidents}. Entries: {result.added} added, {result.removed} removed.")
        for incident_id, reason in result.unreadable:
            say(f"{incident_id} could not be read and keeps its entries: {reason}")
        return bool(result.unreadable)

    if with_core(work):
        raise typer.Exit(NO)


def archive(
    name: Annotated[str, typer.Argument(help="INC-n.")],
    file: Annotated[Path, typer.Option("--out", help="The file to write, JSON lines.")],
) -> None:
    """Write one incident as JSON lines: every fact, from which everything else can be computed."""
    from bot.store.archive import archive as lines_of
    from bot.store.keys import Keys

    if file.exists():
        fail(f"{file} exists and is not overwritten. Name another file.")
    if not file.parent.is_dir():
        fail(f"{file} cannot be written: there is no folder {file.parent}. Nothing was written.")

    async def work(core: Core) -> int:
        incident = await incident_named(core, name)
        lines = await lines_of(core.store.client, Keys(), incident.id)
        create(file, (b"\n".join(line.rstrip(b"\n") for line in lines) + b"\n").decode())
        return len(lines)

    out().print(f"{file}: {with_core(work)} lines.", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `archive` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="What became of it as JSON, for programs.")] = False,
) -> None:
    """Bring an archived incident back, with its number. What is there already is left alone."""
    from bot.store.archive import ArchiveError
    from bot.store.archive import restore as put_back
    from bot.store.keys import Keys

    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror or error}.", USAGE)

    async def work(core: Core) -> Restored:
        try:
            return await put_back(core.store.client, Keys(), lines, core.clock.now())
        except ArchiveError as error:
            place = f"{file}:{error.line}" if error.line else f"{file}"
            fail(f"{place}: {error} Nothing was written.")

    done = with_core(work)
    name = f"INC-{done.number}"
    if as_json:
        out().print_json(json.dumps({"name": name, "id": done.incident_id, "events": done.events, "new": done.new}))
        return
    state = "restored" if done.new else "was there already"
    out().print(f"{name}: {state}, {done.events} facts.")


def _utc(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
