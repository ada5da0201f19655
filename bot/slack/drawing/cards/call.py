"""The call card: whom to ring now, the number to dial, and what to say."""

from __future__ import annotations

from bot.domain.dossier import Verdict
from bot.domain.incident import Call, CallOutcome, Incident
from bot.domain.step_words import stage_name
from bot.slack.drawing.blocks import Json, Message, actions, button, context, section, select_menu
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import clock, escape, one_line, size, span
from bot.slack.drawing.show import Options, contact_name, phone, plain_name
from bot.slack.ids import Click, Verb

CALLS_SHOWN = 8
NAME_SENT = 100
"""Characters of a contact in a menu: an option's value holds 150, and half a name would call nobody."""
OUTCOMES: dict[CallOutcome, str] = {
    CallOutcome.OPEN: "being called since",
    CallOutcome.REACHED: "reached",
    CallOutcome.NO_ANSWER: "no answer",
}


def call_card(incident: Incident, now: int, options: Options) -> Message:
    """Who is being called, or who is next; earlier calls as lines."""
    ringing = incident.ringing
    following = incident.contact_to_call()
    earlier = [call for call in incident.calls if call is not ringing]
    blocks: list[Json] = [context(call_line(call)) for call in earlier[-CALLS_SHOWN:]]
    if ringing:
        told = f"call {escape(ringing.who)}"
        number = _number(ringing, options)
        blocks.append(section(f"*Call {contact_name(ringing.who, options)}* {number}"))
        blocks += _to_say(incident, ringing.at)
        if following:
            blocks.append(context(f"No answer in 5 minutes: next is {contact_name(following.who, options)}."))
        else:
            blocks.append(context("Nobody comes after this one in the runbook."))
    elif coming := incident.coming:
        told = f"{escape(coming.who)} was reached"
        blocks.append(section(f"*{one_line(coming.who, 120)}* was reached."))
    elif following:
        told = f"next to call: {escape(following.who)}"
        number = phone(following.phone, options)
        blocks.append(section(f"*Next: {contact_name(following.who, options)}* {number}"))
        blocks += _to_say(incident, _last_call(incident))
    else:
        told = "the runbook names nobody else to call"
        blocks.append(section("The runbook names nobody else to call."))
    if incident.live:
        blocks += _buttons(incident, ringing, bool(following))
    return discreet(Message(f"{plain_name(incident)}: {told}.", blocks), options)


def call_text(incident: Incident, now: int) -> str:
    """What to read out on the phone: plain words, a breath long, escaped."""
    return f"{state_text(incident, now)} I need you in {incident.name}."


def state_text(incident: Incident, now: int) -> str:
    """How it stands, in plain words, escaped: what, how bad, since when, where we are, who leads."""
    run = incident.run
    doing = "Nothing in the runbook describes it."
    if run and run.current:
        doing = f"We are at step {stage_name(run.current)} of {len(run.steps)} of {run.playbook.failure_id}."
    elif run:
        doing = f"The playbook {run.playbook.failure_id} has no open step."
    elif incident.verdict is Verdict.UNSURE:
        doing = "We are not sure which playbook fits."
    lead = f"{incident.lead.name} leads." if incident.lead else "Nobody leads yet."
    lasts = span(incident.declared_at, now)
    severity = incident.severity.value.replace("SEV", "severity ")
    symptom = " ".join(incident.symptom.split()).rstrip(".")
    return one_line(f"{incident.service}, {severity}, for {lasts}: {symptom}. {doing} {lead}", 900)


def named(who: str) -> str:
    """The contact as a button carries it; "" means whoever is being called, for a name too long to be carried."""
    return who if size(who) <= 500 else ""


def _last_call(incident: Incident) -> int:
    return incident.calls[-1].at if incident.calls else incident.declared_at


def _to_say(incident: Incident, now: int) -> list[Json]:
    """`now` is when the call was made, so that the card does not change by itself."""
    return [section(f"*Say:* “{call_text(incident, now)}”")]


def _number(call: Call, options: Options) -> str:
    return f"{phone(call.phone, options)} · calling since {clock(call.at)}"


def call_line(call: Call) -> str:
    """ "Dana: no answer 03:20"."""
    return f"{one_line(call.who, 120)}: {OUTCOMES[call.outcome]} {clock(call.at)}"


def _buttons(incident: Incident, ringing: Call | None, following: bool) -> list[Json]:
    of = incident.id
    if ringing:
        reached = button("Reached", Click(Verb.REACHED, of, argument=named(ringing.who)), "primary")
        missed = button("No answer", Click(Verb.NO_ANSWER, of, argument=named(ringing.who)))
        return [actions(reached, missed, _somebody_else(incident))]
    row = actions(button("Call next", Click(Verb.CALL_NEXT, of)) if following else None, _somebody_else(incident))
    return [row] if row["elements"] else []


def _somebody_else(incident: Incident) -> Json | None:
    """Anybody of the escalation table: the order is a proposal, not a law."""
    names = dict.fromkeys(contact.who for contact in incident.dossier.contacts if contact.who.strip())
    entries = [(who, Click(Verb.CALLED, incident.id, argument=who)) for who in names if size(who) <= NAME_SENT]
    return select_menu("contact", "Somebody else", entries) if entries else None
