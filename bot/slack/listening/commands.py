"""`/incident …` and the same words in a mention: one table, one way to find the incident that is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.commands import (
    AcceptProposal,
    AddService,
    AnswerStep,
    AnswerWait,
    CallContact,
    Cancel,
    ChangeSeverity,
    ChooseBranch,
    Close,
    Command,
    DecideRollback,
    DeclineProposal,
    MakePrivate,
    Mitigate,
    OfferHandover,
    PostUpdate,
    Reopen,
    SkipStep,
    TakeLead,
)
from bot.domain.incident import Incident
from bot.domain.reading import first_word, nearest
from bot.domain.refusals import Refusal
from bot.domain.step_words import onward, stage_name
from bot.domain.vocabulary import Actor
from bot.domain.words import WORDS, Misread, understand
from bot.engine.duplicates import unknown_duplicate
from bot.engine.orders import Outcome
from bot.runbooks.intake import HURRY, Opening
from bot.slack.drawing import cards, modals
from bot.slack.drawing.blocks import Choice, Message, context, section
from bot.slack.drawing.mrkdwn import code, escape, one_line, shorten
from bot.slack.ids import Click, Meta
from bot.slack.listening import overview, rights
from bot.slack.listening.front import Asked, Front, Reply, durability, place, refused, say
from bot.slack.listening.opening import declare
from bot.slack.listening.typed import flat, stranger

NAMING = frozenset({"lead", "handover"})
"""The words whose rest names a person; in all others a person is text."""

Handler = Callable[[Front, Asked, str], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of `/incident` that needs no known incident, or looks at one without changing it."""

    usage: str
    meaning: str
    handle: Handler


async def incident_command(front: Front, asked: Asked, text: str) -> Reply:
    """Answer `/incident <text>`. Words that are not known get help that names the nearest one."""
    word, rest = first_word(text)
    if not word:
        return await declare_form(front, asked, "")
    if word.casefold() not in NAMING:
        rest = flat(rest)
    entry = ENTRIES.get(word.casefold())
    if entry:
        return await entry.handle(front, asked, rest.strip())
    if word.casefold() in WORDS:
        return await act(front, asked, word, rest.strip())
    return Reply(help_message(word, text.strip()))


async def act(front: Front, asked: Asked, word: str, rest: str) -> Reply:
    """A word that acts on an incident."""
    known = WORDS[word.casefold()]
    meant = await front.find(asked, rest, alone=known.alone, newest=known.by_state)
    incident = meant.incident
    if incident is None:
        return Reply(await overview.which(front, word, meant))
    understood = understand(word, meant.rest, incident, front.clock.now(), reader=asked.by)
    assert understood is not None
    if isinstance(understood, Misread):
        return Reply(say(escape(understood.sentence)))
    if name := stranger(understood, incident):
        return Reply(say(f"Slack knows nobody called @{escape(name)}: choose the name from the list it offers."))
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
    if isinstance(command, MakePrivate) and (await front.around.channels.look(asked.channel)).private:
        command = MakePrivate(channel=asked.channel)
    if unknown := await unknown_duplicate(front.desk, incident, command):
        return Reply(say(unknown))
    outcome = await front.order(incident, command, asked)
    reply = answered(outcome, receipt(command) + _next_step(command, outcome))
    if warned is None or not reply.recorded or reply.message is None:
        return reply
    return Reply(Message(f"{reply.message.text} {warned.text}", [*reply.message.blocks, *warned.blocks]), recorded=True)


async def pick(front: Front, asked: Asked, click: Click) -> Reply:
    """An incident was picked for words that fitted several."""
    incident = await front.desk.incident(click.incident_id)
    if incident is None:
        return Reply(say("That incident is not known any more. Nothing was recorded."))
    word, rest = first_word(click.argument)
    return await incident_command(front, asked, f"{word} {incident.name} {rest}")


def receipt(command: Command) -> str:
    """What was recorded, in a sentence with "{}" for the incident."""
    match command:
        case TakeLead(lead=None):
            return "You lead {}."
        case TakeLead(lead=Actor(name=name)):
            return f"{escape(name)} leads {{}} now."
        case OfferHandover(to=to):
            return f"{{}} is offered to {escape(to.name)}, who has it when they take it."
        case ChangeSeverity(severity=severity):
            return f"{{}} is {severity.value} now."
        case PostUpdate():
            return "The update of {} goes to the channel."
        case CallContact():
            return "The call card is in the thread of {}."
        case AddService(service=service):
            return f"{{}} also affects {escape(service)} now."
        case MakePrivate():
            return "{} is private now."
        case Mitigate():
            return "The impact of {} is over."
        case AcceptProposal():
            return "The proposal of {} is on its way."
        case DeclineProposal():
            return "The proposal of {} is declined: it counts as a lesson lost."
        case Close() | Cancel() | Reopen():
            return f"{{}} is {_ENDS[type(command)]}."
        case _:
            return "Recorded in {}."


_ENDS: dict[type, str] = {Close: "closed", Cancel: "cancelled", Reopen: "open again"}


def _next_step(command: Command, outcome: Outcome) -> str:
    """After an answer: the words for the step that it led to. "" after anything else."""
    if isinstance(outcome, Refusal) or not isinstance(command, AnswerStep | AnswerWait | ChooseBranch | SkipStep):
        return ""
    run = outcome.incident.run
    if run is None or run.current is None:
        return ""
    return f" Now step {stage_name(run.current)}: {' or '.join(map(code, onward(run, run.current)))}."


def answered(outcome: Outcome, sentence: str) -> Reply:
    """What the asker is told of an outcome; "{}" in the sentence is the incident."""
    if isinstance(outcome, Refusal):
        return Reply(refused(outcome))
    return Reply(say(sentence.replace("{}", place(outcome.incident)) + durability(outcome)), recorded=True)


async def open_incident(front: Front, asked: Asked, rest: str) -> Reply:
    """`open [service] <symptom>`: opens at once; without a symptom the form asks."""
    service, symptom = split_service(front, asked, rest)
    if not symptom:
        return await declare_form(front, asked, service)
    if not service:
        return Reply(unknown_service(front, rest, "open <service> <what you see>"))
    return await declare(front, asked, Opening(service=service, symptom=symptom, drill=False))


async def drill(front: Front, asked: Asked, rest: str) -> Reply:
    """`drill [fast] [service] <symptom>`: the same, marked as practice, its clock as fast as in a night or faster."""
    first, after = first_word(rest)
    hurry = first.casefold() == "fast"
    rest = after.strip() if hurry else rest
    service, symptom = split_service(front, asked, rest)
    if not (service and symptom):
        return Reply(say(f"Say what to practise: {code('/incident drill [fast] <service> <what you see>')}."))
    return await declare(
        front, asked, Opening(service=service, symptom=symptom, drill=True, pace=HURRY if hurry else 1)
    )


def split_service(front: Front, asked: Asked, text: str) -> tuple[str, str]:
    """The service that a text begins with, else the channel's; and the rest."""
    first, rest = first_word(text)
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


async def list_open(front: Front, asked: Asked, rest: str) -> Reply:
    """`list [service]`: the open incidents, of all services or of those that hit this one."""
    incidents = await front.open_incidents()
    if not rest:
        return Reply(cards.incident_list(incidents))
    runbook = front.guide.runbook(rest)
    service = runbook.service if runbook else rest
    hit = [one for one in incidents if service in (one.service, *one.also_affects)]
    if runbook is None and not hit:
        return Reply(unknown_service(front, rest, "list <service>"))
    return Reply(cards.incident_list(hit, f"Open incidents of {one_line(service, 80)}"))


async def give_help(front: Front, asked: Asked, rest: str) -> Reply:
    """`help [word]`: all words, or what one of them does."""
    word = rest.removeprefix("/incident ").strip().casefold()
    if word not in ENTRIES and word not in WORDS:
        return Reply(help_message(rest))
    usage, meaning = _usage(word)
    return Reply(say(f"{code(f'/incident {usage}')} {escape(meaning)}"))


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Open and look", ("open", "list", "show", "postmortem", "actions", "drill", "help")),
    ("Who has it, whom to phone", ("ack", "lead", "handover", "call", "reached", "noanswer")),
    ("The playbook", ("step", "done", "failed", "fixed", "skip", "change", "ran", "tried", "did", "wait", "rollback")),
    ("Say what is true", ("update", "note", "sev", "affects", "private")),
    ("End it", ("over", "close", "fill", "accept", "decline", "reopen", "cancel")),
)
"""The words as help shows them; a test sees that none is left out."""


def help_message(unknown: str, said: str = "") -> Message:
    """All words in groups; for an unknown one, the nearest first, and where its whole line might belong."""
    blocks = []
    told = "The words of /incident"
    if unknown:
        close = nearest(unknown, [*ENTRIES, *WORDS])
        told = f"There is no {code(shorten(unknown, 40))}.{f' Did you mean {code(close)}?' if close else ''}"
        shown = code(f"/runbook {one_line(said, 60)}")
        whole = f"\nIf that is what you see: {shown} finds its playbook, {code('/incident open …')} opens an incident."
        blocks.append(section(told + (whole if " " in said and not close else "")))
    for title, words in GROUPS:
        rows = [f"{code(_usage(word)[0])} {escape(_usage(word)[1])}" for word in words]
        blocks.append(section("\n".join([f"*{title}*", *rows])))
    blocks.append(context("In a thread, where Slack takes no slash commands, mention the bot with the same words."))
    return Message(told, blocks)


def _usage(word: str) -> tuple[str, str]:
    known = ENTRIES.get(word) or WORDS[word]
    return known.usage, known.meaning


ENTRIES: dict[str, Entry] = {
    "open": Entry("open [service] [what you see]", "open an incident; without words a form asks", open_incident),
    "drill": Entry(
        "drill [fast] [service] <what>", "practice, at ten times the pace if you like; it counts nowhere", drill
    ),
    "list": Entry("list [service]", "the open incidents", list_open),
    "show": Entry("show [INC-n]", "the head of an incident, for you alone", overview.show),
    "postmortem": Entry("postmortem [INC-n]", "how far the draft and the proposal are", overview.postmortem),
    "actions": Entry("actions [INC-n]", "the open action items", overview.actions),
    "help": Entry("help [word]", "these words, or what one of them does", give_help),
}
"""The words that open or look. The words that act on an incident are in `bot.domain.words`."""
