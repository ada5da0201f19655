"""After the close: a person fills the draft and corrects the proposal; what is left open comes back once a week."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.demo.standin.driver.posted import Posted
from bot.domain.due import NAG_DAYS
from bot.postmortem.publish.patch import apply
from bot.runbooks.resources import sample_playbooks_dir
from bot.store.client import Client
from tests.e2e.shift import AP, HTTP, STUCK, UNKNOWN, Shift, click, opens, shift, submits

IX = sample_playbooks_dir() / "invoice-extract.md"


async def did(night: Shift, step: Posted, what: str, helped: str, label: str = "I did something else") -> None:
    """Dana says what she did."""
    modal = await opens(night.dana, step, label)
    await modal.fill("What did you do?", what)
    await modal.choose("Did it help?", helped)
    await submits(modal)


async def wrong_step(night: Shift) -> Posted:
    """A night in which the runbook's entry was not the whole truth; its close summary."""
    head = await night.opened(STUCK)
    await click(night.dana, head, "I have it")
    await did(night, await night.step(head, "As expected"), "Doubled the memory.", "It did not help")
    await did(night, await night.step(head, "As expected"), "Moved the poison message aside.", "It helped")
    assert (await night.dana.command("/incident close wrong", AP)).ok
    night.clock.forward(minutes=3)
    return await night.step(head, "Yes, write patch file")


def fill_of(summary: Posted) -> str:
    return next(label for label in summary.buttons if label.startswith("Fill "))


async def test_what_a_person_fills_is_in_the_next_draft(night: Shift) -> None:
    summary = await wrong_step(night)
    thread = night.slack.channel(AP).messages[0].thread
    first = fill_of(summary)
    await thread.wait_for(lambda m: any(name.endswith(".diff") for name in m.files))
    modal = await opens(night.dana, summary, first)
    assert (await modal.submit()).errors, "nothing was filled"
    await modal.fill("Impact", "40 invoices were late.\nNobody was paid twice.")
    await modal.choose("What ended it?", "Something that is in no step")
    await submits(modal)
    night.clock.forward(minutes=3)
    later = await thread.wait_for(lambda m: any(label.startswith("Fill ") and label != first for label in m.buttons))
    assert int(fill_of(later).split()[1][:-1]) == int(first.split()[1][:-1]) - 2

    def drafts() -> list[bytes]:
        return [data for one in thread.messages for name, data in one.files.items() if name.endswith(".md")]

    await thread.wait_for(lambda m: len(drafts()) == 2)
    await night.quiet()
    assert b"40 invoices were late.<br>Nobody was paid twice." in drafts()[1]
    for ending in (".png", ".diff"):
        files = [name for one in thread.messages for name in one.files if name.endswith(ending)]
        assert len(files) == 1, "the same file is not posted twice"


async def test_an_amendment_is_edited_as_the_whole_entry(night: Shift) -> None:
    summary = await wrong_step(night)
    proposal = (await night.incident()).proposal
    assert proposal is not None
    modal = await opens(night.dana, summary, "Edit…")
    text = next(label for label in modal.fields if label.startswith("The entry"))
    whole = str(modal.value(text))
    assert whole.startswith("### IX-04 ")
    for words in ("**Steps:**", "Moved the poison message aside.", "(did not help)", "**Verify:**"):
        assert words in whole
    await modal.fill(text, whole.replace("Moved the poison message aside.", "Moved it aside."))
    await submits(modal)
    thread = night.slack.channel(AP).messages[0].thread
    await thread.wait_for(lambda m: "Moved it aside." in m.text and "Edit…" in m.buttons)
    edited = (await night.incident()).proposal
    assert edited is not None and edited.edited
    before, as_proposed, as_edited = (
        IX.read_bytes(),
        apply(IX.read_bytes(), proposal.diff),
        apply(IX.read_bytes(), edited.diff),
    )
    assert as_edited == as_proposed.replace(b"Moved the poison message aside.", b"Moved it aside.")
    assert len(as_edited) > len(before)


async def test_what_stays_open_comes_once_a_week_for_all_incidents_together(
    redis_server: str, redis_client: Client
) -> None:
    async with shift(HTTP, redis_server) as night:
        channel = night.slack.channel(AP)
        await wrong_step(night)
        head = await night.opened(UNKNOWN, number=2)
        blank = await night.step(head, "I tried something")
        await did(night, blank, "Loaded the holidays.", "It helped", "I tried something")
        assert (await night.dana.command("/incident close INC-2 none", AP)).ok
        night.clock.forward(minutes=3)
        await night.step(head, "Yes, write patch file")

        def digests() -> list[Posted]:
            return [one for one in channel.messages if "something left to do" in one.text]

        for days in (NAG_DAYS[0], NAG_DAYS[1] - NAG_DAYS[0]):
            night.clock.forward(hours=24 * days)
            await night.quiet()
        assert digests() == [], "first it is asked about twice"
        asked = [one for one in channel.messages[0].thread.messages if "waits for an answer" in one.text]
        assert len(asked) == 2
        assert all("Owner invoice-extract-oncall." in one.text for one in asked)
        for week in (1, 2):
            night.clock.forward(hours=24 * 7)
            await channel.wait_for(lambda m, week=week: len(digests()) == week)  # type: ignore[misc]
            await night.quiet()
            assert len(digests()) == week
        told = digests()[-1]
        for words in ("invoice-extract: 2 incidents", "INC-1", "INC-2", "IX-11", "IX-04", "fields of the post-mortem"):
            assert words in told.text
        assert fill_of(told)
        assert night.refusals == []


async def test_the_owner_is_told_in_person_until_nothing_is_open(
    tmp_path: Path, redis_server: str, redis_client: Client
) -> None:
    playbooks = tmp_path / "playbooks"
    shutil.copytree(sample_playbooks_dir(), playbooks)
    async with shift(HTTP, redis_server, playbooks) as night:
        night.bot.front.around.contacts = {"invoice-extract-oncall": night.dana.id}
        summary = await wrong_step(night)
        await click(night.dana, summary, "Not worth an entry…")
        modal = await night.dana.modal()
        await modal.fill("Why not?", "once only")
        await submits(modal)
        for days in (*NAG_DAYS, 7):
            night.clock.forward(hours=24 * days)
            await night.quiet()
        told = await night.dana.direct.wait_for(lambda m: "something left to do" in m.text)
        assert "IX-04" not in told.text
        assert not [one for one in night.slack.channel(AP).messages if "something left to do" in one.text]
        modal = await opens(night.dana, told, fill_of(told))
        for label in modal.fields:
            if label == "What ended it?":
                await modal.choose(label, "It ended by itself")
            elif label != "Impact start":
                await modal.fill(label, "Nothing more is known.")
        await submits(modal)
        assert (await night.dana.command("/incident fill INC-1 impact_start 02:40", AP)).ok
        night.clock.forward(minutes=3)
        await night.slack.channel(AP).messages[0].thread.wait_for(lambda m: "every field is filled" in m.text)
        before = len(night.dana.direct.messages)
        night.clock.forward(hours=24 * 14)
        await night.quiet()
        assert len(night.dana.direct.messages) == before
        assert night.refusals == []


async def test_a_private_lesson_leaves_once_a_person_has_read_it(night: Shift) -> None:
    head = await night.opened(UNKNOWN)
    modal = await (await (await opens(night.dana, head, "More…")).click("Make private…")).modal()
    await modal.choose("Go on in", "secret")
    await submits(modal)
    secret = night.slack.channel("secret")
    moved = await secret.wait_for(lambda m: "INC-1" in m.text and "SEV" in m.text)
    await did(
        night, await night.step(moved, "I tried something"), "Called Acme Bank.", "It helped", "I tried something"
    )
    assert (await night.dana.command("/incident close none", "secret")).ok
    night.clock.forward(minutes=3)
    summary = await night.step(moved, "Edit…")
    assert "Yes, write patch file" not in summary.buttons
    assert "take out what must not be seen" in summary.text
    modal = await opens(night.dana, summary, "Edit…")
    text = next(label for label in modal.fields if label.startswith("The entry"))
    await modal.fill(text, str(modal.value(text)).replace("Called Acme Bank.", "Called the bank."))
    await submits(modal)
    allowed = await night.step(moved, "Yes, write patch file")
    await click(night.dana, allowed, "Yes, write patch file")
    await moved.thread.wait_for(lambda m: "Sent:" in m.text)
    patch = next((night.bot.core.settings.data_dir / "proposals").glob("*.patch*"))
    assert b"Acme" not in patch.read_bytes()
    for days in (*NAG_DAYS, 7):
        night.clock.forward(hours=24 * days)
        await night.quiet()
    await moved.thread.wait_for(lambda m: "something left to do" in m.text)
    assert "left to do" not in night.slack.channel(AP).text


async def test_an_action_item_is_on_the_home_tab_until_it_is_closed_there(night: Shift) -> None:
    head = await night.opened(STUCK)
    said = await night.alice.say("rotate the key of the broker", head.thread)
    await night.dana.react(said, "memo")
    await night.slack.settled()
    home = await night.alice.open_home()
    await home.wait_for(lambda text: "Action items" in text and "rotate the key of the broker" in text)
    assert (await home.click("Done")).ok
    await home.wait_for(lambda text: "rotate the key" not in text)
    assert (await night.incident()).actions[0].closed
