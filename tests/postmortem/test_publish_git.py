"""A proposal on a local branch: the work tree, the index and the present branch are as they were."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.postmortem.publish.file import to_file
from bot.postmortem.publish.git import GitBranch
from bot.postmortem.publish.proposal import Change, Moved, PublishError, Status
from bot.runbooks.editing.edit import unified_diff

BEFORE = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
AFTER = b"one\ntwo\nthree\nnew\nfour\nfive\nsix\nseven\n"


def git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Somebody", "-c", "user.email=s@localhost", *words],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "playbooks").mkdir(parents=True)
    (root / "playbooks" / "x.md").write_bytes(BEFORE)
    (root / "readme").write_text("hello")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


def change(after: bytes = AFTER) -> Change:
    return Change(
        name="INC-51",
        branch="section3/inc-51",
        path="playbooks/x.md",
        diff=unified_diff(BEFORE, after, "playbooks/x.md"),
        title="Add IX-11 Portal (INC-51)",
        body="Why.\n",
    )


def test_the_branch_holds_the_change_and_nothing_else_moves(repo: Path) -> None:
    (repo / "playbooks" / "x.md").write_bytes(b"half written\n")
    (repo / "staged").write_text("s")
    git(repo, "add", "staged")
    before = git(repo, "status", "--porcelain"), git(repo, "rev-parse", "HEAD")
    done = GitBranch(repo).publish(change())
    assert (done.ref, done.status, done.again) == ("section3/inc-51", Status.OPEN, False)
    assert git(repo, "show", "section3/inc-51:playbooks/x.md").encode() + b"\n" == AFTER
    assert git(repo, "diff", "--name-only", "main", "section3/inc-51") == "playbooks/x.md"
    assert git(repo, "log", "-1", "--format=%s", "section3/inc-51") == "Add IX-11 Portal (INC-51)"
    assert (git(repo, "status", "--porcelain"), git(repo, "rev-parse", "HEAD")) == before
    assert git(repo, "symbolic-ref", "HEAD") == "refs/heads/main"


def test_asked_twice_nothing_new_is_made(repo: Path) -> None:
    target = GitBranch(repo)
    target.publish(change())
    first = git(repo, "rev-parse", "section3/inc-51")
    assert target.publish(change()).again
    assert git(repo, "rev-parse", "section3/inc-51") == first


def test_a_base_that_moved_elsewhere_is_taken_along(repo: Path) -> None:
    target = GitBranch(repo)
    target.publish(change())
    (repo / "playbooks" / "x.md").write_bytes(b"zero\n" + BEFORE)
    git(repo, "commit", "-qam", "second")
    assert not target.publish(change()).again
    assert git(repo, "show", "section3/inc-51:playbooks/x.md").encode() + b"\n" == b"zero\n" + AFTER
    assert git(repo, "rev-parse", "section3/inc-51^") == git(repo, "rev-parse", "main")


def test_a_base_that_changed_the_same_place_is_said(repo: Path) -> None:
    (repo / "playbooks" / "x.md").write_bytes(BEFORE.replace(b"three", b"drei"))
    git(repo, "commit", "-qam", "second")
    with pytest.raises(Moved, match="has changed around line 1"):
        GitBranch(repo).publish(change())
    assert git(repo, "branch", "--list", "section3/*") == ""


def test_work_of_others_is_never_replaced(repo: Path) -> None:
    git(repo, "branch", "section3/inc-51")
    with pytest.raises(PublishError, match="work of somebody else"):
        GitBranch(repo).publish(change())
    git(repo, "branch", "-D", "section3/inc-51")
    GitBranch(repo).publish(change())
    git(repo, "checkout", "-q", "section3/inc-51")
    with pytest.raises(PublishError, match="checked out"):
        GitBranch(repo).publish(change(AFTER + b"more\n"))


def test_what_became_of_it(repo: Path) -> None:
    target = GitBranch(repo)
    target.publish(change())
    assert target.status("section3/inc-51") is Status.OPEN
    git(repo, "merge", "-q", "--squash", "section3/inc-51")
    git(repo, "commit", "-qm", "squashed")
    assert target.status("section3/inc-51") is Status.MERGED
    assert target.publish(change()).status is Status.MERGED
    assert target.status("section3/inc-52") is Status.DECLINED


def test_ids_that_were_ever_given(repo: Path) -> None:
    file = repo / "playbooks" / "x.md"
    for text in ("### AB-01 One\n\n### AB-02 Two\n", "### AB-01 One\n", "### AB-01 One\n\n### CD-7 Seven\n"):
        file.write_text(text)
        git(repo, "commit", "-qam", "edit")
    assert GitBranch(repo).ids_ever("playbooks/x.md") == {"AB-01", "AB-02", "CD-7"}
    assert GitBranch(repo).ids_ever("gone.md") == frozenset()
    assert GitBranch(repo.parent).ids_ever("playbooks/x.md") == frozenset()


@pytest.mark.parametrize(
    ("base", "path", "sentence"),
    [("release", "playbooks/x.md", "has no branch release"), ("main", "runbooks/x.md", "runbooks/x.md is not on main")],
)
def test_a_wrong_setting_is_named(repo: Path, base: str, path: str, sentence: str) -> None:
    with pytest.raises(PublishError, match=sentence):
        GitBranch(repo, base).publish(change().model_copy(update={"path": path}))


def test_without_a_base_the_default_branch_is_taken(repo: Path, tmp_path: Path) -> None:
    git(repo, "checkout", "-q", "-b", "somebody-works-here")
    git(repo, "commit", "-q", "--allow-empty", "-m", "half done")
    GitBranch(repo).publish(change())
    assert git(repo, "rev-parse", "section3/inc-51^") == git(repo, "rev-parse", "main"), "not what is checked out"

    git(repo, "branch", "-m", "main", "trunk")
    git(repo, "symbolic-ref", "HEAD", "refs/heads/trunk")
    clone = tmp_path / "clone"
    git(repo, "clone", "-q", str(repo), str(clone))
    git(clone, "branch", "main", "origin/somebody-works-here")
    GitBranch(clone).publish(change())
    assert git(clone, "rev-parse", "section3/inc-51^") == git(repo, "rev-parse", "trunk"), "what origin/HEAD names"

    assert GitBranch(repo).ids_ever("playbooks/x.md") == GitBranch(repo, "trunk").ids_ever("playbooks/x.md")
    assert GitBranch(repo).status("section3/inc-51") is Status.OPEN
    git(repo, "branch", "-q", "-D", "section3/inc-51")
    GitBranch(repo).publish(change())
    assert git(repo, "rev-parse", "section3/inc-51^") == git(repo, "rev-parse", "trunk"), "the only one left to take"


def test_a_repository_without_commits_has_no_base(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    with pytest.raises(PublishError, match="has no branch main"):
        GitBranch(tmp_path).publish(change())


def test_a_file_that_git_applies(repo: Path, tmp_path: Path) -> None:
    done = to_file(change(), tmp_path / "out")
    git(repo, "apply", done.ref)
    assert (repo / "playbooks" / "x.md").read_bytes() == AFTER
    assert to_file(change(), tmp_path / "out").again
    (tmp_path / "taken").write_text("")
    with pytest.raises(PublishError, match="could not be written"):
        to_file(change(), tmp_path / "taken")
