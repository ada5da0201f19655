"""One entry of section 3, whole, as somebody reads it who asks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.dossier import Playbook
from bot.domain.runbook import Step
from bot.slack.drawing.blocks import Json, context, preformatted, section
from bot.slack.drawing.mrkdwn import code, inline, one_line, shorten
from bot.slack.drawing.show import kind_of
from bot.slack.drawing.stage import instruction

LINES_TOGETHER = 5


def playbook_blocks(playbook: Playbook, steps_shown: int = 30) -> list[Json]:
    """An entry in full: what it is, its steps, how to verify, when to roll back."""
    severity = f"{playbook.severity.value} · " if playbook.severity else ""
    draft = " · draft, nobody has reviewed it" if playbook.draft else ""
    title = f"*{one_line(playbook.failure_id, 60)} {one_line(playbook.title, 150)}*"
    blocks = [section(f"{title}\n{severity}{one_line(playbook.service, 80)}{draft}")]
    facts = [("Impact", playbook.impact), ("Likely cause", playbook.cause)]
    said = [f"*{label}:* {inline(shorten(text, 500))}" for label, text in facts if text]
    if said:
        blocks.append(section("\n".join(said)))
    blocks += _step_blocks(playbook.steps[:steps_shown])
    if len(playbook.steps) > steps_shown:
        blocks.append(context(f"… {len(playbook.steps) - steps_shown} more steps in {_where(playbook)}"))
    ends = [
        ("Verify", playbook.verify),
        ("Roll back when", playbook.roll_back_when),
        ("Escalate to", playbook.escalate_to),
    ]
    blocks.append(section("\n".join(f"*{label}:* {inline(shorten(text, 400)) or 'not said'}" for label, text in ends)))
    return [*blocks, context(_where(playbook))] if playbook.path else blocks


def _step_blocks(steps: Sequence[Step]) -> list[Json]:
    """Steps as lines, five to a paragraph; a command that is no short line gets a block of its own."""
    blocks: list[Json] = []
    lines: list[str] = []
    for step in steps:
        short = [command.text for command in step.commands if _is_short(command.text)]
        long = [command.text for command in step.commands if not _is_short(command.text)]
        lines.append(_step_line(step, short))
        if long or len(lines) == LINES_TOGETHER:
            blocks.append(section("\n".join(lines)))
            lines = []
        if long:
            blocks.append(preformatted(*(shorten(text, 1500) for text in long[:4])))
    return [*blocks, section("\n".join(lines))] if lines else blocks


def _is_short(command: str) -> bool:
    return len(command) <= 120 and "\n" not in command


def _step_line(step: Step, commands: Sequence[str]) -> str:
    line = f"{step.number} *{kind_of(step)}:* {inline(shorten(instruction(step), 350))}"
    line += "".join(f" {code(command)}" for command in commands[:4])
    parts = [("Expect", step.expect), ("If not", step.if_not), *((one.label, one.text) for one in step.choices[:6])]
    return line + "".join(f" _{one_line(label, 60)}:_ {inline(shorten(text, 200))}" for label, text in parts if text)


def _where(playbook: Playbook) -> str:
    return code(f"{playbook.path}:{playbook.line}") if playbook.path else "the runbook"
