"""The data folder of the embedded server: who may start a server in it, and who still uses it.

Two locks by flock, so that a killed process can leave nothing behind. `server.lock` is held by whoever may run the
server and is inherited by the server itself: while it is held, no second server can start on the folder, even when the
process that started the first is gone. `users.lock` is shared by everyone who uses the server: the last to leave, and
only the last, shuts it down. (flock needs a local file system; over NFS the data folder must have a single user.)
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import tempfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from bot.store.binary import EmbeddedError

SOCKET_LIMIT = 100
"""Bytes of a unix socket's path: Linux allows 107, macOS 103."""


@dataclass(frozen=True, slots=True)
class Holder:
    """What the lock file says about the server that runs."""

    pid: int
    socket: str
    program: str


class DataFolder:
    """Paths and locks. Raises EmbeddedError when the folder cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._server = os.open(self.path / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._users = os.open(self.path / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {self.path} cannot be used: {error.strerror}. "
                "Make it writable for this user or choose another one."
            ) from error

    @property
    def lock_fd(self) -> int:
        """The descriptor the server inherits."""
        return self._server

    def close(self) -> None:
        """Let go of both locks (a server that inherited its lock keeps it)."""
        os.close(self._server)
        os.close(self._users)

    def enter(self) -> bool:
        """Count as a user; False while the last user before us is shutting the server down."""
        return _flock(self._users, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Stop being a user; True for the last one, who then keeps newcomers out until `close`."""
        return _flock(self._users, fcntl.LOCK_EX)

    def own(self) -> bool:
        """Take the right to run the server; False while a server or another owner has it."""
        return _flock(self._server, fcntl.LOCK_EX)

    def write_holder(self, holder: Holder) -> None:
        """Only for the owner of the lock."""
        text = json.dumps(asdict(holder)).encode()
        os.ftruncate(self._server, 0)
        os.pwrite(self._server, text, 0)

    def holder(self) -> Holder | None:
        """Who was last known to run the server; None before the first start (or while it is being written)."""
        try:
            return Holder(**json.loads(os.pread(self._server, 4096, 0)))
        except (ValueError, TypeError):
            return None

    def socket(self) -> Path:
        """A path for the socket inside a folder that only this user may enter."""
        preferred = self.path / "run"
        if len(os.fsencode(preferred / "redis.sock")) <= SOCKET_LIMIT:
            return _private(preferred) / "redis.sock"
        short = _private(Path(tempfile.gettempdir()) / f"section3-{os.getuid()}")
        return short / f"{sha256(os.fsencode(self.path)).hexdigest()[:16]}.sock"


def _flock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    info = folder.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid():
        raise EmbeddedError(f"{folder} belongs to somebody else, so the server's socket is not safe there. Remove it.")
    folder.chmod(0o700)
    return folder
