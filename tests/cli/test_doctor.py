"""`section3 doctor`, with each thing it looks at broken: it names the thing and says what to do."""

from __future__ import annotations

import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.demo.standin.config import ChannelConfig, StandInConfig
from bot.demo.standin.standin import StandIn
from bot.doctor import Finding, examine
from bot.runbooks.resources import sample_playbooks_dir
from bot.settings import BadSettings, Settings, load
from bot.slack.manifest import SCOPES
from bot.store.client import Client
from tests.e2e.shift import SOCKET, WORKSPACE, settings
from tests.postmortem.github import REPO, TOKEN, FakeGitHub, fake_github
from tests.store.server import WallClock

CHANNELS = ("research-assistant", "section3")
ALL_WELL = StandInConfig(
    **{**dict(WORKSPACE), "channels": (*WORKSPACE.channels, *(ChannelConfig(name=name) for name in CHANNELS))}
)
Examine = Callable[..., Awaitable[list[Finding]]]


@pytest.fixture
def look(redis_server: str, redis_client: Client) -> Examine:
    """What doctor finds when something is different: what is bad, with its advice; or everything of one kind."""

    async def found(config: StandInConfig = ALL_WELL, clock: WallClock | None = None, **more: object) -> list[Finding]:
        async with await StandIn.start(config) as slack:
            usual = settings(slack, SOCKET, redis_server)
            return await examine(usual.model_copy(update=more), clock)

    return found


def bad(findings: list[Finding]) -> Finding:
    """The one thing that must be mended."""
    (one,) = [finding for finding in findings if finding.bad]
    return one


async def test_a_sound_set_up_has_nothing_to_mend(look: Examine) -> None:
    findings = await look()
    assert [one for one in findings if one.bad or one.note] == []
    kinds = [one.what.split()[0] for one in findings]
    assert list(dict.fromkeys(kinds)) == [
        *("section3", "Redis", "Runbook", "Templates", "Slack", "Scopes", "Channel", "Socket", "Proposals"),
        "Semantic",
    ]


@pytest.mark.parametrize(
    ("broken", "what", "said", "advice"),
    [
        ({"slack_bot_token": None}, "Slack", "SLACK_BOT_TOKEN is not set", "section3 manifest"),
        ({"slack_bot_token": SecretStr("another")}, "Slack", "invalid_auth to auth.test", "SLACK_BOT_TOKEN"),
        ({"slack_app_token": None}, "Slack", "no way to reach", "SLACK_SIGNING_SECRET for HTTP"),
        ({"slack_app_token": SecretStr("another")}, "Socket Mode", "invalid_auth", "connections:write"),
        ({"slack_api_url": "http://127.0.0.1:1/api/"}, "Slack", "cannot be reached", "SLACK_API_URL"),
        ({"redis_url": "redis://127.0.0.1:1"}, "Redis", "cannot be reached", ""),
        ({"redis_url": "http://127.0.0.1:1"}, "Redis", "redis+sentinel://", ""),
        ({"redis_url": "redis://:12/secret@localhost"}, "Redis", "write / as %2F", ""),
        ({"redis_replicas": 1}, "Redis", "0 of 1 expected replicas", ""),
        ({"clock": WallClock(ahead=-90_000)}, "Redis", "90 s ahead of this machine's", ""),
        ({"playbooks_dir": Path("/nowhere")}, "Runbooks", "there is none", "PLAYBOOKS_DIR"),
        ({"playbooks_git_url": "/nowhere"}, "Runbooks", "/nowhere (main) could not be read", "PLAYBOOKS_GIT_"),
        ({"playbooks_git_url": "--upload-pack=x"}, "Runbooks", "no address of a git remote", "PLAYBOOKS_GIT_"),
        ({"templates_dir": Path("/nowhere")}, "Template", "no folder /nowhere", "TEMPLATES_DIR"),
        ({"github_repo": REPO}, "Proposals", "GITHUB_TOKEN is not set", "GITHUB_TOKEN"),
        ({"git_branch_repo": Path("/nowhere")}, "Proposals", "no git repository", "GIT_BRANCH_REPO"),
    ],
)
async def test_each_thing_that_is_broken(
    look: Examine, broken: dict[str, object], what: str, said: str, advice: str
) -> None:
    found = bad(await look(**broken))
    assert (found.what, said in found.said, advice in found.advice) == (what, True, True), found
    assert "secret" not in found.said


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        (("appendonly", "no"), "yes", "keeps no append-only file"),
        (("maxmemory-policy", "allkeys-lru"), "noeviction", "eviction policy allkeys-lru"),
        (("maxmemory", "900kb"), "0", "of maxmemory: now nothing can be saved"),
    ],
)
async def test_a_server_that_may_lose_facts(
    look: Examine, redis_client: Client, setting: tuple[str, str], value: str, said: str
) -> None:
    await redis_client.command("CONFIG", "SET", *setting)
    try:
        assert said in bad(await look()).said
    finally:
        await redis_client.command("CONFIG", "SET", setting[0], value)


def repository(root: Path) -> None:
    """A repository with one commit on main."""
    author = ("-c", "user.name=Somebody", "-c", "user.email=s@localhost")
    for words in (("init", "-q", "-b", "main"), (*author, "commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run(["git", "-C", root, *words], check=True)


async def test_branches_that_git_would_refuse(look: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository(tmp_path)
    assert "has no branch release" in bad(await look(git_branch_repo=tmp_path, git_base="release")).said
    with monkeypatch.context() as patched:
        # git's own way to pretend that the folder is another user's, as a clone that was mounted into a container is.
        patched.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        found = bad(await look(git_branch_repo=tmp_path))
        assert "dubious ownership" in found.said and "bot's user" in found.advice
    full = tmp_path / ".git" / "objects" / "e6"
    full.write_text("no folder for the empty object")
    assert "git in" in bad(await look(git_branch_repo=tmp_path)).said


async def test_branches_without_git(look: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository(tmp_path)
    assert [one for one in await look(git_branch_repo=tmp_path) if one.bad] == []
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in bad(await look(git_branch_repo=tmp_path)).said


async def test_a_scope_and_a_channel_that_are_missing(look: Examine) -> None:
    scopes = frozenset(SCOPES) - {"files:write"}
    found = bad(await look(StandInConfig(**{**dict(ALL_WELL), "scopes": scopes})))
    assert "files:write is missing" in found.said and "section3 manifest" in found.advice
    gone = tuple(one for one in ALL_WELL.channels if one.name != "section3")
    found = bad(await look(StandInConfig(**{**dict(ALL_WELL), "channels": gone})))
    assert (found.what, found.advice) == ("Channel #section3", "In #section3: /invite @section3")


async def test_a_runbook_and_a_template_that_cannot_be_read(look: Examine, tmp_path: Path) -> None:
    for path in sample_playbooks_dir().glob("*.md"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "section3.md").write_text("---\nservice: [\n---\n")
    found = bad(await look(playbooks_dir=tmp_path))
    assert found.what == "Runbook" and found.advice == f"section3 lint {tmp_path / 'section3.md'}"
    (tmp_path / "postmortem.md.j2").write_text("{{ nothing.like.it }}")
    (tmp_path / "other.md.j2").write_text("left over")
    findings = await look(templates_dir=tmp_path)
    assert "postmortem.md.j2:1" in bad(findings).said
    assert [one.said for one in findings if one.note and one.what == "Template" and "not used" in one.said]


async def test_a_token_of_github_that_may_not_write(look: Examine) -> None:
    hub = FakeGitHub()
    async with fake_github(hub) as url:
        there = {"github_repo": REPO, "github_api_url": url}
        assert [one for one in await look(github_token=SecretStr(TOKEN), **there) if one.bad] == []
        assert "token is refused" in bad(await look(github_token=SecretStr("another"), **there)).said
        hub.may_push = False
        assert "not write to it" in bad(await look(github_token=SecretStr(TOKEN), **there)).said


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("CONTACTS", "{"), ("PLAYBOOKS_GIT_SECONDS", "0")])
def test_a_setting_that_cannot_be_is_named_without_its_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=f"^{name}: Input should be") as caught:
        load()
    assert "eighty" not in str(caught.value)


def test_the_file_of_settings_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PORT=9123\nSLACK_BOT_TOKEN=from-the-file\nHOST=\n")
    monkeypatch.setenv("PORT", "9124")
    read = load()
    assert read.port == 9124, "the environment counts more than the file"
    assert read.slack_bot_token and read.slack_bot_token.get_secret_value() == "from-the-file"
    assert read.host == Settings.model_fields["host"].default, "empty counts as not set"
