"""Modals about the rollback, other services, privacy, and other words for the match."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.incident import Incident
from bot.slack.drawing.blocks import (
    Choice,
    Json,
    channel_input,
    check_input,
    context,
    modal,
    preformatted,
    section,
    select_input,
    text_input,
)
from bot.slack.drawing.modals.opening import SERVICES_LISTED
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.mrkdwn import inline, shorten
from bot.slack.ids import Form

NO_CONDITION = "none"
CONDITIONS_LISTED = 50


def rollback(incident: Incident) -> Json:
    """Which condition is met (or none, and why), and whether it is decided at once."""
    plan = incident.dossier.rollback
    conditions = rollback_conditions(incident)
    choices = [Choice(shorten(" ".join(one.split()), 75), f"condition:{n}") for n, one in enumerate(conditions)]
    none = Choice("No condition is met", NO_CONDITION, "say why below")
    met = incident.rollback.condition
    initial = f"condition:{conditions.index(met)}" if met in conditions else ""
    command = [preformatted(shorten(plan.command, 1500))] if plan.command else []
    said = [f"• {inline(shorten(one, 500))}" for one in conditions[:10]]
    authorised = inline(shorten(plan.authorised, 300)) or "the runbook does not say"
    blocks = [
        *([section("*Roll back when:*\n" + "\n".join(said))] if said else []),
        select_input("condition", "Which condition is met?", [*choices, none], initial=initial or _only(conditions)),
        text_input("why", "Why all the same, if none is met?", optional=True, multiline=True),
        *(command or [context("The runbook gives no rollback command.")]),
        context(f"*Authorised:* {authorised}. The bot never runs the command: a person does."),
        check_input(
            "decide",
            "Decision",
            [Choice("I decide now: roll back", "decide", "without this, the card waits for a decision")],
        ),
    ]
    return modal(Form.ROLLBACK, "Roll back", blocks, meta_of(incident), submit="Continue")


def rollback_conditions(incident: Incident) -> list[str]:
    """The playbook's own condition first, then those of section 5."""
    run = incident.run
    own = [run.playbook.roll_back_when] if run and run.playbook.roll_back_when else []
    return list(dict.fromkeys([*own, *incident.dossier.rollback.conditions]))[:CONDITIONS_LISTED]


def _only(conditions: list[str]) -> str:
    return "" if conditions else NO_CONDITION


def also_affects(incident: Incident, services: Sequence[str]) -> Json:
    """A second service: its playbook comes to this thread, a pointer to its channel."""
    others = [one for one in services if one != incident.service and one not in incident.also_affects]
    if others and len(others) <= SERVICES_LISTED:
        field = select_input("service", "Service", [Choice(one, one) for one in others])
    else:
        field = text_input("service", "Service", hint="Its id, or an alias of it.")
    return modal(Form.ALSO_AFFECTS, "Also affects", [field], meta_of(incident), submit="Add")


def make_private(incident: Incident) -> Json:
    """From now on in a private channel, in no list, on no Home tab."""
    said = (
        "It goes on in a private channel, leaves the lists, Home and unfurls, and no runbook change is sent before a "
        "person has taken out what must not be seen. What was posted here before stays where it is."
    )
    blocks = [section(said), channel_input("channel", "Go on in", hint="A private channel that section3 is in.")]
    return modal(Form.MAKE_PRIVATE, "Make private", blocks, meta_of(incident), submit="Make private")


def rematch(incident: Incident) -> Json:
    """Say it in other words and look again."""
    blocks = [
        text_input(
            "text",
            "What do you see now?",
            initial=incident.words or incident.symptom,
            multiline=True,
            hint="An alert's name, a line of a log, or your own words.",
        )
    ]
    return modal(Form.REMATCH, "Look again", blocks, meta_of(incident), submit="Look")
