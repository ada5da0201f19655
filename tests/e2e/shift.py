"""A bot at work against the stand-in, in this process, for tests that act as people do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.demo.standin.changes import WaitedInVain
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import ChannelConfig, GroupConfig, ShortcutConfig, StandInConfig, UserConfig
from bot.demo.standin.driver.modal import Modal
from bot.demo.standin.driver.person import Person, Reply
from bot.demo.standin.driver.places import View
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.standin import StandIn
from bot.demo.standin.world import ApiCall
from bot.domain.due import DueKind
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.runbooks.resources import sample_playbooks_dir
from bot.settings import Settings
from bot.slack.listening.events import EVENTS, OPEN_GLOBAL_SHORTCUT, OPEN_SHORTCUT, TIMELINE_SHORTCUT
from bot.slack.manifest import SCOPES
from bot.wire import Bot, running

HTTP, SOCKET = "http", "socket"
TRANSPORTS = (HTTP, SOCKET)

WORKSPACE = StandInConfig(
    users=(
        UserConfig(name="alice", real_name="Alice Ames", tz="Europe/London"),
        UserConfig(name="bob", real_name="Bob Brandt", tz="Europe/Berlin"),
        UserConfig(name="dana", real_name="Dana Okoye", tz="UTC"),
    ),
    channels=(
        ChannelConfig(name="general"),
        ChannelConfig(name="ap-automation"),
        ChannelConfig(name="support-triage"),
        ChannelConfig(name="partners", shared=True),
        ChannelConfig(name="secret", private=True),
    ),
    groups=(GroupConfig(handle="oncall", members=("dana",)),),
    shortcuts=(
        ShortcutConfig(name="Open an incident", callback_id=OPEN_SHORTCUT),
        ShortcutConfig(name="Add to timeline", callback_id=TIMELINE_SHORTCUT),
        ShortcutConfig(name="New incident", callback_id=OPEN_GLOBAL_SHORTCUT, kind="global"),
    ),
    rates=0,
    escape_commands=True,
    events=frozenset(EVENTS),
    scopes=frozenset(SCOPES),
)
"""The app has the events and scopes of its manifest, and no more."""

STUCK = "queue is stuck, oldest message 70 min, workers idle"
UNKNOWN = "bank holiday calendar missing, due dates one day early"
AP = "#ap-automation"


@dataclass(slots=True)
class Shift:
    """The workspace, the bot, and the people."""

    slack: StandIn
    bot: Bot
    clock: OffsetClock
    alice: Person
    bob: Person
    dana: Person

    async def opened(self, symptom: str = STUCK, number: int = 1, service: str = "invoice-extract") -> Posted:
        """The head of an incident that alice opens, once its step message is there too."""
        reply = await self.alice.command(f"/incident open {service} {symptom}", AP)
        assert reply.ok, reply.error
        head = await self.slack.channel(AP).wait_for(lambda m: f"INC-{number} " in m.text)
        await head.thread.wait_for(lambda m: m.ts != head.ts)
        return head

    async def step(self, head: Posted, label: str, seconds: float | None = None) -> Posted:
        """The message in the thread that has this button."""
        return await head.thread.wait_for(lambda m: label in m.buttons, seconds)

    async def incident(self, number: int = 1) -> Incident:
        """INC-n as it is recorded."""
        found = await self.bot.core.desk.by_number(number)
        assert found is not None
        return found

    async def facts(self, number: int = 1) -> list[Fact]:
        """Every fact of INC-n."""
        return list(await self.bot.core.desk.stream((await self.incident(number)).id))

    async def told(self, who: Person, words: str) -> Posted:
        """What only this person sees, once it says these words."""
        return await who.whispers.wait_for(lambda m: words in m.text)

    @property
    def refusals(self) -> list[ApiCall]:
        """What Slack refused. A receipt that a repetition of the event would put on again is no mistake."""
        return [call for call in self.slack.refusals if call.answer.get("error") != "already_reacted"]

    async def in_time(self, where: View, fits: Callable[[Posted], bool], minutes: float = 3) -> Posted:
        """The message, while time passes ten seconds at a time: for what is tried again."""
        for _ in range(round(minutes * 6)):
            try:
                return await where.wait_for(fits, 0.3)
            except WaitedInVain:
                self.clock.forward(seconds=10)
        return await where.wait_for(fits)

    async def quiet(self) -> None:
        """Return once the worker has nothing left that is due now, and nothing in hand: time that is moved meanwhile
        would end its lease."""
        await self.slack.settled()
        for _ in range(400):
            pending = await self.bot.core.store.work.pending()
            if not in_hand() and not [at for _, at in pending if at <= self.clock.now()]:
                return
            await self.slack.until(lambda: True, 1, lambda: "")
            await _turn()
        raise AssertionError(f"still due: {pending}")


def in_hand() -> list[str]:
    """The pieces of work that the workers of this process are performing: each is a task of that name."""
    names = [task.get_name() for task in asyncio.all_tasks()]
    return [name for name in names if name.partition(":")[0] in set(DueKind)]


async def _turn() -> None:
    await asyncio.sleep(0.01)


async def click(who: Person, message: Posted, label: str) -> Reply:
    """Click, and have it acknowledged."""
    reply = await who.click(message, label)
    assert reply.ok, reply.error
    return reply


async def opens(who: Person, message: Posted, label: str) -> Modal:
    """Click what opens a form."""
    return await (await click(who, message, label)).modal()


async def submits(modal: Modal) -> None:
    """Submit, and have it taken."""
    done = await modal.submit()
    assert done.closed, (done.errors, done.error)


def value_of(modal: Modal, label: str) -> str:
    """What is chosen in a menu or a radio group."""
    return str((modal.value(label) or {}).get("value", ""))


def settings(slack: StandIn, transport: str, redis_url: str, playbooks: Path | None = None, **more: object) -> Settings:
    """The settings of a bot on a stand-in; nothing of this machine's environment counts."""
    config = slack.config
    return Settings(
        _env_file=None,
        slack_bot_token=SecretStr(config.bot_token),
        slack_app_token=SecretStr(config.app_token) if transport == SOCKET else None,
        slack_signing_secret=SecretStr(config.signing_secret) if transport == HTTP else None,
        slack_api_url=slack.api_url,
        playbooks_dir=playbooks or sample_playbooks_dir(),
        redis_url=redis_url,
        port=0,
        **{"announce": "at_once", **more},  # type: ignore[arg-type]
    )


@asynccontextmanager
async def shift(
    transport: str,
    redis_url: str,
    playbooks: Path | None = None,
    config: StandInConfig = WORKSPACE,
    **more: object,
) -> AsyncIterator[Shift]:
    """A workspace with a bot at work in it."""
    clock = OffsetClock()
    async with (
        await StandIn.start(config, clock) as slack,
        at_work(slack, clock, transport, redis_url, playbooks, **more) as night,
    ):
        yield night


@asynccontextmanager
async def at_work(
    slack: StandIn,
    clock: OffsetClock,
    transport: str,
    redis_url: str,
    playbooks: Path | None = None,
    **more: object,
) -> AsyncIterator[Shift]:
    """A bot at work in a workspace that is there already."""
    async with running(settings(slack, transport, redis_url, playbooks, **more), clock) as bot:
        if transport == HTTP:
            await slack.deliver_to(f"http://127.0.0.1:{bot.port}/slack/events")
        else:
            slack.deliver_by_socket()
            await slack.connected()
        yield Shift(slack, bot, clock, slack.user("alice"), slack.user("bob"), slack.user("dana"))
