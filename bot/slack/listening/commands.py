"""`/incident …` and the same words in a mention: one table, one way to find the incident that is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.commands import AddService, Command, DecideRollback
from bot.domain.incident import Incident
from bot.domain.reading import nearest
from bot.domain.refusals import Refusal
from bot.domain.words import WORDS, Misread, understand
from bot.engine.desk import Outcome
from bot.runbooks.intake import Opening
from bot.slack.drawing import modals
from bot.slack.drawing.blocks import Choice, Message
from bot.slack.drawing.mrkdwn import code, escape, shorten
from bot.slack.ids import Click, Meta
from bot.slack.listening import looking, rights
from bot.slack.listening.front import Asked, Front, Reply, durability, place, refused, say
from bot.slack.listening.opening import declare

Handler = Callable[[Front, Asked, str], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of `/incident` that needs no known incident, or looks at one without changing it."""

    usage: str
    meaning: str
    handle: Handler


async def incident_command(front: Front, asked: Asked, text: str) -> Reply:
    """Answer `/incident <text>`. Words that are not known get help that names the nearest one."""
    word, _, rest = text.strip().partition(" ")
    if not word:
        return await declare_form(front, asked, "")
    entry = ENTRIES.get(word.casefold())
    if entry:
        return await entry.handle(front, asked, rest.strip())
    if word.casefold() in WORDS:
        return await act(front, asked, word, rest.strip())
    return Reply(help_message(word))


async def act(front: Front, asked: Asked, word: str, rest: str) -> Reply:
    """A word that acts on an incident."""
    incident, rest = await front.find(asked, rest, newest=WORDS[word.casefold()].by_state)
    if incident is None:
        return Reply(await looking.which(front, word, rest))
    understood = understand(word, rest, incident, front.clock.now())
    assert understood is not None
    if isinstance(understood, Misread):
        return Reply(say(escape(understood.sentence)))
    return await carried_out(front, asked, incident, understood, word)


async def carried_out(front: Front, asked: Asked, incident: Incident, said: Command, word: str) -> Reply:
    """Record what a word asks for. What only some may decide is warned about: a rollback before it is recorded (the
    warning has a button that decides all the same), a lower severity together with it."""
    command = await rights.marked(front, asked, said, incident)
    warned = await rights.warning(front, asked, command, incident)
    if warned is not None and isinstance(command, DecideRollback):
        return Reply(warned)
    if isinstance(command, AddService):
        known = front.intake.affect(command.service, incident.words)
        if known is None:
            return Reply(unknown_service(front, command.service, "affects <service>"))
        command = known
    reply = answered(await front.order(incident, command, asked), f"{word} recorded in")
    if warned is None or not reply.recorded or reply.message is None:
        return reply
    return Reply(Message(f"{reply.message.text} {warned.text}", [*reply.message.blocks, *warned.blocks]), recorded=True)


async def pick(front: Front, asked: Asked, click: Click) -> Reply:
    """An incident was picked for words that fitted several."""
    incident = await front.desk.incident(click.incident_id)
    if incident is None:
        return Reply(say("That incident is not known any more. Nothing was recorded."))
    word, _, rest = click.argument.partition(" ")
    return await incident_command(front, asked, f"{word} {incident.name} {rest}")


def answered(outcome: Outcome, what: str) -> Reply:
    """What the asker is told of an outcome."""
    if isinstance(outcome, Refusal):
        return Reply(refused(outcome))
    where = f"{what} {place(outcome.incident)}.{durability(outcome)}"
    return Reply(say(where[:1].upper() + where[1:]), recorded=True)


async def open_incident(front: Front, asked: Asked, rest: str) -> Reply:
    """`open [service] <symptom>`: opens at once; without a symptom the form asks."""
    service, symptom = split_service(front, asked, rest)
    if not symptom:
        return await declare_form(front, asked, service)
    if not service:
        return Reply(unknown_service(front, rest, "open <service> <what you see>"))
    return await declare(front, asked, Opening(service=service, symptom=symptom, drill=False))


async def drill(front: Front, asked: Asked, rest: str) -> Reply:
    """`drill [service] <symptom>`: the same, marked as practice."""
    service, symptom = split_service(front, asked, rest)
    if not (service and symptom):
        return Reply(say(f"Say what to practise: {code('/incident drill <service> <symptom>')}."))
    return await declare(front, asked, Opening(service=service, symptom=symptom, drill=True))


def split_service(front: Front, asked: Asked, text: str) -> tuple[str, str]:
    """The service that a text begins with, else the channel's; and the rest."""
    first, _, rest = text.partition(" ")
    named = front.guide.runbook(first) if first else None
    if named:
        return named.service, rest.strip()
    here = front.guide.shelf.for_channel(asked.channel, f"#{asked.channel_name}")
    return (here.service if here else ""), text.strip()


def unknown_service(front: Front, text: str, usage: str) -> Message:
    """A service that no runbook has: the nearest one, and all there are."""
    services = sorted(runbook.service for runbook in front.guide.shelf.runbooks)
    close = nearest(text.split()[0] if text else "", services)
    hint = f" Did you mean `{close}`?" if close else ""
    known = ", ".join(f"`{service}`" for service in services) or "none"
    return say(f"Say which service: {code(f'/incident {usage}')}.{hint} Services: {known}.")


async def declare_form(front: Front, asked: Asked, service: str) -> Reply:
    """The modal, with the channel's service chosen already."""
    here = front.guide.shelf.for_channel(asked.channel, f"#{asked.channel_name}")
    chosen = service or (here.service if here else "")
    services = sorted(runbook.service for runbook in front.guide.shelf.runbooks)
    view = modals.declare(services, chosen, None, Meta(channel=asked.channel), failures=failures(front, chosen))
    return Reply(view=view)


def failures(front: Front, service: str) -> list[Choice]:
    """The entries of a service, to be chosen from; none for an unknown service."""
    runbook = front.guide.runbook(service) if service else None
    modes = runbook.failures if runbook else ()
    return [Choice(shorten(f"{mode.id} {mode.title}", 75), mode.id) for mode in modes[:100]]


async def declare_window(front: Front, asked: Asked, click: Click) -> Reply:
    """The form, from a button of an answer: the service and the entry are chosen already."""
    service, _, rest = click.argument.partition("/")
    failure_id, _, symptom = rest.partition("/")
    services = sorted(runbook.service for runbook in front.guide.shelf.runbooks)
    meta = Meta(channel=asked.channel)
    return Reply(view=modals.declare(services, service, None, meta, symptom=symptom, failure_id=failure_id))


async def give_help(front: Front, asked: Asked, rest: str) -> Reply:
    return Reply(help_message(""))


def help_message(unknown: str) -> Message:
    """All words; for an unknown one, the nearest first."""
    known = [*ENTRIES, *WORDS]
    lines = []
    if unknown:
        close = nearest(unknown, known)
        hint = f" Did you mean `{close}`?" if close else ""
        lines.append(f"There is no `{escape(unknown[:40])}`.{hint}")
    rows = [(entry.usage, entry.meaning) for entry in ENTRIES.values()]
    rows += [(word.usage, word.meaning) for word in WORDS.values()]
    lines += [f"{code(usage)} {escape(meaning)}" for usage, meaning in rows]
    lines.append("In a thread, where Slack takes no slash commands, mention the bot with the same words.")
    return say("\n".join(lines))


ENTRIES: dict[str, Entry] = {
    "open": Entry("open [service] [what you see]", "open an incident; without words a form asks", open_incident),
    "drill": Entry("drill [service] <what to practise>", "an incident for practice; it counts nowhere", drill),
    "list": Entry("list", "the open incidents", looking.list_open),
    "show": Entry("show [INC-n]", "the head of an incident, for you alone", looking.show),
    "postmortem": Entry("postmortem [INC-n]", "how far the draft and the proposal are", looking.postmortem),
    "actions": Entry("actions [INC-n]", "the open action items", looking.actions),
    "help": Entry("help", "these words", give_help),
}
"""The words that open or look. The words that act on an incident are in `bot.domain.words`."""
