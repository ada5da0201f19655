"""The extra section3[semantic] with its real model. `.ci/run` installs the extra and runs this; a bot that finds it
installed compares by meaning, so it is installed after the other tests of the group."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import match
from bot.runbooks.match import Index, Query, semantic
from bot.runbooks.match.semantic import load
from tests.runbooks.matching.books import CLUSTER, PRINTERS

pytestmark = [
    pytest.mark.machine,
    pytest.mark.skipif(bool(semantic.missing()), reason='needs pip install "section3[semantic]", about 250 MB'),
]
ROOT = Path(__file__).parents[2]
STRANGE = Query(text="the letters on my sheet look washed out and faint", service="printers")


def test_a_report_in_words_of_its_own_is_found(tmp_path: Path) -> None:
    assert semantic.status() == f"on: {semantic.MODEL}"
    by_words = Index([PRINTERS, CLUSTER]).match(STRANGE).best
    assert by_words is None or not by_words.why
    best = Index([PRINTERS, CLUSTER], load(tmp_path / "vectors.sqlite3")).match(STRANGE).best
    assert best is not None
    assert best.id == "PR-02"
    assert any(reason.startswith("similar in meaning") for reason in best.why)


def test_vectors_are_kept_on_disk_and_give_the_same_answer(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    first = Index([PRINTERS, CLUSTER], load(path)).match(STRANGE)
    size = path.stat().st_size
    assert size > 0
    assert Index([PRINTERS, CLUSTER], load(path)).match(STRANGE) == first
    assert path.stat().st_size == size


def test_the_figures_of_the_blind_reports_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(typer, "get_app_dir", lambda name: str(tmp_path))
    app = typer.Typer()
    match.register(app)
    blind = str(ROOT / "tests" / "runbooks" / "matching" / "blind.jsonl")
    limits = ["--min-r1", "0.88", "--max-false-documented", "0.1"]
    result = CliRunner().invoke(
        app, ["eval", blind, "--semantic", "--no-twins", "--playbooks", str(ROOT / "playbooks"), *limits]
    )
    assert result.exit_code == 0, result.output
