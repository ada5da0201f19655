"""The library keeps answering: last good versions, clashes, caches, a watched folder and a git remote."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.runbooks import library_cache
from bot.runbooks.library import GitError, GitSource, Library
from tests.runbooks.samples import SAMPLES

GOOD = """\
---
service: {service}
aliases: [{alias}]
channels: ["C0{service}", "#ops"]
---

# {service}

## 3. Common failures

### AB-01 Stuck

**Steps:**
1. **Act:** restart.
"""
BROKEN = GOOD + "   ```sh\n   never closed\n"


@dataclass
class Watch:
    """A clock that tests move. Milliseconds."""

    at: int = 1_000

    def now(self) -> int:
        return self.at


def write(folder: Path, service: str, *, text: str = GOOD, alias: str = "", name: str = "", dated: int = 500) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (name or f"{service}.md")
    file.write_text(text.format(service=service, alias=alias or f"{service}-x"), encoding="utf-8")
    os.utime(file, ns=(dated * 1_000_000, dated * 1_000_000))
    return file


def test_finds_by_id_alias_and_channel(tmp_path: Path) -> None:
    write(tmp_path, "pay")
    write(tmp_path, "mail")
    (tmp_path / "README.md").write_text("# How to write one\n")
    (tmp_path / "notes.txt").write_text("no runbook")
    library = Library(tmp_path, Watch())
    assert [runbook.service for runbook in library.runbooks] == ["mail", "pay"]
    assert library.problems == ()
    for name in ("pay", "PAY", " pay-x "):
        found = library.find(name)
        assert found is not None
        assert found.service == "pay"
    assert library.find("nothing") is None
    alone = library.for_channel("C0PAY", "#unknown")
    assert alone is not None
    assert alone.service == "pay"
    assert {runbook.service for runbook in library.in_channel("ops")} == {"mail", "pay"}
    assert library.for_channel("#ops") is None, "two services share it: a person must say which"
    assert library.reload() == ()


def test_last_good_version_stays_in_service(tmp_path: Path) -> None:
    clock = Watch()
    file = write(tmp_path, "pay", dated=500)
    library = Library(tmp_path, clock)
    clock.at = 2_000
    write(tmp_path, "pay", text=BROKEN)
    assert library.reload() == ()
    clock.at = 3_000
    write(tmp_path, "pay", text=BROKEN + "   more\n")
    library.reload()
    (problem,) = library.problems
    assert (problem.path, problem.line, problem.since, problem.good_from) == (str(file), 15, 2_000, 500)
    assert "never closed" in problem.reason
    assert library.trouble("pay") == (problem.sentence(),)
    assert "last good version" in problem.sentence()
    assert library.trouble("mail") == ()
    served = library.find("pay")
    assert served is not None
    assert len(served.failures[0].steps[0].commands) == 0
    write(tmp_path, "pay", text=GOOD.replace("restart", "restart twice"))
    assert library.reload() == ("pay",)
    assert library.problems == ()
    file.unlink()
    assert library.reload() == ("pay",)
    assert library.find("pay") is None


def test_last_good_version_survives_a_restart(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay", dated=500)
    first = Library(books, Watch(), cache_dir=cache).runbooks
    write(books, "pay", text=BROKEN)
    for _ in range(2):
        again = Library(books, Watch(9_000), cache_dir=cache)
        assert again.runbooks == first
        assert [(problem.since, problem.good_from) for problem in again.problems] == [(9_000, 500)]
    assert Library(books, Watch(), cache_dir=tmp_path / "elsewhere").runbooks == ()


def test_a_file_that_was_never_good_is_not_half_loaded(tmp_path: Path) -> None:
    write(tmp_path, "pay", text=BROKEN)
    (tmp_path / "scrap.md").write_bytes(b"\xff\xfe\x00")
    library = Library(tmp_path, Watch())
    assert library.runbooks == ()
    assert [(problem.service, problem.good_from) for problem in library.problems] == [("pay", None), ("scrap", None)]


def test_a_damaged_cache_is_read_past(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay")
    write(books, "mail")
    expected = Library(books, Watch(), cache_dir=cache).runbooks
    entries = sorted(cache.glob("*/??/*.json"))
    assert len(entries) == 2
    entries[0].write_bytes(b'{"key": "x"')
    swapped = json.loads(entries[1].read_text())
    entries[1].write_text(json.dumps({**swapped, "key": "0" * 64}))
    for file in cache.glob("*/good.json"):
        file.write_text("[]")
    assert Library(books, Watch(), cache_dir=cache).runbooks == expected
    blocked = tmp_path / "file"
    blocked.write_text("in the way of the cache folder")
    assert Library(books, Watch(), cache_dir=blocked).runbooks == expected


def test_the_cache_answers_for_the_same_bytes_only(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay")
    Library(books, Watch(), cache_dir=cache)
    moved = tmp_path / "moved"
    write(moved, "pay")
    (runbook,) = Library(moved, Watch(), cache_dir=cache).runbooks
    assert runbook.path == str(moved / "pay.md")
    write(books, "pay", text=GOOD.replace("restart", "stop"))
    (runbook,) = Library(books, Watch(), cache_dir=cache).runbooks
    assert runbook.failures[0].steps[0].text == "stop."


def test_the_cache_knows_every_module_of_the_parser() -> None:
    """A module that is left out could change without making old entries void."""
    folder = Path(library_cache.__file__).parent
    reached, open_ends = set[str](), ["parse"]
    while open_ends:
        name = open_ends.pop()
        if name not in reached:
            reached.add(name)
            text = (folder / f"{name}.py").read_text(encoding="utf-8")
            open_ends += re.findall(r"^from bot\.runbooks\.(\w+) import", text, re.M)
    assert reached <= set(library_cache._PARSER)


def test_the_cache_does_not_grow_without_end(tmp_path: Path) -> None:
    books, cache = tmp_path / "books", tmp_path / "cache"
    write(books, "pay")
    library = Library(books, Watch(), cache_dir=cache)
    for count in range(130):
        (books / "pay.md").write_text(f"---\nservice: pay\n---\n\n# v{count}\n\n## 5. Rollback\n")
        library.reload()
    assert len(list(cache.glob("*/??/*.json"))) < 110
    (runbook,) = Library(books, Watch(), cache_dir=cache).runbooks
    assert runbook.title == "v129"


def test_a_service_id_given_twice_names_both_files(tmp_path: Path) -> None:
    write(tmp_path, "pay", name="a-copy.md", alias="first")
    write(tmp_path, "pay", alias="second")
    write(tmp_path, "mail", alias="pay")
    library = Library(tmp_path, Watch())
    served = library.find("pay")
    assert served is not None
    assert served.path == str(tmp_path / "pay.md"), "the file of that name has the better claim"
    twice, alias = library.problems
    assert twice.path == str(tmp_path / "a-copy.md")
    assert twice.line == 2
    assert str(tmp_path / "pay.md") in twice.reason
    assert 'alias "pay"' in alias.reason
    assert alias.path == str(tmp_path / "mail.md")


def test_a_folder_that_vanishes_empties_nothing(tmp_path: Path) -> None:
    books = tmp_path / "books"
    write(books, "pay")
    clock = Watch()
    library = Library(books, clock)
    books.rename(tmp_path / "away")
    clock.at = 7_000
    library.reload()
    clock.at = 8_000
    assert library.reload() == ()
    (problem,) = library.problems
    assert problem.since == 7_000
    assert library.find("pay") is not None
    (tmp_path / "away").rename(books)
    library.reload()
    assert not library.problems
    (books / "pay.md").unlink()
    (books / "pay.md").mkdir()
    library.reload()
    assert "cannot be read" in library.problems[0].reason
    assert library.find("pay") is not None


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another task does, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def test_watching_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "pay")
    library = Library(tmp_path, Watch())
    stop = asyncio.Event()
    seen: list[str] = []

    async def watch() -> None:
        async for changed in library.watch(stop):
            seen.extend(changed)

    task = asyncio.create_task(watch())
    count = 0

    def arrived() -> bool:
        # Written again and again: the first write may come before the watch has begun.
        nonlocal count
        count += 1
        write(tmp_path, "mail", text=GOOD.replace("restart", f"restart {count}"))
        return "mail" in seen

    await until(arrived)
    stop.set()
    await asyncio.wait_for(task, 10)
    assert library.find("mail") is not None


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


async def test_following_a_remote(origin: Path, tmp_path: Path) -> None:
    source = GitSource(str(origin), "main", "ops/playbooks", into=tmp_path / "copy")
    library = Library(source.path, Watch())
    assert [problem.path for problem in library.problems] == [str(source.path)]
    stop = asyncio.Event()
    seen: list[str] = []

    async def follow() -> None:
        async for changed in library.follow(source, 0.01, stop):
            seen.extend(changed)

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


def test_a_hundred_runbooks(tmp_path: Path) -> None:
    """A warm start reads the cache and not the Markdown."""
    books, cache = tmp_path / "books", tmp_path / "cache"
    books.mkdir()
    source = next(one.data for one in SAMPLES if one.name == "invoice-extract.md")
    for count in range(100):
        data = source.replace(b"service: invoice-extract", b"service: books-%d" % count, 1)
        (books / f"books-{count}.md").write_bytes(data.replace(b"aliases: [", b"aliases: [b%d] # " % count, 1))

    def load() -> tuple[Library, float]:
        start = time.process_time()
        return Library(books, Watch(), cache_dir=cache), time.process_time() - start

    cold, cold_s = load()
    warm, warm_s = load()
    assert (len(cold.runbooks), cold.problems) == (100, ())
    assert warm.runbooks == cold.runbooks
    assert warm_s < cold_s / 3
