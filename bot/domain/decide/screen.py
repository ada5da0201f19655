"""What the bot showed and asked, and where its own messages stand."""

from __future__ import annotations

from bot.domain.commands import CallUpStep, Remind, ReportScreenDown, Show
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.events import Reminded, ScreenWasDown, Shown, StepCalledUp
from bot.domain.incident import Incident, Place
from bot.domain.refusals import Refused


@decision.register
def _(command: CallUpStep, incident: Incident, context: Context) -> Decision:
    return not_live(incident) or (StepCalledUp(),)


@decision.register
def _(command: ReportScreenDown, incident: Incident, context: Context) -> Decision:
    if command.since <= incident.screen_down_until:
        return refuse(incident, Refused.ALREADY_SHOWN)
    if command.until <= incident.declared_at:
        return refuse(incident, Refused.BEFORE_IT_BEGAN, at=incident.declared_at)
    return not_live(incident) or (ScreenWasDown(since=command.since, until=command.until),)


@decision.register
def _(command: Show, incident: Incident, context: Context) -> Decision:
    place = Place(channel=command.channel, ts=command.ts, generation=command.generation, link=command.link)
    if incident.shown.get(command.surface) == place:
        return refuse(incident, Refused.ALREADY_SHOWN)
    return (
        Shown(
            surface=command.surface,
            channel=command.channel,
            ts=command.ts,
            generation=command.generation,
            link=command.link,
        ),
    )


@decision.register
def _(command: Remind, incident: Incident, context: Context) -> Decision:
    if command.what in incident.reminded:
        return refuse(incident, Refused.ALREADY_REMINDED)
    return (Reminded(what=command.what),)
