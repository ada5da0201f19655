"""`section3 demo`: one night, played for real."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

NIGHT_SECONDS = 300
"""No night takes longer; a demo that hangs is ended."""


def register(app: typer.Typer) -> None:
    """Add `demo`."""
    app.command()(demo)


def demo(fast: Annotated[bool, typer.Option("--fast", help="Leave the pauses out.")] = False) -> None:
    """Play one incident night in the terminal: real bot, real store, Slack's stand-in over the wire."""
    with tempfile.TemporaryDirectory(prefix="section3-demo-") as folder:
        asyncio.run(_play(Path(folder), fast))


async def _play(folder: Path, fast: bool) -> None:
    from bot.cli.people import out
    from bot.demo.night import play, set_up
    from bot.demo.stage import Stage

    stage = Stage(out(), fast)
    async with asyncio.timeout(NIGHT_SECONDS if fast else 3 * NIGHT_SECONDS), set_up(folder, stage) as night:
        await play(night)
