"""docs/postmortem.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from markupsafe import Markup

from bot.postmortem.coverage import FAILING_FROM, GOAL, MONTHS
from bot.postmortem.drafting.example import examples
from bot.postmortem.drafting.render import FILTERS, context
from bot.postmortem.drafting.templates import RULES
from tests.postmortem.test_draft import SECTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "postmortem.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables of a section, without their heads."""
    section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not line.startswith("|---")]
    return [row for row in cells if row[0] not in ("Section", "Instant", "Length", "Rule", "In a template")]


def test_the_sections_are_those_of_the_document() -> None:
    assert tuple(row[0] for row in rows("What stands in the draft")) == SECTIONS


def test_the_definitions_are_those_of_the_document() -> None:
    full = examples()[0]
    wanted = [[one.name, one.meaning] for one in full.moments] + [[one.name, one.meaning] for one in full.lengths]
    assert rows("The times") == wanted


def test_the_rules_are_those_of_the_check() -> None:
    listed = [row for row in rows("Templates of your own") if re.fullmatch(r"T\d\d", row[0])]
    assert listed == [[name, str(level), meaning] for name, (level, meaning) in RULES.items()]


def test_the_context_is_listed() -> None:
    first = " ".join(row[0] for row in rows("Templates of your own") if not re.fullmatch(r"T\d\d", row[0]))
    named = set(re.findall(r"`(\w+)", first))
    filters = set(FILTERS) | {"code", "link"}
    assert named == filters | set(context(examples()[0], set(), lambda owner, ask: Markup(owner), Markup))


def test_the_numbers() -> None:
    assert f"goal of {GOAL:.0%}".replace("%", " %") in PAGE
    assert MONTHS == 6
    assert "last six calendar months" in PAGE
    assert FAILING_FROM == 2
    assert "failed at least twice" in PAGE
