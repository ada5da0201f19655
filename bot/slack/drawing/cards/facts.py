"""Facts that get a message of their own: updates, handovers, a second service, and the bot's questions."""

from __future__ import annotations

from bot.domain.due import Reminder, last_activity
from bot.domain.events import AlsoAffects, Fact, HandoverOffered, LeadTaken, Reminded, UpdatePosted
from bot.domain.incident import Incident, Wait
from bot.domain.vocabulary import Surface
from bot.slack.drawing.blank import tried_line
from bot.slack.drawing.blocks import Json, Message, actions, button, context, section
from bot.slack.drawing.card import ROLLBACK_NAMES, title
from bot.slack.drawing.cards.call import named, state_text
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import clock, escape, inline, one_line, plain_minutes, shorten, utc
from bot.slack.drawing.show import (
    SEND_NAMES,
    Options,
    contact_line,
    contact_name,
    name,
    owner_of,
    plain_name,
    step_line,
    who,
)
from bot.slack.ids import Click, Verb


def fact_message(incident: Incident, fact: Fact, now: int, options: Options) -> Message | None:
    """The message of a fact; None for facts that the head and the step message show."""
    match fact.event:
        case UpdatePosted():
            return update(incident, fact.event, fact)
        case HandoverOffered():
            return handover(incident, now, options)
        case LeadTaken():
            return lead_moved(incident, fact.event, fact)
        case AlsoAffects():
            return also_affects(incident, fact.event, name(fact.by), options)
        case Reminded():
            return question(incident, fact.event.what, now, options)
        case _:
            return None


def update(incident: Incident, event: UpdatePosted, fact: Fact) -> Message:
    """What is true now, and when the next one comes. Broadcast to the channel."""
    promised = f"Next in {plain_minutes(event.next_minutes)}" if event.next_minutes else "No next update was promised"
    lead = f" · lead {name(incident.lead)}" if incident.lead else ""
    return Message(
        f"{plain_name(incident)} update: {one_line(event.text, 300)}",
        [
            section(f"{title(incident)} update\n{escape(shorten(event.text, 2500))}"),
            context(f"{name(fact.by)} {clock(fact.happened)} · {promised}{lead}"),
        ],
    )


def handover(incident: Incident, now: int, options: Options) -> Message:
    """State, timers, what was tried, open questions, in one message. The old lead stays until it is taken."""
    to = incident.offered_to
    old = f"{who(incident.lead)} stays lead until then." if incident.lead else "Nobody leads until then."
    asked = f"{who(to)}: take over {incident.name}? {old}" if to else f"{incident.name}: the handover was taken."
    blocks: list[Json] = [section(asked), section(f"*State:* {state_text(incident, now)}")]
    blocks += [
        section("\n".join(lines)) for lines in (_timers(incident, now), _tried(incident), _open(incident)) if lines
    ]
    if to and incident.live:
        blocks.append(
            actions(
                button("I have it", Click(Verb.TAKE_HANDOVER, incident.id), "primary"),
                button("Catch me up", Click(Verb.CATCH_UP, incident.id)),
            )
        )
    named = name(to) if to else "nobody"
    return discreet(Message(f"{plain_name(incident)}: handover offered to {named}.", blocks), options)


def lead_moved(incident: Incident, event: LeadTaken, fact: Fact) -> Message:
    """The lead moved without having been offered: the old lead and the new one are told."""
    if event.lead.id == fact.by.id:
        said, spoken = f"{name(event.lead)} leads {incident.name} now", f"{name(event.lead)} leads now"
    else:
        said = f"{who(event.lead)}: {name(fact.by)} gave you the lead of {incident.name}"
        spoken = f"{name(fact.by)} gave the lead to {name(event.lead)}"
    old = f"{who(event.previous)}: " if event.previous and event.lead.id == fact.by.id else ""
    gone = f" {who(event.previous)} no longer leads." if event.previous and not old else ""
    return Message(f"{plain_name(incident)}: {spoken}.", [section(f"{old}{said}.{gone}")])


def _timers(incident: Incident, now: int) -> list[str]:
    lines = []
    if incident.wait:
        state = "asked, not answered" if incident.wait.asked else f"until {clock(incident.wait.until, now)}"
        lines.append(f"*Wait* of step {incident.wait.step.number}: {state}")
    if incident.next_update_at:
        lines.append(f"*Next update:* {clock(incident.next_update_at, now)}")
    if ROLLBACK_NAMES[incident.rollback.stage]:
        lines.append(f"*Rollback:* {ROLLBACK_NAMES[incident.rollback.stage]}")
    return lines


def _tried(incident: Incident) -> list[str]:
    done = [step_line(run, state) for run in incident.runs for state in run.steps if state.by and state.at]
    tried = [tried_line(one) for one in incident.improvised]
    lines = [*done[-10:], *tried[-5:]]
    return ["*Tried*", *lines] if lines else ["*Tried:* nothing is recorded"]


def _open(incident: Incident) -> list[str]:
    marked = sum(1 for kind in incident.marks.values() if kind.value == "question")
    actions_open = [action for action in incident.actions if not action.closed]
    lines = [f"*Open questions:* {marked} marked in this thread"] if marked else []
    if actions_open:
        lines.append("*Action items:* " + " · ".join(one_line(action.text, 120) for action in actions_open[:5]))
    return lines


def also_affects(incident: Incident, event: AlsoAffects, by: str, options: Options) -> Message:
    """A second service, with what its runbook says to the same words."""
    said = f"Also affects *{one_line(event.service, 80)}* · {by}"
    blocks = [section(said), *(context(one_line(note, 300)) for note in options.notes)]
    if event.failure_id:
        blocks.append(section(f"Its runbook has *{one_line(event.failure_id, 60)}* {one_line(event.title, 150)}."))
        run = incident.run
        used = run is not None and (run.playbook.service, run.playbook.failure_id) == (event.service, event.failure_id)
        if incident.live and not used:
            click = Click(Verb.ATTACH, incident.id, argument=f"{event.service}/{event.failure_id}")
            blocks.append(actions(button(f"Walk {shorten(event.failure_id, 60)} now", click)))
    else:
        blocks.append(context("Its runbook has no entry for these words. `/runbook` answers other ones."))
    return Message(f"{plain_name(incident)} also affects {escape(event.service)}.", blocks)


def pointer(incident: Incident, event: AlsoAffects) -> Message:
    """For the channel of the second service: where the incident is."""
    place = incident.shown.get(Surface.HEAD)
    link = f"<{place.link}|{incident.name}>" if place and place.link.startswith("https://") else incident.name
    said = f"*{incident.severity.value} · {link}* also affects *{one_line(event.service, 80)}*."
    text = f"{plain_name(incident)} also affects {escape(event.service)}."
    return Message(text, [section(f"{said}\n“{one_line(incident.symptom, 300)}”. Everything goes on in its thread.")])


def gone_private(incident: Incident) -> Message:
    """What stays in the public of an incident that went on in private."""
    said = f"{incident.name} is private now."
    return Message(said, [context(said)])


def archived(incident: Incident) -> Message:
    """For those who take part in an incident whose channel is archived."""
    said = (
        f"*The channel of {incident.name} is archived:* what is done is recorded, and shown nowhere. Unarchive it; the "
        "next click or `/incident` command then brings its messages up to date."
    )
    return Message(
        f"The channel of {incident.name} is archived: what is done there is seen by nobody.", [section(said)]
    )


def unseen(incident: Incident, why: str) -> Message:
    """For those who take part in a private incident that has no place in Slack: what is saved, and what to do."""
    said = (
        f"*{incident.name} is recorded and private, and shown nowhere:* Slack lets section3 make no private channel "
        f"here ({escape(why)}). Everything said so far is saved.\nTo go on: make a private channel, say "
        f"`/invite @section3` in it, and then `/incident private {incident.name}`."
    )
    return Message(f"{incident.name} has no channel: make a private one and invite section3.", [section(said)])


def question(incident: Incident, what: str, now: int, options: Options) -> Message | None:
    """What the bot asks once. `what` is "<reminder>:<since>"; None for a question that no longer makes sense."""
    drawn = _question(incident, what, now, options)
    return discreet(drawn, options) if drawn else None


def _question(incident: Incident, what: str, now: int, options: Options) -> Message | None:
    kind, _, since = what.partition(":")
    if not incident.live:
        return _nag(incident, kind, options)
    match kind:
        case Reminder.LEAD:
            return _lead_question(incident, options)
        case Reminder.UPDATE:
            return _update_question(incident)
        case Reminder.WAIT if incident.wait:
            return _wait_question(incident, incident.wait, options)
        case Reminder.CALL:
            return _call_question(incident)
        case Reminder.QUIET:
            return _quiet_question(incident, int(since) if since.isdigit() else last_activity(incident), now)
        case Reminder.ROLLBACK:
            return _rollback_question(incident)
        case _:
            return None


def _nag(incident: Incident, kind: str, options: Options) -> Message | None:
    """What is left open after the close; None for what was settled meanwhile."""
    proposal = incident.proposal
    if kind == Reminder.PROPOSAL and proposal and proposal.status == "made":
        what = f"{escape(proposal.failure_id)} “{one_line(proposal.title, 150)}”"
        owner = incident.dossier.owner
        whose = f" Owner {contact_name(owner, options)}." if owner else ""
        hidden = incident.private and not proposal.edited
        accept = button(SEND_NAMES[options.proposals], Click(Verb.PROPOSAL_OPEN, incident.id), "primary")
        return _asked(
            incident,
            f"{title(incident)} The proposed runbook change {what} waits for an answer.{whose}",
            None if hidden else accept,
            button("Edit…", Click(Verb.PROPOSAL_EDIT, incident.id)),
            button("Not worth an entry…", Click(Verb.PROPOSAL_DECLINE, incident.id)),
            spoken="the proposed runbook change waits for an answer.",
        )
    left = [action for action in incident.actions if not action.closed]
    if kind == Reminder.ACTIONS and left:
        lines = [f"• {one_line(one.text, 150)} · {owner_of(one)}" for one in left[:10]]
        more = [f"and {len(left) - 10} more"] if len(left) > 10 else []
        count = "1 action item is" if len(left) == 1 else f"{len(left)} action items are"
        text = "\n".join([f"{title(incident)} {count} open. `/incident actions` closes them.", *lines, *more])
        return _asked(incident, text, spoken=f"{count} open.")
    return None


def _asked(incident: Incident, text: str, *buttons: Json | None, spoken: str = "") -> Message:
    row = actions(*buttons)
    blocks = [section(text), row] if row["elements"] else [section(text)]
    return Message(f"{plain_name(incident)}: {spoken or text}", blocks)


def _lead_question(incident: Incident, options: Options) -> Message:
    take = button("I have it", Click(Verb.TAKE_LEAD, incident.id), "primary")
    call = button("Call next", Click(Verb.CALL_NEXT, incident.id))
    around = next((one for one in reversed(incident.participants) if one.is_person), None)
    if around and incident.talked_at:
        return _asked(
            incident, f"{who(around)}, do you have it?", take, call, spoken=f"{name(around)}, do you have it?"
        )
    contact = incident.contact_to_call()
    whom = f" Call {contact_line(contact, options)}." if contact else ""
    return _asked(incident, f"Nobody has it, and Slack wakes nobody.{whom}", take, call, spoken="nobody has it.")


def _update_question(incident: Incident) -> Message:
    lead = f"{who(incident.lead)}, an" if incident.lead else "An"
    post = button("Post update", Click(Verb.UPDATE, incident.id), "primary")
    return _asked(incident, f"{lead} update is due: what is true now?", post, spoken="an update is due.")


def _wait_question(incident: Incident, wait: Wait, options: Options) -> Message:
    contact = incident.contact_to_call()
    whom = f" Next to call: {contact_line(contact, options)}." if contact else ""
    text = f"The question after the wait of step {wait.step.number} has no answer.{whom}"
    yes = button("Yes, as expected", Click(Verb.WAIT_YES, incident.id, wait.step), "primary")
    no = button("No", Click(Verb.WAIT_NO, incident.id, wait.step))
    call = button("Call next", Click(Verb.CALL_NEXT, incident.id))
    return _asked(incident, text, yes, no, call, spoken="the wait is over and nobody has answered.")


def _call_question(incident: Incident) -> Message | None:
    ringing = incident.ringing
    if ringing is None:
        return None
    reached = button("Reached", Click(Verb.REACHED, incident.id, argument=named(ringing.who)), "primary")
    missed = button("No answer", Click(Verb.NO_ANSWER, incident.id, argument=named(ringing.who)))
    call = button("Call next", Click(Verb.CALL_NEXT, incident.id))
    text = f"Did {one_line(ringing.who, 120)} answer? The call was at {clock(ringing.at)}."
    return _asked(incident, text, reached, missed, call, spoken=f"did {one_line(ringing.who, 120)} answer?")


def _quiet_question(incident: Incident, since: int, now: int) -> Message:
    of = incident.id
    buttons = [
        button(f"Yes, since {utc(since)}", Click(Verb.OVER_SINCE, of, argument=str(since)), "primary"),
        button("Other time", Click(Verb.OVER_AT, of)),
        button("Still going", Click(Verb.STILL_GOING, of)),
    ]
    return _asked(incident, f"Quiet since {clock(since, now)}. Over?", *buttons, spoken="quiet for a while. Over?")


def _rollback_question(incident: Incident) -> Message:
    verify = incident.dossier.rollback.verify
    text = f"Does the rollback hold? {inline(shorten(verify, 400)) if verify else 'Look at the health table.'}"
    good = button("Verified", Click(Verb.ROLLBACK_GOOD, incident.id), "primary")
    bad = button("It did not help", Click(Verb.ROLLBACK_BAD, incident.id))
    return _asked(incident, text, good, bad, spoken="does the rollback hold?")
