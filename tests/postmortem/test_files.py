"""Proposals on files as people keep them: other line endings, a BOM, no last newline, entries by other names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.domain.vocabulary import Documented
from bot.postmortem.lessons.lesson import NoLesson, Proposal, propose
from bot.postmortem.publish.patch import apply
from tests.postmortem.lessons import SERVICE, over, unknown
from tests.postmortem.shelf import path_of, read, sample

PLAIN = sample(SERVICE)
CUT = PLAIN[: PLAIN.index(b"## 4. Escalation")]
FILES = {
    "as it is": PLAIN,
    "CRLF": PLAIN.replace(b"\n", b"\r\n"),
    "BOM": b"\xef\xbb\xbf" + PLAIN,
    "no last newline": PLAIN.rstrip(b"\n"),
    "section 3 is last": CUT,
    "section 3 is last, no newline": CUT.rstrip(b"\n"),
    "section 3 is empty": PLAIN[: PLAIN.index(b"### IX-01")] + PLAIN[PLAIN.index(b"## 4. Escalation") :],
    "trailing spaces": PLAIN.replace(b"\n\n## 4.", b"  \n\n\n\n## 4."),
    "words as ids": PLAIN.replace(b"### IX-04 Queue backlog with idle workers", b"### QueueBacklog"),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_one_entry_more_and_every_other_byte_as_it_was(data: bytes, tmp_path: Path) -> None:
    story = over(unknown(), 9, documented=Documented.NONE)
    made = propose(story.stream, story.ended, data, path_of(SERVICE))
    assert isinstance(made, Proposal)
    before, after = read(SERVICE, data), read(SERVICE, made.data)
    assert [mode.id for mode in after.failures] == [*(mode.id for mode in before.failures), made.failure_id]
    assert apply(data, made.diff) == made.data
    (tmp_path / "playbooks").mkdir()
    file = tmp_path / path_of(SERVICE)
    file.write_bytes(data)
    diff = made.diff.encode()
    subprocess.run(["git", "apply", "-"], input=diff, cwd=tmp_path, check=True, capture_output=True)
    assert file.read_bytes() == made.data
    kept = [line.rstrip(b"\r\n") for line in data.split(b"\n")]
    now = [line.rstrip(b"\r\n") for line in made.data.split(b"\n")]
    position = iter(now)
    assert all(line in position for line in kept)


def test_bytes_that_are_no_text_are_refused_or_left_alone() -> None:
    story = over(unknown(), 9, documented=Documented.NONE)
    near = PLAIN.replace(b"## 4. Escalation", b"\xff\xfe broken\n\n## 4. Escalation")
    assert isinstance(propose(story.stream, story.ended, near, path_of(SERVICE)), NoLesson)
