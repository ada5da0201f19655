"""`section3 review`: what changed, and the date of the review as the only edit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import in_terminal, section3
from tests.runbooks.lint_page import GOOD, swap

DAY = "--today=2026-11-23"
TEXT = swap(GOOD, "reviewed: 2026-11-21", "reviewed: 2026-11-19")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "playbooks"
    folder.mkdir()
    file = folder / "invoice-extract.md"
    file.write_bytes(TEXT.encode())
    return file


def test_it_lists_what_changed_and_sets_the_date(path: Path) -> None:
    result = section3("review", "ix", "--yes", DAY)
    assert result.exit_code == 0
    assert "Changes since the review of 2026-11-19" in result.stdout
    assert "2026-11-20 01:38Z  prompt  routing prompt  v60   v61  Sam" in result.stdout
    assert "Unknown: git does not know this file." in result.stdout
    assert "yes      yes     yes    yes       yes        yes" in result.stdout
    assert "Set reviewed: 2026-11-23 in playbooks/invoice-extract.md (was 2026-11-19)." in result.stdout
    assert path.read_bytes() == TEXT.replace("reviewed: 2026-11-19", "reviewed: 2026-11-23").encode()
    assert list(path.parent.iterdir()) == [path]


def test_older_changes_are_not_listed(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    result = section3("review", "ix", "--yes", DAY)
    assert "Section 6 has none." in result.stdout


def test_line_ends_and_the_rest_of_the_file_stay(path: Path) -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    path.write_bytes(data)
    assert section3("review", "ix", "--yes", DAY).exit_code == 0
    assert path.read_bytes() == data.replace(b"reviewed: 2026-11-19", b"reviewed: 2026-11-23")


def test_nobody_to_ask_nothing_written(path: Path) -> None:
    result = section3("review", "ix", DAY)
    assert result.exit_code == 0
    assert "nobody is here to ask. Set the date with --yes." in result.stderr
    assert path.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize(("typed", "day"), [("y\n", "2026-11-23"), ("n\n", "2026-11-19")])
def test_a_person_is_asked(path: Path, typed: str, day: str) -> None:
    code, seen = in_terminal("review", "ix", DAY, cwd=path.parents[1], typed=typed)
    assert code == 0
    assert "Set reviewed: 2026-11-23 in playbooks/invoice-extract.md? [y/N]" in seen
    assert f"reviewed: {day}\n" in path.read_text(encoding="utf-8")


def test_a_review_does_not_go_back_in_time(path: Path) -> None:
    result = section3("review", "ix", "--today=2026-11-18", "--yes")
    assert result.exit_code == 2
    assert "--today 2026-11-18 is before the last review, 2026-11-19." in result.stderr
    assert path.read_text(encoding="utf-8") == TEXT


def test_reviewed_today_already(path: Path) -> None:
    section3("review", "ix", "--yes", DAY)
    result = section3("review", "ix", "--yes", DAY)
    assert result.exit_code == 0
    assert "stands in playbooks/invoice-extract.md already." in result.stdout


def test_never_reviewed(path: Path) -> None:
    path.write_text(swap(TEXT, "reviewed: 2026-11-19\n", ""), encoding="utf-8")
    result = section3("review", "ix", "--yes", DAY)
    assert "When this was reviewed is unknown; every change" in result.stdout
    assert "(was unknown)" in result.stdout
    assert "reviewed: 2026-11-23\n" in path.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_edited_stays_as_it_was(path: Path) -> None:
    broken = TEXT + "\n```sh\nnever closed\n"
    path.write_text(broken, encoding="utf-8")
    result = section3("review", "invoice-extract", "--yes", DAY)
    assert result.exit_code == 1
    assert "The file is as it was." in result.stderr
    assert path.read_text(encoding="utf-8") == broken


def test_commits_since_the_review_are_listed(path: Path) -> None:
    root = path.parents[1]

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=Sam", "-c", "user.email=sam@acme.test"]
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True, timeout=30)

    git("init", "-q")
    path.write_text(swap(TEXT, "reviewed: 2026-11-19", "reviewed: 2020-01-01"), encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "Write down how idle workers look")
    result = section3("review", "ix", "--yes", DAY)
    assert "Write down how idle workers look" in result.stdout


def test_samples_are_for_reading_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = section3("review", "invoice-extract", "--yes", DAY)
    assert result.exit_code == 0
    assert "nothing is written: this is a sample that came with section3" in result.stderr


def test_an_unknown_service(path: Path) -> None:
    result = section3("review", "invoice", "--yes", DAY)
    assert result.exit_code == 1
    assert "Did you mean" in result.stderr
