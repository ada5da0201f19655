"""The commands that make documents: `import`, `new` and `export`."""

from __future__ import annotations

import typer

from bot.cli import author_export, author_import, author_new


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for module in (author_import, author_new, author_export):
        module.register(app)
