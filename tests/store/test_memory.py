"""The bot's own server under a memory limit: full before the kernel ends it, and what was saved is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.ports import Stored, StoreUnavailable
from bot.store.client import Client
from bot.store.health import check
from bot.store.journal import RedisJournal
from bot.store.memory import limit, share
from tests.store.contract import opening
from tests.store.server import WallClock, embedded

MB = 1024 * 1024
NONE = "9223372036854771712"


def groups(root: Path, process: str, files: dict[str, str]) -> int | None:
    """The limit where /proc/self/cgroup has these lines, and the control groups these files."""
    for name, text in files.items():
        file = root / "cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    (root / "process").write_text(process)
    return limit(root / "process", root / "cgroup")


@pytest.mark.parametrize(
    ("process", "files", "expected"),
    [
        ("0::/\n", {"memory.max": str(384 * MB)}, 384 * MB),
        ("0::/\n", {"memory.max": "max"}, None),
        ("0::/a/b\n", {"a/memory.max": str(MB), "a/b/memory.max": "max"}, MB),
        ("0::/a/b\n", {"a/memory.max": str(2 * MB), "a/b/memory.max": str(MB)}, MB),
        ("0::/of/the/host\n", {"memory.max": str(MB)}, MB),
        ("4:memory:/x\n3:cpu:/x\n0::/\n", {"memory/x/memory.limit_in_bytes": str(MB)}, MB),
        ("4:memory:/x\n", {"memory/x/memory.limit_in_bytes": NONE}, None),
        ("3:cpu:/x\n", {"memory/memory.limit_in_bytes": str(MB)}, None),
    ],
)
def test_the_limit_is_the_least_of_all_groups(
    tmp_path: Path, process: str, files: dict[str, str], expected: int | None
) -> None:
    assert groups(tmp_path, process, files) == expected


def test_a_machine_without_control_groups_has_no_limit(tmp_path: Path) -> None:
    assert limit(tmp_path / "process", tmp_path) is None


def test_the_bot_and_the_rewriting_of_the_file_have_their_part() -> None:
    assert share(None) is None
    assert (share(384 * MB), share(1024 * MB)) == (64 * MB, 384 * MB)
    assert (share(128 * MB), share(256 * MB)) == (16 * MB, 32 * MB), "never 0, which is no limit"


async def test_a_full_server_of_our_own_refuses_and_keeps(tmp_path: Path) -> None:
    with embedded(tmp_path / "data", memory=4 * MB, fsync="everysec") as server:
        client = Client(server.url)
        assert (await check(client, WallClock())).facts["memory"].endswith(" of 4096 KiB")
        journal, pid = RedisJournal(client), server.pid
        kept = 0
        with pytest.raises(StoreUnavailable, match=r"is full .*the memory of its container"):
            while kept < 5_000:
                stored = await journal.append(opening(f"incident-{kept}", claim=f"{kept}", snapshot=b"x" * 30_000))
                assert stored == Stored(2)
                kept += 1
        assert kept > 10
        last = await journal.load(f"incident-{kept - 1}")
        assert last and (last.version, server.pid) == (2, pid)
        assert "soon nothing can be saved" in (await check(client, WallClock())).problems[0]
        await client.close()
