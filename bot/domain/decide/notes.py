"""What people say: notes, updates, marked messages and action items."""

from __future__ import annotations

from bot.domain.commands import CloseAction, EditMark, MarkMessage, Note, PostUpdate, RemoveMark, Talk
from bot.domain.decide.context import Context, Decision, decision, not_live, refuse
from bot.domain.events import ActionClosed, Marked, MarkEdited, MarkRemoved, Noted, Talked, UpdatePosted
from bot.domain.incident import Incident
from bot.domain.reading import blank
from bot.domain.refusals import Refused

LONGEST_PROMISE_MINUTES = 24 * 60
"""An update is asked for when it is due; what is promised for later than tomorrow is a plan."""


@decision.register
def _(command: Note, incident: Incident, context: Context) -> Decision:
    # Notes are welcome after the end as well: the post-mortem is written the next morning.
    return refuse(incident, Refused.EMPTY_TEXT) if blank(command.text) else (Noted(text=command.text),)


@decision.register
def _(command: PostUpdate, incident: Incident, context: Context) -> Decision:
    if blank(command.text):
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
