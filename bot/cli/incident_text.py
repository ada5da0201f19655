"""How an incident reads in a terminal: plain text, UTC, the command ready to be copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain import events as e
from bot.domain.candidates import candidates_left
from bot.domain.dossier import Verdict
from bot.domain.events import Event, Fact
from bot.domain.incident import Incident, Phase, RollbackStage, Run, StepState, StepStatus
from bot.domain.reading import without_commands
from bot.domain.runbook import Command, StepKind
from bot.domain.step_words import onward, stage_name
from bot.domain.vocabulary import Actor, Answer
from bot.postmortem.drafting.people import Cast
from bot.postmortem.drafting.tell import Scene, Told, plain, tell

_SIGNS = {
    StepStatus.DONE: "done",
    StepStatus.FAILED: "failed",
    StepStatus.SKIPPED: "skipped",
    StepStatus.PASSED: "passed over",
    StepStatus.RECALLED: "done, told later",
}

_ANSWERS = {
    StepKind.CHECK: ("as expected", "not as expected"),
    StepKind.ACT: ("worked", "did not work"),
    StepKind.WAIT: ("as expected", "not as expected"),
    StepKind.BRANCH: ("yes", "no"),
    StepKind.ROLLBACK: ("condition met", "not met"),
    StepKind.ESCALATE: ("reached", "no answer"),
}
"""What `done` and `failed` mean at a step of each kind."""

_ROLLBACK = {
    RollbackStage.CONDITION: ("a person decides", "rollback decide"),
    RollbackStage.DECIDED: ("decided, run the command", "rollback done", "rollback failed"),
    RollbackStage.FINISHED: ("done, does it hold?", "rollback verified", "rollback unverified"),
    RollbackStage.FAILED: ("the command failed", "rollback decide (again)", "call"),
}
"""The stages in which a rollback waits for somebody, each with the words that go on."""

MADE_BY = "a running bot does it, or: section3 work do"

CANDIDATES_SHOWN = 3


def utc(at: int) -> str:
    """An instant (ms) as 03:14 UTC."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M} UTC"


def standing(incident: Incident, now: int) -> list[str]:
    """Where it stands: the head, whom to call, the steps answered, what is to be done now and with which words."""
    minutes = max(0, now - incident.declared_at) // 60_000
    lines = [
        " · ".join((incident.severity.value, incident.name, incident.service, incident.phase.value, *_kinds(incident))),
        f'"{incident.symptom}" · {incident.declared_by.name}, {utc(incident.declared_at)} ({minutes} min ago)',
        _lead(incident),
        *_phone(incident),
    ]
    if incident.also_affects:
        lines.append(f"Also affects: {', '.join(incident.also_affects)}")
    if incident.latest_update:
        next_one = f", next update {utc(incident.next_update_at)}" if incident.next_update_at and incident.live else ""
        lines.append(f"Latest: {incident.latest_update} ({utc(incident.latest_update_at)}{next_one})")
    lines += [*_playbook(incident), *_rollback(incident), *_conditions(incident)]
    if incident.phase is Phase.CLOSED:
        over = incident.mitigated_at
        said = f"the impact was over at {utc(over)}" if over != incident.closed_at else "its impact counts until then"
        lines += [f"Closed: {utc(incident.closed_at)}, {said}", *_proposal(incident)]
    if incident.phase is Phase.MITIGATED:
        lines += ["The impact is over.", _words("close this|wrong|another|none [what]")]
    return lines


def _proposal(incident: Incident) -> list[str]:
    """What the runbook may learn, and the words that answer it."""
    proposal = incident.proposal
    if proposal is None:
        return [] if incident.draft else [f"The draft comes two minutes after the close: {MADE_BY}"]
    where = f": {proposal.ref}" if proposal.ref else ""
    lines = [f'Proposed: {proposal.failure_id} "{proposal.title}", {proposal.status}{where}']
    if proposal.status == "accepted":
        lines.append(f"  To be sent: {MADE_BY}")
    if proposal.status != "made":
        return lines
    if proposal.trouble:
        lines.append(f"  It could not be sent: {proposal.trouble}")
    # Named, because without a name a word means the incident that is open.
    words = _words(f"accept {incident.name}", f"decline {incident.name} <why>")
    return [*lines, f"  The change: section3 postmortem {incident.name}", words]


def _kinds(incident: Incident) -> list[str]:
    return [word for word, so in (("private", incident.private), ("drill", incident.drill)) if so]


def _lead(incident: Incident) -> str:
    offered = incident.offered_to if incident.live else None
    lead = f"Lead: {incident.lead.name if incident.lead else 'nobody'}"
    return f"{lead}. Offered to {offered.name}, who has not taken it (ack)" if offered else lead


def _phone(incident: Incident) -> list[str]:
    """Who is being called; else who is next, while nobody leads or a step says to call."""
    if not incident.live:
        return []
    if ringing := incident.ringing:
        since = f"since {utc(ringing.at)}"
        return [f"Calling {since}: {ringing.who}, {ringing.phone}", _words("reached", "noanswer", "call (the next)")]
    run, contact = incident.run, incident.contact_to_call()
    current = run.current if run else None
    escalates = run and current and run.step(current.number).kind is StepKind.ESCALATE
    if (coming := incident.coming) and not escalates and incident.lead is None:
        after = f" Next, if need be: {contact.who}, {contact.phone}" if contact else ""
        return [f"Reached {utc(coming.at)}: {coming.who}.{after}"]
    if contact is None:
        tried = "nobody else" if incident.calls else "nobody"
        return [f"Call: the runbook names {tried} to call"] if escalates or incident.lead is None else []
    return [f"Call: {contact.who}, {contact.phone}"] if escalates or incident.lead is None else []


def _playbook(incident: Incident) -> list[str]:
    run = incident.run
    goes_on = [_words("tried <what>", "over")] if incident.phase is Phase.OPEN else []
    if run is None:
        return [*_candidates(incident), *goes_on] if incident.live else []
    draft = " (draft, nobody has reviewed it)" if run.playbook.draft else ""
    lines = [f"Playbook: {run.playbook.failure_id} {run.playbook.title}{draft}"]
    for state in run.steps:
        if state.status in _SIGNS:
            who = f", {state.by.name} {utc(state.at)}" if state.by else ""
            lines.append(f"  {state.number} {run.step(state.number).kind.value}: {_became(state)}{who}")
    if not incident.live:
        return lines
    if run.current is None:
        return [*lines, f"No step is open. Verify: {run.playbook.verify or 'the runbook does not say'}", *goes_on]
    return [*lines, *_current(incident, run, run.current)]


def _candidates(incident: Incident) -> list[str]:
    """Why no playbook is in use, and which might be."""
    left = candidates_left(incident)[:CANDIDATES_SHOWN]
    aside = bool(incident.runs or incident.rejected)
    if not left:
        return ["No playbook: it was set aside." if aside else "No playbook: nothing in the runbook matched."]
    sure = "none is certain" if incident.verdict is Verdict.UNSURE else "none matches"
    lines = [f"No playbook{': it was set aside' if aside else ''}. Nearest, {sure}:"]
    lines += [f"  {one.failure_id}  {one.title}{'; '.join(['', *one.why[:2]])}" for one in left]
    return [*lines, _words(*(f"use {one.failure_id}" for one in left))]


def _became(state: StepState) -> str:
    """The answer itself where there is one: a check that is not as expected is done as well."""
    if state.status not in (StepStatus.DONE, StepStatus.FAILED) or not state.outcome:
        return _SIGNS[state.status]
    if not state.first:
        return plain(state.outcome)
    # Without what came before it, "worked" would say that a check was as expected.
    then = "that fixed it" if state.outcome == Answer.FIXED else f"it {plain(state.outcome)}"
    return f"{plain(state.first)}, then {then}"


def _current(incident: Incident, run: Run, current: StepState) -> list[str]:
    step, stage = run.step(current.number), stage_name(current)
    lines = [f"Step {stage} of {len(run.steps)} · {step.kind.value.upper()}"]
    if current.follow_up:
        lines += _instruction("", current.follow_up, current.follow_up_commands)
        return [*lines, _words(f"done {stage}", f"failed {stage}", f"skip {stage}")]
    lines += _instruction("", step.text, step.commands)
    if step.expect:
        lines.append(f"  Expect: {step.expect}")
    if step.if_not:
        lines += _instruction("If not: ", step.if_not, step.if_not_commands)
    for choice in step.choices:
        lines += _instruction(f"{choice.label}: ", choice.text, choice.commands)
    if incident.wait:
        until = "The wait is over." if incident.wait.asked else f"Waiting until {utc(incident.wait.until)}"
        return [*lines, f"  {until}", _words(f"done {stage}", f"failed {stage}", "wait 5 (longer)")]
    good, bad = _ANSWERS[step.kind]
    answers = onward(run, current) if step.choices else (f"done {stage} ({good})", f"failed {stage} ({bad})")
    fixed = [] if step.kind in (StepKind.WAIT, StepKind.ROLLBACK) else [f"fixed {stage}"]
    return [*lines, _words(*answers, *fixed, f"skip {stage}")]


def _instruction(label: str, text: str, commands: Sequence[Command]) -> list[str]:
    """What to do, and below it the commands."""
    said = " ".join(without_commands(text, commands).split())
    return [f"  {label}{said}", *(f"      {line}" for command in commands for line in command.text.split("\n"))]


def _rollback(incident: Incident) -> list[str]:
    """The rollback that is under way: what it is waiting for. The command is shown, never run."""
    rollback, plan = incident.rollback, incident.dossier.rollback
    if not incident.live or rollback.stage not in _ROLLBACK:
        return []
    title, *words = _ROLLBACK[rollback.stage]
    lines = [f"Rollback: {title}"]
    if rollback.stage is RollbackStage.CONDITION:
        lines.append(f"  Authorised: {plan.authorised or 'the runbook does not say'}")
    if rollback.stage is RollbackStage.FINISHED:
        lines.append(f"  Verify: {plan.verify or 'the runbook does not say'}")
    else:
        command = plan.command or "The runbook gives no rollback command: call the next contact."
        lines += [f"      {line}" for line in command.split("\n")]
    return [*lines, _words(*words)]


def _conditions(incident: Incident) -> list[str]:
    """When to roll back, with the numbers that `rollback met` takes."""
    conditions = incident.dossier.rollback.conditions
    if not incident.live or incident.rollback.stage is not RollbackStage.NONE or not conditions:
        return []
    return ["Roll back when (rollback met <number>):", *(f"  {n} {one}" for n, one in enumerate(conditions, 1))]


def _words(*words: str) -> str:
    return f"  Say: section3 incident {' | '.join(words)}"


def scene_of(incident: Incident) -> Scene:
    """What the sentences of its facts need."""
    return Scene(incident, _ByName(roles={}, names={}))


class _ByName(Cast):
    """In the terminal people have their names, also those who were only spoken of."""

    def role(self, actor: Actor | None) -> str:
        return actor.name if actor and actor.is_person else super().role(actor)

    def of(self, key: str) -> str:
        return key


def _aside(event: Event, scene: Scene) -> Told:
    """What no post-mortem needs: the course of the playbook, our own messages, what became of the draft."""
    match event:
        case e.Briefed():
            return Told(what="runbook read")
        case e.StepStarted():
            return Told(what=f"{scene.step(event.step)}: started")
        case e.FollowUpStarted():
            return Told(what=f"{scene.step(event.step)} (instead): started", said=event.instruction)
        case e.StepCalledUp():
            return Told(what="the step was posted anew")
        case e.WaitElapsed():
            return Told(what=f"{scene.step(event.step)}: the wait is over")
        case e.Shown():
            return Told(what=f"shown in Slack: {plain(event.surface)}")
        case e.Reminded():
            return Told(what=f"asked about: {event.what.partition(':')[0]}")
        case e.FieldFilled():
            return Told(what=f"filled in: {plain(event.field)}", said=event.text or utc(event.when))
        case e.PostmortemDrafted():
            return Told(what=f"post-mortem drafted, {event.unfilled} of {event.fields} fields need a person")
        case e.ProposalMade():
            return Told(what=f"proposed: {event.kind.value} {event.failure_id}", said=event.title)
        case e.ProposalSent():
            return Told(what="proposal sent", said=event.ref)
        case e.ProposalStuck() | e.ProposalDeclined():
            return Told(what=plain(event.type), said=event.why)
        case _:
            return Told(what=plain(event.type))


def fact_line(fact: Fact, scene: Scene) -> str:
    """One fact on one line, in the words of the post-mortem."""
    told = tell(fact.event, scene) or _aside(fact.event, scene)
    late = f" (happened {utc(fact.happened)})" if fact.happened != fact.at else ""
    # A second line of what somebody said must not look like a fact of its own.
    said = told.said.replace("\n", "\n    ")
    return f"{utc(fact.at)}  {fact.by.name}  {told.what}{': ' + said if said else ''}{late}"
