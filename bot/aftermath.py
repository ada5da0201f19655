"""What follows an incident, made of the settings: who drafts, and where accepted proposals go. Apart from `bot.wire`,
because `section3 work do` needs no Slack, and because the bot loads it with the first incident that is over."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import aiohttp

from bot.core import Core
from bot.engine.ports import Index
from bot.postmortem.announce import announced_at
from bot.postmortem.publish.git import GitBranch
from bot.postmortem.publish.github import GitHubPulls, github_api
from bot.postmortem.publish.proposal import PublishError
from bot.postmortem.scribe import RunbookFile, RunbookScribe
from bot.postmortem.secretary import BranchTarget, FileTarget, Secretary, Target
from bot.settings import Settings


async def secretary(stack: AsyncExitStack, core: Core, settings: Settings) -> Secretary:
    """Drafts, and sends proposals where the settings say: a pull request, a local branch, or a file."""

    def has_entry(service: str, failure_id: str) -> bool:
        runbook = core.guide.runbook(service)
        return runbook is not None and runbook.failure(failure_id) is not None

    target: Target
    if settings.github_repo and settings.github_token is not None:
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))
        stack.push_async_callback(session.close)
        gh = github_api(session, settings.github_token.get_secret_value(), settings.github_api_url)
        target = GitHubPulls(gh, settings.github_repo, settings.git_base)
    elif settings.git_branch_repo is not None:
        target = BranchTarget(GitBranch(settings.git_branch_repo, settings.git_base))
    else:
        target = FileTarget(settings.data_dir / "proposals")
    return Secretary(scribe_of(core, settings), target, settings.git_folder, has_entry)


def scribe_of(core: Core, settings: Settings) -> RunbookScribe:
    """The scribe that reads the runbooks as they are now, and knows which ids other incidents have proposed."""

    def file_of(service: str) -> RunbookFile | None:
        runbook = core.guide.runbook(service)
        path = Path(runbook.path) if runbook else None
        if path is None or not path.is_file():
            return None
        return RunbookFile(f"{path.parent.name}/{path.name}", path.read_bytes())

    async def reserved(service: str) -> set[str]:
        ids = await core.desk.journal.members(Index.SERVICE, service, limit=10_000)
        proposed = {one.proposal.failure_id for one in await core.desk.many(ids) if one.proposal}
        runbook = core.guide.runbook(service)
        return proposed | await asyncio.to_thread(_ids_ever, settings, Path(runbook.path) if runbook else None)

    async def take(service: str, failure_id: str, incident_id: str) -> bool:
        owners, marks = f"ids:{service}", core.store.marks
        mark = await marks.start(owners, failure_id, core.clock.now())
        if mark is None:
            await marks.finish(owners, failure_id, incident_id)
        # One that was begun and never finished belongs to nobody: numbers are plenty.
        return mark is None or mark.result == incident_id

    templates = settings.templates_dir
    if settings.announce == "at_once":
        return RunbookScribe(file_of, reserved, templates, take)
    return RunbookScribe(file_of, reserved, templates, take, announced_at)


def _ids_ever(settings: Settings, path: Path | None) -> frozenset[str]:
    """Every id that the history of a runbook's file knows, where it lies and where proposals go."""
    if path is None:
        return frozenset()
    branches = [(GitBranch(path.parent, "HEAD"), path.name)]
    if settings.git_branch_repo is not None:
        branch = GitBranch(settings.git_branch_repo, settings.git_base)
        branches.append((branch, f"{settings.git_folder}/{path.name}"))
    with suppress(PublishError):
        return frozenset[str]().union(*(branch.ids_ever(name) for branch, name in branches))
    return frozenset()
