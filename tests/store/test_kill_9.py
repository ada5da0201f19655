"""kill -9 of the embedded server, of its owner and of both, while facts are written: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from bot.store.client import Client
from bot.store.folder import DataFolder, Holder
from bot.store.journal import RedisJournal
from tests.store.server import alive, embedded, version, wait_for


class Owner:
    """A bot in a process of its own, that writes facts (see tests/store/owner.py)."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder, self._log = folder, log
        command = [sys.executable, "-m", "tests.store.owner", str(folder), str(log)]
        self._process = subprocess.Popen(command, cwd=Path(__file__).parents[2])

    def all_acknowledged(self) -> list[int]:
        lines = self._log.read_bytes().splitlines(keepends=True) if self._log.exists() else []
        return [int(line) for line in lines if line.endswith(b"\n")]

    def acknowledged(self) -> int:
        return max(self.all_acknowledged(), default=0)

    def wait_beyond(self, version: int) -> None:
        wait_for(lambda: self.acknowledged() > version or self._process.poll() is not None, "the next fact")
        assert self._process.poll() is None, "the owner gave up"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=10)

    def kill_server(self, *, while_flushing: bool) -> None:
        holder = holder_of(self._folder)
        if while_flushing:
            self._wait_for_flush(holder.socket)
        os.kill(holder.pid, signal.SIGKILL)

    def _wait_for_flush(self, socket: str, seconds: float = 1.5) -> None:
        """Wait until facts are acknowledged while a flush is under way in the background (never with `always`)."""
        give_up = time.monotonic() + seconds
        with redis.Redis(unix_socket_path=socket) as server:

            def flushing() -> bool:
                return bool(server.info("persistence")["aof_pending_bio_fsync"])

            while time.monotonic() < give_up:
                if flushing():
                    begun = self.acknowledged()
                    while flushing() and time.monotonic() < give_up:
                        if self.acknowledged() > begun + 2:
                            return


def holder_of(data: Path) -> Holder:
    folder = DataFolder(data)
    holder = folder.holder()
    folder.close()
    assert holder
    return holder


@pytest.fixture
def orphanage(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose server is ended even when a test fails after its owner was killed."""
    folder = tmp_path / "data"
    yield folder
    pid = holder_of(folder).pid
    if alive(pid):
        os.kill(pid, signal.SIGKILL)


async def survive(data: Path, victim: str, rounds: int, *, while_flushing: bool = False) -> None:
    """Kill `victim` again and again while facts are written: all that was acknowledged must be there."""
    chance = random.Random(victim)
    log = data.with_name("acknowledged")
    writer = Owner(data, log)
    try:
        for _ in range(rounds):
            seen = writer.acknowledged()
            writer.wait_beyond(seen + chance.randrange(40))
            if victim in ("server", "both"):
                writer.kill_server(while_flushing=while_flushing)
            if victim in ("owner", "both"):
                writer.kill()
                promised = writer.acknowledged()
                writer = Owner(data, log)
                writer.wait_beyond(promised)
        writer.wait_beyond(writer.acknowledged() + 5)
    finally:
        writer.kill()
    everything = writer.all_acknowledged()
    with embedded(data) as server:
        client = Client(server.url)
        events = await RedisJournal(client).events("a")
        await client.close()
    assert len(everything) > rounds
    assert everything == sorted(set(everything)), "a version was acknowledged twice: the first fact of it was lost"
    assert len(events) >= everything[-1], "acknowledged facts were lost"
    assert events == [b"%d" % number for number in range(1, len(events) + 1)], "a fact is missing or doubled"


@pytest.mark.parametrize("victim", ["server", "owner", "both"])
async def test_kill_9_loses_nothing(orphanage: Path, victim: str) -> None:
    await survive(orphanage, victim, rounds=2)


@contextmanager
def busy_disk(folder: Path) -> Iterator[None]:
    """Somebody else keeps the disk busy with flushes of 20 MB."""
    stop = threading.Event()

    def write() -> None:
        with (folder / "busy").open("wb", buffering=0) as file:
            while not stop.wait(0.02):
                file.seek(0)
                file.write(bytes(20_000_000))
                os.fsync(file.fileno())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


@pytest.mark.machine
async def test_kill_9_while_the_disk_is_busy_loses_nothing(orphanage: Path) -> None:
    """With `appendfsync everysec` this loses acknowledged facts: the server answers while a flush holds back writes."""
    with busy_disk(orphanage.parent):
        await survive(orphanage, "server", rounds=8, while_flushing=True)


@pytest.mark.machine
@pytest.mark.parametrize("victim", ["server", "owner", "both"])
async def test_kill_9_twenty_times_loses_nothing(orphanage: Path, victim: str) -> None:
    await survive(orphanage, victim, rounds=20)


async def test_a_server_outlives_its_killed_owner_and_is_found(orphanage: Path) -> None:
    process = Owner(orphanage, orphanage.with_name("log"))
    try:
        process.wait_beyond(3)
        holder = holder_of(orphanage)
    finally:
        process.kill()
    assert alive(holder.pid)
    with embedded(orphanage) as server:
        assert server.attached
        assert server.pid == holder.pid
        assert await version(server.url) >= process.acknowledged()
    assert not alive(holder.pid)
