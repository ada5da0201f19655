"""How an incident reads in a terminal: plain text, UTC, the command ready to be copied."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.events import Fact
from bot.domain.incident import Incident, StepStatus
from bot.domain.vocabulary import StepRef
from bot.postmortem.drafting.people import Cast
from bot.postmortem.drafting.tell import Scene, Told, plain, tell

_SIGNS = {
    StepStatus.DONE: "done",
    StepStatus.FAILED: "failed",
    StepStatus.SKIPPED: "skipped",
    StepStatus.PASSED: "passed over",
    StepStatus.RECALLED: "done, told later",
}


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
    if not incident.live:
        return lines
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


def scene_of(incident: Incident) -> Scene:
    """What the sentences of its facts need. In the terminal people have their names."""
    people = [incident.declared_by, *incident.participants, *([incident.lead] if incident.lead else [])]
    contacts = {call.who: call.who for call in incident.calls}
    return Scene(incident, Cast(roles={one.id: one.name for one in people} | contacts, names={}))


def fact_line(fact: Fact, scene: Scene) -> str:
    """One fact on one line, in the words of the post-mortem; what it leaves out is named by its kind."""
    step = getattr(fact.event, "step", None)
    which = f"{scene.step(step)}: " if isinstance(step, StepRef) else ""
    told = tell(fact.event, scene) or Told(what=f"{which}{plain(fact.event.type)}")
    late = f" (happened {utc(fact.happened)})" if fact.happened != fact.at else ""
    return f"{utc(fact.at)}  {fact.by.name}  {told.what}{': ' + told.said if told.said else ''}{late}"
