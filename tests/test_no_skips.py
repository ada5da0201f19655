"""The rule that turns a skip into a failure in CI, tried on a small suite of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import pytest

def test_runs():
    pass

def test_skips():
    pytest.skip("no browser here")
"""
MODULE = """
import pytest

pytest.skip("no Node here", allow_module_level=True)
"""


def run(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(
        "from tests.no_skips import pytest_make_collect_report, pytest_runtest_makereport\n", encoding="utf-8"
    )
    environment = os.environ | {"CI": ci, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("source", [SUITE, MODULE], ids=["one test", "a whole module"])
def test_a_skip_fails_in_ci_and_only_there(tmp_path: Path, source: str) -> None:
    (tmp_path / "test_small.py").write_text(source, encoding="utf-8")
    in_ci = run(tmp_path, "true")
    assert in_ci.returncode != 0
    assert "In CI nothing skips, and this did: " in in_ci.stdout
    assert "here" in in_ci.stdout
    assert run(tmp_path, "").returncode in (0, 5), "5: pytest's code when every module was skipped"
