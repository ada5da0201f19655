"""Answers of `/runbook`, for the asker alone: a symptom, an entry, a section, lists, help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.dossier import Candidate, Dossier, Playbook, Verdict
from bot.domain.incident import Incident
from bot.domain.runbook import Contact, Runbook, Section
from bot.runbooks.guide import Found
from bot.slack.blank import candidate_line, metric_line
from bot.slack.blocks import Json, Message, actions, button, context, preformatted, section
from bot.slack.ids import Click, Verb
from bot.slack.mrkdwn import code, escape, inline, link, one_line, shorten
from bot.slack.show import DEFAULT, KIND_NAMES, Options, change_line, command_code, contact_line, quoted

NEAREST_SHOWN = 3
LISTED = 25


@dataclass(frozen=True, slots=True)
class Sharing:
    """Where an answer can go beside the asker. `question` is what was asked: the answer is made anew from it."""

    question: str = ""
    incident: Incident | None = None
    """The incident whose thread it can be posted in."""
    channel: bool = False
    """True when it can be shared in the channel."""


NOWHERE = Sharing()


def say(text: str) -> Message:
    """One sentence, already escaped."""
    return Message(text, [section(text)])


def with_sharing(message: Message, sharing: Sharing, *more: Json | None) -> Message:
    """The same with its buttons."""
    question = shorten(sharing.question, 1500)
    share = button("Share in channel", Click(Verb.SHARE, argument=question)) if sharing.channel else None
    thread = None
    if sharing.incident:
        click = Click(Verb.POST_IN_THREAD, sharing.incident.id, argument=question)
        thread = button(f"Post in {sharing.incident.name}'s thread", click)
    row = actions(*more, thread, share)
    return Message(message.text, [*message.blocks, row] if row["elements"] else message.blocks)


def symptom_answer(
    question: str,
    service: str,
    found: Found,
    playbook: Playbook | None,
    dossier: Dossier,
    now: int,
    sharing: Sharing = NOWHERE,
    options: Options = DEFAULT,
) -> Message:
    """The honest verdict on words. `playbook` is the best candidate's, needed when the verdict is documented."""
    match found.verdict:
        case Verdict.DOCUMENTED if playbook and found.best:
            message = _documented(question, playbook, found.best)
        case Verdict.UNSURE:
            message = _unsure(question, service, found.candidates)
        case _:
            message = _undocumented(question, service, found, dossier, now, options)
    notes = [context(escape(found.note))] if found.note else []
    if found.elsewhere:
        notes.append(context(f"Another service fits better: {candidate_line(found.elsewhere, service)}"))
    best = found.best.failure_id if found.best and found.verdict is Verdict.DOCUMENTED else ""
    target = f"{service}/{best}/{shorten(question, 1000)}"
    opening = None if sharing.incident else button("Open an incident…", Click(Verb.DECLARE, argument=target), "primary")
    return with_sharing(Message(message.text, [*message.blocks, *notes]), sharing, opening)


def _documented(question: str, playbook: Playbook, best: Candidate) -> Message:
    why = ", ".join(inline(shorten(reason, 150)) for reason in best.why[:4])
    blocks = [section(f"*Documented:* {quoted(question, 200)}" + (f"\nbecause of {why}" if why else ""))]
    told = f"Documented: {escape(playbook.failure_id)} {escape(playbook.title)}."
    return Message(told, [*blocks, *playbook_blocks(playbook)])


def playbook_blocks(playbook: Playbook, steps_shown: int = 30) -> list[Json]:
    """An entry in full: what it is, its steps, how to verify, when to roll back."""
    severity = f"{playbook.severity.value} · " if playbook.severity else ""
    draft = " · draft, nobody has reviewed it" if playbook.draft else ""
    title = f"*{one_line(playbook.failure_id, 60)} {one_line(playbook.title, 150)}*"
    blocks = [section(f"{title}\n{severity}{one_line(playbook.service, 80)}{draft}")]
    facts = [("Impact", playbook.impact), ("Likely cause", playbook.cause)]
    said = [f"*{label}:* {inline(shorten(text, 500))}" for label, text in facts if text]
    if said:
        blocks.append(section("\n".join(said)))
    lines = [
        f"{step.number} *{KIND_NAMES[step.kind]}:* {inline(shorten(step.text, 350))}"
        + (f" _Expect:_ {inline(shorten(step.expect, 200))}" if step.expect else "")
        + (f" _If not:_ {inline(shorten(step.if_not, 200))}" if step.if_not else "")
        for step in playbook.steps[:steps_shown]
    ]
    blocks += [section("\n".join(lines[start : start + 5])) for start in range(0, len(lines), 5)]
    if len(playbook.steps) > steps_shown:
        blocks.append(context(f"… {len(playbook.steps) - steps_shown} more steps in {_where(playbook)}"))
    ends = [
        ("Verify", playbook.verify),
        ("Roll back when", playbook.roll_back_when),
        ("Escalate to", playbook.escalate_to),
    ]
    blocks.append(section("\n".join(f"*{label}:* {inline(shorten(text, 400)) or 'not said'}" for label, text in ends)))
    return [*blocks, context(_where(playbook))] if playbook.path else blocks


def _where(playbook: Playbook) -> str:
    return code(f"{playbook.path}:{playbook.line}") if playbook.path else "the runbook"


def _show_entry(candidate: Candidate) -> Json:
    target = f"{candidate.service}/{candidate.failure_id}"
    return button(f"Show {shorten(candidate.failure_id, 60)}", Click(Verb.SHOW_ENTRY, argument=target))


def _unsure(question: str, service: str, candidates: Sequence[Candidate]) -> Message:
    shown = candidates[:NEAREST_SHOWN]
    blocks = [section(f"*Unsure:* {quoted(question, 200)} may be one of these, none is certain.")]
    blocks += [section(candidate_line(one, service), _show_entry(one)) for one in shown]
    none = Click(Verb.NONE_OF_THESE, argument=f"{service}/{shorten(question, 1000)}")
    blocks.append(actions(button("None of these", none)))
    names = ", ".join(escape(one.failure_id) for one in shown)
    return Message(f"Unsure: it may be {names or 'none of the entries'}.", blocks)


def _undocumented(question: str, service: str, found: Found, dossier: Dossier, now: int, options: Options) -> Message:
    blocks: list[Json] = [section(f"*Not documented:* nothing in the runbook describes {quoted(question, 200)}.")]
    if found.candidates:
        blocks.append(context("*Nearest, not matching:*"))
        blocks += [section(candidate_line(one, service), _show_entry(one)) for one in found.candidates[:NEAREST_SHOWN]]
    return Message("Not documented. What helps meanwhile is here.", [*blocks, *meanwhile(dossier, now, options)])


def meanwhile(dossier: Dossier, now: int, options: Options) -> list[Json]:
    """What helps when no entry does: health, changes, rollback, phones, and what the runbook leaves open."""
    if not dossier.known:
        return [section(f"No runbook of {one_line(dossier.service, 80) or 'that service'} was found.")]
    changes = " · ".join(change_line(change, now) for change in dossier.changes[:5])
    conditions = " · or ".join(inline(shorten(one, 200)) for one in dossier.rollback.conditions[:5])
    command = f" · {command_code(dossier.rollback.command)}" if dossier.rollback.command else ""
    contacts = [contact_line(contact, options) for contact in dossier.contacts[:2]]
    dashboard = link(dossier.dashboard)
    lines = [
        f"*Health:* {dashboard or ('see below' if dossier.metrics else 'the runbook does not say')}",
        *(f"   {metric_line(metric)}" for metric in dossier.metrics[:5]),
        f"*Changed in 24 h:* {changes + ' (coincident, not proven)' if changes else 'no change known'}",
        f"*Roll back when:* {conditions or 'the runbook does not say'}{command}",
        f"*Call:* {', then '.join(contacts) or 'the runbook names nobody'}",
    ]
    gaps = [context(f"*Not answered by the runbook:* {' · '.join(one_line(one, 150) for one in dossier.gaps[:6])}")]
    return [section("\n".join(lines)), *(gaps if dossier.gaps else [])]


def entry_answer(playbook: Playbook, sharing: Sharing = NOWHERE) -> Message:
    """One entry."""
    target = f"{playbook.service}/{playbook.failure_id}/"
    opening = None if sharing.incident else button("Open an incident…", Click(Verb.DECLARE, argument=target))
    message = Message(f"{escape(playbook.failure_id)} {escape(playbook.title)}", playbook_blocks(playbook))
    return with_sharing(message, sharing, opening)


def section_answer(
    runbook: Runbook, which: Section, now: int, sharing: Sharing = NOWHERE, options: Options = DEFAULT
) -> Message:
    """One of the six sections."""
    match which:
        case Section.SUMMARY:
            said = _summary(runbook)
        case Section.HEALTH:
            said = _health(runbook)
        case Section.FAILURES:
            said = _failures(runbook)
        case Section.ESCALATION:
            said = escalation_blocks(runbook.contacts, options)
        case Section.ROLLBACK:
            said = _rollback(runbook)
        case Section.CHANGES:
            said = _changes(runbook, now)
    title = f"{one_line(runbook.service, 80)} · {which.value}"
    return with_sharing(Message(title, [section(f"*{title}*"), *said]), sharing)


def _summary(runbook: Runbook) -> list[Json]:
    paragraphs = "\n\n".join(inline(shorten(one.text, 1200)) for one in runbook.summary.paragraphs)
    lines = [f"*Depends on:* {', '.join(one_line(one, 80) for one in runbook.summary.depends_on) or 'not said'}"]
    lines.append(f"*Used by:* {', '.join(one_line(one, 80) for one in runbook.summary.used_by) or 'not said'}")
    reviewed = f"{runbook.reviewed:%Y-%m-%d}" if runbook.reviewed else "unknown"
    foot = f"owner {one_line(runbook.owner, 80) or 'unknown'} · reviewed {reviewed} · {code(runbook.path)}"
    return [section(paragraphs or "The runbook does not say."), section("\n".join(lines)), context(foot)]


def _health(runbook: Runbook) -> list[Json]:
    metrics = [metric_line(metric) for metric in runbook.health.metrics[:LISTED]]
    dashboard = link(runbook.health.dashboard.text)
    return [section(f"*Dashboard:* {dashboard or 'not said'}"), section("\n".join(metrics) or "No metric is named.")]


def _failures(runbook: Runbook) -> list[Json]:
    lines = [
        f"*{one_line(mode.id, 60)}* {one_line(mode.title, 150)}"
        + (f" · {mode.severity.value}" if mode.severity else "")
        + (" · draft" if mode.draft else "")
        for mode in runbook.failures
    ]
    return _many(lines, "entries", "No failure mode is written down.")


def escalation_blocks(contacts: Sequence[Contact], options: Options) -> list[Json]:
    """Everybody to call, in order."""
    lines = [
        f"{one_line(contact.order, 20)} {contact_line(contact, options)}"
        + (f" · {inline(shorten(contact.for_what, 200))}" if contact.for_what else "")
        for contact in contacts
    ]
    return _many(lines, "contacts", "The runbook names nobody to call.")


def _rollback(runbook: Runbook) -> list[Json]:
    plan = runbook.rollback
    conditions = "\n".join(f"• {inline(shorten(one.text, 300))}" for one in plan.conditions[:10])
    lines = [f"*Roll back when:*\n{conditions}" if conditions else "*Roll back when:* the runbook does not say"]
    lines.append(f"*Authorised:* {inline(shorten(plan.authorised.text, 300)) or 'the runbook does not say'}")
    blocks = [section("\n".join(lines))]
    if plan.commands:
        blocks.append(preformatted(*(shorten(command.text, 1000) for command in plan.commands[:3])))
    else:
        blocks.append(section("*Command:* the runbook gives none."))
    state = [f"{one_line(row.state, 100)}: {inline(shorten(row.on_rollback, 250))}" for row in plan.state[:10]]
    verify = inline(shorten(plan.verify.text, 400)) or "the runbook does not say"
    return [
        *blocks,
        section(f"*Verify:* {verify}"),
        *_many(state, "rows", "What survives a rollback is not written down."),
    ]


def _changes(runbook: Runbook, now: int) -> list[Json]:
    lines = [
        change_line(change, now) + (f" · {one_line(change.by, 60)}" if change.by else "") for change in runbook.changes
    ]
    return _many(lines, "changes", "No change is written down.")


def changes_answer(dossier: Dossier, now: int, sharing: Sharing = NOWHERE) -> Message:
    """Changes of the last 24 h."""
    lines = [
        change_line(change, now) + (f" · {one_line(change.by, 60)}" if change.by else "") for change in dossier.changes
    ]
    title = f"{one_line(dossier.service, 80)} · changes in 24 h"
    said = _many(lines, "changes", "No change of the last 24 h is known.")
    return with_sharing(Message(title, [section(f"*{title}*"), *said]), sharing)


def _many(lines: Sequence[str], what: str, none: str) -> list[Json]:
    shown = list(lines[:LISTED])
    blocks = [section("\n".join(shown[start : start + 10])) for start in range(0, len(shown), 10)]
    if len(lines) > LISTED:
        blocks.append(context(f"… {len(lines) - LISTED} more {what}"))
    return blocks or [section(none)]


def runbook_list(runbooks: Sequence[Runbook]) -> Message:
    """Every service with a runbook."""
    lines = [
        f"*{one_line(one.service, 80)}* {one_line(one.title, 120)} · {len(one.failures)} failure modes"
        + (f" · also {', '.join(one_line(alias, 30) for alias in one.aliases[:5])}" if one.aliases else "")
        for one in sorted(runbooks, key=lambda one: one.service)
    ]
    count = f"{len(runbooks)} {'runbook' if len(runbooks) == 1 else 'runbooks'}"
    return Message(count, [section(f"*{count}*"), *_many(lines, "runbooks", "No runbook was found.")])


def search_results(words: str, candidates: Sequence[Candidate], sharing: Sharing = NOWHERE) -> Message:
    """Entries of any service that share something with the words. A search claims nothing."""
    blocks: list[Json] = [section(f"*Search:* {quoted(words, 200)}")]
    blocks += [section(candidate_line(one, ""), _show_entry(one)) for one in candidates[:10]]
    if not candidates:
        blocks.append(section("No entry shares a word with it."))
    return with_sharing(Message(f"{len(candidates)} entries found", blocks), sharing)


def unknown_word(word: str, nearest: str, usages: Sequence[tuple[str, str]]) -> Message:
    """Help that names the nearest command. `usages` are (usage, meaning)."""
    hint = f" Did you mean {code(nearest)}?" if nearest else ""
    lead = f"There is no {code(shorten(word, 40))}.{hint}" if word else "These words are understood:"
    rows = [f"{code(usage)} {escape(meaning)}" for usage, meaning in usages]
    blocks = [section(lead), *(section("\n".join(rows[start : start + 12])) for start in range(0, len(rows), 12))]
    return Message(lead, blocks)


def unknown_service(word: str, nearest: str, services: Sequence[str]) -> Message:
    """No runbook has that name."""
    hint = f" Did you mean {code(nearest)}?" if nearest else ""
    known = ", ".join(code(service) for service in sorted(services)[:40]) or "none"
    more = f" and {len(services) - 40} more" if len(services) > 40 else ""
    asked = f"No runbook is called {code(shorten(word, 60))}." if word else "Say which service."
    return say(f"{asked}{hint} Services: {known}{more}.")
