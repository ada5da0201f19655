"""The step message: one in the thread, edited in place. Finished steps are lines above the one to be done now."""

from __future__ import annotations

from bot.domain.candidates import candidates_left
from bot.domain.dossier import Verdict
from bot.domain.incident import OPEN_STATUSES, Incident, Phase, RollbackStage, Run, StepState, StepStatus
from bot.domain.runbook import StepKind
from bot.domain.step_words import stage_name
from bot.domain.vocabulary import Answer, StepRef
from bot.slack.drawing.blank import blank_playbook, unsure
from bot.slack.drawing.blocks import Json, Message, actions, button, confirm, context, section
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import escape, inline, one_line, shorten
from bot.slack.drawing.show import DEFAULT, KIND_NAMES, Options, plain_name, step_line, who
from bot.slack.drawing.stage import instruction, menu, stage
from bot.slack.ids import Click, Verb

FINISHED_SHOWN = 5
"""Finished steps that keep their line and their Change; the earlier ones are one tap away in All steps."""

_CHANGEABLE = (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED)


def step_message(incident: Incident, now: int, options: Options = DEFAULT) -> Message:
    """What is to be done now, for any state."""
    return discreet(_drawn(incident, now, options), options)


def _drawn(incident: Incident, now: int, options: Options) -> Message:
    run = incident.run
    if not incident.live:
        return _ended(incident)
    if run is not None:
        return _playbook(incident, run, now, options)
    if incident.verdict is Verdict.UNSURE and not incident.rejected and not incident.runs:
        return unsure(incident, options)
    return blank_playbook(incident, now, options)


def _playbook(incident: Incident, run: Run, now: int, options: Options) -> Message:
    state = run.current
    blocks = _finished(incident, run)
    if run.playbook.draft:
        blocks.append(
            context("*Draft entry:* nobody has reviewed it. Read each command before you run it; an Act asks twice.")
        )
    if state is None:
        return _no_step(incident, run, blocks)
    step = run.step(state.number)
    kind = KIND_NAMES[step.kind]
    place = f"step {stage_name(state)} of {len(run.steps)}"
    lead = f"{who(incident.lead)} · " if incident.lead else ""
    failure = one_line(run.playbook.failure_id, 60)
    blocks.append(section(f"{lead}{incident.name} · *{failure}* · {place} · *{kind.upper()}*"))
    blocks += stage(incident, run, state, now, options)
    said = inline(shorten(state.follow_up or instruction(step), 150))
    return Message(f"{plain_name(incident)}: {escape(run.playbook.failure_id)} {place}, {kind}: {said}", blocks)


def _finished(incident: Incident, run: Run) -> list[Json]:
    """Steps nobody has to do any more, each with its Change. Earlier ones are counted."""
    finished = [state for state in run.steps if state.status not in OPEN_STATUSES]
    hidden = len(finished) - FINISHED_SHOWN
    blocks = []
    if hidden > 0:
        everything = button("All steps…", Click(Verb.ALL_STEPS, incident.id, argument="earlier"))
        noun = "step" if hidden == 1 else "steps"
        blocks.append(section(f"… {hidden} earlier {noun}", everything))
    return blocks + [_line(incident, run, state) for state in finished[max(hidden, 0) :]]


def _line(incident: Incident, run: Run, state: StepState) -> Json:
    text = step_line(run, state)
    if state.status not in _CHANGEABLE:
        return context(text)
    ref = StepRef(run=run.run, number=state.number)
    return section(text, button("Change", Click(Verb.CHANGE, incident.id, ref), spoken=f"Change step {state.number}"))


def _no_step(incident: Incident, run: Run, blocks: list[Json]) -> Message:
    """The end of a playbook: fixed, all answered, held by a rollback, or no steps at all."""
    failure = one_line(run.playbook.failure_id, 60)
    held = _held(incident, run)
    said = "a rollback is open: its card in this thread says what comes next" if held else _standstill(run)
    blocks.append(section(f"{incident.name} · *{failure}* · {said}"))
    if run.playbook.verify and not held:
        blocks.append(section(f"*Verify:* {inline(shorten(run.playbook.verify, 800))}"))
    elif not held:
        blocks.append(context("The entry does not say how to verify that it is over."))
    blocks.append(actions(*_end_buttons(incident, run, held), menu(incident, None)))
    return Message(f"{plain_name(incident)}: {escape(run.playbook.failure_id)}, {said}", blocks)


def _standstill(run: Run) -> str:
    left = sum(1 for state in run.steps if state.status is StepStatus.PENDING)
    if _fixed(run):
        return "fixed. Make sure before you say that the impact is over."
    if left:
        return f"no step is current, {left} {'has' if left == 1 else 'have'} no answer: take one from All steps"
    return "every step has an answer" if run.steps else "this entry has no steps"


def _fixed(run: Run) -> StepState | None:
    return next((state for state in run.steps if state.outcome == Answer.FIXED.value), None)


def _end_buttons(incident: Incident, run: Run, held: bool) -> list[Json | None]:
    of, fixed = incident.id, _fixed(run)
    over = close = wrong = None
    if incident.phase is Phase.OPEN:
        verify = shorten(run.playbook.verify, 250) or "Users no longer notice it."
        asked = confirm("Is the impact over?", verify, "Impact over")
        over = button("Impact over", Click(Verb.OVER, of), "" if held else "primary", asked)
    if incident.phase is Phase.MITIGATED:
        close = button("Close…", Click(Verb.CLOSE, of), "primary")
    if fixed:
        wrong = button("It is not fixed…", Click(Verb.CHANGE, of, StepRef(run=run.run, number=fixed.number)))
    tried = button("I did something else", Click(Verb.IMPROVISE, of))
    return [over, close, wrong, tried, button("Call next", Click(Verb.CALL_NEXT, of))]


def _held(incident: Incident, run: Run) -> bool:
    """A rollback step was answered "condition met" and the rollback is not through."""
    waits = incident.rollback.stage in (RollbackStage.CONDITION, RollbackStage.DECIDED)
    return waits and any(
        run.step(state.number).kind is StepKind.ROLLBACK and state.outcome == Answer.CONDITION_MET.value
        for state in run.steps
    )


def _ended(incident: Incident) -> Message:
    """A closed or cancelled incident: what was done stays readable, nothing can be answered."""
    blocks: list[Json] = []
    for run in incident.runs:
        done = [state for state in run.steps if state.status not in OPEN_STATUSES]
        lines = [step_line(run, state) for state in done[-20:]]
        if len(done) > len(lines):
            lines.insert(0, f"… {len(done) - len(lines)} earlier steps")
        not_reached = len(run.steps) - len(done)
        if not_reached:
            lines.append(f"{not_reached} {'step was' if not_reached == 1 else 'steps were'} not reached")
        title = f"*{one_line(run.playbook.failure_id, 60)}* {one_line(run.playbook.title, 120)}"
        blocks.append(section("\n".join([title, *lines])))
    said = f"{incident.name} is {incident.phase.value}."
    left = candidates_left(incident)
    if not blocks and left:
        said += " No playbook was used."
    return Message(f"{plain_name(incident)}: {incident.phase.value}.", [*blocks, context(said)])


def moved(incident: Incident) -> Message:
    """What stays of the step message where it stood before it was posted anew at the bottom."""
    said = f"{incident.name}: the current step is further down in this thread."
    return Message(said, [context(said)])
