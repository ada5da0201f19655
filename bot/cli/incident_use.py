"""`section3 incident use IX-04`: the playbook that somebody chose, where the match was unsure or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.desk import incident_named, with_core
from bot.cli.incident import Json, record
from bot.cli.people import USAGE, fail

if TYPE_CHECKING:
    from bot.core import Core

Chosen = Annotated[list[str], typer.Argument(metavar="[INC-n] ENTRY", help="The entry's id, like IX-04.")]


def use(chosen: Chosen, as_json: Json = False) -> None:
    """Walk through this entry's playbook: use IX-04."""

    async def work(core: Core) -> None:
        from bot.domain.reading import addressed

        said = addressed(" ".join(chosen), alone=False)
        incident = await incident_named(core, said.unknown or (f"INC-{said.number}" if said.number else None))
        wanted = said.rest.strip().upper()
        service = next((one.service for one in incident.candidates if one.failure_id == wanted), incident.service)
        command = core.intake.attach(service, wanted, ("chosen at the terminal",))
        if command is None:
            runbook = core.guide.runbook(service)
            known = ", ".join(mode.id for mode in runbook.failures) if runbook else ""
            fail(f"{service} has no entry {wanted or 'without an id'}. It has: {known or 'none'}.", USAGE)
        await record(core, incident, command, as_json)

    with_core(work, records=True)
