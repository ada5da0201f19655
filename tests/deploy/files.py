"""The files of deploy/ and the programs that judge them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def judged(*command: str | Path, timeout: float = 60) -> None:
    """Run a program on a file; what it says is the failure."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=timeout, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def program(name: str) -> Path:
    """A program that came with the tests' packages."""
    return Path(sys.executable).with_name(name)


def documents(path: Path) -> list[Any]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def manifest(kind: str) -> Any:
    """The one manifest of a kind."""
    (found,) = [one for path in MANIFESTS for one in documents(path) if one["kind"] == kind]
    return found
