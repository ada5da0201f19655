"""`section3 demo`: one night, played for real; or a page in the browser to play it oneself."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

NIGHT_SECONDS = 300
"""No night takes longer; a demo that hangs is ended."""


def register(app: typer.Typer) -> None:
    """Add `demo`."""
    app.command()(demo)


def demo(
    fast: Annotated[bool, typer.Option("--fast", help="Leave the pauses out.")] = False,
    web: Annotated[
        bool, typer.Option("--web", help="A page in the browser to act in yourself (fetched by npm) instead.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="With --web: its port; 0 is a free one.")] = 0,
) -> None:
    """Play one incident night in the terminal: real bot, real store, Slack's stand-in over the wire."""
    from bot.cli.people import fail
    from bot.demo.web import WebDemoFailed

    if not web and shutil.which("git") is None:
        fail("the demo applies a diff with git, which is not installed. Install git and try again.")
    with tempfile.TemporaryDirectory(prefix="section3-demo-", ignore_cleanup_errors=True) as folder:
        try:
            asyncio.run(_show(Path(folder), port) if web else _play(Path(folder), fast))
        except WebDemoFailed as error:
            fail(str(error))


async def _play(folder: Path, fast: bool) -> None:
    from bot.cli.people import out
    from bot.demo.night import play, set_up
    from bot.demo.stage import Stage

    stage = Stage(out(), fast)
    async with asyncio.timeout(NIGHT_SECONDS if fast else 3 * NIGHT_SECONDS), set_up(folder, stage) as night:
        await play(night)


async def _show(folder: Path, port: int) -> None:
    from bot.cli.people import out, say
    from bot.demo.web import guide, stage

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    say("Fetching the page with npm …")
    async with stage(folder, port) as slack:
        out().print(guide(slack), markup=False, highlight=False, soft_wrap=True)
        await stop.wait()
    say("Ended.")
