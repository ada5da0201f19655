"""How an incident reads in a terminal: plain text, UTC, the command ready to be copied."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.events import Fact
from bot.domain.incident import Incident, StepStatus

_SIGNS = {
    StepStatus.DONE: "done",
    StepStatus.FAILED: "failed",
    StepStatus.SKIPPED: "skipped",
    StepStatus.PASSED: "passed over",
    StepStatus.RECALLED: "done, told later",
}

_QUIET = frozenset({"type", "step", "run", "dossier", "playbook", "candidates", "steps", "diff", "commands", "lead"})


def utc(at: int) -> str:
    """An instant (ms) as 03:14 UTC."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M} UTC"


def standing(incident: Incident, now: int) -> list[str]:
    """Where it stands: the head, the steps answered, the step that is to be done now."""
    minutes = max(0, now - incident.declared_at) // 60_000
    lines = [
        f"{incident.severity.value} · {incident.name} · {incident.service} · {incident.phase.value}",
        f'"{incident.symptom}" · {incident.declared_by.name}, {utc(incident.declared_at)} ({minutes} min ago)',
        f"Lead: {incident.lead.name if incident.lead else 'nobody'}",
    ]
    contact = incident.contact_to_call()
    if incident.live and incident.lead is None and contact:
        lines.append(f"Call: {contact.who}, {contact.phone}")
    return [*lines, *_playbook(incident)]


def _playbook(incident: Incident) -> list[str]:
    run = incident.run
    if run is None:
        return ["No playbook: nothing in the runbook matched, or it was set aside."] if incident.live else []
    lines = [f"Playbook: {run.playbook.failure_id} {run.playbook.title}"]
    for state in run.steps:
        if state.status in _SIGNS:
            who = f", {state.by.name} {utc(state.at)}" if state.by else ""
            lines.append(f"  {state.number} {run.step(state.number).kind.value}: {_SIGNS[state.status]}{who}")
    current = run.current
    if current is None:
        return [*lines, f"No step is open. Verify: {run.playbook.verify or 'the runbook does not say'}"]
    step = run.step(current.number)
    lines.append(f"Step {current.number} of {len(run.steps)} · {step.kind.value.upper()}")
    lines.append(f"  {current.follow_up or step.text}")
    commands = current.follow_up_commands if current.follow_up else step.commands
    lines += [f"      {line}" for command in commands for line in command.text.split("\n")]
    if step.expect and not current.follow_up:
        lines.append(f"  Expect: {step.expect}")
    if step.choices and not current.follow_up:
        lines += [f"  {choice.label}: {choice.text}" for choice in step.choices]
    if incident.wait:
        over = "The wait is over: answer with done or failed." if incident.wait.asked else ""
        lines.append(f"  {over or f'Waiting until {utc(incident.wait.until)}'}")
    return lines


def fact_line(fact: Fact) -> str:
    """One fact on one line."""
    fields = fact.event.model_dump(mode="json", exclude_defaults=True)
    step = fields.get("step")
    where = f" step {step['number']}" if isinstance(step, dict) else ""
    said = [str(value) for key, value in fields.items() if key not in _QUIET and value not in ("", None, [], {})]
    late = f" (happened {utc(fact.happened)})" if fact.happened != fact.at else ""
    what = fact.event.type.replace("_", " ")
    return f"{utc(fact.at)}  {fact.by.name}  {what}{where}{': ' + ' · '.join(said) if said else ''}{late}"
