"""What a command means: `decide(incident, command, context)` gives the new facts, or the reason for none.

Pure: the same incident, command and context always decide the same. A new command gets its decision in the module of
its subject, registered on `decision` by its type.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.commands import Close, Command, Declare, Mitigate
from bot.domain.decide import ending, notes, opening, people, playbook, postmortem, rollback, screen, steps, waits
from bot.domain.decide.context import Context, Decision, decision, refuse
from bot.domain.decide.opening import declare
from bot.domain.decide.walk import MINUTE
from bot.domain.events import Event, Fact, WaitExtended, WaitStarted
from bot.domain.incident import Incident
from bot.domain.limits import too_long
from bot.domain.refusals import Refusal, Refused

# `decision` is a registry: naming the modules here is what makes their registrations part of it.
SUBJECTS = (opening, playbook, steps, waits, notes, people, rollback, ending, postmortem, screen)


def decide(incident: Incident | None, command: Command, context: Context) -> Decision:
    """The events of an accepted command (at least one), or a Refusal."""
    if refused := too_long(command):
        return refused
    if isinstance(command, Declare):
        if incident is not None:
            return refuse(incident, Refused.ALREADY_DECLARED)
        return _paced(declare(command, context), command.pace if command.drill else 1)
    if incident is None:
        return Refusal(reason=Refused.UNKNOWN_INCIDENT)
    return _paced(decision(command, incident, context), incident.pace)


def _paced(decided: Decision, pace: int) -> Decision:
    """In a drill that hurries, a wait of ten minutes takes one, and so do ten more minutes."""
    if pace <= 1 or isinstance(decided, Refusal):
        return decided
    return tuple(_hurried(event, pace) if isinstance(event, WaitStarted | WaitExtended) else event for event in decided)


def _hurried(wait: WaitStarted | WaitExtended, pace: int) -> Event:
    lasting = round(wait.minutes * MINUTE)
    return wait.model_copy(update={"until": wait.until - lasting + lasting // pace})


def dated(command: Command, context: Context) -> Context:
    """The context with the instant that the command itself names (an end that is dated back)."""
    match command:
        case Mitigate(since=int(when)) | Close(ended_at=int(when)):
            return replace(context, happened=when)
        case _:
            return context


def facts(incident: Incident | None, events: tuple[Event, ...], context: Context) -> tuple[Fact, ...]:
    """Events as the next facts of the stream. Recorded times never run backwards, whatever the clock did."""
    version = incident.version if incident else 0
    at = max(context.at, incident.last_at if incident else 0)
    return tuple(
        Fact(
            version=version + place,
            at=at,
            happened=min(context.happened or at, at),
            by=context.by,
            via=context.via,
            event=event,
        )
        for place, event in enumerate(events, start=1)
    )


__all__ = ["SUBJECTS", "Context", "Decision", "Refusal", "dated", "decide", "facts"]
