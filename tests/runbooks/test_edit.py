"""Edits of runbook files: the meant lines change, every other byte stays, or nothing is written."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from bot.domain.runbook import Change, Runbook, SignalKind, StepKind, content
from bot.runbooks.editing.edit import (
    AddStep,
    AddWords,
    Amendment,
    Edited,
    Outcome,
    Refused,
    ReplaceEntry,
    ReplaceStep,
    SetDrilled,
    SetStatus,
    add_changes,
    amend_failure,
    insert_failure,
    set_reviewed,
    unified_diff,
)
from bot.runbooks.editing.render import next_id, render_entry
from bot.runbooks.parsing.parse import parse
from tests.runbooks.samples import SAMPLES, Sample, variants

ENTRY = """\
### ZZ-77 Disk of the broker is full

**Severity:** SEV3 · **Owner:** platform · **Status:** draft

**Symptoms:**
- disk usage > 95 % for 10 min

**Steps:**
1. **Act:** Free space.
   ```sh
   agentctl broker trim

   # an empty line and a hash in a code block are no structure
   ```
   *Expect:* < 80 %.
2. **Escalate:** to platform.

**Verify:** disk usage < 80 % for 10 min
"""

CHANGES = (
    Change(when="2026-11-23 09:00Z", kind="prompt", what="a | b", before="v1", after="v2", by="Ana"),
    Change(when="2026-11-22 09:00Z", kind="model", what="summary model", before="m1", after="m2", by="Bo"),
)

# Every form of the two most different files, and every other file as it is.
_VARIED = ("odd.md", "invoice-extract.md")
VARIANTS = [one for sample in SAMPLES for one in (variants(sample) if sample.name in _VARIED else (sample,))]


def edited(outcome: Outcome) -> Edited:
    assert isinstance(outcome, Edited), outcome
    return outcome


def lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def apply_with_git(folder: Path, before: bytes, after: bytes) -> None:
    """The diff of an edit must give the same bytes when git applies it."""
    file = folder / "playbooks" / "a book.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(before)
    patch = unified_diff(before, after, "playbooks/a book.md")
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=folder, input=patch.encode("utf-8", "surrogateescape"), check=True, timeout=20)
    assert file.read_bytes() == after


def assert_only_inserted(before: bytes, after: bytes) -> None:
    """Every line of the old file is in the new one, in order; a last line without a newline may have gained one."""
    rest = iter(lines(after))
    for line in lines(before):
        assert any(line in (one, one.removesuffix(b"\r")) for one in rest), line


def other_entries(runbook: Runbook, failure_id: str) -> list[object]:
    return [content(mode) for mode in runbook.failures if mode.id != failure_id]


@pytest.mark.parametrize("sample", VARIANTS, ids=str)
def test_insert_touches_nothing_else(sample: Sample, tmp_path: Path) -> None:
    old = sample.runbook()
    for after in (None, old.failures[0].id):
        result = edited(insert_failure(sample.data, ENTRY, after))
        new = parse(result.data, sample.name).runbook
        assert new is not None
        assert [mode.id for mode in new.failures if mode.id != "ZZ-77"] == [mode.id for mode in old.failures]
        assert other_entries(new, "ZZ-77") == other_entries(old, "")
        assert new.failures[1 if after else -1].id == "ZZ-77"
        assert content(new.rollback) == content(old.rollback)
        assert_only_inserted(sample.data, result.data)
        assert result.data.startswith(b"\xef\xbb\xbf") == sample.data.startswith(b"\xef\xbb\xbf")
        assert result.data.endswith(b"\n") == sample.data.endswith(b"\n")
        if b"\r\n" in sample.data:
            assert result.data.replace(b"\r\n", b"").count(b"\n") == 0
    apply_with_git(tmp_path, sample.data, result.data)


@pytest.mark.parametrize("sample", VARIANTS, ids=str)
def test_change_rows_and_review_date(sample: Sample, tmp_path: Path) -> None:
    old = sample.runbook()
    result = edited(add_changes(sample.data, CHANGES))
    assert result.runbook.changes[0].what == "a | b"
    assert len(result.runbook.changes) == len(old.changes) + 2
    assert_only_inserted(sample.data, result.data)
    again = edited(add_changes(result.data, CHANGES))
    assert again.data == result.data, "rows that are there are not written twice"
    reviewed = edited(set_reviewed(result.data, date(2026, 11, 23)))
    assert reviewed.runbook.reviewed == date(2026, 11, 23)
    changed = [pair for pair in zip(lines(result.data), lines(reviewed.data), strict=True) if pair[0] != pair[1]]
    assert len(changed) <= 1
    apply_with_git(tmp_path, sample.data, reviewed.data)


AMENDMENTS: list[Amendment] = [
    AddWords(("broker full", "No Space Left", "broker full")),
    SetDrilled(date(2026, 11, 20)),
    SetStatus("draft"),
    ReplaceStep(1, "**Check:** Is it there?\n```sh\nagentctl look\n```\n*Expect:* yes."),
    AddStep(0, "**Act:** Do this first."),
    AddStep(1, "**Wait 5 min:** Watch `queue_depth`."),
]


@pytest.mark.parametrize("amendment", AMENDMENTS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("sample", VARIANTS[::4], ids=str)
def test_amendments_touch_one_entry(sample: Sample, amendment: Amendment) -> None:
    old = sample.runbook()
    for mode in old.failures[:2]:
        outcome = amend_failure(sample.data, mode.id, amendment)
        if isinstance(amendment, AddStep) and isinstance(outcome, Refused):
            # Odd numbering that its branches rely on: refused rather than sent to a wrong step.
            assert sample.name.startswith("odd.md")
            continue
        result = edited(outcome)
        assert other_entries(result.runbook, mode.id) == other_entries(old, mode.id)
        new = result.runbook.failure(mode.id)
        assert new is not None
        untouched = len(lines(sample.data)) - (mode.span.end - mode.span.start)
        kept = sum(line in set(lines(sample.data)) for line in lines(result.data))
        assert kept >= untouched - 2
        match amendment:
            case AddWords():
                words = new.signals_of(SignalKind.WORDS)
                assert words.count("broker full") == 1
                assert "No Space Left" in words
            case SetDrilled(day):
                assert new.last_drilled == day
            case SetStatus():
                assert new.draft
                cleared = edited(amend_failure(result.data, mode.id, SetStatus("")))
                assert cleared.runbook.failure(mode.id) == mode or not mode.labels
            case ReplaceStep():
                assert new.steps[0].commands[0].text == "agentctl look"
                assert content(new.steps[1:]) == content(mode.steps[1:])
            case AddStep(after):
                assert new.steps[after].kind in (StepKind.ACT, StepKind.WAIT)
                assert len(new.steps) == len(mode.steps) + 1


def test_added_step_moves_branches() -> None:
    book = _book("1. **Check:** a?\n2. **Branch:** b? *Yes:* go to step 3. *No:* go to step 1.\n3. **Act:** c.\n")
    result = edited(amend_failure(book, "AB-01", AddStep(1, "**Act:** new.")))
    mode = result.runbook.failures[0]
    assert [step.text for step in mode.steps] == ["a?", "new.", "b?", "c."]
    assert [choice.goto for choice in mode.steps[2].choices] == [4, 1]
    assert b"3. **Branch:** b? *Yes:* go to step 4. *No:* go to step 1.\n4. **Act:** c.\n" in result.data


def test_replacing_an_entry_keeps_the_bytes_of_equal_lines() -> None:
    book = _book("1. **Act:** one.  \n2. **Act:** two.\n").replace(b"\n", b"\r\n")
    mode = edited(set_reviewed(book, date(2026, 1, 1))).runbook.failures[0]
    text = render_entry(mode).replace("two.", "2 of them.")
    result = edited(amend_failure(book, "ab-01", ReplaceEntry(text)))
    assert b"1. **Act:** one.\r\n2. **Act:** 2 of them.\r\n" in result.data
    assert result.runbook.failures[0].steps[1].text == "2 of them."
    assert len(lines(result.data)) == len(lines(book))


def _book(steps: str, head: str = "service: a-b\n") -> bytes:
    return (
        f"---\n{head}---\n\n# A\n\n## 3. Common failures\n\n### AB-01 Stuck\n\n**Severity:** SEV2\n\n"
        f"**Steps:**\n{steps}"
        "\n## 4. Escalation\n\n1. Ana, +44 20 7946 0101 (all)\n\n## 6. Change log\n"
    ).encode()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("just text", "not one entry"),
        ("## 3. Common failures\n\n### AB-02 X", "not one entry"),
        ("### AB-02 X\n\n```sh\nls", "not one entry"),
        ("### AB-02 X\n\n<!-- open", "not one entry"),
        ("### AB-02 X\n\n### AB-03 Y", "not one entry"),
        ("### AB-02 X\n\n## 5. Rollback\n", "not one entry"),
        ("### AB-02 X\0", "characters"),
        ("### AB-02 X\ud800", "characters"),
        ("### ab-01 Same id\n\n**Steps:**\n1. **Act:** x", "not one entry|no id|already"),
        ("### AB-01 Same id", "already the id"),
    ],
)
def test_insert_is_refused_with_a_reason(entry: str, reason: str) -> None:
    outcome = insert_failure(_book("1. **Act:** x.\n"), entry)
    if isinstance(outcome, Edited):
        assert outcome.runbook.failures[1].id != "AB-01"
        return
    assert any(part in outcome.reason for part in reason.split("|"))


def test_files_that_swallow_are_not_edited() -> None:
    broken = _book("1. **Act:** x.\n   ```sh\n   ls\n")
    outcome = insert_failure(broken, ENTRY)
    assert isinstance(outcome, Refused)
    assert outcome.line == 15
    assert "never closed" in outcome.reason
    assert isinstance(set_reviewed(b"# no front matter\n\n## 5. Rollback\n", date(2026, 1, 1)), Refused)
    assert isinstance(add_changes(b"---\nservice: a\n---\n", CHANGES), Refused)
    assert isinstance(insert_failure(b"\xff\xfe\x00", ENTRY), Refused)
    assert isinstance(amend_failure(_book("1. x\n"), "AB-09", SetStatus("draft")), Refused)
    assert isinstance(amend_failure(_book("1. x\n"), "AB-01", ReplaceStep(2, "**Act:** x")), Refused)
    assert isinstance(amend_failure(_book("1. x\n"), "AB-01", ReplaceStep(1, "**Act:** x\n```sh\nls")), Refused)
    assert isinstance(amend_failure(_book("1. x\n"), "AB-01", ReplaceEntry("### AB-02 Other")), Refused)


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("reviewed: 2026-01-01", "reviewed: 2026-11-23"),
        ('"reviewed": "2026-01-01"  # by Ana', '"reviewed": 2026-11-23  # by Ana'),
        ("reviewed:", "reviewed: 2026-11-23"),
        ("reviewed:   # never", "reviewed: 2026-11-23 # never"),
        ("owner: me", "owner: me\nreviewed: 2026-11-23"),
    ],
)
def test_review_date_keeps_the_rest_of_its_line(line: str, written: str) -> None:
    before = _book("1. x\n", f"service: a-b\n{line}\n")
    after = edited(set_reviewed(before, date(2026, 11, 23))).data
    assert after == before.replace(line.encode(), written.encode(), 1)


def test_change_log_without_rows_gets_a_table(tmp_path: Path) -> None:
    book = _book("1. x\n").rstrip(b"\n")
    result = edited(add_changes(book, CHANGES))
    assert [change.by for change in result.runbook.changes] == ["Ana", "Bo"]
    assert not result.data.endswith(b"\n")
    apply_with_git(tmp_path, book, result.data)


def test_oldest_first_logs_grow_at_their_end() -> None:
    rows = "\n| Date | Type | What |\n|---|---|---|\n| 2026-01-01 | code | a |\n| 2026-02-01 | code | b |\n"
    result = edited(add_changes(_book("1. x\n") + rows.encode(), CHANGES[1:]))
    assert [change.what for change in result.runbook.changes] == ["a", "b", "summary model"]
    assert result.data.endswith(b"| 2026-11-22 09:00Z | model | summary model |\n")


def test_diffs_of_new_and_equal_files(tmp_path: Path) -> None:
    assert unified_diff(b"a\n", b"a\n", "x.md") == ""
    patch = unified_diff(None, b"one\r\ntwo", "new.md")
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=patch.encode(), check=True, timeout=20
    )
    assert (tmp_path / "new.md").read_bytes() == b"one\r\ntwo"


def test_ids_are_never_used_again() -> None:
    runbook = parse(_book("1. x\n"), "a-b.md").runbook
    assert runbook is not None
    assert next_id(runbook, set()) == "AB-02"
    assert next_id(runbook, {"AB-09", "CD-40", "free text"}) == "AB-10"
    assert next_id(runbook, {"AB-099"}) == "AB-100"
    empty = runbook.model_copy(update={"failures": (), "service": "invoice-extract"})
    assert next_id(empty, set()) == "IE-01"
    assert next_id(empty.model_copy(update={"service": "x9"}), set()) == "XX-01"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## 3. Common failures", "## 3. Common failures\n\n### AB-02 X\n\n**Verify:** y"),
        (
            "## 3. Common failures\n## 4. Escalation\n",
            "## 3. Common failures\n\n### AB-02 X\n\n**Verify:** y\n\n## 4. Escalation\n",
        ),
        ("Common failures\r---\r### A\r- a", "Common failures\r---\r### A\r- a\r\r### AB-02 X\r\r**Verify:** y"),
    ],
)
def test_insert_into_bare_sections(before: str, after: str) -> None:
    assert edited(insert_failure(before.encode(), "\n### AB-02 X\n\n**Verify:** y\n\n")).data.decode() == after
