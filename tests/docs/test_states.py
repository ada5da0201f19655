"""docs/states.md shows what `decide` answers."""

from __future__ import annotations

from pathlib import Path

from tests.domain.diagram import document


def test_the_diagram_is_the_code() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "states.md"
    assert page.read_text() == document(), "run: python -m tests.domain.diagram"
