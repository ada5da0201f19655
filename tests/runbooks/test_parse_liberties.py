"""Liberties that authors take: what can mean one thing only is read as that, and told where it is another form."""

from __future__ import annotations

import pytest

from bot.domain.base import Severity
from bot.domain.runbook import FailureMode, Section, SignalKind, StepKind, content
from bot.runbooks.editing.render import entry_content, read_entry, render_entry
from bot.runbooks.lint.judge import lint
from tests.runbooks.liberties import ALL_IN_A_LIST, HEADINGS, NO_BLANK_LINES, NO_COLONS, PLAIN, TABLES
from tests.runbooks.test_parse import HEAD, book, entry, read


def said(mode: FailureMode) -> object:
    """What an entry says: a table's row reads as a line, and a wait may carry its minutes in its text."""

    def line(text: str) -> str:
        return text.replace("queue age: ", "queue age ").replace("depth: ", "depth ").replace(" for 10 min", "")

    symptoms = [line(text.text) for text in mode.symptoms]
    steps = [content(step.model_copy(update={"text": line(step.text)})) for step in mode.steps]
    return symptoms, steps, content(mode.model_copy(update={"symptoms": (), "steps": ()}))


@pytest.mark.parametrize("text", [ALL_IN_A_LIST, HEADINGS, NO_COLONS, TABLES])
def test_one_entry_in_many_hands_says_the_same(text: str) -> None:
    plain, mode = entry(PLAIN), entry(text)
    assert said(mode) == said(plain)
    assert not mode.notes
    head = f"{HEAD}## 3. Common failures\n\n### AB-01 Stuck\n\n"
    assert [one.rule for one in read(head + PLAIN).diagnostics] == []
    (told,) = read(head + text).diagnostics
    assert (told.rule, told.line) == ("P15", 11), "told once, where it begins"


@pytest.mark.parametrize("text", [PLAIN, ALL_IN_A_LIST, HEADINGS, NO_COLONS, TABLES, NO_BLANK_LINES])
def test_what_was_read_is_written_in_the_format(text: str) -> None:
    mode = entry(text)
    written = render_entry(mode)
    again = read_entry(written)
    assert again is not None
    assert entry_content(again) == entry_content(mode)
    assert read(f"{HEAD}## 3. Common failures\n\n{written}").diagnostics == ()


@pytest.mark.parametrize(
    ("step", "kind", "text", "minutes"),
    [
        ("**Check** the queue.", StepKind.CHECK, "Check the queue.", None),
        ("**Wait 10 min** and watch.", StepKind.WAIT, "Wait 10 min and watch.", 10),
        ("**Roll back** if it grows.", StepKind.ROLLBACK, "Roll back if it grows.", None),
        ("Wait for 5 minutes.", StepKind.WAIT, "Wait for 5 minutes.", 5),
        ("Wait at least 90 s.", StepKind.WAIT, "Wait at least 90 s.", 1.5),
        ("Escalate to engineering.", StepKind.ESCALATE, "Escalate to engineering.", None),
        ("Roll back to the last build.", StepKind.ROLLBACK, "Roll back to the last build.", None),
        ("Check - is it up?", StepKind.CHECK, "is it up?", None),
        ("(Act) restart.", StepKind.ACT, "restart.", None),
        ("[ ] Act: restart.", StepKind.ACT, "restart.", None),
        ("*Act*: restart.", StepKind.ACT, "restart.", None),
    ],
)
def test_kinds_of_steps_in_other_forms(step: str, kind: StepKind, text: str, minutes: float | None) -> None:
    (found,) = entry(f"**Steps:**\n1. {step}").steps
    assert (found.kind, found.text, found.wait_minutes, found.labelled) == (kind, text, minutes, True)


@pytest.mark.parametrize(
    "step",
    ["Wait until it falls.", "Page 3 of the dashboard.", "Check-in is closed.", "Run it.", "[Act](https://a.b) now."],
)
def test_words_that_only_look_like_a_kind(step: str) -> None:
    (found,) = entry(f"**Steps:**\n1. {step}").steps
    assert (found.kind, found.labelled, found.text) == (StepKind.CHECK, False, step)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("SEV-2 (customers see it)", Severity.SEV2),
        ("Severity 3", Severity.SEV3),
        ("`sev 1`", Severity.SEV1),
        ("2", Severity.SEV2),
        ("P1", None),
        ("P2/P1", None),
        ("high", None),
        ("2026", None),
    ],
)
def test_severities(text: str, severity: Severity | None) -> None:
    """P1 is the highest of one scale and the second of another: nobody guesses who is paged."""
    mode = entry(f"**Severity:** {text}")
    assert mode.severity is severity
    assert mode.severity_text == text.strip("`")


def test_what_may_mean_something_else_stays_as_it_is() -> None:
    mode = entry(
        "**Rollback:** `bookctl undo` by hand\n\n**Impact** is hard to tell.\n\n**Owner:**\n\nThe team that paid.\n\n"
        "**Notes:**\n- **Owner:** the bank\n\n**Signals:**\n- **Alert:** A\n- **Log:** b\n\n"
        "**Steps:**\n- **Verify:** a\n- **Escalation:** b\n\n"
        "| Verify | Team |\n|---|---|\n| a | b |\n"
    )
    assert mode.roll_back_when.text == mode.impact.text == mode.owner == mode.verify.text == mode.escalate_to.text == ""
    assert [step.kind for step in mode.steps] == [StepKind.CHECK, StepKind.ESCALATE]
    assert mode.signals_of(SignalKind.ALERT) == ("A",)
    assert mode.signals_of(SignalKind.LOG) == ("b",)
    assert [note.text for note in mode.notes] == [
        "**Rollback:** `bookctl undo` by hand",
        "**Impact** is hard to tell.",
        "The team that paid.",
        "- **Owner:** the bank",
    ]


def test_labels_as_bullets_after_the_steps() -> None:
    text = "**Steps:**\n1. **Act:** a.\n2. **Act:** b.\n\n- **Verify:** c < 1\n- **Escalate to:** d"
    mode = entry(f"{text}\n- **Team:** e")
    assert len(mode.steps) == 2
    assert "Team" in mode.steps[1].text, "a list with a name that is no label may be part of the step"
    mode = entry(text)
    assert (mode.steps[1].text, mode.verify.text, mode.escalate_to.text) == ("b.", "c < 1", "d")


@pytest.mark.parametrize(
    "text",
    [
        "Reads invoices.\n\n* **Depends on**: broker, OCR\n* **Used by**: accounts payable\n",
        "Reads invoices.\n\n- **Depends on:**\n  - broker\n  - OCR\n- **Used by:**\n  - accounts payable\n",
        "Reads invoices.\n\n### Depends on\n\nbroker, OCR\n\n### Used by\n\n- accounts payable\n",
        "Reads invoices.\n\n**Dependencies**\n\n* broker\n* OCR\n\n*Consumers:* accounts payable\n",
        "Reads invoices.\n\n**Depends on**\nbroker; OCR\n\n**Used by.** accounts payable\n",
    ],
)
def test_neighbours_in_many_hands(text: str) -> None:
    parsed = read(f"{HEAD}## 1. Service summary\n\n{text}\n## 2. Health\n")
    assert parsed.runbook is not None
    summary = parsed.runbook.summary
    assert [one.text for one in summary.paragraphs] == ["Reads invoices."]
    assert (summary.depends_on, summary.used_by) == (("broker", "OCR"), ("accounts payable",))
    assert [one.rule for one in parsed.diagnostics] == ["P15"]
    lines = f"{HEAD}## 1. Service summary\n\n{text}".split("\n")
    assert summary.depends_span is not None
    assert "epend" in lines[summary.depends_span.start - 1]


@pytest.mark.parametrize(
    "text",
    [
        "- **Roll back when:**\n  - error ratio > 5 %\n- **Authorised:** on-call, alone\n"
        "- **Command:** `bookctl undo`\n- **Verify:** build 7\n",
        "### Roll back if\n\n- error ratio > 5 %\n\n### Who may roll back\n\non-call, alone\n\n### Command\n\n"
        "```sh\nbookctl undo\n```\n\n### Verification\n\nbuild 7\n",
        "**Triggers**\n- error ratio > 5 %\n\n**Authorized.** on-call, alone\n\n**Rollback command**\n"
        "```sh\nbookctl undo\n```\n\n*Verify*: build 7\n",
    ],
)
def test_rollback_in_many_hands(text: str) -> None:
    parsed = read(f"{HEAD}## 5. Roll-back\n\n{text}")
    assert parsed.runbook is not None
    rollback = parsed.runbook.rollback
    assert [one.text for one in rollback.conditions] == ["error ratio > 5 %"]
    assert (rollback.authorised.text, rollback.verify.text) == ("on-call, alone", "build 7")
    assert [command.text for command in rollback.commands] == ["bookctl undo"]
    assert [one.rule for one in parsed.diagnostics] == ["P15"]


def test_keys_of_the_head_in_capitals() -> None:
    runbook = book("---\nService: pay\nOwner: ops\nReviewed: 2026-11-01\n---\n\n## 6. Changelog\n")
    assert (runbook.service, runbook.owner, str(runbook.reviewed)) == ("pay", "ops", "2026-11-01")
    assert list(runbook.sections) == [Section.CHANGES]


def test_contacts_as_bullets() -> None:
    head = f"{HEAD}## 4. Escalation\n\n"
    bullets = "- Ana Ruiz (on-call), +34 600 000 101: all\n- mail does not count\n* Engineering: +34 600 000 102\n"
    assert [(one.order, one.who, one.phone) for one in book(head + bullets).contacts] == [
        ("1", "Ana Ruiz (on-call)", "+34 600 000 101"),
        ("2", "Engineering", "+34 600 000 102"),
    ]
    listed = book(f"{head}1. Ana, +34 600 000 101\n\n- after 22:00 the desk: +34 600 000 103\n").contacts
    assert [one.who for one in listed] == ["Ana"]


def test_lint_says_what_it_read_and_judges_the_rest() -> None:
    report = lint(f"{HEAD}## 3. Common failures\n\n### AB-01 Stuck\n\n{HEADINGS}".encode(), "a-b.md")
    found = {one.rule for one in report.diagnostics}
    assert "P15" in found
    assert "E01" in found


def test_an_entry_without_blank_lines_is_in_the_format() -> None:
    assert said(entry(NO_BLANK_LINES)) == said(entry(PLAIN))
    assert read(f"{HEAD}## 3. Common failures\n\n### AB-01 Stuck\n\n{NO_BLANK_LINES}").diagnostics == ()


def test_a_label_at_the_margin_ends_a_list_and_one_inside_an_item_does_not() -> None:
    mode = entry(
        "**Steps:**\n1. **Check:** Look.\n   **Verify:** not yet\n2. **Act:** Go.\n**Verify:** age < 5 min\nfor 9 min"
    )
    assert [step.text for step in mode.steps] == ["Look.\n**Verify:** not yet", "Go."]
    assert mode.verify.text == "age < 5 min\nfor 9 min"


def test_a_label_after_every_item_is_cut_however_many_there_are() -> None:
    mode = entry("**Symptoms:**\n" + "- old\n**Notes:** x\n" * 3000)
    assert len(mode.symptoms) == 1
