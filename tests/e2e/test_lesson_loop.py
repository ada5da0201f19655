"""The loop, over the wire: what nobody had documented is documented by the night itself, and the next one walks it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.demo.standin.driver.posted import Posted
from bot.domain.due import FOLLOW_MINUTES
from bot.runbooks.resources import sample_playbooks_dir
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, UNKNOWN, Shift, click, opens, shift, submits
from tests.postmortem.github import REPO, TOKEN, FakeGitHub, fake_github


class Repository:
    """The team's runbooks in git."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.playbooks = root / "playbooks"
        shutil.copytree(sample_playbooks_dir(), self.playbooks)
        subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "runbooks")

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.com")
        done = subprocess.run(["git", *who, "-C", str(self.root), *words], check=True, capture_output=True)
        return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "team")


async def tried(night: Shift, message: Posted, what: str, command: str, helped: str) -> None:
    """Dana says what she did."""
    modal = await opens(night.dana, message, "I tried something")
    await modal.fill("What did you do?", what)
    await modal.fill("The command, if there was one", command)
    await modal.choose("Did it help?", helped)
    await submits(modal)


async def improvised_and_closed(night: Shift, accept: str) -> Posted:
    """The night that the runbook knew nothing of; its close summary."""
    channel = night.slack.channel(AP)
    assert "Not documented" in (await night.alice.command(f"/runbook {UNKNOWN}", AP)).text
    head = await night.opened(UNKNOWN)
    blank = await night.step(head, "None of these")
    await click(night.dana, head, "I have it")
    await click(night.dana, blank, "None of these")
    blank = await night.step(head, "I tried something")
    await tried(night, blank, "Restarted the workers.", "agentctl restart workers", "It did not help")
    await tried(night, blank, "Loaded the holidays of the year.", "agentctl calendar reload", "It helped")
    await click(night.dana, await channel.wait_for(lambda m: "Impact over" in m.buttons), "Impact over")
    closing = await opens(night.dana, await channel.wait_for(lambda m: "Close…" in m.buttons), "Close…")
    await closing.choose("What ended it?", "Something that is in no step")
    await submits(closing)
    night.clock.forward(minutes=3)
    return await night.step(head, accept)


async def test_the_lesson_reaches_the_runbook_and_the_next_night(
    repository: Repository, redis_server: str, redis_client: Client
) -> None:
    async with shift(HTTP, redis_server, repository.playbooks, git_branch_repo=repository.root) as night:
        summary = await improvised_and_closed(night, "Yes, make branch")
        assert "PROPOSED IX-11" in summary.text
        assert "agentctl calendar reload" in summary.text
        thread = night.slack.channel(AP).messages[0].thread
        for ending, begins in ((".md", b"# "), (".png", b"\x89PNG"), (".diff", b"diff --git ")):
            posted = await thread.wait_for(lambda m, ending=ending: any(name.endswith(ending) for name in m.files))  # type: ignore[misc]
            assert next(iter(posted.files.values())).startswith(begins)
        before = repository.git("status", "--porcelain")
        await click(night.dana, summary, "Yes, make branch")
        await click(night.bob, summary.frozen(), "Yes, make branch")
        await thread.wait_for(lambda m: "Sent: section3/inc-1" in m.text)
        assert repository.git("branch", "--list", "section3/*").split() == ["section3/inc-1"]
        assert repository.git("status", "--porcelain") == before, "the work tree is untouched"
        assert (await night.incident()).proposal is not None

        repository.git("merge", "-q", "--no-edit", "section3/inc-1")
        night.clock.forward(minutes=FOLLOW_MINUTES + 1)
        await thread.wait_for(lambda m: "The same words find it now." in m.text)

        async def documented() -> str:
            return (await night.alice.command(f"/runbook {UNKNOWN}", AP)).text

        for _ in range(100):
            if "IX-11" in await documented():
                break
        answer = await documented()
        assert "Documented: " in answer
        assert "IX-11" in answer
        head = await night.opened(UNKNOWN, number=2)
        assert "IX-11" in head.text
        step = await head.thread.wait_for(lambda m: "agentctl calendar reload" in m.text)
        assert "step 1 of 1" in step.text
        run = (await night.incident(2)).run
        assert run is not None
        assert (run.playbook.failure_id, run.playbook.draft) == ("IX-11", True)


async def test_a_click_becomes_one_pull_request_and_its_fate_is_shown(
    tmp_path: Path, redis_server: str, redis_client: Client
) -> None:
    playbooks = tmp_path / "playbooks"
    shutil.copytree(sample_playbooks_dir(), playbooks)
    hub, path = FakeGitHub(), "playbooks/invoice-extract.md"
    hub.commit("main", path, (playbooks / "invoice-extract.md").read_bytes())
    async with fake_github(hub) as url:
        where = shift(HTTP, redis_server, playbooks, github_repo=REPO, github_token=TOKEN, github_api_url=url)
        async with where as night:
            summary = await improvised_and_closed(night, "Yes, open pull request")
            thread = night.slack.channel(AP).messages[0].thread
            hub.broken = 503
            await click(night.dana, summary, "Yes, open pull request")
            stuck = await thread.wait_for(lambda m: "could not be sent" in m.text)
            assert "try again later" in stuck.text
            hub.broken = 0
            frozen = stuck.frozen()
            await click(night.dana, stuck, "Yes, open pull request")
            await click(night.bob, frozen, "Yes, open pull request")
            await thread.wait_for(lambda m: "/pull/1" in m.text)
            await night.quiet()
            assert [pull["title"] for pull in hub.pulls] == [f"Add IX-11 {title_of(hub)} (INC-1)"]
            hub.merge(1)
            night.clock.forward(minutes=FOLLOW_MINUTES + 1)
            await thread.wait_for(lambda m: "The same words find it now." in m.text)
            assert b"### IX-11" in hub.file("main", path)


def title_of(hub: FakeGitHub) -> str:
    """The title of the entry as the branch has it."""
    text = hub.file("section3/inc-1", "playbooks/invoice-extract.md").decode()
    return text.partition("### IX-11 ")[2].partition("\n")[0]
