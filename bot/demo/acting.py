"""What the people of the demo do, and how the stage tells of it."""

from __future__ import annotations

from pathlib import Path

from bot.demo.stage import Stage
from bot.demo.standin.driver.person import Person
from bot.demo.standin.driver.posted import Posted
from bot.postmortem.publish.patch import apply


async def click(stage: Stage, who: Person, message: Posted, label: str) -> None:
    """Press a button and wait for the acknowledgement. Raises AssertionError with what Slack said against it."""
    await stage.act(who, f"clicks [{label}]")
    reply = await who.click(message, label)
    assert reply.ok, reply.error


async def improvise(stage: Stage, who: Person, message: Posted, what: str, command: str, helped: str) -> None:
    """Tell the bot of something that is not in the playbook."""
    verdict = helped.lower()
    await stage.act(who, f"I did something else: {what} ({command}); {verdict}")
    label = "I tried something" if "I tried something" in message.buttons else "I did something else"
    reply = await who.click(message, label)
    modal = await reply.modal()
    await modal.fill("What did you do?", what)
    await modal.fill("The command, if there was one", command)
    await modal.choose("Did it help?", helped)
    submitted = await modal.submit()
    assert submitted.closed, submitted.errors


async def close(stage: Stage, who: Person, head: Posted, ended: str, documented: str) -> None:
    """Impact over, then the two questions of the night."""
    head = await head.channel.wait_for(lambda m: m.ts == head.ts and "Impact over" in m.buttons)
    await click(stage, who, head, "Impact over")
    head = await head.channel.wait_for(lambda m: m.ts == head.ts and "Close…" in m.buttons)
    await stage.act(who, f"clicks [Close…]: it was {ended}; documented: {documented}")
    reply = await who.click(head, "Close…")
    modal = await reply.modal()
    await modal.choose("What ended it?", ended)
    await modal.choose("Was it documented?", documented)
    submitted = await modal.submit()
    assert submitted.closed, submitted.errors
    await head.channel.wait_for(lambda m: m.ts == head.ts and "closed" in m.text)


def apply_diff(file: Path, diff: bytes) -> None:
    """What `git apply` does, for a machine without git. Raises DoesNotApply."""
    file.write_bytes(apply(file.read_bytes(), diff.decode()))
