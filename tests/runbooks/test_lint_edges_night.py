"""Rules about whom to call, how to roll back and what changed, at their edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.runbook import Level
from bot.runbooks.lint import Options
from tests.runbooks.lint_page import GOOD, TODAY, judge, line_of, of, rules, splice, swap

NOW = Options(today=TODAY)
HEAD = "| Order | Who | Phone | For |\n|---|---|---|---|\n"


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


def test_a_handle_beside_the_name_is_no_number() -> None:
    people = "1. Dana Okoye, on-call: @dana\n2. Engineering: Priya Nair, +44 20 7946 0102 (beyond on-call)\n"
    report = judge(splice(GOOD, 4, "table", people))
    assert [one.message.split(" ")[0] for one in of(report, "E11")] == ["'@dana'"]
    assert not of(report, "E12")


def test_a_number_must_belong_to_somebody() -> None:
    text = swap(GOOD, "| 1 | Dana Okoye (on-call, primary) |", "| 1 | |")
    report = judge(text)
    assert [(one.line, one.message) for one in of(report, "E12")] == [
        (line_of(text, "0101"), "Number '+44 20 7946 0101' belongs to nobody: write whom it reaches.")
    ]


def test_one_contact_is_not_enough() -> None:
    rows = "| 1 | Engineering on-call: Priya | +44 20 7946 0102 | beyond on-call's scope |\n"
    assert rules(judge(splice(GOOD, 4, "table", HEAD + rows))) == {"E13"}
    report = judge(splice(GOOD, 4, "", "Call Sam.\n"))
    assert [one.message.split(":")[0] for one in report.diagnostics] == [
        "Section 4 has no contact in a table of Order, Who, Phone, For"
    ]


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


def test_one_command_stands_on_one_line() -> None:
    command = "**Command:**\n```sh\nagentctl rollback ix \\\n  --wait\n```\n"
    assert [one.message for one in of(judge(splice(GOOD, 5, "Command", command)), "E16")] == [
        "The rollback command runs over several lines: write it on one."
    ]


@pytest.mark.parametrize(
    ("condition", "fine"),
    [
        ("the approval queue holds > 100 bills for 10 min", True),
        ("error ratio > 5 % for 10 min, once approved by product", False),
        ("error ratio > 5 % for 10 min and after a meeting with AP", False),
    ],
)
def test_a_condition_must_not_wait_for_consent(condition: str, fine: bool) -> None:
    report = judge(splice(GOOD, 5, "Roll back when", f"**Roll back when:**\n- {condition}\n"))
    assert rules(report) == (set() if fine else {"E17"})


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


def test_a_list_entry_without_anything_is_told_what_it_lacks() -> None:
    report = judge(splice(GOOD, 6, "table", "- new prompt\n"))
    assert {one.message.split(":")[0] for one in of(report, "E19")} == {
        "Change 'new prompt' has no date",
        "Change 'new prompt'",
        "Change 'new prompt' has nothing in From and To",
    }
    assert rules(judge(splice(GOOD, 6, "table", "- 2026-11-19T16:05Z prompt v60 -> v61\n"))) == set()


def test_the_deployed_version_overrules_the_age_of_the_log() -> None:
    late = Options(today=TODAY + timedelta(days=60))
    assert [one.severity for one in of(judge(GOOD, late), "W10")] == [Level.WARNING]
    same = replace(late, deployed={"invoice-extract": "v61"})
    assert of(judge(GOOD, same), "W10") == []
    other = replace(late, deployed={"invoice-extract": "v62"})
    (found,) = of(judge(GOOD, other), "W10")
    assert found.severity is Level.ERROR
    assert "'v62' is deployed" in found.message


def test_a_review_is_due_after_ninety_days() -> None:
    reviewed = date(2026, 11, 21)
    on_time = Options(today=reviewed + timedelta(days=90))
    late = Options(today=reviewed + timedelta(days=91))
    assert "W16" not in rules(judge(GOOD, on_time))
    assert "W16" in rules(judge(GOOD, late))


@pytest.mark.parametrize("who", ["Everyone may decide alone", "everybody, alone"])
def test_everybody_is_no_decider_though_a_row_is_for_everything(who: str) -> None:
    text = splice(GOOD, 5, "Authorised", f"**Authorised:** {who}\n").replace("anything in section 3", "everything")
    (found,) = of(judge(text), "E17")
    assert "is nobody in particular" in found.message


def test_a_row_that_lost_its_name_is_one_error() -> None:
    text = swap(GOOD, "| Engineering on-call: Priya Nair |", "|  |")
    assert rules(judge(text)) == {"E12"}


def test_a_rule_that_is_silenced_twice_is_told() -> None:
    text = GOOD.replace("---\n", '---\nlint: {W13: "a", w13: "b"}\n', 1)
    assert [one.message for one in of(judge(text), "P05") if "W13 stands twice" in one.message]
