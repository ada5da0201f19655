"""What people typed before they chose an entry, or set one aside, reaches the proposal for that entry, and nothing
else: the matcher learns nothing until somebody has merged it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.runbooks.resources import sample_playbooks_dir
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, STUCK, Shift, click, opens, shift, submits

ODD = "the paper conveyor gives errors while parsing or the erp rejects something"
ASIDE = "the paper conveyor is jammed"


async def proposed(night: Shift) -> tuple[str, str]:
    """The close summary and the change it proposes, once the incident is closed as it stands."""
    channel = night.slack.channel(AP)
    await click(night.dana, await channel.wait_for(lambda m: "Impact over" in m.buttons), "Impact over")
    closing = await opens(night.dana, await channel.wait_for(lambda m: "Close…" in m.buttons), "Close…")
    await submits(closing)
    night.clock.forward(minutes=3)
    thread = channel.messages[0].thread
    summary = await thread.wait_for(lambda m: "Yes, write patch file" in m.buttons)
    posted = await thread.wait_for(lambda m: any(name.endswith(".diff") for name in m.files))
    return summary.text, next(iter(posted.files.values())).decode()


def added_words(diff: str) -> str:
    """What the change adds to the line of words."""
    before, after = (
        next(line[1:] for line in diff.splitlines() if line.startswith(f"{sign}- words:")) for sign in "-+"
    )
    assert after.startswith(before)
    return after.removeprefix(before)


@pytest.fixture
def playbooks(tmp_path: Path) -> Path:
    return shutil.copytree(sample_playbooks_dir(), tmp_path / "playbooks")


async def test_words_of_a_confirmed_match_are_proposed(
    playbooks: Path, redis_server: str, redis_client: Client
) -> None:
    before = (playbooks / "invoice-extract.md").read_bytes()
    async with shift(HTTP, redis_server, playbooks) as night:
        head = await night.opened(ODD)
        unsure = await night.step(head, "None of these")
        assert "confused with IX-06: extraction succeeds there, the ERP rejects" in unsure.text
        await click(night.dana, head, "I have it")
        await click(night.dana, unsure, "Use IX-06")
        await night.step(head, "As expected")
        summary, diff = await proposed(night)
        assert "PROPOSED IX-06" in summary and "words people used" in summary
        assert "paper conveyor" in added_words(diff)
        assert (playbooks / "invoice-extract.md").read_bytes() == before


async def test_words_that_led_to_another_entry_are_proposed_for_the_one_that_was_chosen(
    playbooks: Path, redis_server: str, redis_client: Client
) -> None:
    async with shift(HTTP, redis_server, playbooks) as night:
        asked = (await night.alice.command(f"/runbook {ASIDE}", AP)).text
        head = await night.opened(f"{STUCK}, {ASIDE}")
        await click(night.dana, head, "I have it")
        await click(night.dana, await night.step(head, "As expected"), "Wrong playbook")
        left = await night.step(head, "Back to IX-04")
        chosen = next(label for label in left.buttons if label.startswith("Use IX-"))
        await click(night.dana, left, chosen)
        await head.thread.wait_for(lambda m: "step 1 of" in m.text and chosen.removeprefix("Use ") in m.text)
        summary, diff = await proposed(night)
        assert f"PROPOSED {chosen.removeprefix('Use ')}" in summary
        assert "paper conveyor" in added_words(diff)
        assert (await night.alice.command(f"/runbook {ASIDE}", AP)).text == asked
