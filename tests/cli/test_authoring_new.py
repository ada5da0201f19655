"""`section3 new`: the questions, the flags, and the file that comes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import build
from bot.domain.runbook import Runbook, StepKind
from bot.runbooks.lint import lint
from bot.runbooks.lint.readiness import QUESTIONS
from bot.runbooks.parsing.parse import parse

ANSWERS = """Reads invoices and drafts bills.
OCR service, broker
accounts payable
ap-oncall
https://grafana.acme.internal/d/ix
Oldest document
< 10 min
10-60 min
> 60 min

The queue | stands still
SEV2
Invoices are late.
oldest age > 60 min

IngestQueueAge

backlog, stuck, idle workers
a stalled worker
Dana Okoye
+44 20 7946 0101
anything in section 3
Priya Nair (engineering)

beyond on-call's scope

check: does `queue head` repeat?
Wait 5 min: watch the depth.
Restart the workers.

oldest age < 10 min
error ratio > 5 % for 10 min

the on-call, alone
agentctl rollback ix
error ratio < 1 %
survive
lost
survive
2026-11-20 01:38Z
prompt
routing prompt
v60
v61
Sam
"""


def run(folder: Path, *words: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(build(), ["new", *words, "--playbooks", str(folder)], input=answers)


def book_of(path: Path) -> Runbook:
    parsed = parse(path.read_bytes(), path.name)
    assert parsed.usable
    assert not parsed.diagnostics
    assert parsed.runbook is not None
    return parsed.runbook


def test_the_six_questions_are_asked_and_their_answers_written(tmp_path: Path) -> None:
    result = run(tmp_path, "invoice-extract", "--ask", answers=ANSWERS)
    assert result.exit_code == 0, result.output
    book = book_of(tmp_path / "invoice-extract.md")
    assert (book.service, book.owner, book.title) == ("invoice-extract", "ap-oncall", "Invoice extract")
    assert book.summary.depends_on == ("OCR service", "broker")
    assert [(row.name, row.green, row.red) for row in book.health.metrics] == [
        ("Oldest document", "< 10 min", "> 60 min")
    ]
    (mode,) = book.failures
    assert (mode.id, mode.title) == ("IE-01", "The queue | stands still")
    assert [step.kind for step in mode.steps] == [StepKind.CHECK, StepKind.WAIT, StepKind.ACT]
    assert mode.steps[0].commands[0].text == "queue head"
    assert mode.steps[1].wait_minutes == 5
    assert [(one.who, one.phone) for one in book.contacts] == [
        ("Dana Okoye", "+44 20 7946 0101"),
        ("Priya Nair (engineering)", "TODO(owner): phone"),
    ]
    assert [command.text for command in book.rollback.commands] == ["agentctl rollback ix"]
    assert [row.on_rollback for row in book.rollback.state] == ["survive", "lost", "survive"]
    said = result.stderr
    places = [said.index(f"{number}. {one.text}") for number, one in enumerate(QUESTIONS, start=1)]
    assert places == sorted(places)


def test_skipped_questions_are_owed_and_lint_finds_each_of_them(tmp_path: Path) -> None:
    result = run(tmp_path, "search", "--no-ask")
    assert result.exit_code == 0
    path = tmp_path / "search.md"
    assert book_of(path).failures[0].id == "SE-01"
    owed = path.read_text(encoding="utf-8").count("TODO(owner)")
    assert f"{owed} answers are still owed" in result.stdout
    report = lint(path.read_bytes(), path.name)
    assert not any(answer.yes for answer in report.answers), "a placeholder answers none of the six questions"


def test_flags_answer_instead_of_a_person(tmp_path: Path) -> None:
    result = run(
        tmp_path, "search", "--no-ask", "--owner", "search: team", "--metric", "p95 | < 1 s | 1-2 s | > 2 s",
        "--contact", "Kim|+44 20 7946 0110|all", "--symptom", "p95 > 2 s", "--symptom", "errors > 1 %",
        "--step", "Check: look at `searchctl top`", "--roll-back-when", "p95 > 2 s for 10 min",
        "--command", "searchctl rollback", "--in-flight", "survive",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    book = book_of(tmp_path / "search.md")
    assert book.owner == "search: team"
    assert book.contacts[0].who == "Kim"
    assert "engineering" in book.contacts[1].who, "the path beyond on-call's scope is still owed"
    assert [symptom.text for symptom in book.failures[0].symptoms] == ["p95 > 2 s", "errors > 1 %"]
    assert book.rollback.commands[0].text == "searchctl rollback"


EVERYTHING = (
    *("--owner", "mail-oncall", "--summary", "Sends the shop's mail.", "--depends-on", "DNS", "--used-by", "the shop"),
    *(
        "--dashboard",
        "https://grafana.shop.internal/d/mail",
        "--metric",
        "Queue | < 100 mails | 100-500 mails | > 500 mails",
    ),
    *("--failure", "Queue does not drain", "--severity", "SEV2", "--impact", "Order mails are late."),
    *("--symptom", "queue > 500 mails for 10 min", "--alert", "MailQueueStuck", "--words", "late mail, stuck, queue"),
    *("--cause", "the relay waits for DNS", "--step", "Check: `mailq | tail -1` *Expect:* a number that falls"),
    *("--step", "Escalate: to engineering on-call after 30 min", "--verify", "queue < 100 mails for 10 min"),
    *("--contact", "Ada Lund (on-call) | +44 20 7946 0111 | anything in section 3"),
    *("--contact", "Engineering on-call: Bo Ek | +44 20 7946 0112 | beyond on-call's scope"),
    *("--roll-back-when", "bounces > 5 % for 10 min", "--authorised", "the on-call engineer, alone, without a meeting"),
    *("--command", "agentctl rollback mail-relay", "--rollback-verify", "bounces < 1 % for 10 min"),
    *("--in-flight", "survive: sent again", "--partial", "lost", "--queued", "survive"),
    *("--change", "2026-11-20 01:38Z | config | DNS cache | 60 s | 300 s | Sam"),
)


def test_who_answers_everything_owes_nothing_that_was_asked(tmp_path: Path) -> None:
    result = run(tmp_path, "mail-relay", "--no-ask", *EVERYTHING)
    assert result.exit_code == 0, result.output
    path = tmp_path / "mail-relay.md"
    assert "TODO" not in path.read_text(encoding="utf-8")
    assert "owed" not in result.stdout
    book = book_of(path)
    assert book.reviewed is not None
    assert book.failures[0].escalate_to.text == "Engineering on-call: Bo Ek"
    report = lint(path.read_bytes(), path.name)
    assert all(answer.yes for answer in report.answers)
    assert {finding.rule for finding in report.diagnostics} <= {"W01", "W09", "W10"}, "more failures, and a drill"


@pytest.mark.parametrize(
    "text", ["## 4. Escalation", "- a list", "> quoted", "1. one", "```", "| a | b |", "2. Health"]
)
def test_no_answer_becomes_the_structure_of_the_file(tmp_path: Path, text: str) -> None:
    flags = ("--owner", "--summary", "--depends-on", "--used-by", "--dashboard", "--failure", "--impact", "--symptom")
    more = ("--step", "--verify", "--roll-back-when", "--authorised", "--command", "--rollback-verify", "--in-flight")
    result = run(tmp_path, "search", "--no-ask", *(word for flag in (*flags, *more) for word in (flag, text)))
    assert result.exit_code == 0, result.output
    book = book_of(tmp_path / "search.md")
    assert len(book.summary.paragraphs) == 1
    assert len(book.failures) == 1
    assert len(book.contacts) == 2
    assert len(book.rollback.state) == 3
    assert len(book.changes) == 1


def test_a_bound_is_no_quotation_and_a_pasted_command_no_code_mark(tmp_path: Path) -> None:
    words = ("--symptom", "> 60 min", "--roll-back-when", ">= 5 % for 10 min", "--command", "`searchctl rollback`")
    assert run(tmp_path, "search", "--no-ask", *words).exit_code == 0
    text = (tmp_path / "search.md").read_text(encoding="utf-8")
    assert "\n- more than 60 min\n" in text
    assert "\n- at least 5 % for 10 min\n" in text
    assert "\nsearchctl rollback\n" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Search Service",), "no service id"),
        (("readme",), "README.md explains the folder"),
        (("search", "--metric", "p95 | < 1 s"), "must be name | green | yellow | red"),
        (("search", "--contact", "Kim||all"), "must be who | phone | for"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = run(tmp_path, *words, "--no-ask")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_who_stops_in_the_middle_is_told_that_nothing_was_written(tmp_path: Path) -> None:
    result = run(tmp_path, "search", "--ask", answers="Finds things.\nan index\n")
    assert result.exit_code == 1
    assert f"stopped before the last question. {tmp_path / 'search.md'} was not written." in result.stderr
    assert not list(tmp_path.iterdir())


def test_half_a_runbook_is_not_left_behind(tmp_path: Path) -> None:
    """A file may be written up to a limit of the system, as on a disk that fills up: 1 KiB here."""
    limited = ["bash", "-c", 'ulimit -f 1; exec "$@"', "-", sys.executable, "-B", "-m", "bot"]
    done = subprocess.run(
        [*limited, "new", "search", "--no-ask", "--summary", "x" * 3000],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "section3: playbooks/search.md cannot be written: File too large. Nothing was written.\n"
    assert not list(tmp_path.rglob("*.md"))


def test_a_runbook_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "search.md").write_text("mine", encoding="utf-8")
    result = run(tmp_path, "search", "--no-ask")
    assert result.exit_code == 1
    assert "is left as it is" in result.stderr
    assert (tmp_path / "search.md").read_text(encoding="utf-8") == "mine"


def test_nobody_is_asked_where_there_is_no_terminal(tmp_path: Path) -> None:
    result = run(tmp_path, "search", answers="never read\n")
    assert result.exit_code == 0
    assert "never read" not in (tmp_path / "search.md").read_text(encoding="utf-8")
