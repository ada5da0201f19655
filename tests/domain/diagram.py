"""The state diagram of an incident and of a step, found by asking `decide`: `python -m tests.domain.diagram`."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.decide import Refusal
from bot.domain.decide.steps import ANSWERS
from bot.domain.incident import Phase
from bot.domain.runbook import Choice, Command, Step, StepKind
from bot.domain.vocabulary import Answer, CancelKind, SkipReason, StepRef
from tests.domain.story import Story, declaration, playbook

ENDS: dict[str, c.Command] = {
    "impact over": c.Mitigate(),
    "close": c.Close(),
    "cancel": c.Cancel(kind=CancelKind.MISTAKE),
    "reopen": c.Reopen(),
}


def in_phase(phase: Phase) -> Story:
    """An incident in that phase."""
    story = Story()
    story.tell(declaration())
    ways: dict[Phase, c.Command | None] = {
        Phase.OPEN: None,
        Phase.MITIGATED: ENDS["impact over"],
        Phase.CLOSED: ENDS["close"],
        Phase.CANCELLED: ENDS["cancel"],
    }
    way = ways[phase]
    if way is not None:
        story.tell(way)
    return story


def phases() -> list[str]:
    """Mermaid lines: every phase and what leads out of it."""
    lines = ["stateDiagram-v2", "    [*] --> open: declare"]
    for phase in Phase:
        for name, command in ENDS.items():
            story = in_phase(phase)
            if not isinstance(story.say(command), Refusal):
                lines.append(f"    {phase.value} --> {story.state.phase.value}: {name}")
    return lines


def one_step(kind: StepKind) -> Step:
    """A step of that kind with everything it can have, followed by another."""
    choices = (Choice(label="Yes", text="go to step 2", goto=2), Choice(label="No", text="restart it"))
    return Step(
        number=1,
        kind=kind,
        text="x",
        if_not="do y",
        if_not_commands=(Command(text="y"),),
        wait_minutes=5 if kind is StepKind.WAIT else None,
        choices=choices if kind is StepKind.BRANCH else (),
    )


def at_step(kind: StepKind) -> Story:
    story = Story()
    second = Step(number=2, kind=StepKind.ACT, text="z")
    story.tell(declaration(playbook=playbook(one_step(kind), second)))
    return story


def steps() -> list[str]:
    """A table: for each kind of step, each answer, the status it gets and what comes next."""
    rows = ["| Step | Answer | It is then | Next |", "|---|---|---|---|"]
    for kind in StepKind:
        ways: list[tuple[str, c.Command]] = [
            (answer.value.replace("_", " "), c.AnswerStep(answer=answer)) for answer in ANSWERS[kind]
        ]
        if kind is StepKind.BRANCH:
            ways = [
                ("Yes: go to step 2", c.ChooseBranch(choice="Yes")),
                ("No: restart it", c.ChooseBranch(choice="No")),
            ]
        ways.append(("fixed", c.AnswerStep(answer=Answer.FIXED)))
        ways.append(("skipped", c.SkipStep(reason=SkipReason.NOT_NEEDED)))
        for name, command in ways:
            rows.append(f"| {kind.value} | {name} | {_result(kind, command)} |")
    return rows


def _result(kind: StepKind, command: c.Command) -> str:
    story = at_step(kind)
    story.tell(command)
    state = story.state.runs[0].steps[0]
    current = story.state.current
    if state.follow_up:
        return f"{state.status.value} | its *If not* or instruction"
    if current == StepRef(run=0, number=2):
        return f"{state.status.value} | the next step"
    held = "the rollback card" if story.state.rollback.condition else "nothing: Verify is shown"
    return f"{state.status.value} | {held}"


def document() -> str:
    """docs/states.md."""
    return "\n".join(
        [
            "# States",
            "",
            "Made by `python -m tests.domain.diagram` from what `bot.domain.decide` answers; a test compares.",
            "",
            "## An incident",
            "",
            "```mermaid",
            *phases(),
            "```",
            "",
            "Only an open or mitigated incident takes steps. Notes, marks and the lesson are taken after the end too.",
            "",
            "## A step",
            "",
            *steps(),
            "",
            "An *If not* that becomes the step is answered with worked or did not work; then the next step comes.",
            "Without an *If not* the next step comes at once. A wait starts its timer by itself. What is answered can",
            "be corrected, never erased.",
            "",
        ]
    )


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).resolve().parents[2] / "docs" / "states.md").write_text(document())
