"""`section3 run`: the bot, until SIGTERM."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add `run`."""
    app.command()(run)


def run() -> None:
    """Connect to Slack and work until SIGTERM; what is in hand is finished first. Settings: docs/settings.md."""
    import asyncio

    from pydantic import ValidationError

    from bot.cli.people import USAGE, fail
    from bot.engine.ports import StoreUnavailable
    from bot.logs import configure
    from bot.settings import load
    from bot.store.binary import EmbeddedError
    from bot.wire import SettingsMissing

    configure()
    try:
        asyncio.run(_serve(load()))
    except SettingsMissing as error:
        fail(str(error), USAGE)
    except ValidationError as error:
        fail("; ".join(f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()), USAGE)
    except (EmbeddedError, StoreUnavailable) as error:
        fail(str(error))


async def _serve(settings: object) -> None:
    import asyncio
    import signal

    import structlog

    from bot.settings import Settings
    from bot.wire import running

    assert isinstance(settings, Settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(settings) as bot:
        structlog.get_logger("section3").info("ready", port=bot.port, store=bot.core.store.client.where)
        await stop.wait()
    structlog.get_logger("section3").info("stopped")
