"""The step message when there is no step: the match is unsure, or nothing is documented. Never an empty thread."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.candidates import candidates_left
from bot.domain.dossier import Candidate
from bot.domain.incident import Improvised, Incident
from bot.domain.runbook import Metric
from bot.slack.drawing.blocks import Json, Message, actions, button, context, section
from bot.slack.drawing.mrkdwn import clock, code, escape, inline, link, one_line, shorten
from bot.slack.drawing.show import HELPED_NAMES, Options, change_line, command_code, contact_line, name, plain_name, who
from bot.slack.ids import Click, Verb

CANDIDATES_SHOWN = 3
METRICS_SHOWN = 5
TRIED_SHOWN = 6


def attach_button(incident: Incident, candidate: Candidate, style: str = "") -> Json:
    """ "Use IX-04"."""
    target = f"{candidate.service}/{candidate.failure_id}"
    return button(f"Use {shorten(candidate.failure_id, 60)}", Click(Verb.ATTACH, incident.id, argument=target), style)


def candidate_line(candidate: Candidate, home: str) -> str:
    """ "*IX-04* Queue backlog (why)"."""
    elsewhere = f" · {one_line(candidate.service, 60)}" if candidate.service != home else ""
    why = "; ".join(inline(shorten(reason, 120)) for reason in candidate.why[:3])
    title = one_line(candidate.title, 150)
    return f"*{one_line(candidate.failure_id, 60)}* {title}{elsewhere}" + (f"\n{why}" if why else "")


def unsure(incident: Incident, options: Options) -> Message:
    """The top three with why, and None of these."""
    lead = f"{who(incident.lead)} · " if incident.lead else ""
    blocks = [section(f"{lead}{incident.name} · *Unsure.* These entries may fit; none is certain.")]
    shown = incident.candidates[:CANDIDATES_SHOWN]
    blocks += [section(candidate_line(one, incident.service), attach_button(incident, one)) for one in shown]
    blocks.append(
        actions(
            button("None of these", Click(Verb.NONE_OF_THESE, incident.id)),
            button("Other words…", Click(Verb.REMATCH, incident.id)),
            button("I tried something", Click(Verb.IMPROVISE, incident.id)),
        )
    )
    ids = ", ".join(escape(one.failure_id) for one in shown)
    return Message(f"{plain_name(incident)}: unsure which entry fits: {ids or 'none found'}.", blocks)


def blank_playbook(incident: Incident, now: int, options: Options) -> Message:
    """Not documented, or every candidate was set aside: what helps meanwhile."""
    lead = f"{who(incident.lead)} · " if incident.lead else ""
    left = candidates_left(incident)
    aside = "Set aside" if incident.runs or incident.rejected else ""
    what = "*Not documented.* No entry of the runbook describes this." if not aside else _aside_line(incident)
    blocks: list[Json] = [section(f"{lead}{incident.name} · {what}")]
    if left:
        nearest = "Next candidates" if aside else "Nearest, not matching"
        blocks.append(context(f"*{nearest}:*"))
        blocks += [
            section(candidate_line(one, incident.service), attach_button(incident, one))
            for one in left[:CANDIDATES_SHOWN]
        ]
    blocks += [*_tried(incident), section("\n".join(_meanwhile(incident, now, options)))]
    blocks.append(_blank_buttons(incident, left))
    told = "no playbook is in use" if aside else "not documented"
    return Message(f"{plain_name(incident)}: {told}. Health, changes, rollback and phones are here.", blocks)


def _aside_line(incident: Incident) -> str:
    names = [run.playbook.failure_id for run in incident.runs]
    names += [one for one in incident.rejected if one not in names]
    return f"*No playbook.* Set aside: {', '.join(one_line(one, 40) for one in names[:8])}."


def _blank_buttons(incident: Incident, left: tuple[Candidate, ...]) -> Json:
    of = incident.id
    back = [
        button(f"Back to {shorten(run.playbook.failure_id, 60)}", Click(Verb.RESUME, of, argument=str(run.run)))
        for run in reversed(incident.runs[-3:])
    ]
    none = button("None of these", Click(Verb.NONE_OF_THESE, of)) if left else None
    return actions(
        button("I tried something", Click(Verb.IMPROVISE, of), "primary"),
        button("Call next", Click(Verb.CALL_NEXT, of)),
        button("Other words…", Click(Verb.REMATCH, of)),
        none,
        *back,
    )


def _tried(incident: Incident) -> list[Json]:
    tried = incident.improvised
    if not tried:
        return []
    lines = [tried_line(one) for one in tried[-TRIED_SHOWN:]]
    if len(tried) > TRIED_SHOWN:
        lines.insert(0, f"… {len(tried) - TRIED_SHOWN} earlier")
    return [section("*Tried so far*\n" + "\n".join(lines))]


def tried_line(one: Improvised) -> str:
    """ "Restarted the broker `brokerctl restart`: helped · Dana 03:20"."""
    command = f" {command_code(one.command)}" if one.command else ""
    return f"{one_line(one.what, 200)}{command}: {HELPED_NAMES[one.helped]} · {name(one.by)} {clock(one.at)}"


def metric_line(metric: Metric) -> str:
    """ "Oldest document: green < 10 min, red > 60 min"."""
    bands = ", ".join(
        f"{colour} {one_line(band, 60)}"
        for colour, band in (("green", metric.green), ("yellow", metric.yellow), ("red", metric.red))
        if band
    )
    query = f" {code(shorten(metric.query, 150))}" if metric.query else ""
    return f"{one_line(metric.name, 100)}: {bands or 'no thresholds'}{query}"


def condition_lines(conditions: Sequence[str], command: str) -> list[str]:
    """ "Roll back with `…` when", on one line, or one line for each condition."""
    said = [inline(shorten(one, 200)) for one in conditions[:5]]
    with_command = f" with {command_code(command)}" if command else ""
    if len(said) > 1:
        return [f"*Roll back*{with_command} *when:*", *(f"   • {one}" for one in said)]
    return [f"*Roll back*{with_command} *when:* {said[0] if said else 'the runbook does not say'}"]


def _meanwhile(incident: Incident, now: int, options: Options) -> list[str]:
    dossier = incident.dossier
    dashboard = link(dossier.dashboard)
    health = [f"   {metric_line(metric)}" for metric in dossier.metrics[:METRICS_SHOWN]]
    changes = [change_line(change, now) for change in dossier.changes[:5]]
    contact = incident.contact_to_call()
    return [
        f"*Health:* {dashboard or ('' if health else 'the runbook does not say')}",
        *health,
        f"*Changed in 24 h:* {' · '.join(changes) + ' (coincident, not proven)' if changes else 'no change known'}",
        *condition_lines(dossier.rollback.conditions, dossier.rollback.command),
        f"*Call:* {contact_line(contact, options) if contact else 'the runbook names nobody else'}",
    ]
