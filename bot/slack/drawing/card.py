"""The head message: one per incident, edited in place. What a lock screen, a latecomer and a lead need first."""

from __future__ import annotations

from bot.domain.dossier import Verdict
from bot.domain.incident import OPEN_STATUSES, Incident, Phase, RollbackStage
from bot.domain.step_words import stage_name
from bot.domain.vocabulary import CancelKind, Surface
from bot.slack.drawing.blocks import Json, Message, actions, button, confirm, context, section
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import ago, clock, escape, inline, one_line, shorten, span
from bot.slack.drawing.show import (
    DEFAULT,
    Options,
    change_line,
    contact_line,
    name,
    next_update,
    plain_name,
    quoted,
    who,
    why_of,
)
from bot.slack.ids import Click, Verb

CHANGES_SHOWN = 3
GAPS_SHOWN = 4
DOWN_SHOWN_MS = 60 * 60 * 1000
"""How long the head says that Slack was down; after that it stands in the timeline alone."""

ROLLBACK_NAMES: dict[RollbackStage, str] = {
    RollbackStage.NONE: "",
    RollbackStage.CONDITION: "rollback condition met, nobody has decided",
    RollbackStage.DECIDED: "rollback decided, command not yet reported",
    RollbackStage.FINISHED: "rolled back, not yet verified",
    RollbackStage.FAILED: "the rollback command failed",
    RollbackStage.VERIFIED: "rolled back and verified",
    RollbackStage.NOT_VERIFIED: "rolled back, did not help",
}


def head(incident: Incident, now: int, options: Options = DEFAULT) -> Message:
    """The head for the present state."""
    lines = [title(incident), _reported(incident)]
    if incident.phase is Phase.CANCELLED:
        lines += [_cancelled(incident, options)]
    elif incident.phase is Phase.CLOSED:
        lines += [_closed(incident), _playbooks(incident)]
    else:
        lines += [
            *([f"*Impact over* since {clock(incident.mitigated_at, now)}"] if incident.mitigated_at else []),
            _lead(incident, options),
            _now(incident, now),
            _latest(incident, now),
            _changes(incident, now),
            _roll_back_when(incident),
        ]
    blocks = [*_banners(incident, now, options), section("\n".join(line for line in lines if line))]
    buttons = _buttons(incident)
    drawn = [*blocks, actions(*buttons)] if buttons else blocks
    return discreet(Message(_lock_screen(incident), drawn), options)


def title(incident: Incident) -> str:
    """ "*SEV2 · INC-42 · invoice-extract*"."""
    marks = ["DRILL"] if incident.drill else []
    marks += [incident.severity.value, incident.name, one_line(incident.service, 80)]
    marks += [f"also {', '.join(one_line(one, 60) for one in incident.also_affects)}"] if incident.also_affects else []
    marks += ["private"] if incident.private else []
    marks += [incident.phase.value] if incident.phase is not Phase.OPEN else []
    return f"*{' · '.join(marks)}*"


def _lock_screen(incident: Incident) -> str:
    """What has to be understood without unlocking."""
    match incident.phase:
        case Phase.CLOSED:
            state = f"closed after {span(incident.declared_at, incident.closed_at)}"
        case Phase.CANCELLED:
            state = "cancelled"
        case Phase.MITIGATED:
            state = "impact over"
        case _:
            state = f"lead {name(incident.lead)}" if incident.lead else "nobody has it"
    return f"{plain_name(incident)}: {one_line(incident.symptom, 200)}. {state[:1].upper()}{state[1:]}."


def _banners(incident: Incident, now: int, options: Options) -> list[Json]:
    said = [one_line(note, 300) for note in options.notes]
    if now - incident.screen_down_until < DOWN_SHOWN_MS:
        since, until = clock(incident.screen_down_since, now), clock(incident.screen_down_until, now)
        said.append(f"*Slack was down* from {since} to {until}. What was recorded meanwhile is shown now.")
    if incident.drill:
        hurry = f" Waits and questions come {incident.pace} times as fast." if incident.pace > 1 else ""
        said.append(f"*Drill:* practice. Nothing here is real, and it counts in no statistic.{hurry}")
    if incident.private:
        said.append("*Private:* keep it in this channel.")
    if not incident.dossier.known:
        said.append(f"*No runbook* of {one_line(incident.service, 80)} was found.")
    gaps = incident.dossier.gaps
    if gaps:
        shown = " · ".join(one_line(gap, 160) for gap in gaps[:GAPS_SHOWN])
        more = f" · and {len(gaps) - GAPS_SHOWN} more" if len(gaps) > GAPS_SHOWN else ""
        said.append(f"*The runbook does not answer everything:* {shown}{more}")
    return [context(line) for line in said]


def _reported(incident: Incident) -> str:
    when = f"{clock(incident.declared_at)} ({ago(incident.declared_at)})"
    again = ""
    if incident.reports:
        again = f" · reported {incident.reports} more {'time' if incident.reports == 1 else 'times'}"
    return f"{quoted(incident.symptom)} · {name(incident.declared_by)}, {when}{again}"


def _lead(incident: Incident, options: Options) -> str:
    if incident.lead:
        offered = f" · offered to {who(incident.offered_to)}, who has not taken it" if incident.offered_to else ""
        return f"*Lead:* {who(incident.lead)}{offered}"
    ringing = incident.ringing
    if ringing:
        return f"*Lead:* nobody yet. {one_line(ringing.who)} is being called since {clock(ringing.at)}."
    if coming := incident.coming:
        return f"*Lead:* nobody yet. {one_line(coming.who)} was reached {clock(coming.at)}."
    contact = incident.contact_to_call()
    if contact is None:
        return "*Lead:* nobody. Slack wakes nobody, and the runbook names nobody else to call."
    return f"*Lead:* nobody. Slack wakes nobody: call {contact_line(contact, options)}"


def _now(incident: Incident, now: int) -> str:
    place = incident.shown.get(Surface.STEP)
    arrow = f" <{place.link}|↗>" if place and place.link.startswith("https://") else ""
    return f"*Now:* {_activity(incident, now)}{_rollback(incident, now)}{arrow}"


def _activity(incident: Incident, now: int) -> str:
    run = incident.run
    if run is None:
        if incident.verdict is Verdict.UNSURE and not incident.rejected:
            several = len(incident.candidates) > 1
            return f"unsure: {'several entries' if several else 'one entry'} may fit, choose in the thread"
        return "no playbook: not documented" if not incident.runs else "no playbook: the last one was set aside"
    why = why_of(incident, run.playbook.failure_id, run.playbook.service)
    draft = "draft, " if run.playbook.draft else ""
    found = "documented" if incident.verdict is Verdict.DOCUMENTED else "chosen by a person"
    because = f" by {why}" if why and incident.verdict is Verdict.DOCUMENTED else ""
    reason = f" ({draft}{found}{because})"
    if run.current is None:
        return f"{escape(run.playbook.failure_id)}{reason} · no step is open"
    step = f"step {stage_name(run.current)} of {len(run.steps)}"
    wait = incident.wait
    waiting = ""
    if wait:
        waiting = " · wait is over, answer asked" if wait.asked else f" · waiting until {clock(wait.until, now)}"
    return f"{escape(run.playbook.failure_id)}{reason} · {step}{waiting}"


def _rollback(incident: Incident, now: int) -> str:
    stage = ROLLBACK_NAMES[incident.rollback.stage]
    return f" · {stage} ({clock(incident.rollback.at, now)})" if stage else ""


def _latest(incident: Incident, now: int) -> str:
    latest = "none"
    if incident.latest_update:
        latest = f"{one_line(incident.latest_update, 400)} ({clock(incident.latest_update_at, now)})"
    due = next_update(incident)
    if not due or (incident.phase is not Phase.OPEN and not incident.next_update_at):
        return f"*Latest:* {latest}"
    return f"*Latest:* {latest} · next update {'was due ' if due < now else ''}{clock(due, now)}"


def _changes(incident: Incident, now: int) -> str:
    changes = incident.dossier.changes
    if not changes:
        return "*24 h:* no change known"
    shown = " · ".join(change_line(change, now) for change in changes[:CHANGES_SHOWN])
    more = f" · and {len(changes) - CHANGES_SHOWN} more" if len(changes) > CHANGES_SHOWN else ""
    return f"*24 h:* {shown}{more} (coincident, not proven)"


def _roll_back_when(incident: Incident) -> str:
    run = incident.run
    said = run.playbook.roll_back_when if run else ""
    if said:
        return f"*Roll back when:* {inline(shorten(said, 400))}"
    conditions = [inline(shorten(one, 200)) for one in incident.dossier.rollback.conditions[:3]]
    return f"*Roll back when:* {' · or '.join(conditions) or 'the runbook does not say'}"


def _closed(incident: Incident) -> str:
    lasted = span(incident.declared_at, incident.mitigated_at or incident.closed_at)
    began, ended = clock(incident.declared_at), clock(incident.mitigated_at or incident.closed_at)
    return f"*Over:* {began}–{ended} ({lasted}) · closed {clock(incident.closed_at)}"


def _playbooks(incident: Incident) -> str:
    """What was used, and how far."""
    used = []
    for run in incident.runs:
        answered = sum(1 for state in run.steps if state.status not in OPEN_STATUSES)
        used.append(f"{one_line(run.playbook.failure_id, 60)} ({answered} of {len(run.steps)} steps)")
    rolled = ROLLBACK_NAMES[incident.rollback.stage]
    said = [", ".join(used) or "none", *([rolled] if rolled else [])]
    return f"*Playbook:* {' · '.join(said)}"


def _cancelled(incident: Incident, options: Options) -> str:
    ending = incident.ending
    if ending.cancelled is CancelKind.DUPLICATE and ending.duplicate_of:
        target = f"INC-{ending.duplicate_of}"
        linked = options.duplicate_link.startswith("https://")
        return f"*Duplicate:* go on in {f'<{options.duplicate_link}|{target}>' if linked else target}."
    why = "a false alarm" if ending.cancelled is CancelKind.FALSE_ALARM else "opened by mistake"
    return f"*Cancelled* {clock(incident.closed_at)}: {why}. It counts in no statistic."


def _buttons(incident: Incident) -> list[Json]:
    """At most five. Destructive ones end in "…" (a modal follows) or ask first."""
    of = incident.id
    take = button("I have it", Click(Verb.TAKE_LEAD, of), "primary")
    call = button("Call next", Click(Verb.CALL_NEXT, of))
    roll_back = button("Roll back…", Click(Verb.ROLL_BACK, of))
    update = button("Post update", Click(Verb.UPDATE, of))
    more = button("More…", Click(Verb.MORE, of))
    close = button("Close…", Click(Verb.CLOSE, of), "primary")
    over = button("Impact over", Click(Verb.OVER, of), confirm=_over_confirm(incident))
    match incident.phase:
        case Phase.OPEN if incident.offered_to:
            taken = button("I have it", Click(Verb.TAKE_HANDOVER, of), "primary")
            return [taken, update, call, roll_back, more]
        case Phase.OPEN:
            return [update, over, call, roll_back, more] if incident.lead else [take, call, roll_back, more]
        case Phase.MITIGATED:
            again = button("Not over", Click(Verb.REOPEN, of), confirm=_not_over_confirm())
            return [close, update, again, more] if incident.lead else [take, close, again, more]
        case Phase.CLOSED:
            return [button("Reopen", Click(Verb.REOPEN, of), confirm=_reopen_confirm(incident)), more]
        case Phase.CANCELLED:
            return [button("Reopen", Click(Verb.REOPEN, of), confirm=_reopen_confirm(incident))]


def _not_over_confirm() -> Json:
    return confirm("Is it not over?", "The incident is open again, and the end is forgotten.", "Not over")


def _over_confirm(incident: Incident) -> Json:
    run = incident.run
    verify = f"Verify: {shorten(run.playbook.verify, 200)}" if run and run.playbook.verify else ""
    return confirm("Is the impact over?", verify or "Users no longer notice it.", "Impact over")


def _reopen_confirm(incident: Incident) -> Json:
    return confirm(f"Reopen {incident.name}?", "It goes on where it was.", "Reopen")
