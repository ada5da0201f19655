"""A rolling deploy: this version beside a newer one, which has a fact, a field, a word and a piece of state more.
Nothing that the newer one recorded is lost, whoever writes next."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.standin import StandIn
from bot.domain.events import Noted, Unfamiliar
from bot.engine.desk import Desk
from bot.store.client import Client
from bot.store.journal import RedisJournal
from bot.store.work import RedisWork
from tests.deploy.files import ROOT
from tests.deploy.processes import Replica
from tests.e2e.shift import AP, STUCK, WORKSPACE

IMPORTED = ("MarkRemoved, Noted,", "MarkRemoved, MoodSet, Noted,")
MOOD_SET = 'class MoodSet(Value):\n    type: Literal["mood_set"] = "mood_set"\n    mood: str\n\n\n'
MOOD_FOLD = 'def _(event: MoodSet, incident: Incident, fact: Fact) -> Changes:\n    return {"mood": event.mood}\n\n\n'
MOOD_TOLD = 'MoodSet(mood=command.text), Shown(surface="hologram", channel="C1", ts="1")'
NEWER = {
    "__init__.py": (('__version__ = "', '__version__ = "9.'),),
    "domain/events/notes.py": (
        ("    text: str\n", "    text: str\n    loud: bool = False\n"),
        ("class UpdatePosted", f"{MOOD_SET}class UpdatePosted"),
    ),
    "domain/events/__init__.py": (
        ("    Noted,\n", "    MoodSet,\n    Noted,\n"),
        ("    | Noted\n", "    | Noted\n    | MoodSet\n"),
    ),
    "domain/vocabulary.py": (('    HEAD = "head"\n', '    HEAD = "head"\n    HOLOGRAM = "hologram"\n'),),
    "domain/incident.py": (("    latest_update: str", '    mood: str = "unknown"\n    latest_update: str'),),
    "domain/fold/notes.py": (
        IMPORTED,
        (
            "@changes.register\ndef _(event: Noted,",
            f"@changes.register\n{MOOD_FOLD}@changes.register\ndef _(event: Noted,",
        ),
    ),
    "domain/decide/notes.py": (
        ("MarkRemoved, Noted,", "MarkRemoved, MoodSet, Noted, Shown,"),
        ("(Noted(text=command.text),)", f"(Noted(text=command.text, loud=True), {MOOD_TOLD})"),
    ),
    "slack/drawing/card.py": (('    latest = "none"\n', '    latest = f"none, mood {incident.mood}"\n'),),
}
"""File of the package -> what the newer version has there instead."""


def newer_code(folder: Path) -> str:
    """A copy of the package with a note that sets a mood; the folder to put on PYTHONPATH."""
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("playbooks", "templates"):
        (folder / name).symlink_to(ROOT / name)
    for file, changes in NEWER.items():
        path = folder / "bot" / file
        text = path.read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text, (file, before)
            text = text.replace(before, after, 1)
        path.write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.machine
async def test_what_a_newer_version_recorded_outlives_an_older_one(
    tmp_path: Path, redis_server: str, redis_client: Client
) -> None:
    journal, work, clock = RedisJournal(redis_client), RedisWork(redis_client), OffsetClock()
    code = {"PYTHONPATH": newer_code(tmp_path / "code")}
    async with await StandIn.start(WORKSPACE) as slack:
        older = Replica(slack, redis_server, tmp_path / "older")
        newer, again = (Replica(slack, redis_server, tmp_path / name, extra=code) for name in ("newer", "again"))
        alice, place = slack.user("alice"), slack.channel(AP)

        async def says(bot: Replica, command: str) -> None:
            await slack.deliver_to(bot.url)
            reply = await alice.command(f"/incident {command}", AP)
            assert reply.ok and reply.text.startswith(("Recorded in INC-1", "INC-1 is SEV1")), reply

        try:
            await asyncio.gather(older.start(), newer.start())
            assert newer.events("ready")[0]["version"] == f"9.{older.events('ready')[0]['version']}"
            await slack.deliver_to(newer.url)
            assert (await alice.command(f"/incident open invoice-extract {STUCK}", AP)).ok
            await place.wait_for(lambda message: "INC-1 " in message.text, 20)
            await says(newer, "note INC-1 stormy")
            incident = await Desk(journal, clock).by_number(1)
            assert incident is not None
            written = await journal.events(incident.id)
            await work.put(f"hologram:{incident.id}", clock.now())

            # The older one reads it, decides on it, and writes what it knows, a snapshot too.
            await says(older, "note INC-1 from the older version")
            facts = await Desk(journal, clock).stream(incident.id)
            assert (await journal.events(incident.id))[: len(written)] == written, "a fact was changed"
            noted = [fact for fact in facts if isinstance(fact.event, Noted)]
            assert [fact.event.text for fact in noted if isinstance(fact.event, Noted)] == [
                "stormy",
                "from the older version",
            ]
            kinds = [fact.event.kind for fact in facts if isinstance(fact.event, Unfamiliar)]
            assert kinds == ["mood_set", "shown"]
            assert json.loads(written[noted[0].version - 1])["event"]["loud"] is True
            for _ in range(1000):
                if failing := [piece for piece in await work.failing() if piece.key.startswith("hologram:")]:
                    break
                await asyncio.sleep(0.01)
            assert "this version cannot do" in failing[0].error
            assert await work.dead_letters() == []

            # A newer one that starts now has nothing but the store.
            await asyncio.gather(older.stop(), newer.stop())
            await again.start()
            await says(again, "sev INC-1 1")
            await place.wait_for(lambda message: "SEV1" in message.text and "none, mood stormy" in message.text, 20)
            for bot in (older, newer, again):
                assert bot.events("listener_failed") == [], bot.log.read_text()
        finally:
            await asyncio.gather(*(bot.stop() for bot in (older, newer, again)))
