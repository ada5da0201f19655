"""The rule that turns a skip into a failure in CI, tried on a small suite of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    own = {"CI": ci, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = ["-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--rootdir", str(folder)]
    command = [sys.executable, "-m", "pytest", *options, str(folder)]
    return subprocess.run(
        command, cwd=folder, env=os.environ | own, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_skip_fails_in_ci_and_only_there(tmp_path: Path) -> None:
    """Of one test, and of a whole module."""
    (tmp_path / "conftest.py").write_text(
        "from tests.no_skips import pytest_make_collect_report, pytest_runtest_makereport\n", encoding="utf-8"
    )
    (tmp_path / "test_small.py").write_text(SUITE, encoding="utf-8")
    (tmp_path / "test_module.py").write_text(MODULE, encoding="utf-8")
    in_ci = run(tmp_path, "true")
    assert in_ci.returncode != 0
    for reason in ("no browser here", "no Node here"):
        assert f"In CI nothing skips, and this did: Skipped: {reason}" in in_ci.stdout
    assert "1 failed, 1 passed, 1 error" in in_ci.stdout
    elsewhere = run(tmp_path, "")
    assert elsewhere.returncode == 0
    assert "1 passed, 2 skipped" in elsewhere.stdout
