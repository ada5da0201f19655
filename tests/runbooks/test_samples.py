"""The shipped runbooks are what a team copies, and playbooks/README.md is what it learns from: both must be true."""

from __future__ import annotations

import re
from datetime import date

import pytest
from markdown_it import MarkdownIt

from bot.domain.base import Severity
from bot.domain.runbook import SECTION_TITLES, FailureMode, Runbook, Section, SignalKind, StepKind
from bot.runbooks.lint import Options, lint
from bot.runbooks.lint.history import KINDS as CHANGE_KINDS
from bot.runbooks.parsing.gather import LABELS
from bot.runbooks.parsing.parse import parse
from bot.runbooks.resources import sample_playbooks_dir

FOLDER = sample_playbooks_dir()
SAMPLES = ("support-triage", "invoice-extract", "research-rag", "section3")
README = FOLDER / "README.md"

TODAY = date(2026, 11, 23)
"""The day the samples are dated for: the rules about age count from it."""

MOST_WORDS = 3000
"""Six pages of 500 words (seed, "Six pages")."""

LETTERED = re.compile(r"\w")


def load(service: str) -> Runbook:
    path = FOLDER / f"{service}.md"
    parsed = parse(path.read_bytes(), str(path))
    assert parsed.diagnostics == ()
    assert parsed.runbook is not None
    return parsed.runbook


def entries() -> list[tuple[Runbook, FailureMode]]:
    return [(runbook, mode) for runbook in map(load, SAMPLES) for mode in runbook.failures]


def test_every_runbook_of_the_folder_is_a_known_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == set(SAMPLES)


@pytest.mark.parametrize("service", SAMPLES)
class TestEverySample:
    def test_has_its_head_and_all_six_sections(self, service: str) -> None:
        runbook = load(service)
        assert runbook.service == service
        assert runbook.aliases and runbook.owner and runbook.channels and runbook.reviewed
        assert set(runbook.sections) == set(Section)

    def test_is_production_grade_without_a_warning_or_a_silenced_rule(self, service: str) -> None:
        path = FOLDER / f"{service}.md"
        report = lint(path.read_bytes(), str(path), Options(today=TODAY))
        assert report.diagnostics == ()
        assert report.silenced == ()
        assert report.production_grade

    def test_looks_on_a_page_as_it_was_meant(self, service: str) -> None:
        """`- > 5 min` is drawn as a quotation that says "5 min"."""
        tokens = MarkdownIt("commonmark").enable("table").parse((FOLDER / f"{service}.md").read_text("utf-8"))
        drawn = {token.type for token in tokens if token.nesting == 1}
        assert drawn.isdisjoint({"blockquote_open"})
        assert {"table_open", "bullet_list_open", "ordered_list_open"} <= drawn

    def test_has_ten_failures_with_ids_of_their_own(self, service: str) -> None:
        ids = [mode.id for mode in load(service).failures]
        assert len(ids) == len(set(ids)) == 10

    def test_answers_every_question_of_an_entry(self, service: str) -> None:
        for mode in load(service).failures:
            filled = (mode.impact, mode.symptoms, mode.cause, mode.steps, mode.verify, mode.roll_back_when)
            assert all(filled), mode.id
            assert mode.severity and mode.owner and mode.last_drilled and mode.escalate_to, mode.id
            assert mode.notes == (), mode.id

    def test_fits_on_six_pages(self, service: str) -> None:
        words = [word for word in (FOLDER / f"{service}.md").read_text("utf-8").split() if LETTERED.search(word)]
        assert len(words) <= MOST_WORDS

    def test_is_copied_with_no_real_number_or_host(self, service: str) -> None:
        runbook = load(service)
        assert all(contact.phone.startswith("+44 20 7946 0") for contact in runbook.contacts), "Ofcom: for drama"
        hosts = set(re.findall(r"https?://([^/\s`]+)", (FOLDER / f"{service}.md").read_text("utf-8")))
        assert hosts == {"grafana.acme.internal"}

    def test_one_command_rolls_back_and_three_states_are_told(self, service: str) -> None:
        rollback = load(service).rollback
        assert len(rollback.commands) == 1
        assert "\n" not in rollback.commands[0].text
        assert len(rollback.state) == 3


class TestSteps:
    def test_are_labelled_and_few(self) -> None:
        for _, mode in entries():
            assert 1 <= len(mode.steps) <= 7, mode.id
            assert all(step.labelled for step in mode.steps), mode.id

    def test_name_a_command_where_hands_are_needed_and_what_to_expect(self) -> None:
        for _, mode in entries():
            for step in mode.steps:
                if step.kind in (StepKind.CHECK, StepKind.ACT):
                    assert step.commands and step.expect, f"{mode.id} step {step.number}"

    def test_wait_for_some_minutes_and_watch_a_metric(self) -> None:
        for _, mode in entries():
            for step in mode.steps:
                if step.kind is StepKind.WAIT:
                    assert step.wait_minutes and step.expect, f"{mode.id} step {step.number}"
                    assert re.search(r"Watch `\w+`", step.text), f"{mode.id} step {step.number}"

    def test_branch_two_ways_and_never_beyond_the_last_step(self) -> None:
        for _, mode in entries():
            for step in mode.steps:
                if step.kind is not StepKind.BRANCH:
                    assert step.choices == (), f"{mode.id} step {step.number}"
                    continue
                assert [choice.label for choice in step.choices] == ["Yes", "No"], f"{mode.id} step {step.number}"
                for choice in step.choices:
                    assert choice.goto is None or step.number < choice.goto <= len(mode.steps), mode.id

    def test_that_send_to_a_step_or_an_entry_send_to_one_that_exists(self) -> None:
        for runbook, mode in entries():
            for step in mode.steps:
                said = f"{step.text} {step.expect} {step.if_not}"
                numbers = [int(number) for number in re.findall(r"\bstep (\d+)", said)]
                assert all(1 <= number <= len(mode.steps) for number in numbers), f"{mode.id} step {step.number}"
                named = re.findall(r"\b[A-Z]{2}-\d{2}\b", said)
                assert all(runbook.failure(other) for other in named), f"{mode.id} step {step.number}"

    def test_roll_back_with_the_command_of_section_5(self) -> None:
        for runbook, mode in entries():
            (command,) = (command.text.strip() for command in runbook.rollback.commands)
            for step in mode.steps:
                if step.kind is StepKind.ROLLBACK:
                    assert [found.text for found in step.commands] == [command], f"{mode.id} step {step.number}"


class TestSignals:
    def test_are_enough_to_be_found_by(self) -> None:
        for _, mode in entries():
            assert mode.signals_of(SignalKind.ALERT), mode.id
            assert mode.signals_of(SignalKind.METRIC), mode.id
            assert len(mode.signals_of(SignalKind.WORDS)) >= 3, mode.id
            assert mode.signals_of(SignalKind.OTHER) == (), mode.id

    def test_no_alert_belongs_to_two_entries(self) -> None:
        alerts = [alert for _, mode in entries() for alert in mode.signals_of(SignalKind.ALERT)]
        assert len(alerts) == len(set(alerts))

    def test_lookalikes_are_entries_of_the_same_runbook(self) -> None:
        for runbook, mode in entries():
            for other in mode.confused_with:
                named = other.text.split(":")[0]
                assert runbook.failure(named), f"{mode.id} is confused with {named}"
                assert named != mode.id


def test_the_entry_that_the_demo_walks_through_keeps_its_shape() -> None:
    mode = load("invoice-extract").failure("IX-04")
    assert mode is not None
    assert [step.kind.value for step in mode.steps] == ["check", "act", "wait", "branch", "rollback", "escalate"]
    assert mode.steps[2].wait_minutes == 10
    assert [choice.goto for choice in mode.steps[3].choices] == [5, 6]


class TestReadme:
    def test_its_blocks_together_are_a_runbook_without_a_fault(self) -> None:
        runbook = readme_runbook()
        (mode,) = runbook.failures
        report = lint("\n".join(readme_blocks()).encode(), str(README), Options(today=TODAY))
        assert [found.rule for found in report.diagnostics] == ["W01"], "one entry is fewer than six"
        assert set(runbook.sections) == set(Section)
        assert [step.kind for step in mode.steps] == list(StepKind)
        assert mode.notes == ()

    def test_names_every_label_of_an_entry_and_none_that_is_unknown(self) -> None:
        assert {label.casefold() for label in table("Label")} == set(LABELS.values())

    def test_names_every_step_kind(self) -> None:
        assert [name.casefold().replace("roll back", "rollback") for name in table("Step")] == [
            kind.value for kind in StepKind
        ]

    def test_names_every_signal(self) -> None:
        assert table("Signal") == [kind.value for kind in SignalKind if kind is not SignalKind.OTHER]

    def test_names_every_change_kind(self) -> None:
        (said,) = re.findall(r"The kinds: (.*)\.$", README.read_text("utf-8"), re.M)
        assert re.findall(r"`(\w+)`", said) == list(CHANGE_KINDS)

    def test_names_every_section_severity_and_sample(self) -> None:
        text = README.read_text("utf-8")
        headings = re.findall(r"^### \d\. (.*)$", text, re.M)
        assert headings == list(SECTION_TITLES.values())
        assert all(severity.value in text for severity in Severity)
        assert re.findall(r"\]\(([\w-]+)\.md\)", text) == list(SAMPLES)

    def test_every_key_of_the_front_matter_is_read(self) -> None:
        example = {
            "service": "service: a-b",
            "aliases": "aliases: [x]",
            "owner": "owner: somebody",
            "channels": 'channels: ["#c"]',
            "reviewed": "reviewed: 2026-11-20",
            "timezone": "timezone: Europe/London",
            "private": "private: true",
            "lint": 'lint: {W13: "one extra page"}',
        }
        assert table("Key") == list(example)
        head = "\n".join(["---", *example.values(), "---", ""])
        parsed = parse((head + "\n".join(readme_blocks()[1:])).encode(), "a-b.md")
        assert parsed.diagnostics == ()
        assert parsed.runbook is not None
        assert parsed.runbook.reviewed == date(2026, 11, 20)
        assert parsed.runbook.private
        assert parsed.runbook.silenced == {"W13": "one extra page"}


def readme_blocks() -> list[str]:
    """The example blocks of the README, in order."""
    return re.findall(r"^````markdown\n(.*?)^````$", README.read_text("utf-8"), re.M | re.S)


def readme_runbook() -> Runbook:
    parsed = parse("\n".join(readme_blocks()).encode(), str(README))
    assert parsed.diagnostics == ()
    assert parsed.runbook is not None
    return parsed.runbook


def table(first_column: str) -> list[str]:
    """The names in the first column of the README's table with that heading."""
    rows = re.search(
        rf"^\| {first_column} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)",
        re.sub(r"^````markdown\n.*?^````$", "", README.read_text("utf-8"), flags=re.M | re.S),
        re.M,
    )
    assert rows is not None
    return [row.split("|")[1].strip(" `") for row in rows[1].splitlines()]
