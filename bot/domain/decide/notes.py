"""Words: notes, updates, marked messages, action items, and where our own messages stand."""

from __future__ import annotations

from bot.domain.commands import (
    CallUpStep,
    CloseAction,
    EditMark,
    MarkMessage,
    Note,
    PostUpdate,
    RemoveMark,
    ReportScreenDown,
    Show,
    Talk,
)
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.events import (
    ActionClosed,
    Marked,
    MarkEdited,
    MarkRemoved,
    Noted,
    ScreenWasDown,
    Shown,
    StepCalledUp,
    Talked,
    UpdatePosted,
)
from bot.domain.incident import Incident, Place
from bot.domain.refusals import Refused

LONGEST_PROMISE_MINUTES = 24 * 60
"""An update is asked for when it is due; what is promised for later than tomorrow is a plan."""


@decision.register
def _(command: Note, incident: Incident, context: Context) -> Decision:
    # Notes are welcome after the end as well: the post-mortem is written the next morning.
    return (Noted(text=command.text),) if command.text.strip() else refuse(incident, Refused.EMPTY_TEXT)


@decision.register
def _(command: PostUpdate, incident: Incident, context: Context) -> Decision:
    if not command.text.strip():
        return refuse(incident, Refused.EMPTY_TEXT)
    if command.next_minutes is not None and not 1 <= command.next_minutes <= LONGEST_PROMISE_MINUTES:
        return refuse(incident, Refused.BAD_NEXT_UPDATE)
    return not_live(incident) or (UpdatePosted(text=command.text, next_minutes=command.next_minutes),)


@decision.register
def _(command: MarkMessage, incident: Incident, context: Context) -> Decision:
    if incident.marks.get(command.message) is command.kind:
        return refuse(incident, Refused.ALREADY_MARKED, kind=command.kind.value)
    return (
        Marked(
            message=command.message,
            kind=command.kind,
            text=command.text,
            author=command.author,
            author_id=command.author_id,
            link=command.link,
        ),
    )


@decision.register
def _(command: EditMark, incident: Incident, context: Context) -> Decision:
    if command.message not in incident.marks:
        return refuse(incident, Refused.NOT_MARKED)
    return (MarkEdited(message=command.message, text=command.text),)


@decision.register
def _(command: RemoveMark, incident: Incident, context: Context) -> Decision:
    kind = incident.marks.get(command.message)
    if kind is None or (command.kind is not None and command.kind is not kind):
        return refuse(incident, Refused.NOT_MARKED)
    return (MarkRemoved(message=command.message, kind=kind),)


@decision.register
def _(command: CloseAction, incident: Incident, context: Context) -> Decision:
    open_ones = {action.message for action in incident.actions if not action.closed}
    if command.message not in open_ones:
        return refuse(incident, Refused.NO_ACTION)
    return (ActionClosed(message=command.message),)


@decision.register
def _(command: Talk, incident: Incident, context: Context) -> Decision:
    return not_live(incident) or (Talked(ts=command.ts),)


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
