"""Rules at their edges: what must be found beyond the examples, and what must be left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.runbook import Level
from bot.runbooks.lint import Options
from tests.runbooks.lint_page import GOOD, TODAY, judge, line_of, of, rules, splice, swap

NOW = Options(today=TODAY)
HEAD = "| Order | Who | Phone | For |\n|---|---|---|---|\n"


def test_a_missing_section_mutes_what_depends_on_it() -> None:
    start, end = GOOD.index("## 4."), GOOD.index("## 5.")
    report = judge(GOOD[:start] + GOOD[end:])
    assert [(one.rule, one.line) for one in report.diagnostics] == [("E01", GOOD[:start].count("\n") + 1)]


def test_missing_sections_at_the_end_are_placed_at_the_last_line() -> None:
    text = GOOD[: GOOD.index("## 5.")]
    report = judge(text)
    assert [one.line for one in of(report, "E01")] == [text.count("\n")] * 2


def test_only_a_comment_is_an_empty_section() -> None:
    text = splice(GOOD, 6, "", "<!-- later -->\n")
    assert rules(judge(text)) == {"E01"}


def test_none_is_an_answer_for_neighbours() -> None:
    assert rules(judge(splice(GOOD, 1, "Used by", "**Used by:** none\n"))) == set()


@pytest.mark.parametrize(
    ("phone", "fine"),
    [
        ("+44 20 7946 0101", True),
        ("+1 (555) 555-0101", True),
        ("+386 1 555 0142 ext. 7", True),
        ("tel. +49 30 901820", True),
        ("020 7946 0101", False),
        ("+44 (0)20 7946 0101", False),
        ("+44 20", False),
        ("@dana", False),
        ("#ap-oncall", False),
        ("dana@acme.test", False),
        ("https://pager.acme.internal/dana", False),
        ("+1234567890123456789", False),
    ],
)
def test_what_a_telephone_number_is(phone: str, fine: bool) -> None:
    rows = f"| 1 | Dana (on-call) | {phone} | all |\n| 2 | Engineering: Priya | +44 20 7946 0102 | beyond on-call |\n"
    report = judge(splice(GOOD, 4, "table", HEAD + rows))
    assert rules(report) == (set() if fine else {"E11"})
    for found in of(report, "E11"):
        line = splice(GOOD, 4, "table", HEAD + rows).split("\n")[found.line - 1]
        assert line[found.column - 1 :].startswith(phone)


def test_the_path_beyond_on_call_may_be_a_line_below_the_table() -> None:
    rows = "| 1 | Dana (on-call) | +44 20 7946 0101 | all |\n| 2 | Engineering: Priya | +44 20 7946 0102 | the rest |\n"
    text = splice(GOOD, 4, "table", HEAD + rows)
    assert rules(judge(text)) == {"E14"}
    for line, fine in (("Beyond on-call: engineering, after 30 min.", True), ("Beyond on-call: ask around.", False)):
        report = judge(text.replace("## 5. Rollback", f"{line}\n\n## 5. Rollback"))
        assert rules(report) == (set() if fine else {"E14"})


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        ("agentctl rollback ix", 1),
        ("agentctl rollback ix --note 'a; b | c && d'", 1),
        ("# undo\nagentctl rollback ix", 1),
        ("make undo && make check", 2),
        ("make undo; make check", 2),
        ("list | xargs undo", 2),
        ("one\ntwo\nthree", 3),
    ],
)
def test_one_command_is_one(command: str, parts: int) -> None:
    report = judge(splice(GOOD, 5, "Command", f"**Command:**\n```sh\n{command}\n```\n"))
    assert [one.message.split(":")[0] for one in of(report, "E16")] == (
        [] if parts == 1 else [f"The rollback takes {parts} commands"]
    )


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("the on-call engineer, alone, without a meeting", True),
        ("Dana Okoye decides alone; no approval needed", True),
        ("the on-call engineer after approval by product", False),
        ("the release manager, alone", False),
        ("consult the head of AP", False),
        ("the on-call engineer. Sign-off follows from product.", False),
    ],
)
def test_who_may_roll_back(text: str, fine: bool) -> None:
    report = judge(splice(GOOD, 5, "Authorised", f"**Authorised:** {text}\n"))
    assert rules(report) == (set() if fine else {"E17"})


def test_a_change_of_this_week_needs_time_and_zone_and_an_older_one_does_not() -> None:
    row = "| 2026-11-20 01:38Z | prompt"
    for when, fine in (
        ("2026-11-20T01:38+01:00", True),
        ("2026-11-20 01:38:07 UTC", True),
        ("2026-11-20 01:38", False),
        ("2026-11-20", False),
        ("2026-11-10", True),
        ("2026-13-40", False),
        ("20 Nov 2026", False),
    ):
        text = swap(GOOD, row, f"| {when} | prompt")
        assert rules(judge(text)) == (set() if fine else {"E19"}), when


def test_the_deployed_version_overrules_the_age_of_the_log() -> None:
    late = Options(today=TODAY + timedelta(days=60))
    assert [one.severity for one in of(judge(GOOD, late), "W10")] == [Level.WARNING]
    same = replace(late, deployed={"invoice-extract": "v61"})
    assert of(judge(GOOD, same), "W10") == []
    other = replace(late, deployed={"invoice-extract": "v62"})
    (found,) = of(judge(GOOD, other), "W10")
    assert found.severity is Level.ERROR
    assert "'v62' is deployed" in found.message


def test_an_id_of_another_failure_is_not_used_again() -> None:
    same = replace(NOW, earlier_titles={"ix-04": "Backlog in the queue"})
    assert rules(judge(GOOD, same)) == set()
    other = replace(NOW, earlier_titles={"ix-04": "Duplicate bills"})
    (found,) = of(judge(GOOD, other), "E06")
    assert found.line == line_of(GOOD, "### IX-04")
    assert "Duplicate bills" in found.message


def test_a_heading_without_an_id() -> None:
    text = swap(GOOD, "### IX-08 Pinned model retired", "### Pinned model retired")
    assert [(one.rule, one.severity) for one in judge(text).diagnostics] == [
        ("E06", Level.ERROR),
        ("P13", Level.WARNING),
    ]


def test_a_heading_of_one_word_is_its_own_id() -> None:
    assert rules(judge(swap(GOOD, "### IX-08 Pinned model retired", "### PinnedModelRetired"))) == set()


@pytest.mark.parametrize(
    "words",
    ["disk_usage_bytes > 5", "task-force-of-seven-people-here", "the XXXL size", "5XX ratio", "a todo list", "sk-live"],
)
def test_what_only_looks_like_a_secret_or_a_placeholder(words: str) -> None:
    assert rules(judge(splice(GOOD, 3, "Impact", f"**Impact:** {words}\n"))) == set()


@pytest.mark.parametrize(
    "secret",
    [
        "sk-" + "a1B2" * 6,
        "xoxb-" + "1234567890-test",
        "xapp-" + "1-A012-345-test",
        "ghp_" + "a1" * 18,
        "AKIA" + "ABCD1234" * 2,
        "-----BEGIN RSA " + "PRIVATE KEY-----",
    ],
)
def test_a_secret_is_found_anywhere_and_not_repeated(secret: str) -> None:
    for text in (
        splice(GOOD, 3, "Impact", f"**Impact:** use {secret}\n"),
        swap(GOOD, "agentctl queue head", f"agentctl queue head --token {secret}"),
        GOOD + f"\n<!-- {secret} -->\n",
    ):
        (found,) = of(judge(text), "E20")
        assert found.line == line_of(text, secret)
        assert text.split("\n")[found.line - 1][found.column - 1 :].startswith(secret)
        assert secret not in found.message


@pytest.mark.parametrize("words", ["TBD", "TODO(ap): measure", "???", "<insert host>", "[your team]", "lorem ipsum"])
def test_placeholders(words: str) -> None:
    text = splice(GOOD, 3, "Impact", f"**Impact:** {words}\n")
    assert [one.column for one in of(judge(text), "E20")] == [len("**Impact:** ") + 1]
    assert rules(judge(GOOD + f"\n<!-- {words} -->\n")) == set()


def test_examples_are_errors_in_production_only() -> None:
    text = swap(GOOD, "https://grafana.acme.internal/d/invoice-extract", "https://grafana.example.com/d/ix")
    assert rules(judge(text)) == set()
    found = of(judge(text, replace(NOW, production=True)), "E20")
    assert {one.message.split("'")[1] for one in found} == {
        "grafana.example.com",
        "+44 20 7946 0101",
        "+44 20 7946 0102",
    }


def test_branches_count_as_the_look_before_a_deletion() -> None:
    steps = "**Steps:**\n1. **Branch:** Is it ours? *Yes:* go to step 2. *No:* stop.\n"
    act = "2. **Act:** Delete the index. `agentctl index delete` *Expect:* 404.\n"
    assert rules(judge(splice(GOOD, 3, "Steps", steps + act))) == set()


def test_a_drop_in_a_metric_destroys_nothing() -> None:
    steps = "**Steps:**\n1. **Wait 5 min:** Watch `depth` drop. *Expect:* < 10.\n"
    assert rules(judge(splice(GOOD, 3, "Steps", steps))) == set()


@pytest.mark.parametrize("step", ["**Check:** Wait for a moment", "**Act:** Restart it: `x`. Then keep an eye on it"])
def test_an_idle_moment_in_another_step_needs_minutes(step: str) -> None:
    report = judge(splice(GOOD, 3, "Steps", f"**Steps:**\n1. {step}. *Expect:* 0 errors.\n"))
    assert "W05" in rules(report)


def test_ten_modes_may_take_nine_pages() -> None:
    long = GOOD + "\n" + "word " * 3100 + "\n"
    assert "W13" in rules(judge(long))
    extra = "".join(f"### ZZ-0{n} Shard {n} is down\n\n" for n in range(1, 5))
    assert "W13" not in rules(judge(long.replace("## 4. Escalation", f"{extra}## 4. Escalation")))


def test_the_second_diagram_is_one_too_many() -> None:
    flow = "```mermaid\nflowchart LR\n  a --> b\n```\n"
    assert "W13" not in rules(judge(GOOD + "\n" + flow))
    text = GOOD + "\n" + flow + "\n![board](https://grafana.acme.internal/board.png)\n"
    assert [one.line for one in of(judge(text), "W13")] == [line_of(text, "![board]")]


def test_a_review_is_due_after_ninety_days() -> None:
    reviewed = date(2026, 11, 21)
    on_time = Options(today=reviewed + timedelta(days=90))
    late = Options(today=reviewed + timedelta(days=91))
    assert "W16" not in rules(judge(GOOD, on_time))
    assert "W16" in rules(judge(GOOD, late))
