"""The composition root: the one file that knows everyone. It makes the parts, joins them, and ends them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from bot import __version__
from bot.core import Core, open_core
from bot.domain.vocabulary import Surface
from bot.engine.desk import Desk
from bot.engine.effects import Effects, Scribe, WhenNeeded
from bot.engine.ports import Clock, Index, StoreUnavailable
from bot.engine.worker import Worker
from bot.logs import Witness, afterwards, each, with_incident
from bot.runbook_source import git_source
from bot.runbooks.library.state import Problem
from bot.settings import BadSettings, Settings
from bot.slack import app as slack_app
from bot.slack.listening.front import Front
from bot.slack.screen.documents import Papers
from bot.slack.screen.screen import SlackScreen
from bot.slack.transport import http_routes, socket_client
from bot.slack.workspace.api import SlackApi, close_client, open_client
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.once import Once
from bot.slack.workspace.outage import Outage
from bot.slack.workspace.people import People
from bot.slack.workspace.surroundings import Surroundings
from bot.slack.workspace.token import TokenCheck
from bot.store.numbers import numbers
from bot.web.gauges import Gauges
from bot.web.metrics import Metrics
from bot.web.routes import routes


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    core: Core
    front: Front
    worker: Worker
    app: AsyncApp
    metrics: Metrics
    port: int


@asynccontextmanager
async def running(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Bot]:
    """The bot, connected and at work, until the block is left; what is in hand is finished then."""
    token = _bot_token(settings)
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings, clock))
        client = await open_client(token, settings.slack_api_url)
        stack.push_async_callback(close_client, client)
        metrics, witness = Metrics(__version__), Witness()
        core.desk.watch = afterwards(each(metrics.decided, witness.decided))
        api = SlackApi(client, core.clock, metrics.called, Outage(partial(witness.slack, "web_api")))
        log = structlog.get_logger("section3.slack")
        around = Surroundings(
            api,
            core.clock,
            Channels(api, core.clock),
            settings.contacts,
            settings.rollback_group,
            settings.severity_group,
            settings.proposals,
        )
        people = People(api, core.clock)
        front = Front(core.desk, core.guide, core.intake, api, core.clock, people, around, log)
        papers = Papers(settings.templates_dir)
        screen = SlackScreen(
            api, Once(core.store.marks, core.clock), core.clock, around, papers, partial(_head_link, core.desk)
        )
        scribe = WhenNeeded(partial(_secretary, await stack.enter_async_context(AsyncExitStack()), core, settings))
        effects = Effects(core.desk, screen, scribe, core.store.marks, core.store.work)
        observe = each(metrics.performed, witness.performed)
        worker = Worker(core.store.work, core.clock, with_incident(effects.handlers()), observe=observe)
        core.desk.wake, core.desk.soonest = worker.wake, worker.soonest
        secret = settings.slack_signing_secret
        direct = slack_app.Direct(front)
        bolt = slack_app.build(front, direct, client, secret.get_secret_value() if secret else "", _bolt_log())
        await _until_stopped(stack, worker.run, "worker")
        gauges = Gauges(
            core.desk,
            core.store.work,
            core.clock,
            metrics,
            partial(numbers, core.store.client, core.clock),
            core.library,
            on_store=witness.store,
        )
        await _until_stopped(stack, gauges.run, "gauges")
        check = TokenCheck(api)
        stack.callback(asyncio.create_task(check.run(), name="token").cancel)
        port = await _listen(stack, core, settings, bolt, metrics, gauges, check)
        if settings.slack_app_token is not None:
            outage = Outage(partial(witness.slack, "socket_mode"))
            app_token = settings.slack_app_token.get_secret_value()
            seen = partial(outage.seen, core.clock)
            gauges.socket = await _connect(stack, bolt, direct, app_token, metrics, seen)
        await _until_stopped(stack, partial(_follow, core), "runbooks")
        yield Bot(core, front, worker, bolt, metrics, port)


def _bot_token(settings: Settings) -> str:
    """The bot's token. Raises BadSettings with everything that Slack needs and that is not set."""
    missing = []
    if settings.slack_bot_token is None:
        missing.append(
            "SLACK_BOT_TOKEN is not set. It is on the app's page at Slack under OAuth & Permissions (xoxb-…)."
        )
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        missing.append(
            "Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set: Slack cannot reach the bot."
        )
    if settings.slack_bot_token is None or missing:
        raise BadSettings("\n".join(missing))
    return settings.slack_bot_token.get_secret_value()


async def _head_link(desk: Desk, number: int) -> str:
    """Where the head of INC-n is; a private one is not shown to others."""
    incident = await desk.by_number(number)
    head = incident.shown.get(Surface.HEAD) if incident and not incident.private else None
    return head.link if head else ""


async def _secretary(stack: AsyncExitStack, core: Core, settings: Settings) -> Scribe:
    """Who drafts and publishes. What that needs would be 0.1 s of the start, so it is loaded with the first such work,
    in a thread: clicks are answered meanwhile."""
    await asyncio.to_thread(import_module, "bot.aftermath")
    from bot.aftermath import secretary

    return await secretary(stack, core, settings)


async def _follow(core: Core, stop: asyncio.Event) -> None:
    """Take in every change of the runbooks while the bot runs, and log each problem once while it lasts."""
    log = structlog.get_logger("section3.runbooks")
    told: frozenset[Problem] = frozenset()

    def tell() -> None:
        nonlocal told
        now = core.library.problems
        for problem in now:
            if problem not in told:
                log.warning("runbook_unusable", reason=problem.sentence())
        told = frozenset(now)

    tell()
    source = git_source(core.settings)
    every = core.settings.playbooks_git_seconds
    changes = core.library.follow(source, every, stop) if source else core.library.watch(stop)
    async for services in changes:
        entries = await asyncio.to_thread(core.guide.refresh)
        if services:
            log.info("runbooks_changed", services=services, entries=entries)
        tell()


async def _until_stopped(
    stack: AsyncExitStack, work: Callable[[asyncio.Event], Coroutine[Any, Any, None]], name: str
) -> asyncio.Event:
    """Run something in the background; when the block is left it is told to stop and waited for."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(stop), name=name)

    async def end() -> None:
        stop.set()
        await task

    stack.push_async_callback(end)
    return stop


async def _listen(
    stack: AsyncExitStack,
    core: Core,
    settings: Settings,
    bolt: AsyncApp,
    metrics: Metrics,
    gauges: Gauges,
    check: TokenCheck,
) -> int:
    """Listen for Slack's deliveries and for the probes; the port that was taken. Raises BadSettings."""

    async def ready() -> tuple[str, ...]:
        problems = []
        try:
            await core.store.journal.members(Index.OPEN, limit=1)
        except StoreUnavailable as error:
            problems.append(str(error))
        if settings.slack_app_token is not None and not (gauges.socket and await gauges.socket()):
            problems.append("The Socket Mode connection does not stand: Slack cannot reach this process.")
        if check.problem:
            problems.append(check.problem)
        return tuple(problems)

    server = web.Application()
    server.add_routes(routes(metrics, ready))
    if settings.slack_signing_secret is not None:
        server.add_routes(http_routes(bolt, afterwards(metrics.acknowledged)))
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=3)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        raise BadSettings(f"HOST and PORT: {error.strerror}. Set others, or end what listens there.") from error
    return int(runner.addresses[0][1])


async def _connect(
    stack: AsyncExitStack,
    bolt: AsyncApp,
    direct: slack_app.Direct,
    app_token: str,
    metrics: Metrics,
    seen: Callable[[str], None],
) -> Callable[[], Coroutine[Any, Any, bool]]:
    """Connect by Socket Mode; what tells whether the connection stands."""
    client = socket_client(bolt, direct.answer, app_token, metrics.acknowledged, seen, _bolt_log())
    stack.push_async_callback(client.close)
    await client.connect()
    return client.is_connected


def _bolt_log() -> logging.Logger:
    return logging.getLogger("section3.bolt")
