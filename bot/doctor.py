"""What is wrong with a set-up, and what to do about each. It looks and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.core import SystemClock, open_store
from bot.engine.ports import Clock
from bot.engine.worker import RetryLater
from bot.postmortem.drafting.templates import check_templates
from bot.runbooks.library.library import Library
from bot.runbooks.lint import lint
from bot.runbooks.match import semantic
from bot.settings import Settings
from bot.slack.manifest import SCOPES
from bot.slack.workspace.api import SlackAnswer, SlackApi, close_client, open_client
from bot.slack.workspace.channels import Channels
from bot.store.binary import EmbeddedError
from bot.store.health import check


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `bad`: it must be mended; `note`: it works, and somebody should know."""

    what: str
    said: str
    bad: bool = False
    note: bool = False
    advice: str = ""


async def examine(settings: Settings, clock: Clock | None = None) -> list[Finding]:
    """Everything, in the order in which it has to work."""
    clock = clock or SystemClock()
    library = Library(settings.playbooks_dir, clock)
    return [
        *await _store(settings, clock),
        *_runbooks(library, settings.playbooks_dir),
        *_templates(settings.templates_dir),
        *await _slack(settings, clock, library),
        Finding("Semantic matching", semantic.status()),
    ]


async def _store(settings: Settings, clock: Clock) -> list[Finding]:
    kind = "Redis" if settings.redis_url else "Redis, our own server"
    try:
        async with open_store(settings) as store:
            health = await check(store.client, clock)
    except EmbeddedError as error:
        return [Finding(kind, str(error), bad=True)]
    facts = ", ".join(f"{name} {value}" for name, value in health.facts.items())
    return [Finding(kind, problem, bad=True) for problem in health.problems] or [Finding(kind, facts)]


def _runbooks(library: Library, folder: Path) -> list[Finding]:
    found = [
        Finding("Runbook", problem.sentence(), bad=True, advice=f"section3 lint {problem.path}")
        for problem in library.problems
        if problem.path != str(folder)
    ]
    for runbook in library.runbooks:
        report = lint(Path(runbook.path).read_bytes(), runbook.path)
        open_ones = [answer.question.text for answer in report.answers if not answer.yes]
        if open_ones:
            said = f"does not answer: {' '.join(open_ones)}"
            found.append(Finding(f"Runbook {runbook.service}", said, note=True, advice=f"section3 lint {runbook.path}"))
        else:
            found.append(Finding(f"Runbook {runbook.service}", f"{len(runbook.failures)} failure modes, ready"))
    if not found:
        advice = "Set PLAYBOOKS_DIR, or write one with: section3 new SERVICE"
        found.append(Finding("Runbooks", f"there is none in {folder}", bad=True, advice=advice))
    return found


def _templates(folder: Path | None) -> list[Finding]:
    if folder is None:
        return [Finding("Templates", "the ones that came with section3")]
    problems = check_templates(folder)
    return [Finding("Template", f"{one.path}:{one.line}: {one.message}", bad=True) for one in problems] or [
        Finding("Templates", "all can be rendered")
    ]


async def _slack(settings: Settings, clock: Clock, library: Library) -> list[Finding]:
    if settings.slack_bot_token is None:
        advice = "section3 manifest prints the app; its page shows the token under OAuth & Permissions."
        return [Finding("Slack", "SLACK_BOT_TOKEN is not set", bad=True, advice=advice)]
    client = await open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    try:
        return await _ask_slack(SlackApi(client, clock), settings, clock, library)
    except (SlackAnswer, RetryLater) as error:
        advice = "Install the app again and set the token that its page shows now."
        return [Finding("Slack", str(error), bad=True, advice=advice if isinstance(error, SlackAnswer) else "")]
    finally:
        await close_client(client)


async def _ask_slack(api: SlackApi, settings: Settings, clock: Clock, library: Library) -> list[Finding]:
    who = await api.call("auth.test")
    found = [Finding("Slack", f"{who.get('user')} in {who.get('team')}")]
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        advice = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
        found.append(Finding("Slack", "has no way to reach the bot", bad=True, advice=advice))
    found += await _scopes(settings)
    channels = Channels(api, clock)
    for name in _channels(library):
        found.append(await _channel(api, channels, name))
    return found


async def _scopes(settings: Settings) -> list[Finding]:
    """Slack names the scopes of a token in a header of every answer (docs.slack.dev, "OAuth scopes")."""
    assert settings.slack_bot_token is not None
    url = (settings.slack_api_url or "https://slack.com/api/").rstrip("/") + "/auth.test"
    headers = {"Authorization": f"Bearer {settings.slack_bot_token.get_secret_value()}"}
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.post(url, headers=headers) as answer:
        granted = {one.strip() for one in answer.headers.get("x-oauth-scopes", "").split(",") if one.strip()}
    if not granted:
        return [Finding("Scopes", "unknown: Slack did not name them", note=True)]
    missing = sorted(set(SCOPES) - granted)
    advice = "Put the manifest of `section3 manifest` at the app, and install it again."
    return [
        Finding("Scopes", f"{scope} is missing: {SCOPES[scope]}", bad=True, advice=advice) for scope in missing
    ] or [Finding("Scopes", f"all {len(SCOPES)} granted")]


def _channels(library: Library) -> Iterable[str]:
    return dict.fromkeys(channel for runbook in library.runbooks for channel in runbook.channels[:1])


async def _channel(api: SlackApi, channels: Channels, name: str) -> Finding:
    what = f"Channel {name}"
    found = await channels.id_of(name)
    if found is None:
        return Finding(what, "section3 cannot see it", bad=True, advice=f"In {name}: /invite @section3")
    info = (await api.get("conversations.info", channel=found)).get("channel") or {}
    if not info.get("is_member"):
        return Finding(what, "section3 is not in it", bad=True, advice=f"In {name}: /invite @section3")
    return Finding(what, "section3 is in it")
