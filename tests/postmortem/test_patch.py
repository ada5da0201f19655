"""Our diffs, applied by us: the same result as git's, also when the file has moved on around them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.postmortem.publish.patch import DoesNotApply, apply, is_applied
from bot.runbooks.editing.edit import unified_diff

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"d\r"]), max_size=12)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    data = b"\n".join(draw(LINES))
    return data + b"\n" if data and draw(st.booleans()) else data


@given(files(), files())
@settings(max_examples=300)
def test_a_diff_applied_gives_the_new_file(before: bytes, after: bytes) -> None:
    diff = unified_diff(before, after, "x.md")
    assert apply(before, diff) == after


def test_lines_may_have_moved() -> None:
    before = b"one\ntwo\nthree\nfour\nfive\n"
    diff = unified_diff(before, b"one\ntwo\nthree\nnew\nfour\nfive\n", "x.md")
    assert apply(b"zero\nzero\n" + before + b"six\n", diff) == b"zero\nzero\none\ntwo\nthree\nnew\nfour\nfive\nsix\n"


def test_a_changed_place_is_named() -> None:
    diff = unified_diff(b"one\ntwo\nthree\n", b"one\nTWO\nthree\n", "x.md")
    with pytest.raises(DoesNotApply) as refused:
        apply(b"one\nzwei\nthree\n", diff)
    assert refused.value.line == 1


def test_what_is_there_is_seen() -> None:
    before, after = b"one\nthree\n", b"one\ntwo\nthree\n"
    diff = unified_diff(before, after, "x.md")
    assert not is_applied(before, diff)
    assert is_applied(b"zero\n" + after, diff)
    assert not is_applied(before, "")


def test_git_agrees(tmp_path: Path) -> None:
    before, after = b"a\nb\nc", b"a\nB\nc\nd\n"
    diff = unified_diff(before, after, "x.md")
    (tmp_path / "x.md").write_bytes(before)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True, capture_output=True)
    assert (tmp_path / "x.md").read_bytes() == apply(before, diff) == after
