"""Reading runbooks: the format, and every way in which people write it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from markdown_it import MarkdownIt

from bot.domain.base import Severity
from bot.domain.runbook import FailureMode, Runbook, Section, SignalKind, StepKind, content
from bot.runbooks.parsing.parse import Parsed, parse, section_of
from tests.runbooks.samples import SAMPLES, Sample, variants

HEAD = "---\nservice: a-b\n---\n\n# A\n\n"


def read(text: str | bytes, path: str = "a-b.md") -> Parsed:
    return parse(text.encode() if isinstance(text, str) else text, path)


def book(text: str | bytes) -> Runbook:
    runbook = read(text).runbook
    assert runbook is not None
    return runbook


def entry(text: str) -> FailureMode:
    """The one entry of section 3 that holds this text, heading left out."""
    (mode,) = book(f"{HEAD}## 3. Common failures\n\n### AB-01 Stuck\n\n{text}\n\n## 4. Escalation\n").failures
    return mode


def rules(parsed: Parsed) -> list[tuple[str, int, int]]:
    return [(one.rule, one.line, one.column) for one in parsed.diagnostics]


def sample(name: str) -> Runbook:
    return next(one for one in SAMPLES if one.name == name).runbook()


@pytest.mark.parametrize("one", SAMPLES, ids=str)
def test_every_form_of_a_file_says_the_same(one: Sample) -> None:
    expected = content(one.runbook())
    forms = {form.name.rsplit(":", 1)[1]: form for form in variants(one)}
    for form in ("lf", "crlf", "bom", "bom-crlf", "no-end", "crlf-no-end", "formfeed"):
        got = forms[form].runbook()
        assert content(got) == expected, form
        assert got.sections == one.runbook().sections, form
        assert [mode.span for mode in got.failures] == [mode.span for mode in one.runbook().failures], form


@pytest.mark.parametrize("one", SAMPLES, ids=str)
def test_spans_point_at_the_lines(one: Sample) -> None:
    runbook, lines = one.runbook(), one.data.decode().split("\n")
    for mode in runbook.failures:
        assert lines[mode.heading.start - 1].startswith("###")
        assert mode.id in lines[mode.heading.start - 1]
        for step in mode.steps:
            first = "\n".join(lines[step.span.start - 1 : step.span.end])
            assert all(part in first for part in step.text.split("\n")[0].split("`")[0].split()[:3])
            for command in step.commands:
                block = "\n".join(line.strip() for line in lines[command.span.start - 1 : command.span.end])
                assert command.text in block
        for signal in mode.signals:
            assert signal.value in lines[signal.span.start - 1]
        for label, span in mode.labels.items():
            assert label[:5] in lines[span.start - 1].casefold()
    for row in (*runbook.contacts, *runbook.changes, *runbook.health.metrics):
        assert next(iter(content(row).values())) in lines[row.span.start - 1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("one", [one for one in SAMPLES if one.name != "odd.md"], ids=str)
def test_published_runbooks_read_without_a_word(one: Sample) -> None:
    parsed = read(one.data, one.name)
    assert parsed.diagnostics == ()
    assert parsed.usable
    runbook = parsed.runbook
    assert runbook is not None
    assert set(runbook.sections) == set(Section)
    assert len(runbook.failures) == 10
    for mode in runbook.failures:
        assert not mode.notes
        assert all(step.labelled for step in mode.steps)
        assert mode.severity
        assert mode.verify


def test_odd_but_readable() -> None:
    """One file with nearly every liberty that the format allows."""
    runbook = sample("odd.md")
    assert (runbook.service, runbook.title, runbook.aliases) == ("ledger-sync", "Ledger sync", ("ledger", "ls"))
    assert runbook.channels == ("#payments",)
    assert runbook.silenced == {"W01": "two entries are enough for this small service"}
    assert set(runbook.sections) == set(Section)
    assert [text.text for text in runbook.summary.paragraphs] == ["Copies postings from the shop to the ledger."]
    assert runbook.summary.depends_on == ("shop API", "ledger (SAP, on site)")
    assert runbook.health.dashboard.text == "https://grafana.corp.internal/d/ledger"
    assert runbook.health.metrics[0].query == 'sum(rate(behind{kind=~"a|b"}[5m]))'
    assert [(one.who, one.phone, one.for_what) for one in runbook.contacts] == [
        ("Ana Ruiz (on-call)", "+34 600 000 101", "all of section 3"),
        ("Engineering", "+34 600 000 102", "beyond on-call's scope"),
    ]
    assert [command.text for command in runbook.rollback.commands] == ["ledgerctl rollback"]
    assert runbook.rollback.verify.text == "`ledgerctl version` shows the build before"
    assert len(runbook.rollback.state) == 3
    (change,) = runbook.changes
    assert (change.kind, change.what, change.before, change.after) == ("dependency", "SAP client", "7.1", "7.2")


def test_odd_entry() -> None:
    mode = sample("odd.md").failures[0]
    assert (mode.id, mode.title, mode.severity) == ("LS-01", "Postings stand still", Severity.SEV1)
    assert (mode.owner, mode.last_drilled) == ("payments-oncall", None)
    assert mode.impact.text == "Closing is late.\nTwo teams wait.\n\n* a fine of 500 EUR a day"
    assert [text.text for text in mode.symptoms] == [
        "no posting for > 15 min\n  * and none is retried",
        "error ratio > 5 % over 10 min",
    ]
    assert mode.signals_of(SignalKind.ALERT) == ("LedgerStale", "LedgerDown")
    assert mode.signals_of(SignalKind.WORDS) == ("stuck", "ledger late", "closing")
    check, act, branch, wait = mode.steps
    assert (check.expect, check.if_not, check.if_not_goto) == ("`alive`.", "go to step 3.", 3)
    assert [command.text for command in check.commands] == ["ledgerctl"]
    assert act.commands[0].text == "ledgerctl login\nledgerctl status"
    assert act.if_not_commands[0].text == "ledgerctl login --force"
    assert [(choice.label, choice.goto) for choice in branch.choices] == [("Yes", 4), ("No", None)]
    assert branch.choices[1].commands[0].text == "page bank"
    assert (wait.kind, wait.wait_minutes) == (StepKind.WAIT, 1.5)
    assert wait.commands[0].text == "ledgerctl tail", "a block that was not indented belongs to the step before"
    assert mode.escalate_to.text == "the bank desk"
    assert [note.text for note in mode.notes] == [
        "Read this before you call: the bank closes at 18:00.",
        "**Diagnosis by hand:** look at the session table.",
        "- it has one row per node",
    ]


@pytest.mark.parametrize(
    ("text", "owner", "severity", "drilled"),
    [
        ("**Severity:** SEV2 · **Owner:** ops · **Last drilled:** 2026-10-02", "ops", "SEV2", date(2026, 10, 2)),
        ("**severity**: sev-2\n**OWNER**: ops\n**last drilled**: 2026-10-02", "ops", "SEV2", date(2026, 10, 2)),
        ("Severity: SEV2\n\n__Owner:__ ops\n\nLast drilled: never", "ops", "SEV2", None),
        ("**Severity:** SEV2, **Owner:** ops, **Last drilled:** 2026-10-02", "ops", "SEV2", date(2026, 10, 2)),
        ("**Severity:** SEV2 | **Owner:** ops", "ops", "SEV2", None),
        ("#### Severity\n\nSEV2\n\n#### Owner\n\nops", "ops", "SEV2", None),
        ("**Severity:** bad · **Owner:** a `·` b", "a `·` b", None, None),
    ],
)
def test_labels(text: str, owner: str, severity: str | None, drilled: date | None) -> None:
    mode = entry(text)
    assert (mode.owner, mode.severity, mode.last_drilled) == (owner, severity, drilled)


def test_nothing_in_an_entry_is_dropped() -> None:
    mode = entry(
        "lead\n\n**Impact:** x\n\nafter\n\n**Team:** us\n- a\n\n> quoted\n\n```\ncode\n```\n\n#### More\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>html</div>\n\n<!-- a comment -->\n\n"
        "**Steps:** read all first\n1. **Act:** x.\n\n[a]: https://a.b/c"
    )
    assert [note.text for note in mode.notes] == [
        "lead",
        "after",
        "**Team:** us",
        "- a",
        "> quoted",
        "```\ncode\n```",
        "#### More",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "<div>html</div>",
        "read all first",
        "[a]: https://a.b/c",
    ]


def test_code_is_never_read_as_structure() -> None:
    mode = entry("**Impact:** `**Owner:** x` is text.\n\n**Steps:**\n1. **Act:** type `*Expect:* y` here. *Expect:* z.")
    assert mode.owner == ""
    assert mode.steps[0].expect == "z."


@pytest.mark.parametrize(
    ("heading", "failure_id", "title", "told"),
    [
        ("IX-04 Queue backlog", "IX-04", "Queue backlog", False),
        ("IX-04: Queue backlog ##", "IX-04", "Queue backlog", False),
        ("`IX-04` Queue backlog with *idle* workers", "IX-04", "Queue backlog with *idle* workers", False),
        ("**IX-04:** Queue", "IX-04", "Queue", False),
        ("3.1 IX-04 – Queue", "IX-04", "Queue", False),
        ("ABCDEF-123456", "ABCDEF-123456", "ABCDEF-123456", False),
        ("etcdNoLeader", "etcdNoLeader", "etcdNoLeader", False),
        ("gpt-4 is slow today", "gpt-4-is-slow-today", "gpt-4 is slow today", True),
        ("", "entry-1", "entry-1", True),
        ("?!? ?!?", "entry-1", "?!? ?!?", True),
    ],
)
def test_entry_headings(heading: str, failure_id: str, title: str, told: bool) -> None:
    parsed = read(f"{HEAD}## 3. Common failures\n\n### {heading}\n\n**Steps:**\n1. **Act:** x.\n")
    assert parsed.runbook is not None
    (mode,) = parsed.runbook.failures
    assert (mode.id, mode.title) == (failure_id, title)
    assert [rule for rule, _, _ in rules(parsed)] == (["P13"] if told else [])


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("1. Service summary", Section.SUMMARY),
        ("HEALTH", Section.HEALTH),
        ("3) Common  Failures:", Section.FAILURES),
        ("Section 4: Escalation", Section.ESCALATION),
        ("**5. Rollback**", Section.ROLLBACK),
        ("6 Change log", Section.CHANGES),
        ("Rollback plan", None),
        ("Changelog", Section.CHANGES),
        ("5. Roll-back", Section.ROLLBACK),
        ("", None),
    ],
)
def test_section_titles(heading: str, section: Section | None) -> None:
    assert section_of(heading) is section


def test_values_of_the_front_matter() -> None:
    runbook = book(
        "---\nservice: 007\nowner: on\nchannels: [C1, '#ops']\nreviewed: 2026-11-01 # by Ana\nprivate: yes\n"
        "extra: {a: 1}\n---\n"
    )
    assert (runbook.service, runbook.owner, runbook.private) == ("007", "on", True)
    assert runbook.channels == ("C1", "#ops")
    assert runbook.reviewed == date(2026, 11, 1)
    assert runbook.front_lines["private"] == 6
    assert book("## 5. Rollback\n").service == "a-b", "without front matter the file's name is the service"


def test_later_copies_of_a_section_are_added() -> None:
    runbook = book(HEAD + "## 4. Escalation\n\n1. A, +44 20 7946 0101\n\n## Escalation\n\n1. B, +44 20 7946 0102\n")
    assert [contact.who for contact in runbook.contacts] == ["A", "B"]
    assert runbook.sections[Section.ESCALATION].end == 9


def test_text_right_under_a_table_is_no_row() -> None:
    rollback = book(HEAD + "## 5. Rollback\n\n| State | On rollback |\n|---|---|\n| a | b |\n**Verify:** c\n").rollback
    assert (len(rollback.state), rollback.verify.text) == (1, "c")


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("**Command:** `a b`", ["a b"]),
        ("**Command:** a b", ["a b"]),
        ("**Command:**\n\n```sh\na b\n```\n\n**Verify:** `c d`", ["a b"]),
        ("```sh\na b\n```", ["a b"]),
        ("**Command:**\n1. `a b`\n2. `c d`", ["a b", "c d"]),
        ("**Verify:**\n\n```sh\na b\n```", []),
    ],
)
def test_rollback_commands(text: str, commands: list[str]) -> None:
    assert [command.text for command in book(f"{HEAD}## 5. Rollback\n\n{text}\n").rollback.commands] == commands


def test_a_ten_mode_runbook_reads_in_25_ms() -> None:
    data = next(one.data for one in SAMPLES if one.name == "invoice-extract.md")
    assert len(book(data).failures) == 10
    text = data.decode()

    def once_ms(work: Callable[[], object]) -> float:
        start = time.process_time()
        work()
        return (time.process_time() - start) * 1000

    # In turn, because the speed of a shared machine drifts. Where the Markdown reader alone needs longer (a slow
    # machine, a tracer), it sets the pace.
    reads = [lambda: MarkdownIt("commonmark").parse(text), lambda: parse(data, "x.md")]
    pace, took = map(min, zip(*([once_ms(read) for read in reads] for _ in range(15)), strict=True))
    assert took < max(25, 1.5 * pace)
