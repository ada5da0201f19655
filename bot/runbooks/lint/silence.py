"""The rule about silences: E21."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import Span
from bot.runbooks.lint.page import Page, Place
from bot.runbooks.lint.rule import Example, Finding, rule

SILENT = "E21"
"""The rule that cannot be silenced: it guards the silences."""


@rule(
    SILENT,
    meaning="A rule is silenced in the front matter only by its id and with a reason.",
    why="A silence without a reason is a fault that nobody will find again.",
    fix="Write 'lint: {W13: \"one extra page, agreed with AP\"}', or take the silence away.",
    example=Example(
        0,
        "lint",
        bad='lint: {W13: ""}\n',
        good='lint: {W13: "one extra page, agreed with AP"}\n',
    ),
)
def silences(page: Page) -> Iterator[Finding]:
    for name, reason in page.runbook.silenced.items():
        if name not in page.silenceable:
            message = f"'{name}' is no rule that can be silenced: correct its id, or take it away."
            yield Finding(_place(page, name), message)
        elif not reason.strip():
            yield Finding(
                _place(page, name), f"{name} is silenced without a reason: write why, or take the silence away."
            )


def _place(page: Page, name: str) -> Place:
    """Where the silenced rule's id stands in the front matter."""
    book = page.runbook
    first = book.front_lines.get("lint", 1)
    end = book.front_matter.end if book.front_matter else first
    for number in range(first, end + 1):
        found = re.search(rf"\b{re.escape(name)}\b", page.lines[number - 1], re.IGNORECASE)
        if found:
            return Place(number, found.start() + 1)
    return page.at(Span(start=first, end=first))
