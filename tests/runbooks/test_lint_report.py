"""Silences, readiness, and that lint never falls over."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.runbook import Diagnostic, Level
from bot.runbooks.lint import RULES, Options, links_of, lint, readiness
from bot.runbooks.lint.readiness import QUESTIONS
from bot.runbooks.parsing.parse import parse
from tests.runbooks.lint_page import GOOD, PATH, TODAY, judge, line_of, rules, splice, swap

BAD_PHONE = splice(GOOD, 3, "Verify", "**Verify:** it works again\n")


def silencing(text: str, what: str) -> str:
    return swap(text, "lint: {}", f"lint: {what}")


def test_a_silence_with_a_reason_sets_the_finding_apart() -> None:
    report = judge(silencing(BAD_PHONE, '{E09: "measured by hand until May"}'))
    assert report.diagnostics == ()
    (silent,) = report.silenced
    assert (silent.diagnostic.rule, silent.reason) == ("E09", "measured by hand until May")
    assert silent.diagnostic.line == line_of(BAD_PHONE, "it works again")


def test_a_silence_is_no_answer() -> None:
    report = judge(silencing(BAD_PHONE, '{E09: "measured by hand until May"}'))
    assert not report.production_grade
    assert [answer.question.name for answer in report.answers if not answer.yes] == ["playbook"]


@pytest.mark.parametrize("what", ['{E09: ""}', "{E09: }", '{E09: "  "}'])
def test_a_silence_without_a_reason_silences_nothing(what: str) -> None:
    text = silencing(BAD_PHONE, what)
    report = judge(text)
    assert [(one.rule, one.line) for one in report.diagnostics] == [
        ("E21", line_of(text, "lint:")),
        ("E09", line_of(text, "it works again")),
    ]
    assert report.silenced == ()


@pytest.mark.parametrize("name", ["E99", "P06", "E21", "verify"])
def test_only_a_rule_can_be_silenced(name: str) -> None:
    (found,) = judge(silencing(GOOD, f'{{{name}: "we agreed"}}')).diagnostics
    assert found.rule == "E21"
    assert found.column == len("lint: {") + 1


def test_a_silence_may_stand_on_its_own_line() -> None:
    text = silencing(GOOD, '\n  W13: "one page more, agreed"\n  W99: "no such rule"')
    (found,) = judge(text).diagnostics
    assert (found.rule, found.line) == ("E21", line_of(text, "W99"))


def test_every_error_but_the_silences_belongs_to_a_question_or_to_the_whole() -> None:
    asked = {rule for question in QUESTIONS for rule in question.rules}
    whole = {"E01", "E02", "E19", "E20", "E21"}
    assert asked | whole == {id for id, rule in RULES.items() if rule.level is Level.ERROR}
    assert not asked & whole


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_each_rule_of_a_question_spoils_its_answer(question: object) -> None:
    runbook = parse(GOOD.encode(), PATH).runbook
    for at, asked in enumerate(QUESTIONS):
        if asked is question:
            for rule in asked.rules:
                found = Diagnostic(rule=rule, severity=Level.ERROR, path=PATH, line=1, message="x")
                answers = readiness(runbook, [found])
                assert answers[at].rules == (rule,)
                assert [n for n, answer in enumerate(answers) if not answer.yes] == [
                    n for n, other in enumerate(QUESTIONS) if rule in other.rules
                ]


def test_a_placeholder_spoils_the_question_of_its_section() -> None:
    text = swap(GOOD, "survive |\n\n## 6", "TODO: survive |\n\n## 6")
    answers = judge(text).answers
    assert [answer.question.name for answer in answers if not answer.yes] == ["roll back", "state"]
    assert answers[5].rules == ("E20",)


def test_a_placeholder_is_told_once_and_with_what_it_asks_for() -> None:
    text = swap(
        GOOD, "| 1 | Dana Okoye (on-call, primary) | +44 20 7946 0101 |", "| 1 | Dana (on-call) | TODO(ap): number |"
    )
    (found,) = judge(text).diagnostics
    assert found.message == "Placeholder 'TODO(ap): number' is left: write it, or delete the line."
    silenced = judge(silencing(text, '{E20: "numbers come on Monday"}'))
    assert [one.rule for one in silenced.diagnostics] == ["E11"]


def test_a_missing_section_spoils_its_questions() -> None:
    start, end = GOOD.index("## 4."), GOOD.index("## 5.")
    answers = judge(GOOD[:start] + GOOD[end:]).answers
    assert [(answer.question.name, answer.rules) for answer in answers if not answer.yes] == [("paged", ("E01",))]


def test_warnings_spoil_nothing() -> None:
    report = judge(GOOD, Options(today=TODAY.replace(year=2031)))
    assert {"W09", "W10", "W16"} <= rules(report)
    assert report.production_grade


def test_without_a_day_no_age_is_judged() -> None:
    old = swap(GOOD, "reviewed: 2026-11-21", "reviewed: 2020-01-01").replace("2026-1", "2020-1").replace(" 01:38Z", "")
    assert {"W09", "W10", "W16", "E19"} & rules(judge(old, Options())) == {"W16"}


def test_what_is_no_runbook_answers_nothing() -> None:
    report = lint(b"# Notes\n\nhello\n", "notes.md", Options(today=TODAY))
    assert report.service == ""
    assert [one.rule for one in report.diagnostics if one.severity is Level.ERROR] == ["P01"]
    assert [answer.rules for answer in report.answers] == [("P01",)] * 6


def test_a_swallowed_page_answers_nothing() -> None:
    text = swap(GOOD, "   ```\n   *Expect:* at most", "   *Expect:* at most")
    report = judge(text)
    assert "P06" in rules(report)
    assert not any(answer.yes for answer in report.answers)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_lines_are_counted_the_same_with_other_line_ends_and_a_bom(newline: str) -> None:
    text = splice(GOOD, 3, "Impact", "**Impact:** TODO\n")
    plain = judge(text).diagnostics
    odd = judge("\ufeff" + text.replace("\n", newline)).diagnostics
    assert [(one.rule, one.line, one.column) for one in odd] == [(one.rule, one.line, one.column) for one in plain]


def test_a_form_feed_is_no_line_end() -> None:
    text = swap(GOOD, "# Invoice extraction agent", "# Invoice\x0cextraction\u2028agent")
    text = splice(text, 3, "Impact", "**Impact:** TODO\n")
    (found,) = judge(text).diagnostics
    assert found.line == line_of(text, "TODO")


def test_the_links_of_a_page() -> None:
    text = splice(GOOD, 3, "Impact", "**Impact:** see [it](https://a.test/x_(y)) or <https://b.test/z>.\n")
    assert links_of(text.encode(), PATH) == [
        "https://grafana.acme.internal/d/invoice-extract",
        "https://a.test/x_(y)",
        "https://b.test/z",
    ]


@given(st.integers(0, 2**32))
def test_lint_judges_any_damaged_page_without_falling_over(seed: int) -> None:
    dice = random.Random(seed)
    lines = GOOD.split("\n")
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(lines))
        match dice.randrange(5):
            case 0:
                del lines[at : at + dice.randint(1, 20)]
            case 1:
                lines.insert(at, lines[dice.randrange(len(lines))])
            case 2:
                lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)]
            case 3:
                lines[at] = "".join(dice.sample(lines[at], len(lines[at])))
            case _:
                lines[at] = dice.choice(
                    ["```", "---", "<!--", "|", "|||", "### ", "**Steps:**", "1. **Act:**", "\t- x", ""]
                )
        lines = lines or [""]
    text = "\n".join(lines)
    for one in judge(text).diagnostics:
        assert 1 <= one.line <= len(lines) + 1
        assert one.column >= 1


@given(st.binary(max_size=400))
def test_lint_judges_any_bytes(data: bytes) -> None:
    report = lint(b"## 3. Common failures\n\n### A-1 x\n\n**Steps:**\n" + data, "x.md", Options(today=TODAY))
    assert len(report.answers) == 6
