"""Where the runbooks lie, as the settings say: for the bot, and for the terminal on the night when Slack is down."""

from __future__ import annotations

from pathlib import Path

from bot.runbooks.library.gitsource import GitError, GitSource
from bot.settings import BadSettings, RunbookSettings

LOOK_SECONDS = 5.0
"""Where there is a copy already, nobody waits longer for a remote that may be away, or for one that has much to tell:
the bot, which follows it, takes its time."""


def git_source(settings: RunbookSettings, into: Path | None = None) -> GitSource | None:
    """The remote that the runbooks come from, fetched `into` a folder (by default the bot's); None when they lie in a
    folder already. Raises BadSettings."""
    url, branch, folder = settings.playbooks_git_url, settings.playbooks_git_branch, settings.playbooks_git_folder
    if not url:
        return None
    try:
        return GitSource(url, branch, folder, into=into or settings.data_dir / "playbooks-git")
    except ValueError as error:
        raise BadSettings(f"PLAYBOOKS_GIT_URL, _BRANCH or _FOLDER: {error}") from None


def runbooks_folder(settings: RunbookSettings) -> tuple[Path, str]:
    """The folder, and what is wrong with the remote it comes from ("" for nothing): what an earlier run fetched is used
    until the remote can be read again. Blocks while it fetches. Raises BadSettings."""
    source = git_source(settings)
    if source is None:
        return settings.playbooks_dir, ""
    if source.commit:
        source.timeout_s = LOOK_SECONDS
    try:
        source.sync()
    except GitError as error:
        return source.path, str(error)
    return source.path, ""
