"""A sample runbook broken in one respect is caught by that rule, there, and by no other."""

from __future__ import annotations

from functools import cache

import pytest

from bot.domain.runbook import Diagnostic
from bot.runbooks.lint import RULES, Options, lint
from bot.runbooks.resources import sample_playbooks_dir
from tests.runbooks.lint_mutants import MUTANTS, Mutant
from tests.runbooks.lint_page import TODAY

SAMPLES = ("invoice-extract", "research-rag", "support-triage")
WITHOUT = {"W15"}
"""Tested below: what breaks there is the world, not the page."""


@cache
def sample(name: str) -> str:
    return (sample_playbooks_dir() / f"{name}.md").read_text(encoding="utf-8")


def found(text: str) -> tuple[Diagnostic, ...]:
    return lint(text.encode(), "runbook.md", Options(today=TODAY)).diagnostics


@cache
def known(name: str) -> frozenset[tuple[str, str]]:
    """What lint says about the sample as it is."""
    return frozenset((one.rule, one.message) for one in found(sample(name)))


def test_every_rule_has_a_mutant() -> None:
    assert {mutant.rule for mutant in MUTANTS} | WITHOUT == set(RULES)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.rule} {mutant.name}")
def test_a_mutant_is_caught_by_its_rule_alone(mutant: Mutant, name: str) -> None:
    broken, line = mutant.breaks(sample(name))
    new = [one for one in found(broken) if (one.rule, one.message) not in known(name)]
    assert {one.rule for one in new} == {mutant.rule}
    assert [one.line for one in new] == [line], new


@pytest.mark.parametrize("name", SAMPLES)
def test_a_dead_link_is_caught_where_it_stands(name: str) -> None:
    text = sample(name)
    url = f"https://grafana.acme.internal/d/{name}"
    line = text[: text.index(url)].count("\n") + 1
    options = Options(today=TODAY, links={url: "answers 404"})
    (one,) = [one for one in lint(text.encode(), "runbook.md", options).diagnostics if one.rule == "W15"]
    assert (one.line, one.message) == (line, f"{url} answers 404: correct the address, or delete the line.")
