"""Logs: one JSON object a line, with the incident where it is known, and no secret in any of them."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.standin.clock import OffsetClock
from bot.domain.due import DueKind
from bot.domain.refusals import Refusal, Refused
from bot.engine.memory import MemoryWork
from bot.engine.orders import Accepted, Order
from bot.engine.ports import Lease
from bot.engine.worker import GiveUp, Worker
from bot.logs import HIDDEN, Witness, configure, each, with_incident
from bot.web.metrics import Metrics
from tests.domain.story import SAM, declaration
from tests.web.parts import NOTE, gauges

ROOT = Path(__file__).resolve().parents[2]
BOT_TOKEN = "xoxb-" + "123-test-token"
APP_TOKEN = "xapp-" + "1-A-test-token"
GITHUB = "ghp_" + "test" * 4
SIGNING = 'signing "secret"'
PASSWORD = "hunter2-of-redis"
SECRETS = (BOT_TOKEN, APP_TOKEN, GITHUB, SIGNING)


class Log(io.StringIO):
    """Where the lines go."""

    def __call__(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Log]:
    """What is logged in this test, parsed."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log = Log()
    configure(SECRETS, stream=log)
    yield log
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def trouble() -> None:
    raise RuntimeError(f"cannot log in with {BOT_TOKEN} at redis://section3:{PASSWORD}@host:6379/0, {SIGNING}")


def test_secrets_are_hidden_in_messages_fields_and_tracebacks(lines: Log) -> None:
    ours = structlog.get_logger("section3.test")
    theirs = logging.getLogger("somebody.else")
    for secret in SECRETS:
        ours.info(f"said {secret}", field=secret, nested={"deep": [secret]})
        theirs.warning("said %s", secret)
    for log in (ours, theirs):
        try:
            trouble()
        except RuntimeError:
            log.exception("failed")
    written = json.dumps(lines())
    assert len(lines()) == 2 * len(SECRETS) + 2
    assert "Traceback" in written and HIDDEN in written
    for secret in (*SECRETS, PASSWORD, "signing"):
        assert secret not in written, secret


def test_a_token_that_is_no_setting_of_ours_is_hidden_too(lines: Log) -> None:
    configure(stream=lines)
    structlog.get_logger("section3.test").info("an old one", text=f"{BOT_TOKEN} {APP_TOKEN} {GITHUB}")
    (line,) = lines()
    assert line["text"] == f"{HIDDEN} {HIDDEN} {HIDDEN}"


def test_what_people_typed_is_not_in_the_line_about_a_refused_signature(lines: Log) -> None:
    bolt = logging.getLogger("slack_bolt.RequestVerification")
    bolt.warning("Invalid request signature detected (signature: v0=1, timestamp: 2, body: text=a+private+word)")
    bolt.warning("something else")
    assert [line["event"] for line in lines()] == [
        "Invalid request signature detected (signature: v0=1, timestamp: 2",
        "something else",
    ]


def test_a_start_warns_of_nothing_that_nobody_can_mend(lines: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    log = logging.getLogger("section3.bolt")
    AsyncApp(name="section3", client=AsyncWebClient(token=BOT_TOKEN), signing_secret="s", logger=log)
    log.warning("something else")
    assert [line["event"] for line in lines()] == ["something else"]


def test_an_address_without_a_password_stays_readable(lines: Log) -> None:
    structlog.get_logger("section3.test").info("ready", store="redis+sentinel://a:26379,b:26379/main", at="a@b:c")
    (line,) = lines()
    assert line["store"] == "redis+sentinel://a:26379,b:26379/main" and line["at"] == "a@b:c"


def test_a_line_says_when_how_bad_and_who(lines: Log) -> None:
    structlog.get_logger("section3.test").warning("odd", reason="because")
    logging.getLogger("aiohttp.server").error("worse")
    structlog.get_logger("section3.test").debug("not worth a line")
    ours, theirs = lines()
    assert (ours["event"], ours["level"], ours["logger"]) == ("odd", "warning", "section3.test")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("worse", "error", "aiohttp.server")
    assert ours["timestamp"].endswith("Z")


async def test_each_command_is_logged_with_its_incident_and_without_what_was_typed(lines: Log) -> None:
    desk = gauges(Metrics()).desk
    seen: list[str] = []
    desk.watch = each(lambda incident_id, order, outcome: seen.append(incident_id), Witness().decided)
    opened = await desk.open(Order(declaration(symptom="a private symptom"), SAM, "slack", "d1"))
    assert isinstance(opened, Accepted)
    incident = opened.incident
    await desk.handle(incident.id, NOTE)
    await desk.handle(incident.id, NOTE)
    assert isinstance(await desk.handle("nowhere", NOTE), Refusal)
    declared, noted, again, refused = lines()
    assert (declared["event"], declared["command"], declared["incident"]) == ("recorded", "Declare", incident.id)
    assert declared["name"] == incident.name and declared["events"][0] == "declared"
    assert (noted["event"], noted["by"], noted["via"]) == ("recorded", "U1", "slack")
    assert again["event"] == "duplicate"
    assert (refused["event"], refused["incident"]) == ("refused", "nowhere")
    assert refused["reason"] == Refused.UNKNOWN_INCIDENT.value
    assert "private" not in json.dumps(lines())
    assert seen == [incident.id, incident.id, incident.id, "nowhere"]


async def test_work_that_fails_is_logged_with_its_incident_and_its_reason(lines: Log) -> None:
    work, clock = MemoryWork(), OffsetClock()
    log = structlog.get_logger("section3.test")

    async def draw(incident_id: str, detail: str) -> None:
        log.info("inside")
        raise GiveUp(f"Slack answered not_in_channel, {BOT_TOKEN}")

    worker = Worker(work, clock, with_incident({DueKind.DRAW: draw}), observe=Witness().performed)
    await work.put("draw:inc-7", clock.now())
    await worker.tick()
    inside, buried = lines()
    assert (inside["event"], inside["incident"], inside["work"]) == ("inside", "inc-7", "draw")
    assert (buried["event"], buried["level"], buried["incident"]) == ("work_buried", "error", "inc-7")
    assert buried["reason"] == f"Slack answered not_in_channel, {HIDDEN}"


def test_what_went_well_is_not_logged_and_a_lost_lease_is(lines: Log) -> None:
    witness = Witness()
    lease = Lease("wait:inc-7:3", token=1, due_at=0, until=9, attempts=1)
    witness.performed(lease, "done", 0, "")
    witness.performed(lease, "lost", 0, "")
    (line,) = lines()
    assert (line["event"], line["key"], line["attempts"]) == ("lease lost", "wait:inc-7:3", 2)


def test_the_store_is_told_of_when_it_goes_and_when_it_comes_back(lines: Log) -> None:
    Witness().store(f"Redis at redis://section3:{PASSWORD}@host:6379 cannot be reached.")
    Witness().store("")
    lost, back = lines()
    assert (lost["event"], lost["level"], lost["logger"]) == ("store_lost", "error", "section3.store")
    assert PASSWORD not in lost["reason"]
    assert (back["event"], back["level"]) == ("store_back", "info")


def test_the_page_names_every_event_that_is_logged() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8").partition("## Logs")[2]
    written = re.compile(r"\b(?:log|_desk|_work|_store)\.(?:info|warning|error|exception|critical)\(\s*\"([a-z_]+)\"")
    sources = (ROOT / "bot").rglob("*.py")
    events = {event for path in sources for event in written.findall(path.read_text(encoding="utf-8"))}
    assert {"ready", "not_recorded", "store_lost", "refused"} <= events
    assert events <= set(re.findall(r"`(\w+)`", page))


def test_a_log_that_cannot_be_written_keeps_nothing_from_happening() -> None:
    gone = io.StringIO()
    configure(stream=gone)
    gone.close()
    structlog.get_logger("section3").info("still here")
