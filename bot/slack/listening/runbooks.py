"""`/runbook …`: what the runbooks say. It reads only memory, so it answers with Redis down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.dossier import Verdict
from bot.domain.incident import Incident
from bot.domain.reading import nearest
from bot.domain.runbook import Level, Runbook, Section
from bot.domain.vocabulary import Surface
from bot.engine.ports import StoreUnavailable
from bot.engine.worker import GiveUp, RetryLater
from bot.runbooks.lint import Options as LintOptions
from bot.runbooks.lint import lint
from bot.slack.drawing import answers
from bot.slack.drawing.answers import NOWHERE, Sharing
from bot.slack.drawing.blocks import Message, context, section
from bot.slack.drawing.mrkdwn import code, counted, escape, one_line
from bot.slack.drawing.show import Options
from bot.slack.ids import Click
from bot.slack.listening.coverage import coverage_answer
from bot.slack.listening.front import Asked, Front, Reply
from bot.slack.listening.typed import flat


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked up: words about a service, for whoever reads the answer."""

    front: Front
    asked: Asked
    text: str
    runbook: Runbook | None
    sharing: Sharing
    options: Options

    @property
    def now(self) -> int:
        return self.front.clock.now()


@dataclass(frozen=True, slots=True)
class Word:
    usage: str
    meaning: str
    answer: Callable[[Question], Message]


async def runbook_command(front: Front, asked: Asked, text: str) -> Reply:
    """Answer `/runbook <text>`: a word, a service, an entry's id, or a symptom in ordinary words."""
    text = flat(text)
    if text.split()[:1] == ["coverage"]:
        return Reply(await _coverage(front, text))
    incident = await _open_here(front, asked)
    if text.strip() and not asked.in_dm:
        front.errands.run(_copy(front, asked, text))
    return Reply(answer(front, asked, text, Sharing(question=text, incident=incident, channel=not asked.in_dm)))


async def _copy(front: Front, asked: Asked, text: str) -> None:
    """The same answer in the asker's direct messages: what only one person sees does not survive a reload."""
    message = answer(front, asked, text, NOWHERE)
    try:
        await front.api.call("chat.postMessage", channel=asked.by.id, text=message.text, blocks=message.blocks)
    except (RetryLater, GiveUp) as error:
        front.log.warning("copy_lost", reason=str(error))


async def _coverage(front: Front, text: str) -> Message:
    """The share of incidents that were documented when they struck."""
    asked = " ".join(text.split()[1:])
    named = front.guide.runbook(asked) if asked else None
    service = named.service if named else ""
    return coverage_answer(await front.coverage.now(service), service, "" if named else asked)


def answer(front: Front, asked: Asked, text: str, sharing: Sharing) -> Message:
    """The answer itself; the same question gives the same answer wherever it is shown."""
    first, _, rest = text.strip().partition(" ")
    here = front.guide.shelf.for_channel(asked.channel, f"#{asked.channel_name}")
    named = front.guide.runbook(first) if first else None
    options = Options(shared=asked.shared)
    if named is not None:
        question = Question(front, asked, rest.strip(), named, sharing, options)
        return _about(question)
    return _about(Question(front, asked, text.strip(), here, sharing, options))


def _about(question: Question) -> Message:
    """The words after the service, if one was named."""
    first, _, rest = question.text.partition(" ")
    word = WORDS.get(first.casefold())
    if word is not None:
        named = question.front.guide.runbook(rest.split()[0]) if rest.strip() else None
        more = rest.partition(" ")[2] if named else rest
        return word.answer(_with(question, more.strip(), named or question.runbook))
    if not question.text:
        return _overview(question)
    if question.runbook is not None:
        playbook = question.front.guide.playbook(question.runbook.service, question.text)
        if playbook is not None:
            return answers.entry_answer(playbook, question.sharing)
    elsewhere = _entry_anywhere(question)
    return elsewhere if elsewhere is not None else _nearly(question, _symptom(question))


def _nearly(question: Question, found: Message) -> Message:
    """A slip of the finger in one of our words or in a service's name, said below what the words were taken for."""
    first, _, rest = question.text.partition(" ")
    services = [name for one in question.front.guide.shelf.runbooks for name in (one.service, *one.aliases)]
    meant = nearest(first, [*WORDS, *services])
    few = len(question.text.split()) <= 2
    if not few or not meant or meant == first.casefold():
        return found
    said = code(f"/runbook {meant} {rest}".rstrip())
    return Message(found.text, [context(f"These words were taken for a symptom. Did you mean {said}?"), *found.blocks])


def _with(question: Question, text: str, runbook: Runbook | None) -> Question:
    return Question(question.front, question.asked, text, runbook, question.sharing, question.options)


def _entry_anywhere(question: Question) -> Message | None:
    """An id names its entry from any channel, as long as only one runbook has it."""
    if " " in question.text:
        return None
    holders = [one for one in question.front.guide.shelf.runbooks if one.failure(question.text)]
    if len(holders) != 1:
        return None
    playbook = question.front.guide.playbook(holders[0].service, question.text)
    return answers.entry_answer(playbook, question.sharing) if playbook else None


def _symptom(question: Question) -> Message:
    guide = question.front.guide
    service = question.runbook.service if question.runbook else ""
    found = guide.match(question.text, service)
    best = found.best
    playbook = guide.playbook(best.service, best.failure_id) if best else None
    dossier = guide.dossier(service or (best.service if best else ""), question.now)
    return answers.symptom_answer(
        question.text, service, found, playbook, dossier, question.now, question.sharing, question.options
    )


def _overview(question: Question) -> Message:
    """`/runbook` alone: the channel's runbook, or all of them."""
    if question.runbook is None:
        return _list(question)
    return answers.section_answer(question.runbook, Section.FAILURES, question.now, question.sharing, question.options)


def _list(question: Question) -> Message:
    return answers.runbook_list(list(question.front.guide.shelf.runbooks))


def _search(question: Question) -> Message:
    found = question.front.guide.match(question.text)
    return answers.search_results(question.text, found.candidates, question.sharing)


def _section(which: Section) -> Callable[[Question], Message]:
    def answer(question: Question) -> Message:
        if question.runbook is None:
            return _which_service(question)
        return answers.section_answer(question.runbook, which, question.now, question.sharing, question.options)

    return answer


def _changes(question: Question) -> Message:
    if question.runbook is None:
        return _which_service(question)
    if not question.text:
        return _section(Section.CHANGES)(question)
    dossier = question.front.guide.dossier(question.runbook.service, question.now)
    return answers.changes_answer(dossier, question.now, question.sharing)


def _lint(question: Question) -> Message:
    """Whether the runbook answers the six questions, as the file is now."""
    if question.runbook is None:
        return _which_service(question)
    path = Path(question.runbook.path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return answers.say(f"The file {escape(str(path))} cannot be read: {escape(error.strerror or 'unknown')}.")
    report = lint(data, str(path), LintOptions(today=datetime.fromtimestamp(question.now / 1000, UTC).date()))
    lines = [f"{'✓' if one.yes else '✗'} {escape(one.question.text)}" for one in report.answers]
    errors = [one for one in report.diagnostics if one.severity is Level.ERROR]
    verdict = "production-grade" if report.production_grade else "not production-grade"
    found = f"{counted(report.errors, 'error')}, {counted(report.warnings, 'warning')}"
    title = f"{question.runbook.service}: {verdict} · {found}"
    said = [f"line {one.line}: {one.rule} {one_line(one.message, 200)}" for one in errors[:8]]
    blocks = [section(f"*{escape(title)}*"), section("\n".join(lines))]
    return Message(title, [*blocks, section("\n".join(said))] if said else blocks)


def _which_service(question: Question) -> Message:
    services = sorted(one.service for one in question.front.guide.shelf.runbooks)
    word = question.text.split()[0] if question.text else ""
    return answers.unknown_service(word, nearest(word, services) if word else "", services)


def _help(question: Question) -> Message:
    rows = [(word.usage, word.meaning) for word in WORDS.values()]
    rows.insert(0, ("[service] <what you see>", "the playbook for a symptom, and why; or that it is not documented"))
    rows.insert(-2, ("coverage [service]", "how many incidents were documented when they struck, and which were not"))
    rows.insert(1, ("[service] <id>", "one entry of section 3"))
    return answers.unknown_word("", "", rows)


WORDS: dict[str, Word] = {
    "list": Word("list", "every service with a runbook", _list),
    "search": Word("search <words>", "entries of any service that share words", _search),
    "summary": Word("summary [service]", "what it does, what it needs, who needs it", _section(Section.SUMMARY)),
    "health": Word("health [service]", "the dashboard, and what green, yellow and red mean", _section(Section.HEALTH)),
    "failures": Word("failures [service]", "the failures that are documented", _section(Section.FAILURES)),
    "escalation": Word("escalation [service]", "whom to phone, in order", _section(Section.ESCALATION)),
    "rollback": Word("rollback [service]", "when, by whom, the command, what survives", _section(Section.ROLLBACK)),
    "changes": Word("changes [service] [24h]", "the change log, or only the last 24 h", _changes),
    "lint": Word("lint [service]", "does the runbook answer the six questions", _lint),
    "help": Word("help", "these words", _help),
}
"""The words of `/runbook`. Anything else is a service, an entry's id or a symptom."""


async def _open_here(front: Front, asked: Asked) -> Incident | None:
    """The one open incident of this place, whose thread an answer can be posted in."""
    try:
        incident = (await front.find(asked, "")).incident
    except StoreUnavailable:
        return None
    return incident if incident is not None and incident.live else None


async def share(front: Front, asked: Asked, click: Click) -> Reply:
    """Show the answer to everybody in the channel, made anew from the question."""
    message = answer(front, asked, click.argument, NOWHERE)
    await front.api.call("chat.postMessage", channel=asked.channel, text=message.text, blocks=message.blocks)
    return Reply()


async def post_in_thread(front: Front, asked: Asked, click: Click) -> Reply:
    """Show the answer in the incident's thread."""
    incident = await front.desk.incident(click.incident_id)
    head = incident.shown.get(Surface.HEAD) if incident else None
    if head is None:
        return Reply(answers.say("The incident has no thread yet. Try again in a moment."))
    shared = (await front.around.channels.look(head.channel)).shared
    message = answer(front, replace(asked, shared=shared), click.argument, NOWHERE)
    await front.api.call(
        "chat.postMessage", channel=head.channel, thread_ts=head.ts, text=message.text, blocks=message.blocks
    )
    return Reply()


async def show_entry(front: Front, asked: Asked, click: Click) -> Reply:
    """One entry; argument = service/failure id."""
    service, _, failure_id = click.argument.partition("/")
    playbook = front.guide.playbook(service, failure_id.strip("/"))
    if playbook is None:
        return Reply(answers.say("The runbook no longer has that entry."))
    return Reply(answers.entry_answer(playbook, options=Options(shared=asked.shared)))


async def not_documented(front: Front, asked: Asked, click: Click) -> Reply:
    """None of these: what helps when no entry fits; argument = service/words."""
    service, _, words = click.argument.partition("/")
    found = front.guide.match(words, service).model_copy(update={"verdict": Verdict.UNDOCUMENTED})
    now = front.clock.now()
    options = await front.around.options_of(asked.channel)
    incident = await _open_here(front, asked)
    sharing = Sharing(question=f"{service} {words}".strip(), incident=incident, channel=not asked.in_dm)
    dossier = front.guide.dossier(service, now)
    return Reply(answers.symptom_answer(words, service, found, None, dossier, now, sharing, options))


async def show_section(front: Front, asked: Asked, click: Click) -> Reply:
    """One section; argument = service/section."""
    service, _, which = click.argument.partition("/")
    runbook = front.guide.runbook(service)
    if runbook is None or which not in set(Section):
        return Reply(answers.say("That runbook is not there any more."))
    return Reply(
        answers.section_answer(runbook, Section(which), front.clock.now(), options=Options(shared=asked.shared))
    )
