"""Modals about people and words: update, note, severity, lead, handover, marks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.base import Severity
from bot.domain.incident import Incident
from bot.domain.vocabulary import MarkKind
from bot.slack.drawing.blocks import (
    Choice,
    Json,
    context,
    modal,
    radio_input,
    section,
    select_input,
    text_input,
    user_input,
)
from bot.slack.drawing.modals.opening import severity_choices
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.show import is_user, quoted, who
from bot.slack.ids import Form, Meta

NEXT_MINUTES = (15, 30, 60, 120, 240)
NO_NEXT = "none"

MARK_NAMES: dict[MarkKind, str] = {
    MarkKind.FACT: "A fact",
    MarkKind.ACTION: "An action item",
    MarkKind.QUESTION: "An open question",
    MarkKind.IDEA: "An idea",
}


def update(incident: Incident) -> Json:
    """What is true now, and when the next one comes."""
    often = incident.severity in (Severity.SEV1, Severity.SEV2)
    last = [context(f"The last one: {quoted(incident.latest_update, 600)}")] if incident.latest_update else []
    choices = [Choice(_minutes(minutes), str(minutes)) for minutes in NEXT_MINUTES]
    blocks = [
        text_input("text", "What is true now?", multiline=True, hint="It goes to the channel as well."),
        *last,
        select_input(
            "next", "Next update in", [*choices, Choice("No promise", NO_NEXT)], initial="30" if often else NO_NEXT
        ),
    ]
    return modal(Form.UPDATE, "Post an update", blocks, meta_of(incident), submit="Post")


def _minutes(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} h"


def note(incident: Incident, text: str = "") -> Json:
    """A fact for the timeline."""
    blocks = [text_input("text", "What happened?", initial=text, multiline=True, hint="It goes into the timeline.")]
    return modal(Form.NOTE, f"Note in {incident.name}", blocks, meta_of(incident), submit="Record")


def severity(incident: Incident) -> Json:
    """How bad it is now."""
    blocks = [
        radio_input("severity", "Severity", severity_choices(), initial=incident.severity.value),
        text_input("why", "Why?", optional=True),
        context("Lowering it is recorded with the name of who did it."),
    ]
    return modal(Form.SEVERITY, "Change the severity", blocks, meta_of(incident), submit="Change")


def lead(incident: Incident) -> Json:
    """Give the lead to somebody, at once."""
    now = f"{who(incident.lead)} leads now." if incident.lead else "Nobody leads now."
    blocks = [
        section(now),
        user_input("user", "Who leads?", hint="They are mentioned in the thread. Slack wakes nobody."),
    ]
    return modal(Form.LEAD, "Give the lead", blocks, meta_of(incident), submit="Give the lead")


def handover(incident: Incident) -> Json:
    """Offer the lead to somebody, who takes it or not."""
    old = f"{who(incident.lead)} stays lead until it is taken." if incident.lead else "Nobody leads now."
    blocks = [
        section(f"State, timers, what was tried and open questions are posted in one message. {old}"),
        user_input("user", "Hand over to", initial=_offered(incident)),
    ]
    return modal(Form.HANDOVER, "Hand over", blocks, meta_of(incident), submit="Offer")


def _offered(incident: Incident) -> str:
    offered = incident.offered_to
    return offered.id if offered and is_user(offered.id) else ""


def mark(incidents: Sequence[Incident], chosen: str, text: str, meta: Meta) -> Json:
    """Put a message into the timeline of an incident. `meta.extra` names the message, its author and its link;
    `chosen` is the id of the incident of the thread, "" when the message is in none."""
    if not incidents:
        nothing = [section("No incident is open, so there is no timeline to add it to.")]
        return modal(Form.INFO, "Add to timeline", nothing, meta, close="Close")
    choices = [Choice(f"{one.name} {one.service}: {' '.join(one.symptom.split())}", one.id) for one in incidents[:100]]
    blocks = [
        select_input("incident", "Incident", choices, initial=chosen or incidents[0].id),
        radio_input(
            "kind",
            "What is it?",
            [Choice(MARK_NAMES[kind], kind.value) for kind in MarkKind],
            initial=MarkKind.FACT.value,
        ),
        text_input("text", "Text", initial=text, multiline=True),
    ]
    return modal(Form.MARK, "Add to timeline", blocks, meta, submit="Add")
