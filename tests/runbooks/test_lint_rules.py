"""Every rule keeps the promise of its own examples, and the page without fault is without fault."""

from __future__ import annotations

import re

import pytest

from bot.domain.runbook import Level
from bot.runbooks.lint import RULES, Options, Rule
from tests.runbooks.lint_page import GOOD, TODAY, judge, of, rules, splice

ONLINE = Options(today=TODAY, links={})


def test_the_good_page_has_no_fault() -> None:
    report = judge(GOOD, ONLINE)
    assert report.diagnostics == ()
    assert report.production_grade


def test_the_table_holds_thirty_five_rules_and_our_two() -> None:
    errors = [f"E{number:02}" for number in range(1, 21)]
    warnings = [f"W{number:02}" for number in range(1, 16)]
    assert list(RULES) == [*errors, "E21", *warnings, "W16"]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_bad_example_is_found_and_the_good_one_is_not(rule: Rule) -> None:
    example = rule.example
    bad = splice(GOOD, example.section, example.part, example.bad)
    good = splice(GOOD, example.section, example.part, example.good)
    assert bad != good
    assert rule.id in rules(judge(bad, ONLINE))
    assert rule.id not in rules(judge(good, ONLINE))


WHOLE_SECTION = {id for id, rule in RULES.items() if rule.example.part in ("", "section")}


@pytest.mark.parametrize("rule", [r for i, r in RULES.items() if i not in WHOLE_SECTION], ids=lambda rule: rule.id)
def test_an_example_of_one_part_breaks_no_other_rule(rule: Rule) -> None:
    example = rule.example
    bad = splice(GOOD, example.section, example.part, example.bad)
    good = splice(GOOD, example.section, example.part, example.good)
    assert rules(judge(bad, ONLINE)) == {rule.id}
    assert rules(judge(good, ONLINE)) == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_finding_points_into_the_bad_fragment_or_at_the_heading_above_it(rule: Rule) -> None:
    example = rule.example
    bad = splice(GOOD, example.section, example.part, example.bad)
    first = bad.count("\n", 0, bad.index(example.bad)) + 1
    fragment = range(first, first + example.bad.count("\n") + 1)
    above = [n for n, line in enumerate(bad.split("\n")[: first - 1], 1) if line.startswith("#")][-1:]
    below = [n for n, line in enumerate(bad.split("\n"), 1) if line.startswith("## ") and n > first][:1]
    found = of(judge(bad, ONLINE), rule.id)
    for one in found:
        # A section that is missing is missing before the next one.
        assert one.line in [*fragment, *above, *(below if rule.id == "E01" else [])], one
        assert 1 <= one.column <= len(bad.split("\n")[one.line - 1]) + 1


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_says_what_why_and_how_in_one_line_each(rule: Rule) -> None:
    for text in (rule.meaning, rule.why, rule.fix):
        assert text.endswith((".", ".'"))
        assert "\n" not in text and "!" not in text
    assert rule.level is (Level.WARNING if rule.id.startswith("W") else Level.ERROR)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_message_is_one_sentence_with_the_fix_behind_a_colon(rule: Rule) -> None:
    example = rule.example
    for found in of(judge(splice(GOOD, example.section, example.part, example.bad), ONLINE), rule.id):
        assert re.search(r": \S", found.message), found.message
        assert found.message.endswith(".") and "\n" not in found.message
        assert len(found.message) < 240
