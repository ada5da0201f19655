"""What lint asks of the world outside the file: do links answer, and what does git remember?"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cli.lint_links import ask
from tests.cli.terminal import section3
from tests.runbooks.lint_page import GOOD, line_of, swap

DAY = "--today=2026-11-23"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with playbooks/ in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbooks").mkdir()
    return tmp_path


def put(folder: Path, text: str) -> None:
    (folder / "playbooks" / "invoice-extract.md").write_text(text, encoding="utf-8")


async def test_links_are_asked_and_dead_ones_found() -> None:
    async def answer(request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind == "noHead" and request.method == "HEAD":
            return web.Response(status=405)
        if kind == "moved":
            raise web.HTTPFound("/fine")
        return web.Response(status={"gone": 404, "login": 401, "broken": 500}.get(kind, 200))

    app = web.Application()
    app.router.add_route("*", "/{kind}", answer)
    async with TestServer(app) as server:
        base = str(server.make_url("/"))
        urls = [base + kind for kind in ("fine", "noHead", "moved", "login", "gone", "broken")]
        seen: list[int] = []
        result = await asyncio.to_thread(ask, urls, lambda: seen.append(1))
    assert result == dict(zip(urls, ["", "", "", "", "answers 404", "answers 500"], strict=True))
    assert len(seen) == len(urls)


def test_a_link_that_leads_nowhere() -> None:
    (wrong,) = ask(["http://127.0.0.1:1/x"], seconds=5).values()
    assert wrong.startswith("cannot be reached (")


async def test_online_points_at_the_dead_link(folder: Path) -> None:
    app = web.Application()
    async with TestServer(app) as server:
        url = str(server.make_url("/d/invoice-extract"))
        text = swap(GOOD, "https://grafana.acme.internal/d/invoice-extract", url)
        put(folder, text)
        result = await asyncio.to_thread(section3, "lint", DAY, "--online")
    assert result.exit_code == 0
    line = line_of(text, url)
    assert f"invoice-extract.md:{line}:16: warning W15 {url} answers 404: correct the address" in result.stdout


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Sam", "-c", "user.email=sam@acme.test"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=30)


def test_history_finds_an_id_that_is_used_again(folder: Path) -> None:
    git(folder, "init", "-q")
    put(folder, swap(GOOD, "### IX-08 Pinned model retired", "### IX-08 Duplicate bills"))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    put(folder, GOOD)
    assert section3("lint", DAY).exit_code == 0
    result = section3("lint", DAY, "--history")
    assert result.exit_code == 1
    assert f":{line_of(GOOD, '### IX-08')}:1: error E06 IX-08 used to be 'Duplicate bills'" in result.stdout


def test_history_without_git_is_no_trouble(folder: Path) -> None:
    put(folder, GOOD)
    assert section3("lint", DAY, "--history").exit_code == 0


def test_commands_run_only_programs_that_responders_have(folder: Path) -> None:
    put(folder, GOOD)
    tools = folder / "tools.txt"
    tools.write_text("agentctl  # ours\n")
    assert "W15" not in section3("lint", DAY, "--tools", str(tools)).output
    tools.write_text("kubectl\n")
    told = section3("lint", DAY, "--tools", str(tools)).output
    assert "warning W15" in told
    assert "agentctl" in told
    assert section3("lint", "--tools", str(folder / "missing")).exit_code == 2


def test_templates_of_a_folder_or_of_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEMPLATES_DIR", raising=False)
    nowhere = section3("lint", "--templates")
    assert nowhere.exit_code == 2 and "set TEMPLATES_DIR" in nowhere.output
    for name, text in (("mine", "{{ report.luck }}"), ("named", "{{ report.number")):
        (folder / name).mkdir()
        (folder / name / "postmortem.md.j2").write_text(text, encoding="utf-8")
    named = section3("lint", "--templates", "named")
    assert named.exit_code == 1 and "named/postmortem.md.j2:1: error T01" in named.output
    monkeypatch.setenv("TEMPLATES_DIR", "mine")
    assert section3("lint", "--templates=named").output == named.output
    mine = section3("lint", "--templates")
    assert mine.exit_code == 1 and "mine/postmortem.md.j2:1: error T02" in mine.output
    assert "T01" in section3("lint", "--templates", "named").output, "the folder that is named goes first"
    assert section3("lint", "--templates", "named", "mine").exit_code == 2
