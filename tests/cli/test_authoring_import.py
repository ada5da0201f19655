"""`section3 import` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import build
from bot.runbooks.foreign.refuse import MAX_PAGE
from bot.runbooks.parsing.parse import MAX_BYTES, parse

PAGES = Path(__file__).parents[1] / "runbooks" / "foreign"
PAGE = "# DiskFull\n\n## Meaning\n\nNo space.\n\n## Mitigation\n\nDelete logs:\n\n```sh\nrm -f *.log\n```\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(build(), ["import", *map(str, words)])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "DiskFull.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_folder_becomes_a_runbook_on_stdout_and_remarks_on_stderr() -> None:
    result = run(PAGES, "--service", "shop")
    assert result.exit_code == 0
    parsed = parse(result.stdout.encode(), "shop.md")
    assert parsed.usable
    assert parsed.runbook is not None
    assert parsed.runbook.service == "shop"
    assert {"ScraperQueueStuck", "probe_down", "MailBounceRateHigh"} <= {mode.id for mode in parsed.runbook.failures}
    assert '"Diagnosis" to Check steps' in result.stderr
    assert "Empty.md: the page is empty, no entry was made" in result.stderr
    assert "section3" not in result.stdout


def test_a_new_file_is_written_and_the_next_step_named(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "disk.md"
    result = run(page, "--service", "disk", "--out", out)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"{out}: 1 entry written as a draft. Next: section3 lint {out}" in result.stderr
    assert "rm -f *.log" in out.read_text(encoding="utf-8")


def test_a_persons_runbook_only_gains_entries(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "disk.md"
    run(page, "--service", "disk", "--out", out)
    before = out.read_bytes().replace(b"No space.", b"No space, said Dana.").replace(b"\n", b"\r\n")
    out.write_bytes(before)
    other = tmp_path / "DiskSlow.md"
    other.write_text(PAGE.replace("DiskFull", "DiskSlow"), encoding="utf-8")
    result = run(page, other, "--service", "disk", "--out", out)
    assert result.exit_code == 0
    assert f"{out} has an entry DiskFull already, which is left as it is" in result.stderr
    after = out.read_bytes()
    added = after.index(b"### DiskSlow")
    assert after[:added] == before[:added]
    rest = before[added:]
    assert after.endswith(rest)
    assert b"said Dana" in after
    parsed = parse(after, "disk.md").runbook
    assert parsed is not None
    assert [mode.id for mode in parsed.failures] == ["DiskFull", "DiskSlow"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("# Shopping list\n\n- milk\n", "is there and is no runbook"),
        ("---\nservice: other\n---\n\n## 3. Common failures\n\nNone.\n", "is the runbook of other, not of disk"),
        ("---\nservice: disk\n---\n\n## 1. Service summary\n\nX.\n", "nothing can be added"),
    ],
)
def test_a_file_that_cannot_take_entries_is_left_alone(page: Path, tmp_path: Path, content: str, said: str) -> None:
    out = tmp_path / "out.md"
    out.write_text(content, encoding="utf-8")
    result = run(page, "--service", "disk", "--out", out)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "as it was" in result.stderr
    assert out.read_text(encoding="utf-8") == content


def test_a_page_that_is_not_there_and_a_wrong_service_are_usage_errors(page: Path, tmp_path: Path) -> None:
    missing = run(page, tmp_path / "none.md", "--service", "disk")
    assert missing.exit_code == 2
    assert "no such file. Nothing was written." in missing.stderr
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", "--service", "disk").exit_code == 2
    wrong = run(page, "--service", "Disk Service")
    assert wrong.exit_code == 2
    assert "no service id" in wrong.stderr


def test_the_folder_of_a_new_runbook_is_made(page: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "playbooks" / "disk.md"
    assert run(page, "--service", "disk", "--out", out).exit_code == 0
    assert "rm -f *.log" in out.read_text(encoding="utf-8")
    again = run(page, "--service", "disk", "--out", out)
    assert f"{out}: nothing new, no entry added. Next" in again.stderr


def test_a_folder_cannot_be_the_runbook(page: Path, tmp_path: Path) -> None:
    result = run(page, "--service", "disk", "--out", tmp_path)
    assert result.exit_code == 1
    assert "cannot be read: Is a directory. Nothing was written." in result.stderr


def test_pages_that_say_nothing_write_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("\n \n", encoding="utf-8")
    result = run(tmp_path / "a.md", "--service", "disk", "--out", tmp_path / "out.md")
    assert result.exit_code == 1
    assert "a.md: the page is empty" in result.stderr
    assert not (tmp_path / "out.md").exists()


def test_more_than_a_runbook_may_be_is_refused_with_the_way_out(tmp_path: Path) -> None:
    text = PAGE.replace("No space.", "No space. " * (MAX_PAGE // 10 - len(PAGE)))
    for name in range(MAX_BYTES // MAX_PAGE + 1):
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    result = run(tmp_path, "--service", "disk", "--out", tmp_path / "out.md")
    assert result.exit_code == 1
    assert "Import the pages of one service at a time." in result.stderr
    assert not (tmp_path / "out.md").exists()


def test_what_is_no_page_is_left_out_and_the_answer_is_no(page: Path, tmp_path: Path) -> None:
    html = tmp_path / "saved.html"
    html.write_text("<html><body>Disk full</body></html>", encoding="utf-8")
    both = run(page, html, "--service", "disk")
    assert both.exit_code == 1
    assert "### DiskFull" in both.stdout
    assert f"{html}: left out, it is HTML or XML. Export the page as Markdown." in both.stderr
    alone = run(html, "--service", "disk", "--out", tmp_path / "out.md")
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "no page could be used, so nothing was written." in alone.stderr
    assert not (tmp_path / "out.md").exists()
    assert f"{tmp_path}: HTML pages left out: 1. Export them as Markdown." in run(tmp_path, "--service", "disk").stderr


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    endless = run("/dev/zero", "--service", "disk")
    assert endless.exit_code == 1
    assert "/dev/zero: left out, a page has at most 419,430 bytes" in endless.stderr


def test_a_control_character_in_a_files_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    odd = tmp_path / "Disk\x07Full.md"
    odd.write_text(PAGE, encoding="utf-8")
    assert "\x07" not in run(odd, "--service", "disk").stderr
