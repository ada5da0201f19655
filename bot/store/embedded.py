"""The embedded store: a real Valkey or Redis server in a data folder, started, watched and restarted by the bot.

The server runs in its own session and survives a kill -9 of the bot: the next start finds it by the folder's lock and
uses it. Every write is on the disk before it is answered (append-only file, `appendfsync always`: 0.4 ms at p50, 12 ms
at p99 on a busy disk). `everysec` is not enough: while a flush is under way the server answers before it has written at
all, and 2 of 8 kills on a busy disk lost acknowledged writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from signal import SIGTERM
from types import TracebackType
from typing import Literal

import redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from bot.store.binary import EmbeddedError, find
from bot.store.folder import DataFolder, Holder

POLL_S = 0.02
WATCH_S = 0.1
PR_SET_PDEATHSIG = 1
LOG_LIMIT = 1_000_000


class EmbeddedServer:
    """A server on `folder`, shared with every other process that opens the same folder.

    `binary`: the program to run (see `binary.find`). `start_timeout` (seconds) covers loading a large file. `fsync` may
    be "everysec" for data that need not survive a kill. `memory`: the bytes of data from which on it refuses writes,
    instead of being killed for its size; None for no limit.
    `die_with_parent` (Linux, else ignored) ends the server with the *thread* that started it: for tests and demos,
    where a killed process should leave nothing running. `notify` hears what an operator should see in the log.
    All methods block for up to `start_timeout`; in async code use `running`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        binary: str | None = None,
        fsync: Literal["always", "everysec"] = "always",
        memory: int | None = None,
        start_timeout: float = 60.0,
        die_with_parent: bool = False,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._path = folder
        self._binary = binary
        self._fsync = fsync
        self._memory = memory
        self._start_timeout = start_timeout
        self._die_with_parent = die_with_parent
        self._notify = notify
        self._folder: DataFolder | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = Path()
        self._owner = False
        self._busy = threading.Lock()

    @property
    def url(self) -> str:
        """unix:///... of the running server."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        """The process of the server; None when nothing was started."""
        holder = self._folder.holder() if self._folder else None
        return holder.pid if holder else None

    @property
    def attached(self) -> bool:
        """Whether the server was started by another process."""
        return not self._owner

    def start(self) -> None:
        """Start the server, or use the one that already runs on the folder. Raises EmbeddedError."""
        give_up = time.monotonic() + self._start_timeout
        self._folder = DataFolder(self._path)
        try:
            while not self._folder.enter():
                self._pause(give_up, "another process is shutting its server down and does not finish")
            self._start_or_attach(give_up)
        except BaseException:
            if self._process is not None:
                self._process.terminate()
            self._end_process()
            self._folder.close()
            self._folder, self._owner = None, False
            raise

    def stop(self) -> None:
        """Leave. The last process on the folder shuts the server down, with everything on disk."""
        with self._busy:
            if self._folder is None:
                return
            if self._folder.leave():
                self._shut_down()
            elif self._process is not None:
                self._process.returncode = 0  # the other users have it now; Popen must not warn that it still runs
            self._folder.close()
            self._folder, self._process, self._owner = None, None, False

    def ensure(self) -> bool:
        """Restart the server if it is gone; True when that was needed. Cheap enough to call often."""
        with self._busy:
            if self._folder is None:
                return False
            if self._owner:
                if self._process is not None and self._process.poll() is None:
                    return False
                how = self._process.returncode if self._process else None
                self._notify(f"The embedded server ended ({_manner(how)}); it is started again.")
            elif not self._folder.own():
                return False
            self._owner = True
            self._launch(self._folder, time.monotonic() + self._start_timeout)
            return True

    async def supervise(self) -> None:
        """Keep the server running until cancelled. A server that will not start is tried again, ever more slowly."""
        pause = WATCH_S
        while True:
            await asyncio.sleep(pause)
            try:
                await asyncio.to_thread(self.ensure)
                pause = WATCH_S
            except EmbeddedError as error:
                pause = min(pause * 4, 10.0)
                self._notify(f"{error} Trying again in {pause:.1f} s.")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[EmbeddedServer]:
        """Started, supervised, and left at the end."""
        await asyncio.to_thread(self.start)
        watch = asyncio.create_task(self.supervise())
        try:
            yield self
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await asyncio.to_thread(self.stop)

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_or_attach(self, give_up: float) -> None:
        folder = self._open_folder()
        while True:
            if folder.own():
                self._owner = True
                self._launch(folder, give_up)
                return
            holder = folder.holder()
            if holder is not None and _answers(holder.socket):
                self._socket = Path(holder.socket)
                return
            who = f"process {holder.pid}" if holder else "another process"
            self._pause(give_up, f"{who} holds it and its server does not answer")

    def _launch(self, folder: DataFolder, give_up: float) -> None:
        last = folder.holder()
        program = find(self._binary, last.program if last else None)
        self._socket = folder.socket()
        log = folder.path / "server.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        before = log.stat().st_size if log.exists() else 0
        self._process = subprocess.Popen(
            [program, *self._arguments(folder)],
            pass_fds=(folder.lock_fd,),
            start_new_session=True,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent() if self._die_with_parent and sys.platform == "linux" else None,
        )
        folder.write_holder(Holder(self._process.pid, str(self._socket), str(program)))
        while not _answers(str(self._socket)):
            if self._process.poll() is not None:
                if last:
                    # A program that never answered must not be taken for the one to start next time.
                    folder.write_holder(last)
                raise EmbeddedError(
                    f"The server {program} did not start on {folder.path} ({_manner(self._process.returncode)}): "
                    f"{_last_words(log, before)} "
                    f"The whole log is {log}. The data is untouched."
                    + (f" It was last used with {last.program}." if last and last.program != str(program) else "")
                )
            self._pause(give_up, f"the server (process {self._process.pid}) does not answer; see {log}")

    def _arguments(self, folder: DataFolder) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(folder.path),
            "appendonly": "yes",
            "appendfsync": self._fsync,
            "save": "",
            "maxmemory": str(self._memory or 0),
            "maxmemory-policy": "noeviction",
            "logfile": str(folder.path / "server.log"),
            "loglevel": "notice",
            "daemonize": "no",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _shut_down(self) -> None:
        holder = self._open_folder().holder()
        if holder is None:
            return
        with contextlib.suppress(RedisError, OSError), _connection(holder.socket) as server:
            server.execute_command("SHUTDOWN", "NOSAVE")
        if self._process is not None:
            self._end_process()
        else:
            give_up = time.monotonic() + self._start_timeout
            while not self._open_folder().own():
                self._pause(give_up, f"the server (process {holder.pid}) does not shut down")

    def _end_process(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _open_folder(self) -> DataFolder:
        if self._folder is None:
            raise RuntimeError("start() comes first")
        return self._folder

    def _pause(self, give_up: float, trouble: str) -> None:
        if time.monotonic() > give_up:
            raise EmbeddedError(
                f"The data folder {self._path} cannot be used: {trouble}. End that process, or choose another folder."
            )
        time.sleep(POLL_S)


def _connection(socket: str) -> redis.Redis:
    return redis.Redis(unix_socket_path=socket, socket_timeout=2, retry=Retry(NoBackoff(), 0), driver_info=None)


def _answers(socket: str) -> bool:
    """Whether a server answers there, with its data loaded."""
    with _connection(socket) as server:
        try:
            return bool(server.execute_command("PING"))
        except (BusyLoadingError, RedisError, OSError):
            return False


def _last_words(log: Path, before: int) -> str:
    """The last line of the log since `before` (bytes) that is a warning, else the last line."""
    if not log.exists():
        return "it left no log."
    with log.open("rb") as file:
        file.seek(before if before <= log.stat().st_size else 0)
        lines = file.read().decode("utf-8", "replace").splitlines()
    loud = [line for line in lines if " # " in line and "WARNING" not in line] or lines
    return f'it said "{loud[-1].partition(" # ")[2] or loud[-1]}".' if loud else "it said nothing."


def _manner(code: int | None) -> str:
    if code is None:
        return "unknown how"
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _die_with_parent() -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(SIGTERM), 0, 0, 0)

    return ask_kernel
