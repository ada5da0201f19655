"""A process that runs the embedded server and writes facts until it is killed.

Run it with `python -m tests.store.owner FOLDER LOG`. After each acknowledged fact it appends the version to LOG, so
that a test can ask for all of them afterwards.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bot.engine.ports import Append, Stale, Stored
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal
from tests.store.server import die_with_parent, valkey

MOST = 100_000


async def write_facts(folder: Path, log: Path) -> None:
    """Append facts to one incident and log each acknowledgement."""
    acknowledged = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    async with EmbeddedServer(folder, binary=valkey()).running() as server:
        client = Client(server.url, retry_for=10)
        journal = RedisJournal(client)
        loaded = await journal.load("a")
        version = loaded.version if loaded else 0
        for _ in range(MOST):
            match await journal.append(Append("a", version, (b"%d" % (version + 1),), b"{}")):
                case Stored(version=version):
                    os.write(acknowledged, b"%d\n" % version)
                case Stale(version=version):
                    continue
        await client.close()


if __name__ == "__main__":
    end_with_test_run = die_with_parent()
    if end_with_test_run:
        end_with_test_run()
    asyncio.run(write_facts(Path(sys.argv[1]), Path(sys.argv[2])))
