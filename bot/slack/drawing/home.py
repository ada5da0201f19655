"""The Home tab: my open incidents, all open ones, action items, coverage, readiness of my services, how to start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.incident import Action, Incident
from bot.slack.drawing.blocks import Json, actions, button, context, divider, header, section
from bot.slack.drawing.cards.listing import action_row, incident_row, show_button
from bot.slack.drawing.mrkdwn import clock, escape, one_line
from bot.slack.ids import Click, Verb

INCIDENTS_SHOWN = 10
ACTIONS_SHOWN = 10
SERVICES_SHOWN = 12
GOAL_PERCENT = 90
"""The share of incidents that should be documented when they strike (seed, coverage)."""
QUESTIONS = 6
"""What a runbook has to answer (seed, "the six questions")."""
UNKNOWN = "Not known until the store answers again."


@dataclass(frozen=True, slots=True)
class Coverage:
    """Closed incidents of a service in the last six months: how many, and how many were documented when they struck."""

    service: str
    incidents: int
    documented: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many of the six questions a runbook answers, and which are left."""

    service: str
    answered: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeState:
    """What one person's Home shows. Private incidents are left out whatever is passed."""

    user_id: str
    incidents: Sequence[Incident] = ()
    coverage: Sequence[Coverage] = ()
    readiness: Sequence[Readiness] = ()
    lessons_lost: int = 0
    actions: Sequence[tuple[Incident, Action]] = ()
    """Open action items with their incidents, newest first."""
    mine: bool = False
    """`readiness` is of the services of this person alone."""
    trouble: tuple[str, ...] = ()
    """What does not work now ("Redis cannot be reached; the runbooks still answer"): nothing is known of incidents."""


def home(state: HomeState, now: int) -> Json:
    """The view for views.publish."""
    seen = sorted((one for one in state.incidents if one.live and not one.private), key=_urgency)
    mine = [one for one in seen if _is_mine(one, state.user_id)]
    others = [one for one in seen if one not in mine]
    blocks: list[Json] = [section(f"*{one_line(trouble, 300)}*") for trouble in state.trouble[:3]]
    if mine:
        blocks += _incidents("My open incidents", mine)
    if state.trouble:
        blocks += [header("Open incidents"), section(UNKNOWN)]
    elif others or not mine:
        blocks += _incidents("Open incidents", others)
    start = Click(Verb.DECLARE, argument="//")
    blocks += [actions(button("Open an incident…", start, "primary"), button("Refresh", Click(Verb.REFRESH_HOME)))]
    blocks += _actions(state)
    blocks += [divider(), *_coverage(state), *_readiness(state), divider(), *_start()]
    return {"type": "home", "blocks": [*blocks, context(f"As of {clock(now)}")]}


def _urgency(incident: Incident) -> tuple[str, int]:
    return incident.severity.value, -incident.declared_at


def _is_mine(incident: Incident, user_id: str) -> bool:
    people = [incident.lead, incident.offered_to, incident.declared_by, *incident.participants]
    return any(person is not None and person.id == user_id for person in people)


def _incidents(title: str, incidents: Sequence[Incident]) -> list[Json]:
    if not incidents:
        return [header(title), section("None.")]
    rows = [section(incident_row(one), show_button(one)) for one in incidents[:INCIDENTS_SHOWN]]
    left = len(incidents) - INCIDENTS_SHOWN
    return [header(title), *rows, *([context(f"… {left} more: /incident list")] if left > 0 else [])]


def _actions(state: HomeState) -> list[Json]:
    """What was promised and is not done yet."""
    seen = [(one, item) for one, item in state.actions if not one.private and not item.closed]
    if not seen:
        return []
    left = len(seen) - ACTIONS_SHOWN
    more = [context(f"… {left} more: `/incident actions`")] if left > 0 else []
    return [header("Action items"), *(action_row(one, item) for one, item in seen[:ACTIONS_SHOWN]), *more]


def _coverage(state: HomeState) -> list[Json]:
    if state.trouble:
        return [header("Coverage"), section(UNKNOWN)]
    total = sum(one.incidents for one in state.coverage)
    if not total:
        return [header("Coverage"), section("No closed incident in the last six months.")]
    known = sum(one.documented for one in state.coverage)
    lines = [f"*{_percent(known, total)}* documented when they struck ({known} of {total}), goal {GOAL_PERCENT} %"]
    worst = sorted(state.coverage, key=lambda one: one.documented / one.incidents if one.incidents else 1)
    for one in [one for one in worst if one.incidents][:SERVICES_SHOWN]:
        share = f"{_percent(one.documented, one.incidents)} ({one.documented} of {one.incidents})"
        lines.append(f"{one_line(one.service, 80)}: {share}")
    if state.lessons_lost:
        lines.append(f"Lessons lost: {state.lessons_lost}")
    return [header("Coverage, last six months"), section("\n".join(lines))]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole} %"


def _readiness(state: HomeState) -> list[Json]:
    readiness = state.readiness
    if not readiness:
        return []
    lines = []
    for one in sorted(readiness, key=lambda one: one.answered)[:SERVICES_SHOWN]:
        missing = f": {', '.join(one_line(gap, 80) for gap in one.missing[:QUESTIONS])}" if one.missing else ""
        lines.append(f"{one_line(one.service, 80)} answers {one.answered} of {QUESTIONS}{missing}")
    left = len(readiness) - SERVICES_SHOWN
    more = [context(f"… {left} more services")] if left > 0 else []
    return [
        header("Readiness of my services" if state.mine else "Readiness of all services"),
        section("\n".join(lines)),
        *more,
    ]


def _start() -> list[Json]:
    rows = [
        ("/incident", "a form; with words it opens at once: /incident open invoice-extract queue is stuck"),
        ("/runbook", "say what you see: /runbook invoice-extract queue is stuck"),
        ("@section3", "the same words inside a thread, where Slack takes no slash commands"),
    ]
    return [header("How to start"), section("\n".join(f"`{word}` {escape(meaning)}" for word, meaning in rows))]
