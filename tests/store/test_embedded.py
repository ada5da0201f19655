"""The embedded server: durable, shared, never two on one folder, and back after any kill."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import threading
from pathlib import Path

import pytest

from bot.store.binary import EmbeddedError, bundled, find, version_of
from bot.store.client import Client
from bot.store.folder import SOCKET_LIMIT, DataFolder, Holder
from bot.store.health import check
from bot.store.journal import RedisJournal
from tests.store.contract import opening
from tests.store.server import WallClock, alive, debian_redis, embedded, valkey, version, wait_for


async def write(url: str) -> None:
    client = Client(url)
    await RedisJournal(client).append(opening())
    await client.close()


async def test_it_is_durable_private_and_has_no_port(tmp_path: Path) -> None:
    with embedded(tmp_path / "data") as server:
        client = Client(server.url)
        health = await check(client, WallClock())
        assert health.problems == ()
        assert health.facts["appendfsync"] == "always"
        assert await client.command("CONFIG", "GET", "port") == [b"port", b"0"]
        await client.close()
        run = tmp_path / "data" / "run"
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
        assert files
        assert [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == [], "others can read"


@pytest.mark.parametrize("name", ["plain", "with space", 'it\'s "quoted"', "ünïcode", "l" * (SOCKET_LIMIT + 5)])
async def test_what_was_written_is_there_after_a_restart(tmp_path: Path, name: str) -> None:
    for expected in (0, 2):
        with embedded(tmp_path / name) as server:
            assert await version(server.url) == expected
            await write(server.url)
            pid = server.pid
        assert not alive(pid)


async def test_two_share_one_server_and_the_last_one_ends_it(tmp_path: Path) -> None:
    first, second, third = (embedded(tmp_path / "data") for _ in range(3))
    first.start()
    second.start()
    assert (first.attached, second.attached) == (False, True)
    assert first.pid == second.pid
    assert first.url == second.url
    pid = first.pid
    await write(second.url)
    first.stop()
    assert alive(pid), "the second still uses it"
    third.start()
    assert third.pid == pid
    second.stop()
    assert alive(pid)
    assert await version(third.url) == 2
    third.stop()
    assert not alive(pid)


async def test_one_that_is_attached_takes_over(tmp_path: Path) -> None:
    first, second = embedded(tmp_path / "data"), embedded(tmp_path / "data")
    first.start()
    second.start()
    await write(first.url)
    pid = first.pid
    assert pid
    assert not second.ensure()
    first.stop()
    os.kill(pid, signal.SIGKILL)
    wait_for(second.ensure, "the takeover")
    assert not second.attached
    assert await version(second.url) == 2
    second.stop()


async def test_a_killed_server_comes_back_unseen(tmp_path: Path) -> None:
    heard: list[str] = []
    async with embedded(tmp_path / "data", notify=heard.append).running() as server:
        client = Client(server.url, retry_for=5)
        await RedisJournal(client).append(opening())
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        loaded = await RedisJournal(client).load("a")
        assert loaded
        assert loaded.version == 2
        await client.close()
    assert heard == ["The embedded server ended (killed by signal 9); it is started again."]


async def test_racing_starts_make_one_server(tmp_path: Path) -> None:
    servers = [embedded(tmp_path / "data", die_with_parent=False) for _ in range(6)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len({server.pid for server in servers}) == 1
    assert sum(not server.attached for server in servers) == 1
    pid = servers[0].pid
    enders = [threading.Thread(target=server.stop) for server in servers]
    for thread in enders:
        thread.start()
    for thread in enders:
        thread.join(timeout=20)
    assert not alive(pid)


def test_a_folder_that_somebody_holds_is_left_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.own()
    folder.write_holder(Holder(os.getpid(), str(tmp_path / "nobody.sock"), "valkey-server"))
    with pytest.raises(EmbeddedError, match=rf"process {os.getpid()} holds it and its server does not answer"):
        embedded(tmp_path, start_timeout=0.2).start()
    folder.close()
    with embedded(tmp_path) as server:
        assert not server.attached


def test_a_start_waits_for_a_shutdown(tmp_path: Path) -> None:
    with (tmp_path / "users.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(EmbeddedError, match="another process is shutting its server down"):
            embedded(tmp_path, start_timeout=0.2).start()
    with embedded(tmp_path) as server:
        assert server.pid


async def test_a_torn_last_write_is_dropped_and_the_rest_is_there(tmp_path: Path) -> None:
    with embedded(tmp_path) as server:
        await write(server.url)
    log = next((tmp_path / "appendonlydir").glob("*.incr.aof"))
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$1")
    with embedded(tmp_path) as server:
        assert await version(server.url) == 2


async def test_a_damaged_file_is_reported_and_left_alone(tmp_path: Path) -> None:
    with embedded(tmp_path) as server:
        await write(server.url)
    log = next((tmp_path / "appendonlydir").glob("*.incr.aof"))
    damaged = b"XXXX" + log.read_bytes()
    log.write_bytes(damaged)
    with pytest.raises(EmbeddedError) as caught:
        embedded(tmp_path).start()
    assert "Bad file format" in str(caught.value)
    assert str(tmp_path / "server.log") in str(caught.value)
    assert "The data is untouched" in str(caught.value)
    assert log.read_bytes() == damaged


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedError, match=f"The data folder {tmp_path / 'file'} cannot be used"):
        embedded(tmp_path / "file").start()


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="no-such-server is not a program that can be run"):
        embedded(tmp_path, binary="no-such-server").start()


def program(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_the_program_is_the_chosen_one_else_the_last_one_else_on_path_else_bundled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = program(tmp_path, "valkey-server", "Server v=6.2.14 sha=0")
    new = program(tmp_path, "redis-server", "Redis server v=7.4.1 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find() == new
    assert find("valkey-server") == old, "a person may insist"
    assert find(None, last=valkey()) == Path(valkey())
    assert find(None, last=str(tmp_path / "gone")) == new
    new.unlink()
    assert str(find()) == bundled()
    assert version_of(Path(valkey())) >= (9, 1)
    assert version_of(tmp_path / "gone") == (0,)


def test_a_program_that_never_answered_is_not_taken_for_the_last_one(tmp_path: Path) -> None:
    with embedded(tmp_path / "data"):
        pass
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(EmbeddedError, match="did not start"):
        embedded(tmp_path / "data", binary=str(broken)).start()
    with embedded(tmp_path / "data", binary=None):
        pass


@pytest.mark.machine
async def test_the_program_that_wrote_a_folder_is_used_again(tmp_path: Path) -> None:
    with embedded(tmp_path / "data", binary=debian_redis()) as server:
        await write(server.url)
    with embedded(tmp_path / "data", binary=None) as server:
        assert await version(server.url) == 2
        client = Client(server.url)
        assert (await check(client, WallClock())).facts["server"].startswith("redis 7")
        await client.close()
