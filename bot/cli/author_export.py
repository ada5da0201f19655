"""`section3 export`: the hand-over document of a service."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
