"""An accepted proposal on its way, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain import commands as c
from bot.domain.vocabulary import TIMER, Actor, Answer, Documented
from bot.postmortem.publish.git import GitBranch
from bot.postmortem.publish.patch import apply
from bot.postmortem.scribe import RunbookFile, RunbookScribe
from bot.postmortem.secretary import BranchTarget, FileTarget, Secretary, Target
from tests.postmortem.lessons import SERVICE, over, proposed, unknown, walking
from tests.postmortem.shelf import path_of, read, sample
from tests.postmortem.story import DANA, Story
from tests.postmortem.test_publish_git import git


@dataclass
class Office:
    target: Target
    data: bytes = field(default_factory=lambda: sample(SERVICE))

    def secretary(self) -> Secretary:
        def file_of(service: str) -> RunbookFile | None:
            return RunbookFile(path_of(service), self.data)

        async def reserved(service: str) -> Iterable[str]:
            return {"IX-11"}

        def has_entry(service: str, failure_id: str) -> bool:
            return read(service, self.data).failure(failure_id) is not None

        return Secretary(RunbookScribe(file_of, reserved), self.target, "playbooks", has_entry)

    async def publish(self, story: Story) -> list[c.Command]:
        commands = list(await self.secretary().publish(story.ended, story.stream))
        for command in commands:
            story.say(command)
        return commands

    async def follow(self, story: Story) -> list[c.Command]:
        return list(await self.secretary().follow(story.ended))


def accepted(story: Story, by: Actor = TIMER) -> Story:
    return story.say(proposed(story).command(), by).say(c.AcceptProposal())


def new() -> Story:
    return accepted(over(unknown(), 9, documented=Documented.NONE))


def amended() -> Story:
    story = (
        walking().at(3).say(c.AnswerStep(answer=Answer.AS_EXPECTED)).at(4).say(c.AnswerStep(answer=Answer.DID_NOT_WORK))
    )
    return accepted(over(story, 9))


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "playbooks").mkdir(parents=True)
    (root / "playbooks" / f"{SERVICE}.md").write_bytes(sample(SERVICE))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


async def test_a_file_is_open_until_the_runbook_has_it(tmp_path: Path) -> None:
    office = Office(FileTarget(tmp_path))
    for story in (new(), amended()):
        (sent,) = await office.publish(story)
        assert isinstance(sent, c.SendProposal)
        assert sent.ref.endswith(".patch")
        assert await office.follow(story) == []
        proposal = story.ended.proposal
        assert proposal is not None
        merged = Office(office.target, apply(sample(SERVICE), proposal.diff))
        assert await merged.follow(story) == [c.MergeProposal(ref=sent.ref)]


async def test_a_branch_is_followed(repo: Path) -> None:
    office = Office(BranchTarget(GitBranch(repo)))
    story = amended()
    await office.publish(story)
    assert await office.follow(story) == []
    git(repo, "branch", "-D", "section3/inc-42")
    (declined,) = await office.follow(story)
    assert isinstance(declined, c.DeclineProposal)


async def test_what_the_base_has_already_is_merged_at_once(repo: Path) -> None:
    office = Office(BranchTarget(GitBranch(repo)))
    story = amended()
    proposal = story.ended.proposal
    assert proposal is not None
    (repo / "playbooks" / f"{SERVICE}.md").write_bytes(apply(sample(SERVICE), proposal.diff))
    git(repo, "commit", "-qam", "by hand")
    assert [type(one) for one in await office.publish(story)] == [c.SendProposal, c.MergeProposal]
    assert story.ended.proposal is not None
    assert story.ended.proposal.status == "merged"


async def test_what_a_person_has_edited_is_not_replaced_when_the_base_moved(repo: Path) -> None:
    office = Office(BranchTarget(GitBranch(repo)))
    story = accepted(over(unknown(), 9, documented=Documented.NONE), by=DANA)
    end = b"## 4. Escalation"
    touched = sample(SERVICE).replace(b"\n" + end, b"\nA remark that somebody added.\n\n" + end)
    (repo / "playbooks" / f"{SERVICE}.md").write_bytes(touched)
    git(repo, "commit", "-qam", "moved")
    before = story.ended.proposal
    (stuck,) = await office.publish(story)
    assert isinstance(stuck, c.ReportStuckProposal)
    assert "Edit…" in stuck.why
    assert before is not None and story.ended.proposal is not None
    assert story.ended.proposal.diff == before.diff


async def test_a_base_that_moved_keeps_the_id_that_is_ours(repo: Path) -> None:
    office = Office(BranchTarget(GitBranch(repo)))
    story = new()
    end = b"## 4. Escalation"
    touched = sample(SERVICE).replace(b"\n" + end, b"\nA remark that somebody added.\n\n" + end)
    (repo / "playbooks" / f"{SERVICE}.md").write_bytes(touched)
    git(repo, "commit", "-qam", "moved")
    made = await office.publish(story)
    assert [type(one) for one in made] == [c.MakeProposal, c.SendProposal]
    assert story.ended.proposal is not None
    assert (story.ended.proposal.failure_id, story.ended.proposal.status) == ("IX-11", "sent")
    assert "IX-11" in git(repo, "show", f"section3/inc-51:playbooks/{SERVICE}.md")


async def test_what_is_in_the_way_is_told_and_can_be_tried_again(tmp_path: Path) -> None:
    office = Office(BranchTarget(GitBranch(tmp_path)))
    story = new()
    (stuck,) = await office.publish(story)
    assert isinstance(stuck, c.ReportStuckProposal)
    assert "not a git repository" in stuck.why
    assert story.ended.proposal is not None
    assert story.ended.proposal.status == "made"
