"""Changes inside one entry: where new words go, how the first line is written, and when a change is refused."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.runbook import FailureMode, SignalKind, content
from bot.runbooks.editing.edit import (
    AddStep,
    AddWords,
    Amendment,
    Edited,
    Refused,
    ReplaceEntry,
    ReplaceStep,
    SetDrilled,
    SetStatus,
    amend_failure,
    unified_diff,
)
from tests.runbooks.liberties import ALL_IN_A_LIST, HEADINGS, NO_BLANK_LINES, NO_COLONS, TABLES
from tests.runbooks.samples import SAMPLES, Sample

HEAD = "---\nservice: a-b\n---\n\n## 3. Common failures\n\n### AB-01 Stuck\n"
TAIL = "\n### AB-02 Other\n\n**Steps:**\n1. **Act:** x.\n"


def amend(body: str, *amendments: Amendment) -> str:
    """The body of the entry after the amendments."""
    outcome = amend_failure((HEAD + body + TAIL).encode(), "AB-01", *amendments)
    assert isinstance(outcome, Edited), outcome
    text = outcome.data.decode()
    assert text.startswith(HEAD)
    assert text.endswith(TAIL)
    assert outcome.line == 0 or outcome.line > 7
    return text.removeprefix(HEAD).removesuffix(TAIL)


def refused(body: str, *amendments: Amendment) -> str:
    outcome = amend_failure((HEAD + body + TAIL).encode(), "AB-01", *amendments)
    assert isinstance(outcome, Refused), outcome
    return outcome.reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n**Signals:**\n- words: a, b  \n", "\n**Signals:**\n- words: a, b, full disk, c  \n"),
        ("\n**Signals:**\n* alert: `X`\n", "\n**Signals:**\n* alert: `X`\n* words: full disk, c\n"),
        ("\n**Signals:**\n", "\n**Signals:**\n- words: full disk, c\n"),
        (
            "\n**Symptoms:**\n- a > 1\n\n**Verify:** v\n",
            "\n**Symptoms:**\n- a > 1\n\n**Signals:**\n- words: full disk, c\n\n**Verify:** v\n",
        ),
        ("\n**Impact:** i\n", "\n**Impact:** i\n\n**Signals:**\n- words: full disk, c\n"),
        ("", "\n**Signals:**\n- words: full disk, c\n"),
        ("\n**Signals:**\n- words: FULL DISK, c\n", "\n**Signals:**\n- words: FULL DISK, c\n"),
    ],
)
def test_words(before: str, after: str) -> None:
    assert amend(before, AddWords(("full disk", "c", "`c`", " ", "Full  disk"))) == after


@pytest.mark.parametrize(
    ("before", "day", "status", "after"),
    [
        ("\n**Severity:** SEV1\n", True, "", "\n**Severity:** SEV1 · **Last drilled:** 2026-11-20\n"),
        ("\n**Owner:** a  \n", True, "draft", "\n**Owner:** a · **Last drilled:** 2026-11-20 · **Status:** draft  \n"),
        (
            "\n**Last drilled:** 2025-01-01 · **Owner:** a\n",
            True,
            "draft",
            "\n**Last drilled:** 2026-11-20 · **Owner:** a · **Status:** draft\n",
        ),
        ("\n**owner**: a\n**last drilled**: never\n", True, "", "\n**owner**: a\n**last drilled**: 2026-11-20\n"),
        ("\n**Severity:** SEV1 · **Status:** draft\n", False, "", "\n**Severity:** SEV1\n"),
        ("\n**Status:** draft · **Severity:** SEV1\n", False, "", "\n**Severity:** SEV1\n"),
        ("\n**Status:** draft\n\n**Impact:** i\n", False, "", "\n**Impact:** i\n"),
        ("\n**Impact:** i\n", False, "draft", "\n**Status:** draft\n\n**Impact:** i\n"),
        ("\n**Impact:** i\n", False, "", "\n**Impact:** i\n"),
        ("**Impact:** i\n", False, "draft", "\n**Status:** draft\n\n**Impact:** i\n"),
    ],
)
def test_first_line(before: str, day: bool, status: str, after: str) -> None:
    drilled = [SetDrilled(date(2026, 11, 20))] if day else []
    once = amend(before, *drilled, SetStatus(status))
    assert once == after
    assert amend(once, *drilled, SetStatus(status)) == once


STEPS = "\n**Steps:**\n1. **Check:** a?\n2. **Act:** b.\n"


@pytest.mark.parametrize(
    ("body", "amendment", "reason"),
    [
        (STEPS, ReplaceStep(0, "**Act:** x"), "no step 0; it has 2"),
        (STEPS, ReplaceStep(1, ""), "not one step"),
        (STEPS, ReplaceStep(1, "**Act:** x\n\nREPLACED\n\n**Steps:** y\n```"), "not one step"),
        (STEPS, AddStep(3, "**Act:** x"), "no step 3; it has 2"),
        (STEPS, AddStep(1, "**Act:** x\n<!-- open"), "not one step"),
        ("\n**Impact:** i\n", AddStep(0, "**Act:** x"), "has no steps"),
        (STEPS, ReplaceEntry("no heading"), "not one entry"),
        (STEPS, ReplaceEntry("### AB-02 Other"), "keeps its id"),
        ("\n**Steps:**\n2. **Branch:** x? *Yes:* go to step 3.\n3. **Act:** y.\n", AddStep(2, "**Act:** z"), "step 1"),
        (STEPS, SetStatus("x · **Owner:** mallory"), "not meant"),
    ],
)
def test_refusals_say_why(body: str, amendment: Amendment, reason: str) -> None:
    assert reason in refused(body, amendment)


def test_all_or_nothing() -> None:
    data = (HEAD + STEPS + TAIL).encode()
    outcome = amend_failure(data, "AB-01", SetStatus("draft"), ReplaceStep(9, "**Act:** x"))
    assert isinstance(outcome, Refused)
    assert outcome.line == 7
    nothing = amend_failure(data, "AB-01")
    assert isinstance(nothing, Edited)
    assert (nothing.data, nothing.line) == (data, 0)


def test_steps_keep_their_manner() -> None:
    body = "\n**Steps:**\n1) **Check:** a?\n2) **Act:** b.\n"
    assert amend(body, AddStep(1, "**Act:** n.\n```sh\nls\n```")) == (
        "\n**Steps:**\n1) **Check:** a?\n2) **Act:** n.\n   ```sh\n   ls\n   ```\n3) **Act:** b.\n"
    )
    assert (
        amend("\n**Steps:**\n1. a\n1. b\n", AddStep(2, "**Act:** n.")) == "\n**Steps:**\n1. a\n1. b\n3. **Act:** n.\n"
    )
    assert amend("\n**Steps:**\n- a\n- b\n", AddStep(0, "**Act:** n.")) == "\n**Steps:**\n- **Act:** n.\n- a\n- b\n"
    assert amend(body, ReplaceStep(2, "**Act:** other.")) == "\n**Steps:**\n1) **Check:** a?\n2) **Act:** other.\n"


def targets(mode: FailureMode) -> list[str]:
    """What each branch leads to, by the text of the step there."""
    ends = [goto for step in mode.steps for goto in (step.if_not_goto, *(one.goto for one in step.choices)) if goto]
    return [mode.steps[goto - 1].text for goto in ends]


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.name != "odd.md"], ids=str)
def test_branches_lead_where_they_led(sample: Sample) -> None:
    branching = [mode for mode in sample.runbook().failures if targets(mode)]
    assert branching
    for mode in branching[:4]:
        for after in (0, len(mode.steps) // 2, len(mode.steps)):
            outcome = amend_failure(sample.data, mode.id, AddStep(after, "**Act:** new."))
            assert isinstance(outcome, Edited), outcome
            amended = outcome.runbook.failure(mode.id)
            assert amended is not None
            assert targets(amended) == targets(mode)
            others = [step.text for step in amended.steps if step.number != after + 1]
            assert others == [step.text for step in mode.steps]


def test_words_are_found_as_signals() -> None:
    outcome = amend_failure((HEAD + STEPS + TAIL).encode(), "AB-01", AddWords(("x, y",)))
    assert isinstance(outcome, Edited)
    mode = outcome.runbook.failures[0]
    assert mode.signals_of(SignalKind.WORDS) == ("x y",)
    assert content(outcome.runbook.failures[1]) == content(
        Sample("x", (HEAD + STEPS + TAIL).encode()).runbook().failures[1]
    )


@pytest.mark.parametrize("text", [ALL_IN_A_LIST, HEADINGS, NO_COLONS, TABLES, NO_BLANK_LINES])
@pytest.mark.parametrize(
    "amendment",
    [
        SetDrilled(date(2026, 11, 5)),
        SetStatus("draft"),
        AddWords(("jam",)),
        AddStep(2, "**Act:** look again."),
        ReplaceStep(2, "**Act:** another."),
    ],
    ids=lambda one: type(one).__name__,
)
def test_entries_in_many_hands_can_be_amended(text: str, amendment: Amendment) -> None:
    """`finish` has compared what the entry says; here: what is not concerned keeps its bytes."""
    data = f"{HEAD}\n{text}{TAIL}".encode()
    outcome = amend_failure(data, "AB-01", amendment)
    assert isinstance(outcome, Edited), outcome
    assert outcome.line > 0
    changed = [line for line in unified_diff(data, outcome.data, "a.md").split("\n")[5:] if line[:1] in ("+", "-")]
    assert 0 < len(changed) <= 7


def test_an_edit_that_finds_no_place_is_refused_and_not_passed_over() -> None:
    assert "by hand" in refused("\n#### Last drilled\n\nyesterday\n", SetDrilled(date(2026, 11, 5)))
