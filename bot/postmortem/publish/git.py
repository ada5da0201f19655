"""A proposed change as a branch of a local git repository. The work tree, the index and the present branch are never
touched: objects are written, and one reference."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot.postmortem.publish.proposal import Change, Published, PublishError, Rebuild, Status, applied

TIMEOUT_SECONDS = 30
_AUTHOR = ("-c", "user.name=section3", "-c", "user.email=section3@localhost")
_NONE = "0" * 40
_HEADING = re.compile(r"^[+-]### ([A-Z]{2,6}-[0-9]+)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GitBranch:
    """Puts changes on branches of the repository at `root`, cut from `base` ("" for the default branch: what
    origin/HEAD names, else main, else what is checked out)."""

    root: Path
    base: str = ""

    def publish(self, change: Change, rebuild: Rebuild | None = None) -> Published:
        """Make or renew the branch of the incident. Asked again with nothing new, it does nothing.

        Raises PublishError, Moved when the runbook has changed in the same place.
        """
        base = self._start()
        data = self._file(base, change.path)
        if data is None:
            raise PublishError(
                f"{change.path} is not on {self._base()} of {self.root}. Name the folder of the runbooks."
            )
        ready = applied(change, data, rebuild)
        if ready is None:
            return Published(target="git", ref=change.branch, status=Status.MERGED, again=True)
        change, after = ready.change, ready.data
        present = self._commit(f"refs/heads/{change.branch}")
        if present is not None and self._file(present, change.path) == after and self._parent(present) == base:
            return Published(target="git", ref=change.branch, again=True)
        self._may_replace(change, present)
        commit = self._write(change, base, after)
        self._git("update-ref", f"refs/heads/{change.branch}", commit, present or _NONE)
        return Published(target="git", ref=change.branch, proposal=ready.proposal)

    def try_out(self) -> None:
        """Do what every change needs, and leave one empty object behind.

        Raises PublishError when git cannot read the repository, has no such base, or may not write.
        """
        self._start()
        self._git("hash-object", "-w", "--stdin")

    def status(self, branch: str) -> Status:
        """Merged when the base holds the branch, declined when the branch is gone and the base does not."""
        tip = self._commit(f"refs/heads/{branch}")
        if tip is None:
            return Status.DECLINED
        base = self._commit(self._base())
        inside = base and self._run("merge-base", "--is-ancestor", tip, base).returncode == 0
        return Status.MERGED if inside or (base and self._carried(tip, base)) else Status.OPEN

    def ids_ever(self, path: str) -> frozenset[str]:
        """Every id that an entry of the file ever had on the base: none of them is given to another failure."""
        log = self._run("log", "-p", "--format=", self._base(), "--", path)
        return frozenset(_HEADING.findall(log.stdout.decode("utf-8", "replace")))

    def _start(self) -> str:
        """The commit that a change starts from."""
        # First what git says of the repository itself: that it belongs to somebody else, for example.
        self._git("rev-parse", "--git-dir")
        name = self._base()
        base = self._commit(name)
        if base is None:
            raise PublishError(f"{self.root} has no branch {name}. Name the branch that the runbooks are on.")
        return base

    def _base(self) -> str:
        if self.base:
            return self.base
        told = self._head("refs/remotes/origin/HEAD").removeprefix("refs/remotes/origin/")
        here = self._head("HEAD").removeprefix("refs/heads/")
        return next((name for name in (told, "main", here) if name and self._commit(f"refs/heads/{name}")), "main")

    def _head(self, name: str) -> str:
        """The full name of the branch that a symbolic reference stands for; "" when it is none."""
        return self._run("symbolic-ref", "--quiet", name).stdout.decode().strip()

    def _carried(self, tip: str, base: str) -> bool:
        """Whether every file of the branch's own commit is on the base as it is there (a squash merge)."""
        parent = self._parent(tip)
        names = self._git("diff-tree", "-r", "-z", "--name-only", parent or tip, tip).decode().split("\0")
        files = [name for name in names if name]
        return bool(files) and all(self._file(tip, name) == self._file(base, name) for name in files)

    def _may_replace(self, change: Change, present: str | None) -> None:
        if self._head("HEAD") == f"refs/heads/{change.branch}":
            raise PublishError(
                f"The branch {change.branch} is checked out in {self.root}. Check out another one first."
            )
        if present is None:
            return
        message = self._git("log", "-1", "--format=%B", present).decode("utf-8", "replace")
        if _trailer(change) not in message:
            raise PublishError(
                f"The branch {change.branch} holds work of somebody else. Merge it or rename it, then try again."
            )

    def _write(self, change: Change, base: str, after: bytes) -> str:
        blob = self._git("hash-object", "-w", "--stdin", stdin=after).decode().strip()
        tree = self._tree(base, "", change.path.split("/"), blob)
        message = f"{change.title}\n\n{change.body}\n{_trailer(change)}\n"
        made = self._git(*_AUTHOR, "commit-tree", tree, "-p", base, "-F", "-", stdin=message.encode())
        return made.decode().strip()

    def _tree(self, commit: str, folder: str, rest: list[str], blob: str) -> str:
        """The tree of a folder with one file in it replaced: only the trees on the way to it are written anew."""
        name, *deeper = rest
        lines = []
        for line in self._git("ls-tree", "-z", f"{commit}:{folder}").split(b"\0"):
            about, _, entry = line.partition(b"\t")
            if line and entry.decode("utf-8", "surrogateescape") == name:
                inner = f"{folder}/{name}" if folder else name
                new = self._tree(commit, inner, deeper, blob) if deeper else blob
                mode, kind, _ = about.split(b" ")
                line = b" ".join((mode, kind, new.encode())) + b"\t" + entry
            if line:
                lines.append(line)
        return self._git("mktree", "-z", stdin=b"\0".join(lines) + b"\0").decode().strip()

    def _commit(self, name: str) -> str | None:
        found = self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return found.stdout.decode().strip() if found.returncode == 0 else None

    def _parent(self, commit: str) -> str | None:
        return self._commit(f"{commit}^")

    def _file(self, commit: str, path: str) -> bytes | None:
        found = self._run("cat-file", "blob", f"{commit}:{path}")
        return found.stdout if found.returncode == 0 else None

    def _git(self, *words: str, stdin: bytes | None = None) -> bytes:
        done = self._run(*words, stdin=stdin)
        if done.returncode:
            # What follows the first line is advice for a person at that machine's terminal.
            said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0] or f"git {words[0]} failed"
            raise PublishError(f"git in {self.root} says: {said}. Nothing was published.")
        return done.stdout

    def _run(self, *words: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self.root), *words]
        try:
            return subprocess.run(
                command, input=stdin or b"", capture_output=True, timeout=TIMEOUT_SECONDS, check=False
            )
        except FileNotFoundError as error:
            raise PublishError("git is not installed here. Choose another target for proposals.") from error
        except subprocess.TimeoutExpired as error:
            raise PublishError(f"git in {self.root} did not answer within {TIMEOUT_SECONDS} s.") from error


def _trailer(change: Change) -> str:
    """The line by which we know our own commits."""
    return f"Section3-Incident: {change.name}"
