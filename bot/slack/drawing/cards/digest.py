"""The weekly digest: what is still open of the incidents of a service, in one message."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.incident import Incident
from bot.domain.vocabulary import Surface
from bot.slack.drawing.blocks import Json, Message, button, context, section
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import ago, escape, link, one_line
from bot.slack.drawing.show import Options, contact_name, owner_of
from bot.slack.ids import Click, Verb

INCIDENTS_SHOWN = 10
ACTIONS_SHOWN = 3


def digest(incidents: Sequence[Incident], now: int, options: Options) -> Message:
    """Everything that waits for a person, by incident, newest first. All are of one service."""
    newest = incidents[0]
    count = f"{len(incidents)} {'incident has' if len(incidents) == 1 else 'incidents have'} something left to do"
    owner = f" · {contact_name(newest.dossier.owner, options)}" if newest.dossier.owner else ""
    blocks: list[Json] = [section(f"*{one_line(newest.service, 80)}: {count}*{owner}")]
    blocks += [_row(one) for one in incidents[:INCIDENTS_SHOWN]]
    left = len(incidents) - INCIDENTS_SHOWN
    if left > 0:
        blocks.append(context(f"… {left} more"))
    blocks.append(context("Once a week while something is open. What is never answered counts as a lesson lost."))
    return discreet(Message(f"{escape(newest.service)}: {count}.", blocks), options)


def _row(incident: Incident) -> Json:
    place = incident.shown.get(Surface.CLOSE) or incident.shown.get(Surface.HEAD)
    name = f"<{place.link}|{incident.name}>" if place and place.link.startswith("https://") else incident.name
    title = f"*{name}* · {ago(incident.declared_at)} · “{one_line(incident.symptom, 150)}”"
    draft = incident.draft
    blank = draft is not None and draft.unfilled > 0 and not incident.drill
    fill = button(f"Fill {draft.unfilled}…", Click(Verb.FILL_DRAFT, incident.id)) if draft and blank else None
    return section("\n".join([title, *(f"• {line}" for line in _open(incident))]), fill)


def _open(incident: Incident) -> list[str]:
    lines = []
    proposal, draft = incident.proposal, incident.draft
    if proposal and proposal.status not in ("merged", "declined"):
        what = f"{escape(proposal.failure_id)} “{one_line(proposal.title, 120)}”"
        states = {
            "made": "proposed, nobody has answered",
            "accepted": "on its way",
            "sent": f"not merged yet: {link(proposal.ref)}",
        }
        lines.append(f"Runbook change {what}: {states[proposal.status]}")
    if draft and draft.unfilled and not incident.drill:
        lines.append(f"{draft.unfilled} of {draft.fields} fields of the post-mortem")
    left = [action for action in incident.actions if not action.closed]
    lines += [f"Action item: {one_line(one.text, 120)} · {owner_of(one)}" for one in left[:ACTIONS_SHOWN]]
    if len(left) > ACTIONS_SHOWN:
        lines.append(f"{len(left) - ACTIONS_SHOWN} more action items: `/incident actions`")
    return lines
