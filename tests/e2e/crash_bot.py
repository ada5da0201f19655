"""The bot as a process that kills itself, once, at a named hop: `python -m tests.e2e.crash_bot CLOCK`.

The hop and the file that remembers the crash come in the environment. SIGKILL is as hard as it gets: nothing is
flushed, closed or said.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.demo.process import serve
from bot.logs import configure
from bot.slack.workspace.api import SlackApi
from bot.store.journal import RedisJournal
from bot.store.marks import RedisMarks
from bot.store.work import RedisWork

HOP = "SECTION3_TEST_CRASH_AT"
REMEMBERED = "SECTION3_TEST_CRASHED"

HOPS: dict[str, tuple[type[Any], str, bool]] = {
    "before the append": (RedisJournal, "append", False),
    "after the append, before the acknowledgement": (RedisJournal, "append", True),
    "after the mark, before the post": (SlackApi, "call", False),
    "after the post, before its done-mark": (SlackApi, "call", True),
    "after the done-mark, before it is recorded": (RedisMarks, "finish", True),
    "after the work, before it is completed": (RedisWork, "complete", False),
}
"""Name -> what is interrupted, and whether after (else before) it is done."""


def crash_once() -> None:
    """Kill this process, unless it was done already."""
    remembered = Path(os.environ[REMEMBERED])
    if not remembered.exists():
        remembered.write_text(os.environ[HOP])
        os.kill(os.getpid(), signal.SIGKILL)


def interrupt(owner: type[Any], name: str, after: bool) -> None:
    """Let the process die around a method of the class."""
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def dying(*args: Any, **kwargs: Any) -> Any:
        relevant = owner is not SlackApi or args[1] == "chat.postMessage"
        if relevant and not after:
            crash_once()
        result = await method(*args, **kwargs)
        if relevant and after:
            crash_once()
        return result

    setattr(owner, name, dying)


if __name__ == "__main__":
    configure()
    interrupt(*HOPS[os.environ[HOP]])
    asyncio.run(serve(Path(sys.argv[1])))
