"""`section3 run`: the bot, until SIGTERM."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from bot.cli.people import NO, USAGE, fail

if TYPE_CHECKING:
    from bot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add `run`."""
    app.command()(run)


def run() -> None:
    """Connect to Slack and work until SIGTERM; what is in hand is finished first. Settings: docs/settings.md."""
    import gc

    # Nothing that the start makes is garbage, and looking for some takes a sixth of its time (`_serve` turns it on).
    gc.disable()
    import asyncio

    import structlog

    from bot.engine.ports import StoreUnavailable
    from bot.logs import configure
    from bot.settings import BadSettings, load, strangers
    from bot.store.binary import EmbeddedError

    configure()
    for sentence in strangers():
        structlog.get_logger("section3").warning("unknown_setting", said=sentence)
    try:
        settings = load()
        configure(settings.secrets())
        asyncio.run(_serve(settings))
    except BadSettings as error:
        _end(str(error), USAGE)
    except (EmbeddedError, StoreUnavailable) as error:
        _end(str(error))
    except Exception as error:
        # A bare traceback would go past the logs, and past what hides secrets there.
        structlog.get_logger("section3").critical("failed", exc_info=True)
        _end(f"section3 stopped: {type(error).__name__}. The line above says where.")


def _end(sentence: str, code: int = NO) -> NoReturn:
    """End with a sentence: plain on a terminal, elsewhere a line of the log like all others, for what collects it."""
    import sys

    import structlog

    if sys.stderr.isatty():
        fail(sentence, code)
    structlog.get_logger("section3").critical("not_running", said=sentence)
    raise typer.Exit(code)


async def _serve(settings: Settings) -> None:
    import asyncio
    import gc
    import signal
    from contextlib import AsyncExitStack

    import structlog

    from bot import __version__
    from bot.wire import running

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    log = structlog.get_logger("section3")
    stopping = asyncio.create_task(stop.wait())
    async with AsyncExitStack() as stack:
        # Connecting takes as long as Slack is away, and a bot that has not connected yet has to end as well.
        starting = asyncio.create_task(stack.enter_async_context(running(settings)))
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            bot = starting.result()
            # What stands now stays until the end: no later collection needs to look at it again.
            gc.freeze()
            gc.enable()
            core = bot.core
            runbooks = len(core.library.runbooks)
            log.info("ready", version=__version__, port=bot.port, store=core.store.client.where, runbooks=runbooks)
            await stopping
        log.info("stopping")
        starting.cancel()
        await asyncio.wait({starting})
    log.info("stopped")
