"""`section3 postmortem` and `section3 coverage` on a real store."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import build
from bot.cli.desk import open_desk
from bot.domain import commands as c
from bot.domain.vocabulary import Documented, EndedBy, Helped
from bot.engine.orders import Accepted, Order
from bot.runbooks.intake import Opening
from bot.runbooks.resources import sample_playbooks_dir
from tests.postmortem.story import DANA, SAM


async def _fill() -> None:
    """INC-1: undocumented and closed. INC-2: walked and closed."""
    async with open_desk() as core:
        for key, words, closed in (
            ("one", "the vendor portal shows a captcha", Documented.NONE),
            ("two", "queue backlog, idle workers", Documented.THIS_ENTRY),
        ):
            declare = core.intake.declare(Opening(service="invoice-extract", symptom=words), core.clock.now())
            opened = await core.desk.open(Order(declare, SAM, "test", key))
            assert isinstance(opened, Accepted)
            helped = c.Improvise(what="use the API", command="agentctl api on", helped=Helped.YES)
            for command in (c.TakeLead(), helped, c.Close(ended_by=EndedBy.SOMETHING_ELSE, documented=closed)):
                await core.desk.handle(opened.incident.id, Order(command, DANA, "test"))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, with two incidents."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PLAYBOOKS_DIR", str(sample_playbooks_dir()))
    monkeypatch.delenv("REDIS_URL", raising=False)
    asyncio.run(_fill())
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(build(), list(words))


def test_the_three_formats(office: Path) -> None:
    markdown = run("postmortem", "INC-1")
    assert markdown.exit_code == 0
    assert markdown.stdout.startswith("# INC-1: the vendor portal shows a captcha\n")
    html = run("postmortem", "1", "--format", "html", "--out", str(office / "x.html"))
    assert html.exit_code == 0
    assert (office / "x.html").read_text().startswith("<!doctype html>")
    data = json.loads(run("postmortem", "inc-1", "--format", "json").stdout)
    assert data["documented"] == "not documented"


def test_a_file_that_people_write_in(office: Path) -> None:
    file = office / "INC-1.md"
    assert run("postmortem", "INC-1", "--out", str(file)).exit_code == 0
    file.write_text(file.read_text().replace("**TODO(the lead): what to keep**", "The API was there."))
    again = run("postmortem", "INC-1", "--out", str(file))
    assert again.exit_code == 0
    assert "what people wrote in it is as it was" in again.stderr
    assert "The API was there." in file.read_text()
    file.write_text("something else\n")
    refused = run("postmortem", "INC-1", "--out", str(file))
    assert refused.exit_code == 1
    assert "was left as it is" in refused.stderr
    assert file.read_text() == "something else\n"


def test_what_does_not_exist_and_what_is_wrong(office: Path) -> None:
    assert "there is no incident INC-9" in run("postmortem", "INC-9").stderr
    nowhere = run("postmortem", "INC-1", "--templates", str(office / "nowhere"))
    assert (nowhere.exit_code, "no such folder of templates" in nowhere.stderr) == (2, True)
    (office / "picture").write_bytes(b"\xff\xd8")
    picture = run("postmortem", "INC-1", "--out", str(office / "picture"))
    assert (picture.exit_code, "is no text and was left as it is" in picture.stderr) == (1, True)
    below = run("postmortem", "INC-1", "--out", str(office / "picture" / "x.md"))
    assert (below.exit_code, "cannot be written: Not a directory" in below.stderr) == (1, True)
    (office / "templates").mkdir()
    (office / "templates" / "postmortem.md.j2").write_text("{{ report.nonsense }}")
    wrong = run("postmortem", "INC-1", "--templates", str(office / "templates"))
    assert wrong.exit_code == 1
    assert "postmortem.md.j2:1: 'dict object' has no attribute 'nonsense'" in wrong.stderr


def test_coverage_for_people_and_programs(office: Path) -> None:
    shown = run("coverage")
    assert shown.exit_code == 1
    assert shown.stdout.startswith("Documented when it struck: 50 % of 2 incidents")
    assert "INC-1 invoice-extract: the vendor portal shows a captcha (no proposal)" in shown.stdout
    assert "Entries never used" in shown.stdout
    data = json.loads(run("coverage", "--json").stdout)
    assert data["total"] == {"name": "all", "incidents": 2, "documented": 1}
