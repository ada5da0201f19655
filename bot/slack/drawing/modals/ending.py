"""Modals about the end: close, since when it is over, cancel, reopen."""

from __future__ import annotations

from bot.domain.incident import OPEN_STATUSES, Incident, Phase, RollbackStage, Run, StepState, StepStatus
from bot.domain.vocabulary import Answer, CancelKind, Documented, EndedBy, Helped
from bot.slack.drawing.blocks import (
    Choice,
    Json,
    check_input,
    context,
    modal,
    radio_input,
    section,
    select_input,
    text_input,
    time_input,
)
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.mrkdwn import inline, shorten
from bot.slack.drawing.show import kind_of
from bot.slack.drawing.stage import instruction
from bot.slack.ids import Form

STEPS_PER_GROUP = 10
"""Checkboxes hold ten options (Slack, checkbox group element)."""

MOST_STEPS = 100
"""Options of a select (Slack, select menu element)."""

ENDED_NAMES: dict[EndedBy, str] = {
    EndedBy.SOMETHING_ELSE: "Something that is in no step",
    EndedBy.ROLLBACK: "The rollback",
    EndedBy.ITSELF: "It ended by itself",
    EndedBy.UNKNOWN: "Not known",
}

DOCUMENTED_NAMES: dict[Documented, str] = {
    Documented.THIS_ENTRY: "Yes, by this entry",
    Documented.STEP_WRONG: "By this entry, but a step was wrong",
    Documented.ANOTHER: "Yes, by another entry",
    Documented.NONE: "No",
    Documented.UNKNOWN: "Not known",
}


def close(incident: Incident, now: int) -> Json:
    """Two questions at night: what ended it, and was it documented. The rest waits for the morning."""
    ended = incident.mitigated_at or now
    blocks = [
        *_verify(incident),
        select_input("ended", "What ended it?", _endings(incident), initial=_likely_ending(incident)),
        text_input(
            "what",
            "What was it, in a sentence?",
            initial=_what_helped(incident),
            optional=True,
            multiline=True,
            hint="Needed when it was something that is in no step.",
        ),
        radio_input("documented", "Was it documented?", _documented(incident), initial=_likely_documented(incident)),
        *_which_wrong(incident),
        text_input("entry", "Which other entry?", optional=True, placeholder="IX-05"),
        *_never_clicked(incident),
        time_input("at", "Over since", initial=ended - ended % 60_000, hint="May lie in the past."),
    ]
    return modal(Form.CLOSE, f"Close {incident.name}", blocks, meta_of(incident, opened=str(now)), submit="Close")


def over_at(incident: Incident, now: int) -> Json:
    """Since when the impact is over."""
    blocks = [
        *_verify(incident),
        time_input("at", "Over since", initial=now - now % 60_000, hint="May lie in the past."),
    ]
    return modal(Form.OVER_AT, "Impact over", blocks, meta_of(incident, opened=str(now)), submit="Impact over")


def cancel(incident: Incident) -> Json:
    """Why the incident was none."""
    choices = [
        Choice("Opened by mistake", CancelKind.MISTAKE.value),
        Choice("False alarm", CancelKind.FALSE_ALARM.value),
        Choice("Duplicate of another incident", CancelKind.DUPLICATE.value),
    ]
    blocks = [
        section("A cancelled incident counts in no statistic. It can be reopened."),
        radio_input("kind", "Why?", choices),
        text_input("duplicate", "Duplicate of", optional=True, placeholder="INC-40"),
    ]
    return modal(Form.CANCEL, f"Cancel {incident.name}", blocks, meta_of(incident), submit="Cancel incident")


def _verify(incident: Incident) -> list[Json]:
    run = incident.last_run
    if run and run.playbook.verify:
        return [section(f"*Verify:* {inline(shorten(run.playbook.verify, 600))}")]
    return []


def _endings(incident: Incident) -> list[Choice]:
    """Steps that were done first, newest first: the last one is the likeliest."""
    done = [
        (state.at, run, state)
        for run in incident.runs
        for state in run.steps
        if state.status in (StepStatus.DONE, StepStatus.FAILED, StepStatus.RECALLED)
    ]
    done.sort(key=lambda one: one[0], reverse=True)
    steps = [_step_choice(run, state) for _, run, state in done[:90]]
    return [*steps, *(Choice(text, kind.value) for kind, text in ENDED_NAMES.items())]


def _step_choice(run: Run, state: StepState) -> Choice:
    step = run.step(state.number)
    label = f"{run.playbook.failure_id} step {state.number} {kind_of(step)}: {instruction(step)}"
    return Choice(shorten(" ".join(label.split()), 75), f"step:{run.run}.{state.number}")


def _likely_ending(incident: Incident) -> str:
    fixed = next(
        (f"step:{run.run}.{s.number}" for run in incident.runs for s in run.steps if s.outcome == Answer.FIXED.value),
        "",
    )
    helped = any(one.helped is Helped.YES for one in incident.improvised)
    if incident.rollback.stage is RollbackStage.VERIFIED:
        return EndedBy.ROLLBACK.value
    return fixed or (EndedBy.SOMETHING_ELSE.value if helped else EndedBy.UNKNOWN.value)


def _what_helped(incident: Incident) -> str:
    return next((one.what for one in reversed(incident.improvised) if one.helped is Helped.YES), "")


def _documented(incident: Incident) -> list[Choice]:
    run = incident.last_run
    names = dict(DOCUMENTED_NAMES)
    if run is None:
        del names[Documented.THIS_ENTRY], names[Documented.STEP_WRONG]
    else:
        names[Documented.THIS_ENTRY] = f"Yes, by {run.playbook.failure_id}"
        names[Documented.STEP_WRONG] = f"By {run.playbook.failure_id}, but a step was wrong"
    return [Choice(text, kind.value) for kind, text in names.items()]


def _which_wrong(incident: Incident) -> list[Json]:
    """Which step, for whoever says that one was wrong: a step that worked is in no other record of it."""
    run = incident.last_run
    if run is None or not run.steps:
        return []
    steps = [_step_choice(run, state) for state in run.steps[:MOST_STEPS]]
    return [select_input("wrong", "Which step was wrong?", steps, optional=True, hint="Only if one was.")]


def _likely_documented(incident: Incident) -> str:
    run = incident.run
    if run is None:
        return Documented.NONE.value
    wrong = any(state.status is StepStatus.FAILED for state in run.steps)
    return (Documented.STEP_WRONG if wrong else Documented.THIS_ENTRY).value


def _never_clicked(incident: Incident) -> list[Json]:
    """Who never clicked is asked once which steps were done; unticked stays unknown."""
    run = incident.run
    if run is None or incident.phase is Phase.CLOSED or any(state.status not in OPEN_STATUSES for state in run.steps):
        return []
    groups = [run.steps[start : start + STEPS_PER_GROUP] for start in range(0, len(run.steps), STEPS_PER_GROUP)]
    return [
        *(
            check_input(
                f"done-{place}",
                "Which of these did you do?" if place == 0 else "And of these?",
                [_step_choice(run, state) for state in group],
            )
            for place, group in enumerate(groups)
        ),
        context("What is not ticked is recorded as unknown, not as left out."),
    ]
