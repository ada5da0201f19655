"""Runbooks from a git remote: fetched into a folder of our own, never into anybody's work tree."""

from __future__ import annotations

import fcntl
import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

_USER = re.compile(r"(?<=://)[^/@\s]*@")


class GitError(Exception):
    """The remote could not be read. The message is for people: what happened and what git said."""


class GitSource:
    """One branch of a remote. `folder` is the path of the runbooks inside it, "" for its top.

    `into` is a folder for this remote alone: a bare repository, one tree per fetched commit, and the link `current`,
    moved only when a tree is complete, so that a reader never sees half of a commit. The replicas of one machine may
    share it: one fetches at a time, and each is told of what another has fetched. Git runs without a terminal (it
    cannot ask for a password), without hooks, and is ended after `timeout_s` seconds.
    """

    def __init__(self, url: str, branch: str, folder: str, *, into: Path, timeout_s: float = 60.0) -> None:
        """Raises ValueError for an address or a branch that git would read as an option or as a command."""
        if url.startswith("-") or "::" in url.split("/")[0]:
            raise ValueError(f"{_public(url)} is no address of a git remote.")
        if not re.fullmatch(r"[\w][\w./+-]*", branch) or ".." in branch:
            raise ValueError(f"{branch!r} is no name of a git branch.")
        if Path(folder).is_absolute() or ".." in Path(folder).parts:
            raise ValueError(f"{folder!r} must be a folder inside the repository.")
        self._url = url
        self._branch = branch
        self._inside = Path(folder)
        self._into = into
        self.timeout_s = timeout_s
        self._told = ""
        """The commit in service when `sync` was last asked."""
        self._process: subprocess.Popen[bytes] | None = None
        self._abandoned = False

    @property
    def label(self) -> str:
        """The address and branch, without credentials."""
        return f"{_public(self._url)} ({self._branch})"

    @property
    def path(self) -> Path:
        """The folder of runbooks to give to the library. It exists after the first `sync`."""
        return self._into / "current" / self._inside

    @property
    def commit(self) -> str:
        """The commit in service, hex; "" before the first `sync`."""
        with suppress(OSError):
            return Path(os.readlink(self._into / "current")).name  # noqa: PTH115 - the link's text, not its target
        return ""

    def sync(self) -> bool:
        """Fetch; whether another commit is in service than when this source was last asked (the first time: always).
        Blocks: call it from a thread, and end it from another one with `abandon`. Raises GitError."""
        try:
            self._into.mkdir(parents=True, exist_ok=True)
            with self._alone():
                commit = self._fetch()
        except (OSError, tarfile.TarError) as error:
            raise GitError(f"The copy of {self.label} cannot be written: {error}.") from error
        moved, self._told = commit != self._told, commit
        return moved

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder, so that no other process of this machine lays out files there."""
        ends = time.monotonic() + self.timeout_s
        with (self._into / "lock").open("wb") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if self._abandoned or time.monotonic() > ends:
                        raise GitError(f"Another process fetches {self.label} and does not end.") from None
                    time.sleep(0.05)
            yield

    def _fetch(self) -> str:
        """The commit that is on the branch now, put into service when it is another one."""
        repository = self._into / "repository.git"
        if not (repository / "HEAD").is_file():
            self._git(repository, "init", "--quiet", "--bare")
        reference = f"+refs/heads/{self._branch}:refs/heads/fetched"
        self._git(repository, "fetch", "--quiet", "--no-tags", "--depth=1", "--", self._url, reference)
        commit = self._git(repository, "rev-parse", "--verify", "refs/heads/fetched^{commit}").decode().strip()
        if commit != self.commit:
            self._export(repository, commit)
        return commit

    def abandon(self) -> None:
        """End what `sync` is doing, for good: it raises GitError. What is in service stays there."""
        self._abandoned = True
        if self._process is not None:
            _end(self._process)

    def _export(self, repository: Path, commit: str) -> None:
        """Lay the commit's files out beside the ones in service, then move the link."""
        trees = self._into / "trees"
        tree, link = trees / commit, self._into / "next"
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        archive = self._git(repository, "archive", "--format=tar", commit)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            _lay_out(tar, tree)
        if not (tree / self._inside).is_dir():
            shutil.rmtree(tree, ignore_errors=True)
            raise GitError(f"{self.label} has no folder {self._inside} at commit {commit[:12]}.")
        link.unlink(missing_ok=True)
        link.symlink_to(Path("trees") / commit, target_is_directory=True)
        link.replace(self._into / "current")
        for old in trees.iterdir():
            if old.name != commit:
                shutil.rmtree(old, ignore_errors=True)

    def _git(self, repository: Path, *arguments: str) -> bytes:
        command = ["git", f"--git-dir={repository}", "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never"]
        command += ["-c", "gc.auto=0", "-c", "core.autocrlf=false", *arguments]
        try:
            # A session of its own: no terminal to ask on, and its helpers (ssh, https) end with it.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise GitError("The program git is not installed.") from error
        with process:
            self._process = process
            if self._abandoned:
                _end(process)
            try:
                out, err = process.communicate(timeout=self.timeout_s)
            except BaseException as error:
                _end(process)
                if isinstance(error, subprocess.TimeoutExpired):
                    raise GitError(f"{self.label} did not answer within {self.timeout_s:g} s.") from error
                raise
            finally:
                self._process = None
        if process.returncode != 0:
            raise GitError(f"{self.label} could not be read: git {arguments[0]} said {_last_line(err)}.")
        return out


def _end(process: subprocess.Popen[bytes]) -> None:
    """Git and its helpers, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _public(text: str) -> str:
    """An address without the user and password in it."""
    return _USER.sub("", text)


def _last_line(err: bytes) -> str:
    lines = [line.strip() for line in err.decode("utf-8", "replace").split("\n") if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return _public((fatal or lines or ["nothing"])[-1]).rstrip(".")


def _lay_out(tar: tarfile.TarFile, tree: Path) -> None:
    """The plain files of an archive, none outside the tree and no links (the `data` filter needs Python 3.11.4)."""
    for member in tar:
        place = PurePosixPath(member.name)
        if not member.isfile() or place.is_absolute() or ".." in place.parts:
            continue
        target = tree / place
        target.parent.mkdir(parents=True, exist_ok=True)
        held = tar.extractfile(member)
        target.write_bytes(held.read() if held else b"")
