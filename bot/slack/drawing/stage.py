"""The step that is to be done now: its text, its commands, and the buttons of its kind and stage."""

from __future__ import annotations

from bot.domain.decide.steps import FOLLOW_UP_ANSWERS
from bot.domain.incident import CallOutcome, Incident, Run, StepState, StepStatus, Wait
from bot.domain.reading import without_commands
from bot.domain.runbook import Command, Contact, Step, StepKind
from bot.domain.vocabulary import Answer, StepRef
from bot.slack.drawing.blocks import Json, actions, button, confirm, context, overflow, preformatted, section
from bot.slack.drawing.markdown import blocks_of
from bot.slack.drawing.mrkdwn import clock, escape, inline, plain_minutes, shorten
from bot.slack.drawing.show import ANSWER_NAMES, Options, contact_line
from bot.slack.ids import Click, Verb

COMMANDS_SHOWN = 6
TEXT_SHOWN = 1500
"""Characters of an instruction in the message; All steps has the whole."""


def stage(incident: Incident, run: Run, state: StepState, now: int, options: Options) -> list[Json]:
    """The blocks of the current step below its title line."""
    step = run.step(state.number)
    ref = StepRef(run=run.run, number=state.number)
    if state.follow_up:
        blocks = [
            context(_because(step, state)),
            *blocks_of(state.follow_up, TEXT_SHOWN),
            *_commands(incident, run, state, state.follow_up_commands),
        ]
        return [*blocks, _answers(incident, ref, FOLLOW_UP_ANSWERS, _doubt(run, step, force=True))]
    match step.kind:
        case StepKind.WAIT:
            return _wait(incident, run, state, ref, now)
        case StepKind.BRANCH:
            return _branch(incident, run, state, ref)
        case StepKind.ESCALATE:
            return _escalate(incident, run, state, ref, options)
        case StepKind.ROLLBACK:
            return _rollback(incident, run, state, ref)
        case StepKind.ACT:
            answers = (Answer.WORKED, Answer.DID_NOT_WORK, Answer.FIXED)
            return [*_body(incident, run, state), _answers(incident, ref, answers, _doubt(run, step))]
        case StepKind.CHECK:
            answers = (Answer.AS_EXPECTED, Answer.NOT_AS_EXPECTED, Answer.FIXED)
            return [*_body(incident, run, state), _answers(incident, ref, answers, None)]


def menu(incident: Incident, ref: StepRef | None) -> Json:
    """The "…" of the step message: exactly the five that an overflow menu holds, fewer without a step."""
    of = incident.id
    entries = [("All steps", Click(Verb.ALL_STEPS, of)), ("Wrong playbook", Click(Verb.WRONG_PLAYBOOK, of))]
    if ref:
        entries = [
            ("I'm on this", Click(Verb.ON_IT, of, ref)),
            ("Skip", Click(Verb.SKIP, of, ref)),
            ("I did something else", Click(Verb.IMPROVISE, of, ref)),
            *entries,
        ]
    return overflow("step", entries)


def _because(step: Step, state: StepState) -> str:
    """Why an instruction that is no step of its own is to be done now."""
    if step.kind is StepKind.BRANCH:
        return f"*{escape(shorten(state.outcome, 80))}*, so now:"
    return "Not as expected, so now:"


def instruction(step: Step) -> str:
    """The step's text without commands at its end: they stand below it, ready to be copied."""
    return without_commands(step.text, step.commands)


def _body(incident: Incident, run: Run, state: StepState, expectation: bool = True) -> list[Json]:
    step = run.step(state.number)
    return [
        *(blocks_of(instruction(step), TEXT_SHOWN) or [section("The runbook gives no text for this step.")]),
        *_commands(incident, run, state, step.commands),
        *(_expectation(step) if expectation else []),
    ]


def _commands(incident: Incident, run: Run, state: StepState, commands: tuple[Command, ...]) -> list[Json]:
    if not commands:
        return []
    blocks = [preformatted(*(shorten(command.text, TEXT_SHOWN) for command in commands[:COMMANDS_SHOWN]))]
    ran = [
        f"already ran {clock(at)}: {inline('`' + shorten(text, 80) + '`')}"
        for text, at in _ran_before(incident, run, state)
        if any(text == command.text for command in commands)
    ]
    if len(commands) > COMMANDS_SHOWN:
        ran.append(f"… {len(commands) - COMMANDS_SHOWN} more commands in All steps")
    return [*blocks, *([context(*ran[:10])] if ran else [])]


def _ran_before(incident: Incident, here: Run, now: StepState) -> list[tuple[str, int]]:
    """Commands of steps that were done, in any playbook of this incident, and when."""
    done: dict[str, int] = {}
    for run in incident.runs:
        for state in run.steps:
            if (
                state.status in (StepStatus.DONE, StepStatus.FAILED)
                and state.at
                and (run.run, state.number)
                != (
                    here.run,
                    now.number,
                )
            ):
                done.update({command.text: state.at for command in run.step(state.number).commands})
    done.update({one.command: one.at for one in incident.improvised if one.command})
    return list(done.items())


def _expectation(step: Step) -> list[Json]:
    said = []
    if step.expect:
        said.append(f"*Expect:* {inline(shorten(step.expect, 600))}")
    if step.if_not:
        said.append(f"*If not:* {inline(shorten(step.if_not, 600))}")
    return [section("\n".join(said))] if said else []


def _doubt(run: Run, step: Step, force: bool = False) -> Json | None:
    """Acts of an entry that nobody has reviewed ask twice."""
    if not run.playbook.draft or not (force or step.kind is StepKind.ACT):
        return None
    return confirm("Draft entry", "Nobody has reviewed this entry. Record that this was really done?", "Record")


def _answers(incident: Incident, ref: StepRef, answers: tuple[Answer, ...], asked: Json | None) -> Json:
    buttons = [
        button(
            ANSWER_NAMES[answer],
            Click(Verb.ANSWER, incident.id, ref, answer.value),
            "primary" if place == 0 else "",
            asked if answer is not Answer.FIXED else None,
        )
        for place, answer in enumerate(answers)
    ]
    return actions(*buttons, menu(incident, ref))


def _wait(incident: Incident, run: Run, state: StepState, ref: StepRef, now: int) -> list[Json]:
    of = incident.id
    wait = incident.wait if incident.wait and incident.wait.step == ref else None
    if wait is None:
        answers = (Answer.AS_EXPECTED, Answer.NOT_AS_EXPECTED)
        return [*_body(incident, run, state), _answers(incident, ref, answers, None)]
    if not wait.asked:
        running = f"Waiting until *{clock(wait.until, now)}* ({plain_minutes(wait.minutes)}). You are asked then."
        cut = button("Cut short…", Click(Verb.CUT_SHORT, of, ref))
        return [*_body(incident, run, state), section(running), actions(cut, menu(incident, ref))]
    return [*_body(incident, run, state, expectation=False), *_wait_question(incident, run, wait, ref)]


def _wait_question(incident: Incident, run: Run, wait: Wait, ref: StepRef) -> list[Json]:
    of = incident.id
    expect = run.step(ref.number).expect
    asked = f"Is it so: {inline(shorten(expect, 300)).rstrip('.')}?" if expect else "Did it get better?"
    return [
        section(f"*{_over(wait.minutes)}* {asked}"),
        actions(
            button("Yes", Click(Verb.WAIT_YES, of, ref), "primary"),
            button("No", Click(Verb.WAIT_NO, of, ref)),
            button("5 more minutes", Click(Verb.EXTEND, of, ref, "5")),
            button("Ask me again at…", Click(Verb.ASK_AGAIN, of, ref)),
            menu(incident, ref),
        ),
    ]


def _over(minutes: float) -> str:
    said = plain_minutes(minutes)
    return f"The {said} {'is' if said == '1 minute' else 'are'} over."


def _branch(incident: Incident, run: Run, state: StepState, ref: StepRef) -> list[Json]:
    """The choices as buttons; what each means stands above them."""
    step = run.step(state.number)
    blocks = _body(incident, run, state)
    lines = [f"*{escape(choice.label)}:* {inline(shorten(choice.text, 300))}" for choice in step.choices[:20]]
    if lines:
        blocks.append(section("\n".join(lines)))
    buttons = [
        button(choice.label or f"Choice {place + 1}", Click(Verb.CHOOSE, incident.id, ref, str(place)))
        for place, choice in enumerate(step.choices[:20])
    ]
    if not step.choices:
        blocks.append(context("The runbook names no choices here: skip the step, or say what you did."))
    fixed = button(ANSWER_NAMES[Answer.FIXED], Click(Verb.ANSWER, incident.id, ref, Answer.FIXED.value))
    return [*blocks, actions(*buttons, fixed, menu(incident, ref))]


def contact_now(incident: Incident) -> Contact | None:
    """Whom the escalation is about: who is being called now, else the next one to call."""
    ringing = incident.ringing
    return Contact(order="", who=ringing.who, phone=ringing.phone) if ringing else incident.contact_to_call()


def _escalate(incident: Incident, run: Run, state: StepState, ref: StepRef, options: Options) -> list[Json]:
    contact = contact_now(incident)
    if contact:
        said = f"Call {contact_line(contact, options)}"
    else:
        said = "The runbook names nobody else to call." if incident.calls else "The runbook names nobody to call."
    tried = [
        f"{name_of(call.who)}: {call.outcome.value.replace('_', ' ')} {clock(call.at)}"
        for call in incident.calls
        if call.outcome is not CallOutcome.OPEN
    ]
    blocks = [*_body(incident, run, state), section(said), *([context(" · ".join(tried[-5:]))] if tried else [])]
    return [*blocks, _answers(incident, ref, (Answer.REACHED, Answer.NO_ANSWER, Answer.FIXED), None)]


def name_of(contact: str) -> str:
    """A contact without mention."""
    return escape(shorten(contact, 80))


def _rollback(incident: Incident, run: Run, state: StepState, ref: StepRef) -> list[Json]:
    plan = incident.dossier.rollback
    conditions = [inline(shorten(one, 200)) for one in plan.conditions[:5]]
    blocks = _body(incident, run, state)
    if conditions:
        blocks.append(context("*Section 5, roll back when:* " + " · or ".join(conditions)))
    blocks.append(context("A person decides, and a person runs the command. Condition met opens the rollback card."))
    return [*blocks, _answers(incident, ref, (Answer.CONDITION_MET, Answer.NOT_MET), None)]
