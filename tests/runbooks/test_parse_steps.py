"""Steps: their kinds, where branches lead, and which code is a command."""

from __future__ import annotations

import pytest

from bot.domain.runbook import StepKind
from tests.runbooks.test_parse import entry


@pytest.mark.parametrize(
    ("step", "kind", "text", "minutes"),
    [
        ("**Check:** a?", StepKind.CHECK, "a?", None),
        ("**Verify**: a?", StepKind.CHECK, "a?", None),
        ("__Do:__ b.", StepKind.ACT, "b.", None),
        ("Act: b.", StepKind.ACT, "b.", None),
        ("**ACT the part:** b.", StepKind.ACT, "the part: b.", None),
        ("**Wait 10 min:** c.", StepKind.WAIT, "c.", 10),
        ("**Wait 5-10 min:** c.", StepKind.WAIT, "c.", 10),
        ("**Wait 90 s:** c.", StepKind.WAIT, "c.", 1.5),
        ("**Wait 1.5 h:** c.", StepKind.WAIT, "c.", 90),
        ("**Wait:** Do nothing for 5 minutes.", StepKind.WAIT, "Do nothing for 5 minutes.", 5),
        ("**Wait:** until it falls by 100 per 5 min.", StepKind.WAIT, "until it falls by 100 per 5 min.", None),
        ("**Decide:** d?", StepKind.BRANCH, "d?", None),
        ("**Rollback:** now.", StepKind.ROLLBACK, "now.", None),
        ("**Escalate:** to us.", StepKind.ESCALATE, "to us.", None),
    ],
)
def test_step_kinds(step: str, kind: StepKind, text: str, minutes: float | None) -> None:
    (found,) = entry(f"**Steps:**\n1. {step}").steps
    assert (found.kind, found.text, found.wait_minutes, found.labelled) == (kind, text, minutes, True)


def test_a_step_without_a_kind_is_a_check_and_says_so() -> None:
    first, second = entry("**Steps:**\n1. Restart it.\n2. **Please note:** this").steps
    assert (first.kind, first.labelled, first.text) == (StepKind.CHECK, False, "Restart it.")
    assert second.text == "**Please note:** this"


@pytest.mark.parametrize(
    ("numbers", "goto", "leads_to"),
    [("123", 3, 3), ("111", 3, 3), ("579", 9, 3), ("012", 2, 3), ("135", 5, 3), ("123", 7, None)],
)
def test_branches_follow_the_numbers_as_typed(numbers: str, goto: int, leads_to: int | None) -> None:
    steps = [f"{numbers[0]}. **Branch:** x? *Yes:* go to step {goto}. *No:* stop.", "**Act:** y.", "**Act:** z."]
    lines = [steps[0], *(f"{number}. {text}" for number, text in zip(numbers[1:], steps[1:], strict=True))]
    mode = entry("**Steps:**\n" + "\n".join(lines))
    assert len(mode.steps) == 3
    yes = mode.steps[0].choices[0]
    assert (yes.goto, yes.text) == (leads_to, f"go to step {leads_to or goto}.")


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("Look: `agentctl queue head`", ["agentctl queue head"]),
        ("Watch `queue_depth`.", []),
        ("Is `queue_depth > 60`?", []),
        ("`x == 1 for 5m` holds.", []),
        ("Run `restart-all`.", ["restart-all"]),
        ("`restart-all`.", ["restart-all"]),
        ("Try `./fix.sh`", ["./fix.sh"]),
        ("The log says `worker lost its lease`.", []),
        ("Find `Worker stall detected` there.", []),
        ("`FORCE=1 make stop` then `SELECT count(*) FROM jobs`", ["FORCE=1 make stop", "SELECT count(*) FROM jobs"]),
        ("`` echo `id` `` is odd", ["echo `id`"]),
        ("`sum(rate(a[5m])) by (x)`", []),
        ("`Get-Service -Name bus`", ["Get-Service -Name bus"]),
        ("a\n   ```sh\n   ls -l\n     deep\n   ```", ["ls -l\n  deep"]),
        ("a\n   ```json\n   {}\n   ```", []),
        ("a\n   ~~~\n   ls\n   ~~~\n   and `rm -r x`", ["ls", "rm -r x"]),
        ("a\n\n       indented --code\n", ["indented --code"]),
        ("a *Expect:* `all is well` there\n   ```\n   out put\n   ```", []),
        ("a *Expect:* x.\n   ```sh\n   do it\n   ```", ["do it"]),
    ],
)
def test_commands(text: str, commands: list[str]) -> None:
    (step,) = entry(f"**Steps:**\n1. **Check:** {text}").steps
    assert [command.text for command in step.commands] == commands
