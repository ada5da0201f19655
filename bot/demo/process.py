"""The bot as a process of its own, on a clock that the demo and the tests can move: `python -m bot.demo.process CLOCK`.

Everything else is the bot as it runs in production. It prints one line when it is ready and ends at SIGTERM, or when
its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from bot.demo.standin.clock import OffsetClock
from bot.logs import configure
from bot.settings import load
from bot.wire import running


async def serve(clock_file: Path) -> None:
    """Run until SIGTERM or SIGINT."""
    settings = load()
    configure(settings.secrets())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    _leave_with_parent(lambda: loop.call_soon_threadsafe(stop.set))
    async with running(settings, OffsetClock(clock_file)) as bot:
        sys.stdout.write(json.dumps({"ready": True, "port": bot.port}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _leave_with_parent(leave: Callable[[], object]) -> None:
    """Stop when the pipe from whoever started us is closed: a killed demo leaves nothing running."""

    def watch() -> None:
        sys.stdin.buffer.read()
        leave()

    threading.Thread(target=watch, daemon=True, name="parent").start()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
