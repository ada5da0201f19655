"""Modals about steps and waits."""

from __future__ import annotations

from bot.domain.decide.steps import ANSWERS, FOLLOW_UP_ANSWERS
from bot.domain.incident import Incident
from bot.domain.runbook import StepKind
from bot.domain.vocabulary import Answer, CutShort, Helped, SkipReason, StepRef
from bot.slack.drawing.blocks import Choice, Json, context, modal, radio_input, section, text_input, time_input
from bot.slack.drawing.mrkdwn import clock, inline, plain_minutes, shorten
from bot.slack.drawing.show import ANSWER_NAMES, SKIP_NAMES, kind_of, step_line
from bot.slack.ids import Form, Meta

CUT_NAMES: dict[CutShort, str] = {
    CutShort.BETTER: "It got better",
    CutShort.WORSE: "It got worse",
    CutShort.WRONG_PLAYBOOK: "This is the wrong playbook",
}


def meta_of(incident: Incident, step: StepRef | None = None, **extra: str) -> Meta:
    """What every modal of an incident remembers; `declared` bounds times that are dated back."""
    return Meta(
        incident_id=incident.id,
        step=step,
        channel=incident.channel,
        extra={"declared": str(incident.declared_at), **extra},
    )


def improvise(incident: Incident, step: StepRef | None = None, what: str = "", command: str = "") -> Json:
    """What was done instead, the command, and whether it helped."""
    blocks = [
        text_input(
            "what", "What did you do?", initial=what, multiline=True, placeholder="Moved the message aside by hand"
        ),
        text_input(
            "command",
            "The command, if there was one",
            initial=command,
            multiline=True,
            optional=True,
            hint="As you typed it. It may become a step of the runbook; take secrets out.",
        ),
        radio_input(
            "helped",
            "Did it help?",
            [
                Choice("It helped", Helped.YES.value),
                Choice("It did not help", Helped.NO.value),
                Choice("Not known yet", Helped.UNKNOWN.value),
            ],
            initial=Helped.UNKNOWN.value,
        ),
    ]
    return modal(Form.IMPROVISE, "I did something else", blocks, meta_of(incident, step), submit="Record")


def skip(incident: Incident, step: StepRef) -> Json:
    """Why a step is not done: one tap, text if wanted."""
    blocks = [
        *_which(incident, step),
        radio_input(
            "reason",
            "Why?",
            [Choice(SKIP_NAMES[reason].capitalize(), reason.value) for reason in SkipReason],
            initial=SkipReason.NOT_NEEDED.value,
        ),
        text_input("note", "Anything to add?", multiline=True, optional=True),
    ]
    return modal(Form.SKIP, f"Skip step {step.number}", blocks, meta_of(incident, step), submit="Skip")


def change(incident: Incident, step: StepRef) -> Json:
    """A correction: a new fact, the old answer is kept in the timeline."""
    run = incident.runs[step.run]
    kind = run.step(step.number).kind
    state = run.state(step.number)
    before = state.outcome if state else ""
    followed = kind is StepKind.BRANCH or before in FOLLOW_UP_ANSWERS
    answers = dict.fromkeys((*ANSWERS[kind], *(FOLLOW_UP_ANSWERS if followed else ()), Answer.FIXED))
    choices = [Choice(ANSWER_NAMES[answer], answer.value) for answer in answers]
    blocks = [
        *_which(incident, step),
        *([context(step_line(run, state))] if state else []),
        radio_input("answer", "What is true?", choices, initial=before),
        text_input("note", "Anything to add?", multiline=True, optional=True),
        context("The first answer stays in the timeline. The playbook does not go back by itself."),
    ]
    if kind is StepKind.BRANCH:
        blocks.append(context("If the branch led the wrong way, answer the step you need in All steps."))
    return modal(Form.CHANGE, f"Change step {step.number}", blocks, meta_of(incident, step), submit="Change")


def cut_short(incident: Incident, step: StepRef) -> Json:
    """Why the wait ends before its time."""
    wait = incident.wait
    until = f"It runs until {clock(wait.until)} ({plain_minutes(wait.minutes)})." if wait else "It is over already."
    blocks = [
        section(until),
        radio_input("why", "Why now?", [Choice(CUT_NAMES[why], why.value) for why in CutShort]),
        context("“Worse” shows the rollback card."),
    ]
    return modal(Form.CUT_SHORT, "Cut the wait short", blocks, meta_of(incident, step), submit="Cut short")


def ask_again(incident: Incident, step: StepRef, now: int) -> Json:
    """When to ask again. At most four hours ahead."""
    soon = now + 15 * 60_000
    blocks = [
        *_which(incident, step),
        time_input(
            "when", "Ask me again at", initial=soon - soon % 60_000, hint="Between 1 minute and 4 hours from now."
        ),
    ]
    return modal(Form.ASK_AGAIN, "Ask me again", blocks, meta_of(incident, step), submit="Wait until then")


def _which(incident: Incident, ref: StepRef) -> list[Json]:
    """The step a modal is about."""
    run = incident.runs[ref.run] if 0 <= ref.run < len(incident.runs) else None
    if run is None or run.state(ref.number) is None:
        return []
    step = run.step(ref.number)
    return [section(f"*{ref.number} {kind_of(step)}:* {inline(shorten(step.text, 500))}")]
