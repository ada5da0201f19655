"""The library follows its source: a watched folder, one that comes and goes, a git remote."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.runbooks.library.library import GitError, GitSource, Library
from tests.runbooks.library_files import GOOD, Watch, write


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another task does, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def watched(library: Library, every_s: float = 5.0) -> AsyncIterator[list[tuple[str, ...]]]:
    """What `watch` yields while the block runs."""
    stop = asyncio.Event()
    seen: list[tuple[str, ...]] = []

    async def watch() -> None:
        async for changed in library.watch(stop, every_s):
            seen.append(changed)  # noqa: PERF401 - what was seen must be there at once

    task = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def test_watching_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "pay")
    library = Library(tmp_path, Watch())
    count = 0
    async with watched(library) as seen:

        def arrived() -> bool:
            # Written again and again: the first write may come before the watch has begun.
            nonlocal count
            count += 1
            write(tmp_path, "mail", text=GOOD.replace("restart", f"restart {count}"))
            return any("mail" in changed for changed in seen)

        await until(arrived)
    assert library.find("mail") is not None


async def test_a_change_in_a_sub_folder_is_seen(tmp_path: Path) -> None:
    team = tmp_path / "payments"
    team.mkdir()
    write(team, "pay")
    library = Library(tmp_path, Watch())
    found = library.find("pay")
    assert found is not None and found.path.endswith("payments/pay.md")
    count = 0
    async with watched(library) as seen:

        def arrived() -> bool:
            nonlocal count
            count += 1
            write(team, "mail", text=GOOD.replace("restart", f"restart {count}"))
            return any("mail" in changed for changed in seen)

        await until(arrived)


async def test_a_folder_that_comes_later_goes_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    library = Library(folder, Watch())
    assert [problem.path for problem in library.problems] == [str(folder)]
    async with watched(library, 0.05) as seen:
        folder.mkdir()
        write(folder, "pay")
        await until(lambda: ("pay",) in seen)
        assert library.problems == ()

        folder.rename(tmp_path / "away")
        await until(lambda: bool(library.problems))
        assert library.find("pay") is not None, "what was loaded stays in service"

        # Another folder of the same name: a watch on the old one would hear nothing of it.
        folder.mkdir()
        write(folder, "mail")
        await until(lambda: ("mail", "pay") in seen)
        write(folder, "mail", text=GOOD.replace("restart", "restart twice"))
        await until(lambda: ("mail",) in seen)
    assert library.problems == ()


async def test_a_folder_that_cannot_be_watched_is_looked_at(tmp_path: Path) -> None:
    """A file in place of the folder: the system watches it, but tells of nothing that is put in its place later."""
    folder = tmp_path / "books"
    folder.write_text("not a folder")
    library = Library(folder, Watch())
    async with watched(library, 0.05) as seen:
        folder.unlink()
        await until(lambda: bool(library.problems))
        folder.mkdir()
        write(folder, "pay")
        await until(lambda: ("pay",) in seen)


async def test_a_change_made_before_the_watch_began_is_taken_in(tmp_path: Path) -> None:
    write(tmp_path, "pay")
    library = Library(tmp_path, Watch())
    write(tmp_path, "mail")
    async with watched(library, 0.05) as seen:
        await until(lambda: ("mail",) in seen)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@localhost", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=20)


def commit(origin: Path, service: str, text: str = GOOD) -> None:
    write(origin / "ops" / "playbooks", service, text=text)
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", f"change {service}")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, "pay")
    return folder


def test_git_source_lays_out_whole_commits(origin: Path, tmp_path: Path) -> None:
    source = GitSource(str(origin), "main", "ops/playbooks", into=tmp_path / "copy")
    assert source.commit == ""
    assert source.sync()
    assert not source.sync(), "the same commit is not laid out twice"
    library = Library(source.path, Watch())
    assert [runbook.service for runbook in library.runbooks] == ["pay"]
    first = source.commit
    commit(origin, "mail")
    assert source.sync()
    assert source.commit != first
    assert library.reload() == ("mail",)
    git(origin, "commit", "-q", "--amend", "-m", "history was rewritten")
    assert source.sync()
    assert len(list((tmp_path / "copy" / "trees").iterdir())) == 1
    assert (
        subprocess.run(["git", "status", "--porcelain"], cwd=origin, check=True, capture_output=True, timeout=20).stdout
        == b""
    )


def test_two_replicas_share_one_copy_of_a_remote(origin: Path, tmp_path: Path) -> None:
    one, two = (GitSource(str(origin), "main", "ops/playbooks", into=tmp_path / "copy") for _ in range(2))
    assert one.sync() and two.sync()
    commit(origin, "mail")
    assert one.sync()
    assert two.sync(), "what the other has fetched is news here"
    assert not one.sync() and not two.sync()
    with (tmp_path / "copy" / "lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = GitSource(str(origin), "main", "ops/playbooks", into=tmp_path / "copy", timeout_s=0.2)
        with pytest.raises(GitError, match="Another process fetches"):
            waiting.sync()


def test_git_source_says_what_failed(origin: Path, tmp_path: Path) -> None:
    into = tmp_path / "copy"
    with pytest.raises(GitError, match="no folder elsewhere at commit"):
        GitSource(str(origin), "main", "elsewhere", into=into).sync()
    with pytest.raises(GitError, match="could not be read: git fetch said"):
        GitSource(str(origin), "no-such-branch", "", into=into).sync()
    secret = GitSource(f"file://ana:hidden@{origin}-gone", "main", "", into=into)
    with pytest.raises(GitError) as failure:
        secret.sync()
    assert "hidden" not in str(failure.value) + secret.label
    with pytest.raises(GitError, match="cannot be written"):
        (tmp_path / "file").write_text("")
        GitSource(str(origin), "main", "", into=tmp_path / "file").sync()


@pytest.mark.parametrize(
    ("url", "branch", "folder"),
    [
        ("--upload-pack=touch x", "main", ""),
        ("ext::sh -c touch x", "main", ""),
        ("https://localhost/x", "--force", ""),
        ("https://localhost/x", "a..b", ""),
        ("https://localhost/x", "main", "../up"),
        ("https://localhost/x", "main", "/etc"),
    ],
)
def test_git_source_takes_no_options_for_addresses(tmp_path: Path, url: str, branch: str, folder: str) -> None:
    with pytest.raises(ValueError, match=r"no address|no name|must be a folder"):
        GitSource(url, branch, folder, into=tmp_path)


def test_git_source_ends_a_remote_that_hangs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"git://127.0.0.1:{silent.getsockname()[1]}/books"
        source = GitSource(address, "main", "", into=tmp_path / "copy", timeout_s=0.5)
        with pytest.raises(GitError, match=r"did not answer within 0\.5 s"):
            source.sync()


async def test_a_remote_that_hangs_does_not_keep_who_wants_to_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        source = GitSource(f"git://127.0.0.1:{silent.getsockname()[1]}/books", "main", "", into=tmp_path / "copy")
        stop = asyncio.Event()

        async def follow() -> None:
            async for _ in Library(source.path, Watch()).follow(source, 60, stop):
                pass

        task = asyncio.create_task(follow())
        wire, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(silent), 20)
        with wire:
            stop.set()
            await asyncio.wait_for(task, 10)
    with pytest.raises(GitError):
        source.sync()


async def test_following_a_remote(origin: Path, tmp_path: Path) -> None:
    source = GitSource(str(origin), "main", "ops/playbooks", into=tmp_path / "copy")
    library = Library(source.path, Watch())
    assert [problem.path for problem in library.problems] == [str(source.path)]
    stop = asyncio.Event()
    seen: list[str] = []
    only_problems = 0

    async def follow() -> None:
        nonlocal only_problems
        async for changed in library.follow(source, 0.01, stop):
            seen.extend(changed)
            only_problems += not changed

    task = asyncio.create_task(follow())
    await until(lambda: seen == ["pay"])
    commit(origin, "mail")
    await until(lambda: seen == ["pay", "mail"])
    await asyncio.to_thread(origin.rename, tmp_path / "gone")
    await until(lambda: len(library.problems) == 1)
    assert "What was loaded stays in service" in library.problems[0].reason
    assert library.find("pay") is not None
    await asyncio.to_thread((tmp_path / "gone").rename, origin)
    await until(lambda: library.problems == ())
    stop.set()
    await asyncio.wait_for(task, 10)
    assert only_problems == 2, "told once that the remote is away, and once that it is back"
