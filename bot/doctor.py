"""What is wrong with a set-up, and what to do about each. It looks and changes nothing."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bot import __version__
from bot.core import SystemClock, open_store
from bot.domain.runbook import Level
from bot.engine.ports import Clock
from bot.engine.worker import RetryLater
from bot.postmortem.drafting.templates import check_templates
from bot.postmortem.publish.git import GitBranch
from bot.postmortem.publish.github import GitHubPulls, github_api
from bot.postmortem.publish.proposal import PublishError
from bot.runbook_source import git_source
from bot.runbooks.library.library import GitError, Library
from bot.runbooks.lint import lint
from bot.runbooks.match import semantic
from bot.settings import BadSettings, Settings
from bot.slack.manifest import SCOPES
from bot.slack.workspace.api import SlackAnswer, SlackApi, TokenRefused, close_client, open_client
from bot.slack.workspace.channels import Channels
from bot.store.binary import EmbeddedError
from bot.store.health import check

AWAY = (
    "Look at status.slack.com, at the network of this machine, and at SLACK_API_URL, which is empty for Slack itself."
)


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
    with tempfile.TemporaryDirectory(prefix="section3-") as fetched:
        folder, trouble = await asyncio.to_thread(_shelf, settings, Path(fetched))
        library = Library(folder, clock)
        return [
            Finding("section3", __version__),
            *await _store(settings, clock),
            *(trouble or _runbooks(library, folder)),
            *_templates(settings.templates_dir),
            *await _slack(settings, clock, library),
            *await _proposals(settings),
            Finding("Semantic matching", semantic.status()),
        ]


def _shelf(settings: Settings, fetched: Path) -> tuple[Path, list[Finding]]:
    """Where the runbooks lie: a folder, or what a remote has now, in a folder that is no bot's."""
    try:
        source = git_source(settings, fetched)
        if source is None:
            return settings.playbooks_dir, []
        source.sync()
    except (GitError, BadSettings) as error:
        advice = "Correct the PLAYBOOKS_GIT_ settings. Until then a bot uses what it fetched before."
        return fetched, [Finding("Runbooks", str(error), bad=True, advice=advice)]
    return source.path, []


async def _store(settings: Settings, clock: Clock) -> list[Finding]:
    kind = "Redis" if settings.redis_url else "Redis, our own server"
    try:
        async with open_store(settings) as store:
            health = await check(store.client, clock)
    except (EmbeddedError, BadSettings) as error:
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
    found = []
    for one in check_templates(folder):
        bad = one.severity is Level.ERROR
        advice = (
            "Mend it, correct TEMPLATES_DIR, or leave it empty for the ones that came with section3." if bad else ""
        )
        found.append(Finding("Template", f"{one.path}:{one.line}: {one.message}", bad=bad, note=not bad, advice=advice))
    return found or [Finding("Templates", "all can be rendered")]


async def _slack(settings: Settings, clock: Clock, library: Library) -> list[Finding]:
    if settings.slack_bot_token is None:
        advice = "section3 manifest prints the app; its page shows the token under OAuth & Permissions."
        return [Finding("Slack", "SLACK_BOT_TOKEN is not set", bad=True, advice=advice)]
    try:
        async with _api(settings.slack_bot_token, settings, clock) as api:
            found = await _ask_slack(api, settings, clock, library)
    except (SlackAnswer, RetryLater) as error:
        advice = "Install the app again and set SLACK_BOT_TOKEN to the token that its page shows now."
        refused = isinstance(error, (SlackAnswer, TokenRefused))
        return [Finding("Slack", str(error), bad=True, advice=advice if refused else AWAY)]
    return [*found, *await _socket(settings, clock)]


@asynccontextmanager
async def _api(token: SecretStr, settings: Settings, clock: Clock) -> AsyncIterator[SlackApi]:
    client = await open_client(token.get_secret_value(), settings.slack_api_url)
    try:
        yield SlackApi(client, clock)
    finally:
        await close_client(client)


async def _socket(settings: Settings, clock: Clock) -> list[Finding]:
    """Ask for a Socket Mode address, which nobody then connects to: only that says whether the app's token is good."""
    if settings.slack_app_token is None:
        return []
    try:
        async with _api(settings.slack_app_token, settings, clock) as api:
            await api.call("apps.connections.open")
    except (SlackAnswer, TokenRefused) as error:
        advice = (
            "Set SLACK_APP_TOKEN to a token of the app's page, Basic Information, with the scope connections:write."
        )
        return [Finding("Socket Mode", str(error), bad=True, advice=advice)]
    except RetryLater as error:
        return [Finding("Socket Mode", str(error), bad=True, advice=AWAY)]
    return [Finding("Socket Mode", "the app's token is good")]


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


async def _proposals(settings: Settings) -> list[Finding]:
    what, repo = "Proposals", settings.github_repo
    if repo and settings.github_token is None:
        said = f"GITHUB_REPO is {repo}, but GITHUB_TOKEN is not set, so no pull request is opened"
        return [Finding(what, said, bad=True, advice="Set GITHUB_TOKEN, or leave GITHUB_REPO empty.")]
    if repo and settings.github_token is not None:
        return [await _pull_requests(settings, settings.github_token)]
    folder = settings.git_branch_repo
    if folder is None:
        return [Finding(what, f"are written to {settings.data_dir / 'proposals'} as patch files")]
    if not (folder / ".git").exists() and not (folder / "HEAD").is_file():
        advice = "Set GIT_BRANCH_REPO to a clone that the bot may write to."
        return [Finding(what, f"{folder} is no git repository", bad=True, advice=advice)]
    if shutil.which("git") is None:
        return [Finding(what, "become branches, but the program git is not installed", bad=True, advice="Install git.")]
    try:
        await asyncio.to_thread(GitBranch(folder, settings.git_base).try_out)
    except PublishError as error:
        advice = "Give that clone to the bot's user, and set GIT_BASE to the branch that the runbooks are on."
        return [Finding(what, str(error), bad=True, advice=advice)]
    return [Finding(what, f"become branches of {folder}")]


async def _pull_requests(settings: Settings, token: SecretStr) -> Finding:
    what, repo = "Proposals", settings.github_repo
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        try:
            gh = github_api(session, token.get_secret_value(), settings.github_api_url)
            if await GitHubPulls(gh, repo, settings.git_base).may_push():
                return Finding(what, f"become pull requests of {repo}")
        except PublishError as error:
            return Finding(what, str(error), bad=True)
    advice = "Give it write access to contents and pull requests."
    return Finding(what, f"GITHUB_TOKEN may read {repo} and not write to it", bad=True, advice=advice)


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
