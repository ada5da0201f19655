"""Was the failure documented when it struck? One answer, for the draft, the lesson and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.base import Value
from bot.domain.incident import Ending, Phase, StepStatus
from bot.domain.vocabulary import Documented, StepRef


class UsedPlaybook(Protocol):
    """The playbook of a run, as far as it counts here."""

    @property
    def service(self) -> str: ...
    @property
    def failure_id(self) -> str: ...
    @property
    def title(self) -> str: ...


class UsedStep(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def status(self) -> StepStatus: ...


class UsedRun(Protocol):
    @property
    def playbook(self) -> UsedPlaybook: ...
    @property
    def active(self) -> bool: ...
    @property
    def steps(self) -> Sequence[UsedStep]: ...


class Ended(Protocol):
    """What must be known of an incident to say where it stands: an `Incident`, or the part that coverage reads."""

    @property
    def service(self) -> str: ...
    @property
    def phase(self) -> Phase: ...
    @property
    def drill(self) -> bool: ...
    @property
    def ending(self) -> Ending: ...
    @property
    def runs(self) -> Sequence[UsedRun]: ...
    @property
    def run(self) -> UsedRun | None: ...


class Standing(Value):
    """`documented` with the entry that it was, "" when a person said so without naming it."""

    documented: bool
    failure_id: str = ""
    said: bool = False
    """True when a person said it at close; otherwise it follows from the playbook that was in use."""


def standing(incident: Ended) -> Standing:
    """What the responder said at close wins; unsaid, it was documented when a playbook was in use at the end."""
    ending = incident.ending
    run = used_run(incident)
    used = run.playbook.failure_id if run else ""
    match ending.documented:
        case Documented.NONE:
            return Standing(documented=False, said=True)
        case Documented.THIS_ENTRY | Documented.STEP_WRONG:
            return Standing(
                documented=True, failure_id=ending.failure_id or _named(incident, ending.step) or used, said=True
            )
        case Documented.ANOTHER:
            return Standing(documented=True, failure_id=ending.failure_id, said=True)
        case _:
            return Standing(documented=bool(used), failure_id=used)


def service_of(incident: Ended) -> str:
    """The service whose runbook learns: that of the entry, which may stand in another service's runbook."""
    where = standing(incident)
    wanted = where.failure_id.casefold()
    runs = [run for run in incident.runs if run.playbook.failure_id.casefold() == wanted]
    return runs[-1].playbook.service if where.documented and runs else incident.service


def used_run(incident: Ended) -> UsedRun | None:
    """The run that was in use at the end: the active one; None when every playbook was set aside."""
    return incident.run


def _named(incident: Ended, step: StepRef | None) -> str:
    if step is None or not 0 <= step.run < len(incident.runs):
        return ""
    return incident.runs[step.run].playbook.failure_id


def counts(incident: Ended) -> bool:
    """Whether an incident counts in statistics: no drill, no mistake, no false alarm, no duplicate (incident guide)."""
    if incident.drill:
        return False
    return incident.phase is not Phase.CANCELLED
