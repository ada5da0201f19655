"""A list of incidents, for the asker alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.incident import Action, Incident
from bot.domain.vocabulary import Surface
from bot.slack.drawing.blocks import Json, Message, button, context, section
from bot.slack.drawing.mrkdwn import ago, one_line
from bot.slack.drawing.show import name, owner_of
from bot.slack.ids import Click, Verb

INCIDENTS_SHOWN = 20


def incident_list(incidents: Sequence[Incident], title: str = "Open incidents") -> Message:
    """One row each, with a way to look at it. Private ones are left out whatever is passed."""
    seen = [one for one in incidents if not one.private]
    if not seen:
        none = f"{title}: none."
        return Message(none, [section(none)])
    rows = [section(incident_row(one), show_button(one)) for one in seen[:INCIDENTS_SHOWN]]
    left = len(seen) - INCIDENTS_SHOWN
    more = [context(f"… {left} more")] if left > 0 else []
    names = ", ".join(one.name for one in seen[:INCIDENTS_SHOWN])
    return Message(f"{title}: {names}", [section(f"*{title}*"), *rows, *more])


def incident_row(incident: Incident) -> str:
    """Severity, name with a link, service, state; the symptom; who has it since when."""
    place = incident.shown.get(Surface.HEAD)
    title = f"{incident.severity.value} · {incident.name}"
    linked = f"<{place.link}|{title}>" if place and place.link.startswith("https://") else title
    drill = " · drill" if incident.drill else ""
    lead = name(incident.lead) if incident.lead else "nobody has it"
    offered = f" · offered to {name(incident.offered_to)}" if incident.offered_to else ""
    head = f"*{linked}* · {one_line(incident.service, 80)} · {incident.phase.value}{drill}"
    return f"{head}\n{one_line(incident.symptom, 200)}\n{lead}{offered} · {ago(incident.declared_at)}"


def action_row(incident: Incident, item: Action) -> Json:
    """An action item, where it comes from and whose it is, and the click that closes it."""
    place = incident.shown.get(Surface.HEAD)
    linked = f"<{place.link}|{incident.name}>" if place and place.link.startswith("https://") else incident.name
    done = Click(Verb.CLOSE_ACTION, incident.id, argument=item.message)
    return section(f"*{linked}* · {one_line(item.text, 200)} · {owner_of(item)}", button("Done", done))


def show_button(incident: Incident) -> Json:
    """ "Show"."""
    return button("Show", Click(Verb.SHOW_INCIDENT, incident.id), spoken=f"Show {incident.name}")
