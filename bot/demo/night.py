"""One night, played for real: the bot is a process of its own, Slack is the stand-in over the wire, the store is a
real server. The people are scripted; everything they see is what the bot sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo.acting import apply_diff, click, close, improvise
from bot.demo.botprocess import BotProcess
from bot.demo.stage import Stage
from bot.demo.standin.clock import OffsetClock
from bot.demo.standin.config import ChannelConfig, StandInConfig, UserConfig
from bot.demo.standin.driver.person import Person
from bot.demo.standin.driver.places import Thread
from bot.demo.standin.driver.posted import Posted
from bot.demo.standin.standin import StandIn
from bot.domain.runbook import Change
from bot.runbooks.editing.edit import Refused as EditRefused
from bot.runbooks.editing.edit import add_changes
from bot.runbooks.lint import lint
from bot.runbooks.resources import sample_playbooks_dir
from bot.store.embedded import EmbeddedServer

SERVICE = "invoice-extract"
STUCK = "queue is stuck, oldest message 70 min, workers idle"
UNKNOWN = "bank holiday calendar missing, due dates one day early"
NIGHT_STARTS = (3, 11)
"""The hour of the demo, UTC: what the seed calls 3am."""

WORKSPACE = StandInConfig(
    users=(
        UserConfig(name="sam", real_name="Sam Reyes", tz="UTC"),
        UserConfig(name="noor", real_name="Noor Haddad", tz="UTC"),
        UserConfig(name="mei", real_name="Mei Tan", tz="UTC"),
    ),
    channels=(ChannelConfig(name="general"), ChannelConfig(name="ap-automation")),
    wait_seconds=20,
)


@dataclass(slots=True)
class Night:
    """Everything that takes part."""

    stage: Stage
    slack: StandIn
    bot: BotProcess
    clock: OffsetClock
    playbooks: Path
    sam: Person
    noor: Person
    mei: Person

    @property
    def runbook(self) -> Path:
        return self.playbooks / f"{SERVICE}.md"


@asynccontextmanager
async def set_up(folder: Path, stage: Stage, socket_mode: bool = False) -> AsyncIterator[Night]:
    """A workspace, a store and a bot, in `folder`; all of it is ended afterwards."""
    clock_file = folder / "clock"
    clock = OffsetClock(clock_file)
    clock.forward(seconds=_until_night(clock))
    playbooks = _copy_runbook(folder, clock)
    async with await StandIn.start(WORKSPACE, clock) as slack:
        server = EmbeddedServer(folder / "store", die_with_parent=True)
        async with server.running():
            bot = BotProcess(slack, playbooks, folder / "store", clock_file, socket_mode)
            try:
                await bot.start()
                people = (slack.user(name) for name in ("sam", "noor", "mei"))
                yield Night(stage, slack, bot, clock, playbooks, *people)
            finally:
                await bot.stop()


def _until_night(clock: OffsetClock) -> float:
    """Seconds until the next 03:11 UTC, so that the demo reads like the night it shows."""
    now = datetime.fromtimestamp(clock.seconds(), UTC)
    hour, minute = NIGHT_STARTS
    night = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return ((night if night > now else night + timedelta(days=1)) - now).total_seconds()


def _copy_runbook(folder: Path, clock: OffsetClock) -> Path:
    """The sample runbook in a git repository of its own, with a change from an hour and a half before."""
    playbooks = folder / "playbooks"
    playbooks.mkdir(parents=True)
    when = datetime.fromtimestamp(clock.seconds(), UTC) - timedelta(minutes=93)
    change = Change(
        when=f"{when:%Y-%m-%d %H:%M}Z", kind="prompt", what="line items above 40", before="v34", after="v35", by="Sam"
    )
    edited = add_changes((sample_playbooks_dir() / f"{SERVICE}.md").read_bytes(), (change,))
    if isinstance(edited, EditRefused):
        raise RuntimeError(edited.reason)
    (playbooks / f"{SERVICE}.md").write_bytes(edited.data)
    return playbooks


async def play(night: Night) -> None:
    """The whole story."""
    await ask(night)
    thread = await documented_incident(night)
    await after_close(night, thread)
    await undocumented_incident(night)


async def ask(night: Night) -> None:
    """`/runbook` with ordinary words: an answer with reasons, and an honest no."""
    stage, sam = night.stage, night.sam
    report = lint(night.runbook.read_bytes(), "playbooks/invoice-extract.md")
    answered = sum(answer.yes for answer in report.answers)
    await stage.tell(f"{report.path} answers {answered} of {len(report.answers)} questions of a runbook.")
    await stage.scene("03:11  Sam asks the runbook")
    await stage.act(sam, f"/runbook {STUCK}")
    reply = await sam.command(f"/runbook {STUCK}", "#ap-automation")
    assert reply.message is not None
    await stage.show(reply.message, sam)
    await stage.act(sam, f"/runbook {UNKNOWN}")
    reply = await sam.command(f"/runbook {UNKNOWN}", "#ap-automation")
    assert reply.message is not None
    await stage.show(reply.message, sam)


async def documented_incident(night: Night) -> Thread:
    """A documented failure whose playbook does not help to the end. The bot is killed during the wait."""
    stage, sam, noor, slack = night.stage, night.sam, night.noor, night.slack
    await stage.scene("An incident, and one step at a time")
    await stage.act(sam, f"/incident open {SERVICE} {STUCK}")
    await sam.command(f"/incident open {SERVICE} {STUCK}", "#ap-automation")
    head = await slack.channel("#ap-automation").wait_for(lambda m: "INC-1" in m.text and "step 1" in m.text)
    thread = head.thread
    await stage.show(head)
    step = await thread.wait_for(lambda m: "As expected" in m.buttons)
    await stage.show(step)
    await click(stage, noor, head, "I have it")
    await click(stage, noor, step, "As expected")
    step = await thread.wait_for(lambda m: "Didn't work" in m.buttons)
    await stage.show(step)
    night.clock.forward(minutes=3)
    await click(stage, noor, step, "Didn't work")
    step = await thread.wait_for(lambda m: "Waiting until" in m.text)
    await stage.show(step)
    await kill_and_restart(night)
    question = await thread.wait_for(lambda m: "5 more minutes" in m.buttons)
    await stage.show(question)
    await click(stage, noor, question, "No")
    question = await thread.wait_for(lambda m: "Didn't work" in m.buttons)
    await stage.show(question)
    await click(stage, noor, question, "Didn't work")
    step = await thread.wait_for(lambda m: "step 4" in m.text and "Yes" in m.buttons)
    await people(night, head)
    await improvise(stage, noor, step, "moved the poison message aside", "agentctl queue deadletter 8812", "It helped")
    night.clock.forward(minutes=6)
    await close(stage, noor, head, "Something that is in no step", "By IX-04, but a step was wrong")
    await stage.show(head)
    return thread


async def people(night: Night, head: Posted) -> None:
    """An update to the channel, a phone call, and the lead handed over: mentions and buttons."""
    stage, noor, mei, thread = night.stage, night.noor, night.mei, head.thread
    await stage.scene("Others: an update, a phone call, a handover")
    said = "update two restarts did not help, one message blocks the queue next 30"
    await stage.act(noor, f"@section3 {said}")
    await noor.mention_bot(said, thread=thread)
    update = await thread.wait_for(lambda m: "one message blocks" in m.text and m.author == "section3")
    await stage.show(update)
    await stage.act(noor, "@section3 call Mei")
    await noor.mention_bot("call Mei", thread=thread)
    card = await thread.wait_for(lambda m: "Reached" in m.buttons)
    await stage.show(card)
    await click(stage, noor, card, "Reached")
    await stage.act(noor, "@section3 handover @mei")
    await noor.mention_bot(f"handover <@{mei.id}>", thread=thread)
    offered = await thread.wait_for(lambda m: m.ts != head.ts and "I have it" in m.buttons)
    await stage.show(offered)
    await click(stage, mei, offered, "I have it")


async def kill_and_restart(night: Night) -> None:
    """SIGKILL in the middle of the wait; the wait ends while nobody is there; a new process goes on."""
    stage = night.stage
    await stage.scene("kill -9 in the middle of the wait")
    await night.bot.kill()
    await stage.tell("The bot is gone. Ten minutes pass; the timer comes due with nobody there.")
    night.clock.forward(minutes=10)
    night.bot.socket_mode = True
    await night.bot.start()
    await stage.tell("A new process is up, this time over Socket Mode. It finds the wait over and asks.")


async def after_close(night: Night, thread: Thread) -> None:
    """Minutes after the close: the draft, and what the runbook should learn."""
    stage = night.stage
    await stage.scene("The post-mortem, two minutes after the close")
    night.clock.forward(minutes=3)
    with_file = await thread.wait_for(lambda m: any(name.endswith(".md") for name in m.files))
    name, content = next((name, data) for name, data in with_file.files.items() if name.endswith(".md"))
    await stage.document(name, content.decode(), first=48)
    summary = await thread.wait_for(lambda m: "PROPOSED" in m.text)
    await stage.show(summary)


async def undocumented_incident(night: Night) -> None:
    """Nothing documents it; the steps that helped become an entry; the same words then find it."""
    stage, sam, noor, slack = night.stage, night.sam, night.noor, night.slack
    await stage.scene("Another night: a failure that nothing documents")
    night.clock.forward(hours=24)
    await stage.act(sam, f"/incident open {SERVICE} {UNKNOWN}")
    await sam.command(f"/incident open {SERVICE} {UNKNOWN}", "#ap-automation")
    head = await slack.channel("#ap-automation").wait_for(lambda m: "INC-2" in m.text)
    blank = await head.thread.wait_for(lambda m: bool(m.buttons))
    await stage.show(blank)
    await click(stage, noor, head, "I have it")
    await improvise(stage, noor, blank, "restarted the due-date job", "agentctl restart due-dates", "It did not help")
    night.clock.forward(minutes=7)
    await improvise(
        stage, noor, blank, "loaded the bank holiday calendar", "agentctl calendar load GB-2027", "It helped"
    )
    night.clock.forward(minutes=5)
    await improvise(
        stage, noor, blank, "computed the due dates of open invoices again", "agentctl duedates --open", "It helped"
    )
    await close(stage, noor, head, "Something that is in no step", "No")
    night.clock.forward(minutes=3)
    proposal = await head.thread.wait_for(lambda m: "PROPOSED" in m.text)
    await stage.scene("The lesson: a proposed entry, as a minimal diff")
    await stage.show(proposal)
    with_diff = await head.thread.wait_for(lambda m: any(name.endswith(".diff") for name in m.files))
    name, content = next((name, data) for name, data in with_diff.files.items() if name.endswith(".diff"))
    await stage.document(name, content.decode())
    await stage.tell(f"A person reviews it and applies it: git apply {name}")
    apply_diff(night.runbook, content)
    await found_again(night)


async def found_again(night: Night) -> None:
    """The same words, after the lesson was learned."""
    stage, sam = night.stage, night.sam
    await stage.act(sam, f"/runbook {UNKNOWN}")
    for _ in range(40):
        reply = await sam.command(f"/runbook {UNKNOWN}", "#ap-automation")
        if reply.message is not None and "IX-11" in reply.text and "not documented" not in reply.text.lower():
            await stage.show(reply.message, sam)
            await stage.tell("The next one who meets it at 3 a.m. finds these steps.")
            return
    raise AssertionError(f"the applied entry was not found:\n{reply.text}")
