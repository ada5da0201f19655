"""`section3 lint --explain RULE`: why it exists, and a bad and a good example."""

from __future__ import annotations

from textwrap import indent

from bot.domain.runbook import SECTION_TITLES, Section
from bot.runbooks.lint import RULES, Example
from bot.runbooks.parsing.diagnose import RULES as PARSER_RULES


def explain(name: str) -> str | None:
    """The explanation of a rule as plain text; None when there is no such rule."""
    if name in PARSER_RULES:
        level, meaning = PARSER_RULES[name]
        return f"{name} ({level}, from reading the file): {meaning}"
    rule = RULES.get(name)
    if rule is None:
        return None
    return "\n".join(
        [
            f"{rule.id} ({rule.level}): {rule.meaning}",
            "",
            f"Why: {rule.why}",
            f"Fix: {rule.fix}",
            "",
            f"Bad, in {place(rule.example)}:",
            "",
            indent(rule.example.bad.rstrip("\n"), "    "),
            "",
            "Good:",
            "",
            indent(rule.example.good.rstrip("\n"), "    "),
        ]
    )


def place(example: Example) -> str:
    """`section 3 (Common failures)`, or `the front matter`."""
    if example.section == 0:
        return "the front matter"
    return f"section {example.section} ({SECTION_TITLES[tuple(Section)[example.section - 1]]})"
