"""What holds for every command: no traceback, whatever the streams are; help says the whole text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli.app import build
from tests.cli.terminal import section3
from tests.runbooks.lint_page import GOOD

ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "invoice-extract.md").write_text(GOOD.replace("Priya Nair", "Přiya Naïr"), encoding="utf-8")
    return tmp_path


def program(
    *arguments: str, cwd: Path, stdout: int = subprocess.PIPE, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1", "cp437"])
@pytest.mark.parametrize("words", [("show", "ix"), ("eval", "--help"), ("match", "queue is stuck"), ("demo", "--help")])
def test_no_encoding_of_a_terminal_is_an_exception(here: Path, words: tuple[str, ...], encoding: str) -> None:
    done = program(*words, cwd=here, encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.strip()


@pytest.mark.parametrize(("encoding", "name"), [("iso8859-1", b"P?iya Na\xefr"), ("ascii", "Přiya Naïr".encode())])
def test_the_phone_number_stays_when_the_name_cannot_be_shown(here: Path, encoding: str, name: bytes) -> None:
    assert name + b"  +44 20 7946 0102" in program("phone", "ix", cwd=here, encoding=encoding).stdout


@pytest.mark.parametrize("words", [("show", "ix"), ("lint",), ("lint", "--help"), ("list",), ("match", "--help")])
def test_a_full_disk_behind_stdout_is_one_line(here: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program(*words, cwd=here, stdout=full.fileno())
    assert done.returncode == 1
    assert done.stderr == b"section3: stopped: No space left on device. What is printed above may be incomplete.\n"


def commands() -> dict[str, Any]:
    """Every command there is, by its words."""
    found: dict[str, Any] = {}

    def walk(command: Any, words: str) -> None:
        found[words] = command
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{words} {name}".strip())

    walk(typer.main.get_command(build()), "")
    return found


@pytest.mark.parametrize("words", commands())
def test_help_loses_no_word_in_brackets(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where brackets are taken for markup, `close [reason]` is printed as `close `."""
    monkeypatch.setenv("COLUMNS", "400")
    shown = section3(*words.split(), "--help")
    assert shown.exit_code == 0
    command = commands()[words]
    parts = (command, *getattr(command, "commands", {}).values(), *command.params)
    said = " ".join(shown.stdout.replace("│", " ").split())
    for text in (getattr(part, "help", None) or "" for part in parts):
        first = text.split("\n\n")[0].replace("\\[", "[")
        assert " ".join(first.split()) in said
