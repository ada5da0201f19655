"""Where the project's own files lie: beside the package in a checkout, inside it once installed.

The wheel carries `templates/` and `playbooks/` as `bot/_data/…` (pyproject, force-include). A team's own runbooks are
not found here: their folder is a setting.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def templates_dir() -> Path:
    """The folder with the Jinja templates. Raises FileNotFoundError when the installation is incomplete."""
    return _folder("templates")


def sample_playbooks_dir() -> Path:
    """The folder with the sample runbooks. Raises FileNotFoundError when the installation is incomplete."""
    return _folder("playbooks")


def _folder(name: str) -> Path:
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(
        f"section3 is not installed completely: no folder {name} in {_PACKAGE / '_data'} or {_PACKAGE.parent}. "
        "Install it again."
    )
