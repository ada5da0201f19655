"""Modals that show: all steps, More…, and whatever is only read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.decide.steps import FOLLOW_UP_ANSWERS, allowed
from bot.domain.incident import Action, Incident, Phase, Run, StepState, StepStatus
from bot.domain.runbook import Step, StepKind
from bot.domain.vocabulary import Answer, StepRef
from bot.slack.drawing.blocks import Json, button, context, divider, header, modal, overflow, preformatted, section
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.mrkdwn import clock, escape, inline, one_line, shorten
from bot.slack.drawing.show import ANSWER_NAMES, STATUS_SIGNS, kind_of, name, outcome_of
from bot.slack.drawing.stage import instruction
from bot.slack.ids import Click, Form, Meta, Verb

STEPS_SHOWN = 40
"""Two blocks for each step, and a view holds 100."""
ACTIONS_SHOWN = 10


def all_steps(incident: Incident) -> Json:
    """The whole playbook: what was done stays, what is open can be answered out of turn."""
    run = incident.last_run
    if run is None:
        return info("All steps", [section("No playbook is in use.")], meta_of(incident))
    playbook = run.playbook
    blocks = [section(f"*{one_line(playbook.failure_id, 60)}* {one_line(playbook.title, 150)}")]
    for state in run.steps[:STEPS_SHOWN]:
        blocks += _step(incident, run, state)
    if len(run.steps) > STEPS_SHOWN:
        where = f" They are in {escape(playbook.path)}." if playbook.path else ""
        blocks.append(context(f"… {len(run.steps) - STEPS_SHOWN} more steps.{where}"))
    if playbook.verify:
        blocks.append(section(f"*Verify:* {inline(shorten(playbook.verify, 800))}"))
    return modal(Form.ALL_STEPS, "All steps", blocks, meta_of(incident), close="Close")


def _step(incident: Incident, run: Run, state: StepState) -> list[Json]:
    step = run.step(state.number)
    by = f" · {name(state.by)} {clock(state.at)}" if state.by and state.at else ""
    title = f"{STATUS_SIGNS[state.status]} *{state.number} {kind_of(step)}:*"
    lines = [f"{title} {inline(shorten(instruction(step), 900))}"]
    if state.status is not StepStatus.PENDING:
        lines.append(f"_{outcome_of(state)}_{by}")
    if step.expect:
        lines.append(f"*Expect:* {inline(shorten(step.expect, 500))}")
    if step.if_not:
        lines.append(f"*If not:* {inline(shorten(step.if_not, 500))}")
    lines += [f"*{escape(one.label)}:* {inline(shorten(one.text, 300))}" for one in step.choices[:8]]
    accessory = _menu(incident, run, state, step) if incident.live and run.active else None
    blocks = [section("\n".join(lines), accessory)]
    if step.commands:
        blocks.append(preformatted(*(shorten(command.text, 900) for command in step.commands[:6])))
    return blocks


def _menu(incident: Incident, run: Run, state: StepState, step: Step) -> Json:
    """Change for what was answered; the answers and Skip for what was not."""
    of, ref = incident.id, StepRef(run=run.run, number=state.number)
    if state.status in (StepStatus.DONE, StepStatus.FAILED, StepStatus.SKIPPED):
        return button("Change", Click(Verb.CHANGE, of, ref), spoken=f"Change step {state.number}")
    if step.kind is StepKind.BRANCH and not state.follow_up:
        entries = [(shorten(one.label, 75), Click(Verb.CHOOSE, of, ref, str(n))) for n, one in enumerate(step.choices)]
        entries = entries[:3]
    else:
        answers = FOLLOW_UP_ANSWERS if state.follow_up else allowed(step, state)
        entries = [(ANSWER_NAMES[answer], Click(Verb.ANSWER, of, ref, answer.value)) for answer in answers]
    fixed = (ANSWER_NAMES[Answer.FIXED], Click(Verb.ANSWER, of, ref, Answer.FIXED.value))
    return overflow(f"step-{run.run}-{state.number}", [*entries, fixed, ("Skip", Click(Verb.SKIP, of, ref))])


Entry = tuple[str, str, Verb]

LIVE_ENTRIES: tuple[Entry, ...] = (
    ("Catch me up", "The facts so far, for you alone.", Verb.CATCH_UP),
    ("Note…", "A fact for the timeline.", Verb.NOTE),
    ("Severity…", "Worse or better than it looked.", Verb.SEVERITY),
    ("Hand over…", "State, timers and open questions to the next lead.", Verb.HANDOVER),
    ("Give the lead…", "At once, without asking.", Verb.ASSIGN_LEAD),
    ("Other words…", "Look again for a playbook.", Verb.REMATCH),
    ("Also affects…", "A second service.", Verb.ALSO_AFFECTS),
    ("Show the step", "Post the current step at the bottom of the thread.", Verb.SHOW_STEP),
    ("Draw again", "When a message is gone or looks old.", Verb.REDRAW),
)
LAST_ENTRIES: tuple[Entry, ...] = (
    ("Close…", "It is resolved. Two questions.", Verb.CLOSE),
    ("Cancel…", "Opened by mistake, a false alarm, or a duplicate.", Verb.CANCEL),
)
ENDED_ENTRIES: tuple[Entry, ...] = (
    ("Catch me up", "The facts, for you alone.", Verb.CATCH_UP),
    ("Draw again", "When a message is gone or looks old.", Verb.REDRAW),
)


def more(incident: Incident) -> Json:
    """Everything that has no room on the head. What cannot be taken back stands at the end, apart."""
    entries = list(LIVE_ENTRIES) if incident.live else list(ENDED_ENTRIES)
    if not incident.private:
        entries.append(("Make private…", "A private channel, and out of all lists.", Verb.MAKE_PRIVATE))
    blocks = [_entry(incident, entry) for entry in entries]
    if incident.phase is Phase.OPEN:
        blocks.insert(0, _entry(incident, ("Post update…", "What is true now, to the channel.", Verb.UPDATE)))
    if incident.live:
        blocks += [divider(), *(_entry(incident, entry) for entry in LAST_ENTRIES)]
    return modal(
        Form.MORE, f"More on {incident.name}", [*blocks, *_actions(incident)], meta_of(incident), close="Close"
    )


def _entry(incident: Incident, entry: Entry) -> Json:
    text, meaning, verb = entry
    return section(meaning, button(text, Click(verb, incident.id)))


def _actions(incident: Incident) -> list[Json]:
    items = [action for action in incident.actions if not action.closed]
    if not items:
        return []
    rows = [section(one_line(item.text, 400), _done(incident, item)) for item in items[:ACTIONS_SHOWN]]
    left = len(items) - ACTIONS_SHOWN
    return [divider(), header("Action items"), *rows, *([context(f"… {left} more")] if left > 0 else [])]


def _done(incident: Incident, item: Action) -> Json:
    click = Click(Verb.CLOSE_ACTION, incident.id, argument=item.message)
    return button("Done", click, spoken=f"Done: {one_line(item.text, 60)}")


def info(title: str, blocks: Sequence[Json], meta: Meta) -> Json:
    """Something to read, in a modal."""
    return modal(Form.INFO, title, list(blocks), meta, close="Close")
