"""docs/operations.md, "Backup" and "Restore": the page's own commands, on a server with `deploy/redis.conf` and on the
bot's own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.targets import declare
from tests.deploy.files import DEPLOY, ROOT
from tests.store.server import debian_redis, embedded, free_port, valkey

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SYSTEMCTL = """#!/bin/sh
[ "$2" = redis-server ] || exit 0
ask="redis-cli -e --no-auth-warning -u $REDIS_ADMIN"
[ "$1" = start ] || exec $ask SHUTDOWN
"{server}" "{folder}/server.conf" --daemonize yes --dir "{folder}/redis" --port {port}
until $ask PING; do sleep 0.05; done
"""
"""Starts and stops the server, which this test may not do with the real one. Of the bot none runs."""


def block(section: str, holding: str) -> str:
    """The one block of commands in a section that has these words."""
    part = PAGE.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    (found,) = [one[1] for one in re.finditer(r"```sh\n(.*?)```", part, re.S) if holding in one[1]]
    return found


class Machine:
    """An operator's machine: the page's folders, its programs, and a shell."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.port = free_port()
        for name in ("bin", "redis", "section3", "backup"):
            (folder / name).mkdir()
        shutil.copy(DEPLOY / "redis.conf", folder / "server.conf")
        self._program("systemctl", SYSTEMCTL.format(server=server, folder=folder, port=self.port))
        self._program("chown", "#!/bin/sh\n[ $1 = -R ] && [ $2 = redis: ] && test -d $3\n")
        self._program("section3", f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m bot "$@"\n')
        self.settings = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(folder),
            "REDIS_ADMIN": f"redis://operator:replace-this-operator-password@127.0.0.1:{self.port}",
            "REDIS_URL": f"redis://section3:replace-this-password@127.0.0.1:{self.port}",
            "PLAYBOOKS_DIR": str(ROOT / "playbooks"),
        }

    def _program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def types(self, commands: str, **named: object) -> str:
        """Type commands as they stand on the page, in this machine's folders; what they print."""
        for path in ("/var/lib/redis", "/var/lib/section3", "/backup"):
            commands = commands.replace(path, str(self.folder / Path(path).name))
        for name, value in named.items():
            commands = re.sub(rf"^{name}=.*$", f"{name}={value}", commands, flags=re.M)
        done = subprocess.run(
            ["sh", "-euc", commands],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.folder,
            env=self.settings,
        )
        assert done.returncode == 0, commands + done.stdout + done.stderr
        return done.stdout

    def copies(self) -> list[Path]:
        return sorted((self.folder / "backup").iterdir())

    def incidents(self) -> list[str]:
        return re.findall(r"^INC-\d+", self.types("section3 incident list"), re.M)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine whose Redis runs with the configuration we hand out."""
    one = Machine(tmp_path, debian_redis())
    one.types("systemctl start redis-server")
    try:
        yield one
    finally:
        one.types("systemctl stop redis-server")


@pytest.mark.machine
@pytest.mark.parametrize("way", ["--rdb", "appendonlydir"])
async def test_a_copy_of_redis_brings_back_what_was_there_and_no_more(machine: Machine, way: str) -> None:
    await declare(machine.settings["REDIS_URL"], "C1", 2)
    machine.types(block("Backup", way))
    (copy,) = machine.copies()
    await declare(machine.settings["REDIS_URL"], "C1", 3)
    assert machine.incidents() == ["INC-3", "INC-2", "INC-1"]

    wanted = "base.rdb" if way == "--rdb" else 'cp -a "$COPY" '
    machine.types(block("Restore", wanted), COPY=copy)
    said = machine.types(block("Restore", "section3 reindex").replace("section3 doctor\n", ""))
    assert "Incidents: 2. Entries: 0 added, 0 removed." in said
    assert machine.incidents() == ["INC-2", "INC-1"]
    machine.types("systemctl stop redis-server; systemctl start redis-server")
    assert machine.incidents() == ["INC-2", "INC-1"], "the restored server lost it at the next start"
    assert "100" in machine.types(
        'redis-cli --no-auth-warning -u "$REDIS_ADMIN" CONFIG GET auto-aof-rewrite-percentage'
    )


@pytest.mark.machine
async def test_a_copy_of_the_bots_own_store_and_of_one_incident(tmp_path: Path) -> None:
    machine = Machine(tmp_path, valkey())
    del machine.settings["REDIS_URL"]
    machine.settings["DATA_DIR"] = str(tmp_path / "section3")
    with embedded(tmp_path / "section3") as server:
        await declare(server.url, "C1", 1)
    machine.types(block("Backup", "/var/lib/section3"))
    (copy,) = machine.copies()
    with embedded(tmp_path / "section3") as server:
        await declare(server.url, "C1", 2)
        machine.types(block("Backup", "section3 archive").replace("INC-42", "INC-2"))
    machine.types(block("Restore", '"$COPY/."'), COPY=copy)
    assert machine.incidents() == ["INC-1"]
    assert "INC-2: restored, 5 facts." in machine.types("section3 restore INC-2.jsonl")
    assert "was there already" in machine.types("section3 restore INC-2.jsonl")
    assert machine.incidents() == ["INC-2", "INC-1"]
