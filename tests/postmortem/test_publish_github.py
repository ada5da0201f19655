"""One pull request for each incident, however often it is asked for and whatever moved meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.domain import commands as c
from bot.domain.vocabulary import Documented, EndedBy, Helped, ProposalKind
from bot.postmortem.lessons.lesson import Proposal, propose
from bot.postmortem.publish.github import GitHubPulls, github_api
from bot.postmortem.publish.proposal import Change, Moved, PublishError, Status, change_of, rebuilder
from tests.postmortem.github import REPO, TOKEN, FakeGitHub, fake_github
from tests.postmortem.shelf import path_of, read, sample
from tests.postmortem.story import DANA, SAM, Story, declare

SERVICE = "invoice-extract"
FILE = "ops/playbooks/invoice-extract.md"
LINK = "https://acme.slack.com/archives/C0AP/p1763608260000100"


@dataclass
class Scene:
    hub: FakeGitHub
    pulls: GitHubPulls
    story: Story

    def change(self) -> Change:
        incident = self.story.ended
        assert incident.proposal is not None
        return change_of(incident, incident.proposal, folder="ops/playbooks", link=LINK)


def undocumented(**more: Any) -> Story:
    """An incident that ended in a recorded proposal of a new entry."""
    story = Story()
    story.say(declare("vendor portal shows a captcha, `@here` 80 % of fetches fail", number=51, **more), SAM)
    story.at(2).say(c.TakeLead()).at(5)
    story.say(c.Improvise(what="switched to the API", command="agentctl set connector=api", helped=Helped.YES))
    story.at(15).say(c.Mitigate()).at(20)
    story.say(c.Close(documented=Documented.NONE, ended_by=EndedBy.SOMETHING_ELSE))
    made = propose(story.stream, story.ended, sample(SERVICE), path_of(SERVICE))
    assert isinstance(made, Proposal)
    return story.say(made.command())


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    hub = FakeGitHub()
    hub.commit("main", FILE, sample(SERVICE))
    async with fake_github(hub) as url, aiohttp.ClientSession() as session:
        yield Scene(hub, GitHubPulls(github_api(session, TOKEN, url), REPO), undocumented())


async def test_the_pull_request_explains_itself(scene: Scene) -> None:
    done = await scene.pulls.publish(scene.change())
    assert done.ref == f"{scene.hub.url}/{REPO}/pull/1"
    (pull,) = scene.hub.pulls
    assert pull["title"] == "Add IX-11 Vendor portal shows a captcha (INC-51)"
    assert f"[INC-51]({LINK})" in pull["body"]
    assert "- [ ] Verify" in pull["body"]
    assert pull["base"] == "main"
    # What people typed is in code, where it calls nobody.
    assert "`vendor portal shows a captcha, '@here' 80 % of fetches fail`" in pull["body"]
    entry = read(SERVICE, scene.hub.file("section3/inc-51", FILE)).failure("IX-11")
    assert entry is not None
    assert scene.hub.file("main", FILE) == sample(SERVICE)


async def test_however_often_it_is_clicked_it_is_one(scene: Scene) -> None:
    every = await asyncio.gather(*(scene.pulls.publish(scene.change()) for _ in range(5)))
    again = await scene.pulls.publish(scene.change())
    assert {one.ref for one in (*every, again)} == {f"{scene.hub.url}/{REPO}/pull/1"}
    assert again.again
    assert len(scene.hub.pulls) == 1


async def test_its_status_is_followed(scene: Scene) -> None:
    ref = (await scene.pulls.publish(scene.change())).ref
    assert await scene.pulls.status(ref) is Status.OPEN
    scene.hub.close(1)
    assert await scene.pulls.status(ref) is Status.DECLINED
    assert (await scene.pulls.publish(scene.change())).status is Status.DECLINED
    scene.hub.merge(1)
    assert await scene.pulls.status(ref) is Status.MERGED
    assert (await scene.pulls.publish(scene.change())).status is Status.MERGED
    assert len(scene.hub.pulls) == 1


async def test_a_base_that_moved_elsewhere_is_taken_along(scene: Scene) -> None:
    moved = sample(SERVICE).replace(b"Nightly batch of about 3,000", b"Nightly batch of about 4,000")
    scene.hub.commit("main", FILE, moved)
    await scene.pulls.publish(scene.change())
    assert b"about 4,000" in scene.hub.file("section3/inc-51", FILE)


async def test_an_id_that_was_taken_meanwhile_is_not_taken_twice(scene: Scene) -> None:
    other = b"### IX-11 Something else\n\n**Impact:** none\n\n"
    taken = sample(SERVICE).replace(b"### IX-01 ", other + b"### IX-01 ")
    scene.hub.commit("main", FILE, taken)
    with pytest.raises(Moved, match="IX-11 is the id of another entry"):
        await scene.pulls.publish(scene.change())
    again = rebuilder(scene.story.stream, scene.story.ended, folder="ops/playbooks")
    done = await scene.pulls.publish(scene.change(), again)
    assert done.proposal is not None
    assert done.proposal.failure_id == "IX-12"
    assert scene.hub.pulls[0]["title"].startswith("Add IX-12 ")
    modes = [mode.id for mode in read(SERVICE, scene.hub.file("section3/inc-51", FILE)).failures]
    assert modes.count("IX-11") == modes.count("IX-12") == 1


async def test_a_conflict_after_opening_is_put_on_the_new_base(scene: Scene) -> None:
    await scene.pulls.publish(scene.change())
    appended = sample(SERVICE).replace(b"## 4. Escalation", b"### IX-11 Other\n\n**Impact:** none\n\n## 4. Escalation")
    scene.hub.commit("main", FILE, appended)
    again = rebuilder(scene.story.stream, scene.story.ended, folder="ops/playbooks")
    done = await scene.pulls.publish(scene.change(), again)
    assert done.ref.endswith("/pull/1")
    assert len(scene.hub.pulls) == 1
    assert scene.hub.mergeable(scene.hub.pulls[0])
    assert scene.hub.pulls[0]["title"].startswith("Add IX-12 ")


async def test_what_people_pushed_to_the_branch_is_left_alone(scene: Scene) -> None:
    await scene.pulls.publish(scene.change())
    pushed = scene.hub.commit("section3/inc-51", FILE, b"reviewed\n")
    scene.hub.commit("main", FILE, sample(SERVICE) + b"\nmore\n")
    assert (await scene.pulls.publish(scene.change())).again
    assert scene.hub.refs["section3/inc-51"] == pushed


async def test_a_crash_before_the_pull_request_was_opened_is_mended(scene: Scene) -> None:
    await scene.pulls.publish(scene.change())
    scene.hub.pulls.clear()
    assert not (await scene.pulls.publish(scene.change())).again
    assert len(scene.hub.pulls) == 1


async def test_a_branch_of_somebody_else_is_not_moved(scene: Scene) -> None:
    theirs = scene.hub.commit("section3/inc-51", FILE, b"theirs\n")
    with pytest.raises(PublishError, match="work of somebody else"):
        await scene.pulls.publish(scene.change())
    assert scene.hub.refs["section3/inc-51"] == theirs


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "token is refused"),
        (403, "write access"),
        (404, "was not found"),
        (500, "in trouble"),
        (503, "in trouble"),
    ],
)
async def test_what_github_refuses_is_a_sentence(scene: Scene, status: int, sentence: str) -> None:
    scene.hub.broken = status
    with pytest.raises(PublishError, match=sentence):
        await scene.pulls.publish(scene.change())
    assert scene.hub.pulls == []


async def test_a_wrong_folder_is_named(scene: Scene) -> None:
    incident = scene.story.ended
    assert incident.proposal is not None
    with pytest.raises(PublishError, match=r"runbooks/invoice-extract\.md is not in acme/runbooks"):
        await scene.pulls.publish(change_of(incident, incident.proposal, folder="runbooks"))


async def test_github_that_is_away_is_said() -> None:
    async with fake_github(FakeGitHub()) as gone:
        pass
    async with aiohttp.ClientSession() as session:
        pulls = GitHubPulls(github_api(session, TOKEN, gone), REPO)
        with pytest.raises(PublishError, match="cannot be reached"):
            await pulls.status("https://github.com/acme/runbooks/pull/1")


def test_a_private_incident_waits_for_a_person() -> None:
    incident = undocumented(private=True).ended
    assert incident.proposal is not None
    assert incident.proposal.kind is ProposalKind.NEW
    unread = incident.proposal.model_copy(update={"edited": False})
    with pytest.raises(PublishError, match="INC-51 is private"):
        change_of(incident, unread, folder="ops")
    read = unread.model_copy(update={"edited": True})
    change = change_of(incident, read, folder="ops")
    assert change.path == "ops/invoice-extract.md"
    assert incident.symptom not in change.body


def test_the_author_of_the_story_is_in_no_diff() -> None:
    change = undocumented().ended.proposal
    assert change is not None
    assert DANA.name not in change.diff
