"""Opening an incident from Slack, and opening a separate one after all."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.events import ReportAdded
from bot.domain.refusals import Refusal
from bot.engine.orders import Accepted, Order, Outcome
from bot.runbooks.intake import Opening
from bot.slack.drawing.blocks import Message, actions, button, section
from bot.slack.ids import Click, Verb
from bot.slack.listening.front import Asked, Front, Reply, durability, place, refused, say


async def declare(front: Front, asked: Asked, opening: Opening) -> Reply:
    """Open an incident, or record a report in the one that is open for the service."""
    outcome = await opened(front, asked, opening)
    if isinstance(outcome, Refusal):
        return Reply(refused(outcome))
    if outcome.joined:
        return Reply(joined(outcome), recorded=True)
    channel = front.around.channels.joined(outcome.incident.channel)
    home = f" in <#{channel}>" if channel else ""
    return Reply(say(f"{place(outcome.incident)} is open{home}.{durability(outcome)}"), recorded=True)


async def opened(front: Front, asked: Asked, opening: Opening) -> Outcome:
    """Hand the declaration to the desk: shown in the service's first channel, else where it was typed."""
    typed = "" if asked.in_dm else asked.channel or opening.channel
    declaration = front.intake.declare(replace(opening, channel=""), front.clock.now())
    places = {"channel": declaration.channel or typed, "typed_in": typed}
    order = Order(declaration.model_copy(update=places), asked.by, "slack", asked.dedup)
    return await front.desk.open(order)


def joined(outcome: Accepted) -> Message:
    """A second report: it went to the incident that is open."""
    version = str(outcome.facts[-1].version) if outcome.facts else ""
    text = f"Added to {place(outcome.incident)}.{durability(outcome)}"
    click = Click(Verb.SEPARATE, outcome.incident.id, argument=version)
    return Message(text, [section(text), actions(button("No, separate incident", click))])


async def separate(front: Front, asked: Asked, click: Click) -> Reply:
    """The report becomes an incident of its own beside the open one."""
    incident = await front.desk.incident(click.incident_id)
    facts = await front.desk.facts(incident) if incident else ()
    report = next((fact for fact in facts if str(fact.version) == click.argument), None)
    if incident is None or report is None or not isinstance(report.event, ReportAdded):
        return Reply(say("That report is not known any more. Open the incident with `/incident open`."))
    opening = Opening(
        service=incident.service,
        symptom=report.event.text,
        source=report.event.source,
        channel=asked.channel,
        separate=True,
    )
    return await declare(front, asked, opening)
