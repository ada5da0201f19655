"""The steps of an entry as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.runbook import Command, Step, StepKind
from bot.runbooks.editing.markdown import fence, indent
from bot.runbooks.parsing.commands import inline_commands

TITLES: dict[StepKind, str] = {
    StepKind.CHECK: "Check",
    StepKind.ACT: "Act",
    StepKind.WAIT: "Wait",
    StepKind.BRANCH: "Branch",
    StepKind.ROLLBACK: "Roll back",
    StepKind.ESCALATE: "Escalate",
}
_WIDTH = 120


def step_lines(step: Step) -> list[str]:
    """One numbered step, as lines."""
    number = f"{step.number}. "
    parts = [[_label(step)]]
    _append(parts, _body(step.text, step.commands))
    if step.expect:
        _append(parts, [f"*Expect:* {step.expect}"])
    if step.if_not or step.if_not_commands:
        _append(parts, _body(f"*If not:* {step.if_not}".rstrip(), step.if_not_commands))
    for choice in step.choices:
        _append(parts, _body(f"*{choice.label}:* {choice.text}".rstrip(), choice.commands))
    lines = [line for part in parts for text in part for line in text.split("\n")]
    first, *rest = lines
    return [f"{number}{first}".rstrip(), *indent(rest, len(number))]


def _label(step: Step) -> str:
    if not step.labelled and step.kind is StepKind.CHECK:
        return ""
    if step.kind is StepKind.WAIT and step.wait_minutes is not None:
        return f"**Wait {step.wait_minutes:g} min:**"
    return f"**{TITLES[step.kind]}:**"


def _append(parts: list[list[str]], body: list[str]) -> None:
    """Add lines: on the line that is open when both are short and plain, else on lines of their own."""
    if not body:
        return
    last = parts[-1][-1]
    first = body[0]
    plain = "\n" not in last and not last.startswith(("`", "~", "-", "|", ">")) and "\n" not in first
    if last == "" and len(parts) == 1:
        parts[-1][-1] = first
        parts[-1].extend(body[1:])
    elif plain and not first.startswith(("```", "~~~")) and len(last) + len(first) < _WIDTH:
        parts[-1][-1] = f"{last} {first}"
        parts[-1].extend(body[1:])
    else:
        parts.append(body if plain or last.startswith("```") else ["", *body])


def _body(text: str, commands: Sequence[Command]) -> list[str]:
    """A text and its commands in their order: those that stand in the text as inline code stay there, the others
    become code blocks after the line that holds the command before them."""
    lines = text.split("\n") if text else []
    inline = list(inline_commands(text, 0))
    out: list[str] = []
    at = 0
    for number, command in enumerate(commands):
        if inline and inline[0].text == command.text and not command.language:
            upto = max(at, inline.pop(0).span.start)
            out += lines[at:upto]
            at = upto
            continue
        if not any(later.text == command.text for command in commands[number + 1 :] for later in inline):
            out += lines[at:]
            at = len(lines)
        out += fence(command.text, command.language)
    return out + lines[at:]
