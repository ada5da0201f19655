"""Rules about the page and its entries at their edges: what must be found beyond the examples, and what left alone."""

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
    ("row", "fine"),
    [
        ("Queue size | < 100 | 100-500 | > 500", True),
        ("Consumer lag | < 100 messages | 100-500 messages | > 500 messages", True),
        ("Latency p95 (s) | < 12 | 12-20 | > 20", True),
        ("Cost per answer | < 0.04 | 0.04-0.12 | > 0.12", False),
        ("Oldest message age | < 10 | 10-60 | > 60", False),
        ("Latency p95 | < 12 s | 12-20 % | > 20 s", False),
        ("Failures | < 5 errors | 5-9 | > 9 failures", True),
        ("Share of failures | < 1 percent | 1-3 % | > 3 %", True),
        ("Failures | < 1 % | - | > 3 %", False),
    ],
)
def test_units_of_a_metric(row: str, fine: bool) -> None:
    head = "| Metric | Green | Yellow | Red |\n|---|---|---|---|\n"
    assert rules(judge(splice(GOOD, 2, "table", f"{head}| {row} |\n"))) == (set() if fine else {"E05"})


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("Restart the workers. `agentctl restart workers`", {"W03"}),
        ("Investigate the issue", {"W03"}),
        ("Wait a bit", {"W03", "W05"}),
        ("Purge the logs. `agentctl logs purge`", {"W03", "W14"}),
        ("**Act:** Call the vendor's hotline. *Expect:* a ticket number.", set()),
        ("**Check:** Is the queue above 2000 messages?", set()),
        ("**Check:** Is **Replay** greyed out on the board?", set()),
        ("**Check:** Look at the graphs of 5 services.", {"W03"}),
        ("**Check:** Compare both versions.", {"W03"}),
    ],
)
def test_steps_one_can_do(step: str, found: set[str]) -> None:
    assert rules(judge(splice(GOOD, 3, "Steps", f"**Steps:**\n1. {step}\n"))) == found


def test_onboarding_above_the_first_section_is_found_too() -> None:
    text = swap(GOOD, "# Invoice extraction agent\n", "# Invoice extraction agent\n\nWelcome to the team.\n")
    assert rules(judge(text)) == {"W12"}


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


@pytest.mark.parametrize(
    "words", ["TBD", "tbd", "TODO(ap): measure", "???", "<insert host>", "[your team]", "lorem ipsum"]
)
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


def test_welcome_mails_are_no_onboarding() -> None:
    impact = "**Impact:** The welcome mail of customer onboarding is not sent.\n"
    assert rules(judge(splice(GOOD, 3, "Impact", impact))) == set()


def test_a_failure_may_be_about_what_runs_in_the_background() -> None:
    text = swap(GOOD, "### IX-08 Pinned model retired", "### IX-08 Background worker dies")
    assert rules(judge(text)) == set()


def test_a_drill_is_old_after_ninety_days() -> None:
    drilled = date(2026, 10, 2)
    assert "W09" not in rules(judge(GOOD, Options(today=drilled + timedelta(days=90))))
    assert [one.line for one in of(judge(GOOD, Options(today=drilled + timedelta(days=91))), "W09")] == [
        line_of(GOOD, "2026-10-02")
    ]


@pytest.mark.parametrize(("count", "found"), [(120, set()), (121, {"W13"})])
def test_the_summary_ends_at_120_words(count: int, found: set[str]) -> None:
    text = swap(GOOD, "Reads supplier invoices and creates draft bills in the ERP.", " ".join(["word"] * count))
    assert rules(judge(text)) == found


def test_what_is_purged_is_looked_at_afterwards() -> None:
    purge = "**Steps:**\n1. **Check:** What is in it? `q head`\n2. **Act:** Purge it. `q purge`\n"
    after = "3. **Act:** Restart it. `q up` *Expect:* depth 0.\n"
    assert rules(judge(splice(GOOD, 3, "Steps", purge + after))) == {"W02", "W14"}
    after = "3. **Check:** Is it empty? `q head` *Expect:* 0 left.\n"
    assert rules(judge(splice(GOOD, 3, "Steps", purge + after))) == {"W02"}


def test_an_empty_cell_is_placed_at_its_metric() -> None:
    text = swap(GOOD, "| < 1 % | 1-3 % | > 3 % |", "| < 1 % | | > 3 % |")
    (found,) = judge(text).diagnostics
    assert (found.rule, found.line, found.column) == ("E05", line_of(text, "Parse failure ratio"), 3)
    assert found.message == "Metric 'Parse failure ratio': yellow is empty: write a bound."


def test_the_eleventh_failure_mode_is_one_too_many() -> None:
    extra = "".join(f"### ZZ-0{n} Shard {n} is down\n\n" for n in range(1, 6))
    text = GOOD.replace("## 4. Escalation", f"{extra}## 4. Escalation")
    assert [one.line for one in of(judge(text), "W01")] == [line_of(text, "### ZZ-05")]


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


@pytest.mark.parametrize("nobody", ["?", "-", "…"])
def test_a_place_left_for_neighbours_names_none(nobody: str) -> None:
    assert rules(judge(splice(GOOD, 1, "Used by", f"**Used by:** {nobody}\n"))) == {"E02"}


@pytest.mark.parametrize(
    "cause",
    [
        "to be determined",
        "todo: ask Kim",
        "<fill in the cause>",
        "[insert cause]",
        "a token, ghp_Ab12Cd34Ef56",
        "sk_live_4eC39HqLyj",
    ],
)
def test_what_is_left_open_or_secret(cause: str) -> None:
    assert rules(judge(swap(GOOD, "A worker wedged after", f"{cause}, after"))) == {"E20"}


@pytest.mark.parametrize(
    "sentence", ["Redeploy the previous version.", "ask the release manager", "undo it, then wait for green"]
)
def test_a_sentence_is_no_command(sentence: str) -> None:
    assert rules(judge(splice(GOOD, 5, "Command", f"**Command:** {sentence}\n"))) == {"E16"}


def test_a_command_without_code_marks_is_one() -> None:
    assert (
        rules(judge(splice(GOOD, 5, "Command", "**Command:** kubectl rollout undo deploy/shop --to-revision=2\n")))
        == set()
    )
