"""The three that are compared, each a process of its own on a stand-in of its own: empty (b), script (c), and us."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.standin import payloads
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import StandInConfig, UserConfig
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.errors import Json
from bot.demo.standin.standin import StandIn
from bot.demo.standin.state import acted
from bot.demo.standin.transport import COMMAND, INTERACTIVE
from bot.domain.vocabulary import Actor
from bot.engine.desk import Desk
from bot.engine.orders import Accepted, Order
from bot.runbooks.guide import Guide
from bot.runbooks.intake import Intake, Opening
from bot.runbooks.library.library import Library
from bot.runbooks.resources import sample_playbooks_dir
from bot.slack.ids import Click, Verb, encode
from bot.store.client import Client
from bot.store.embedded import EmbeddedServer
from bot.store.journal import RedisJournal
from tests.bench.line import Taken, request, send
from tests.deploy.processes import CODE, Replica
from tests.e2e.shift import AP, STUCK, WORKSPACE
from tests.store.server import valkey

CLICK, SLASH = "click", "slash command"
Payload = Callable[[], Json]


def workspace(people: int = 1) -> StandInConfig:
    """The usual workspace with a crowd. Slack's rates are off: every drawing is made, none is put off."""
    crowd = tuple(UserConfig(name=f"p{n}", real_name=f"Person {n}") for n in range(people))
    return StandInConfig(**{**dict(WORKSPACE), "users": (*WORKSPACE.users, *crowd)})


@dataclass(frozen=True)
class Target:
    """Something that acknowledges clicks and commands."""

    name: str
    slack: StandIn
    url: str
    pid: int
    message: Posted
    incidents: tuple[str, ...]
    _turn: Iterator[int] = field(default_factory=itertools.count)

    def payload(self, kind: str, person: str = "alice", incident: str = "", verb: Verb = Verb.STILL_GOING) -> Json:
        """A click that is always recorded, or a command that is; each one new."""
        ws, user = self.slack.workspace, self.slack.user(person).user
        turn = next(self._turn) % len(self.incidents)
        if kind == SLASH:
            channel = self.slack.channel(AP).record
            return payloads.command(ws, user, channel, "/incident", f"note INC-{turn + 1} moved the message aside")
        action_id, value = encode(Click(verb, incident or self.incidents[turn]))
        button = {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "-"}}
        action = acted(ws.next_ts(), {"block_id": "b"}, button, None)
        return payloads.message_action(ws, user, self.message.record, action, {})

    def request(self, kind: str, person: str = "alice", incident: str = "") -> bytes:
        """The same, signed and ready."""
        form = COMMAND if kind == SLASH else INTERACTIVE
        return request(self.url, self.slack.config.signing_secret, form, self.payload(kind, person, incident))

    async def over_http(self, kind: str, count: int, connections: int) -> Taken:
        """So many deliveries over signed HTTP."""
        return await send(self.url, [self.request(kind) for _ in range(count)], connections)

    async def over_socket(self, kind: str, count: int, connections: int) -> Taken:
        """So many deliveries over Socket Mode, `connections` of them on their way at once."""
        waiting = iter([self.payload(kind) for _ in range(count)])
        form = COMMAND if kind == SLASH else INTERACTIVE
        each: list[float] = []

        async def work() -> None:
            for payload in waiting:
                begun = time.perf_counter()
                ack = await self.slack.sockets.deliver(form, payload)
                each.append(time.perf_counter() - begun)
                assert ack.ok, ack.error

        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(connections)))
        return Taken(tuple(sorted(each)), time.perf_counter() - begun)

    def cpu(self) -> float:
        """Seconds of CPU its process has used (Linux), 10 ms exact."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def store(folder: Path) -> AsyncIterator[str]:
    """The url of a server for everybody. The disk is left out (`everysec`): it would hide the difference."""
    server = EmbeddedServer(folder, binary=valkey(), fsync="everysec", die_with_parent=True)
    async with server.running():
        yield server.url


def database(url: str, number: int) -> str:
    """One of the server's sixteen, so that the targets share nothing."""
    return f"{url}{'&' if '?' in url else '?'}db={number}"


@asynccontextmanager
async def targets(folder: Path, redis_url: str) -> AsyncIterator[dict[str, Target]]:
    """All three, at work."""
    async with AsyncExitStack() as stack:
        found: dict[str, Target] = {}
        for number, name in enumerate(("empty", "script"), 1):
            found[name] = await stack.enter_async_context(peer(name, database(redis_url, number)))
        found["section3"] = await stack.enter_async_context(ours(folder, database(redis_url, 0)))
        yield found


@asynccontextmanager
async def peer(kind: str, redis_url: str) -> AsyncIterator[Target]:
    """Bolt and next to nothing else."""
    async with await StandIn.start(workspace()) as slack:
        config = slack.config
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.peer", kind, redis_url, slack.api_url),
            *(config.bot_token, config.app_token, config.signing_secret),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=CODE,
        )
        assert process.stdout is not None and process.stdin is not None
        try:
            port = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))["port"]
            await slack.connected()
            # As long as a head message of ours, so that the bodies are equally long.
            text = "x" * 4000
            message = await slack.user("alice").say(text, AP)
            yield Target(kind, slack, f"http://127.0.0.1:{port}/slack/events", process.pid, message, ("0" * 16,))
        finally:
            process.stdin.close()
            await asyncio.wait_for(process.wait(), 10)


async def declare(redis_url: str, channel: str, count: int) -> tuple[str, ...]:
    """So many open incidents, each with its playbook; their ids, INC-1 first."""
    client = Client(redis_url)
    desk = Desk(RedisJournal(client), OffsetClock())
    intake = Intake(Guide(Library(sample_playbooks_dir(), OffsetClock())))
    ids = []
    for number in range(count):
        opening = Opening("invoice-extract", STUCK, channel=channel, separate=True)
        command = intake.declare(opening, OffsetClock().now())
        outcome = await desk.open(Order(command, Actor(id="U1", name="alice"), "bench", f"bench:{number}"))
        assert isinstance(outcome, Accepted)
        ids.append(outcome.incident.id)
    await client.close()
    return tuple(ids)


async def heads(slack: StandIn, count: int, seconds: float = 30) -> Posted:
    """The first head, once so many stand with their step messages."""
    place = slack.channel(AP)

    def drawn() -> Posted | None:
        posted = slack.calls_of("chat.postMessage")
        return place.messages[0] if len(posted) >= 2 * count else None

    return await slack.until(drawn, seconds, lambda: f"{len(slack.calls_of('chat.postMessage'))} messages stand")


@asynccontextmanager
async def ours(folder: Path, redis_url: str, incidents: int = 1) -> AsyncIterator[Target]:
    """`section3 run` with an open incident."""
    async with await StandIn.start(workspace()) as slack:
        ids = await declare(redis_url, slack.channel(AP).record.id, incidents)
        bot = Replica(
            slack,
            redis_url,
            folder / "ours",
            socket_mode=True,
            extra={"SLACK_SIGNING_SECRET": slack.config.signing_secret},
        )
        try:
            await bot.start()
            await slack.connected()
            head = await heads(slack, incidents)
            assert bot.process
            yield Target("section3", slack, bot.url, bot.process.pid, head, ids)
        finally:
            await bot.stop()
