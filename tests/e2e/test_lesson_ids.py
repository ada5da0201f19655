"""Ids of proposed entries, as the running bot gives them: on the real store, and with the history of the file."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

from bot.aftermath import scribe_of
from bot.core import open_core
from bot.runbooks.resources import sample_playbooks_dir
from bot.settings import Settings
from bot.store.client import Client


def settings(redis_url: str, playbooks: Path, data: Path) -> Settings:
    return Settings(_env_file=None, redis_url=redis_url, playbooks_dir=playbooks, data_dir=data)


async def test_of_ten_that_ask_at_once_one_gets_the_id(redis_server: str, redis_client: Client, tmp_path: Path) -> None:
    where = settings(redis_server, sample_playbooks_dir(), tmp_path)
    async with open_core(where) as one, open_core(where) as two:
        replicas = (scribe_of(one, where), scribe_of(two, where))
        asked = [replicas[n % 2].take("invoice-extract", "IX-11", f"incident-{n}") for n in range(10)]
        answers = await asyncio.gather(*asked)
        assert answers.count(True) == 1
        winner = f"incident-{answers.index(True)}"
        assert await replicas[0].take("invoice-extract", "IX-11", winner)
        assert await replicas[1].take("research-rag", "IX-11", "another")


async def test_an_id_of_the_file_s_history_is_reserved(redis_server: str, redis_client: Client, tmp_path: Path) -> None:
    playbooks = tmp_path / "team" / "playbooks"
    shutil.copytree(sample_playbooks_dir(), playbooks)

    def git(*words: str) -> None:
        who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.com")
        subprocess.run(["git", *who, "-C", str(playbooks), *words], check=True, capture_output=True)

    git("init", "-q")
    file = playbooks / "invoice-extract.md"
    text = file.read_text()
    file.write_text(text.replace("### IX-10 ", "### IX-77 "))
    for change in (file.read_text(), text):
        file.write_text(change)
        git("add", "-A")
        git("commit", "-q", "-m", "runbooks")
    where = settings(redis_server, playbooks, tmp_path / "data")
    async with open_core(where) as core:
        assert "IX-77" in set(await scribe_of(core, where).reserved("invoice-extract"))
