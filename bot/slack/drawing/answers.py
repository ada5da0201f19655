"""Answers of `/runbook`, for the asker alone: a symptom, an entry, a section, lists, help."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.dossier import Candidate, Dossier, Playbook, Verdict
from bot.runbooks.guide import Found
from bot.slack.drawing.blank import candidate_line, condition_lines, metric_line
from bot.slack.drawing.blocks import Json, Message, actions, button, context, section
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.entries import playbook_blocks
from bot.slack.drawing.mrkdwn import code, escape, inline, link, one_line, shorten
from bot.slack.drawing.sections import changes_answer, runbook_list, section_answer
from bot.slack.drawing.sharing import NOWHERE, Sharing, with_sharing
from bot.slack.drawing.show import DEFAULT, Options, change_line, contact_line, quoted
from bot.slack.ids import Click, Verb

__all__ = [
    "NOWHERE",
    "Sharing",
    "changes_answer",
    "entry_answer",
    "meanwhile",
    "runbook_list",
    "say",
    "search_results",
    "section_answer",
    "symptom_answer",
    "unknown_service",
    "unknown_word",
    "with_sharing",
]

NEAREST_SHOWN = 3
UNNAMED = f"{code('/runbook <service> <what you see>')} also shows that service's health, changes, rollback and phones."


def say(text: str) -> Message:
    """One sentence, already escaped."""
    return Message(text, [section(text)])


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
        better = f"Another service fits better: {candidate_line(found.elsewhere, service)}"
        notes.append(section(better, _show_entry(found.elsewhere)))
    best = found.best.failure_id if found.best and found.verdict is Verdict.DOCUMENTED else ""
    target = f"{service}/{best}/{shorten(question, 1000)}"
    opening = None if sharing.incident else button("Open an incident…", Click(Verb.DECLARE, argument=target), "primary")
    seen = discreet(Message(message.text, [*message.blocks, *notes]), options)
    return with_sharing(seen, sharing, opening)


def _documented(question: str, playbook: Playbook, best: Candidate) -> Message:
    why = "; ".join(inline(shorten(reason, 150)) for reason in best.why[:4])
    blocks = [section(f"*Documented:* {quoted(question, 200)}" + (f"\nbecause of {why}" if why else ""))]
    told = f"Documented: {escape(playbook.failure_id)} {escape(playbook.title)}."
    return Message(told, [*blocks, *playbook_blocks(playbook)])


def _show_entry(candidate: Candidate) -> Json:
    target = f"{candidate.service}/{candidate.failure_id}"
    return button(f"Show {shorten(candidate.failure_id, 60)}", Click(Verb.SHOW_ENTRY, argument=target))


def _unsure(question: str, service: str, candidates: Sequence[Candidate]) -> Message:
    shown = candidates[:NEAREST_SHOWN]
    blocks = [section(f"*Unsure:* {quoted(question, 200)} may be one of these, none is certain.")]
    blocks += [section(candidate_line(one, service), _show_entry(one)) for one in shown]
    none = Click(Verb.NOT_DOCUMENTED, argument=f"{service}/{shorten(question, 1000)}")
    blocks.append(actions(button("None of these", none)))
    names = ", ".join(escape(one.failure_id) for one in shown)
    return Message(f"Unsure: it may be {names or 'none of the entries'}.", blocks)


def _undocumented(question: str, service: str, found: Found, dossier: Dossier, now: int, options: Options) -> Message:
    blocks: list[Json] = [section(f"*Not documented:* nothing in the runbook describes {quoted(question, 200)}.")]
    if found.candidates:
        blocks.append(context("*Nearest, not matching:*"))
        blocks += [section(candidate_line(one, service), _show_entry(one)) for one in found.candidates[:NEAREST_SHOWN]]
    told = "Not documented. What helps meanwhile is here." if dossier.known else "Not documented."
    return Message(told, [*blocks, *meanwhile(dossier, now, options)])


def meanwhile(dossier: Dossier, now: int, options: Options) -> list[Json]:
    """What helps when no entry does: health, changes, rollback, phones, and what the runbook leaves open."""
    contacts = [contact_line(contact, options) for contact in dossier.contacts[:2]]
    if not dossier.known:
        missing = f"No runbook of {one_line(dossier.service, 80)} was found." if dossier.service else UNNAMED
        return [section("\n".join([missing, *([f"*Call:* {', then '.join(contacts)}"] if contacts else [])]))]
    changes = " · ".join(change_line(change, now) for change in dossier.changes[:5])
    dashboard = link(dossier.dashboard)
    lines = [
        f"*Health:* {dashboard or ('see below' if dossier.metrics else 'the runbook does not say')}",
        *(f"   {metric_line(metric)}" for metric in dossier.metrics[:5]),
        f"*Changed in 24 h:* {changes + ' (coincident, not proven)' if changes else 'no change known'}",
        *condition_lines(dossier.rollback.conditions, dossier.rollback.command),
        f"*Call:* {', then '.join(contacts) or 'the runbook names nobody'}",
    ]
    gaps = [context(f"*Not answered by the runbook:* {' · '.join(one_line(one, 150) for one in dossier.gaps[:6])}")]
    return [section("\n".join(lines)), *(gaps if dossier.gaps else [])]


def entry_answer(playbook: Playbook, sharing: Sharing = NOWHERE, options: Options = DEFAULT) -> Message:
    """One entry."""
    target = f"{playbook.service}/{playbook.failure_id}/"
    opening = None if sharing.incident else button("Open an incident…", Click(Verb.DECLARE, argument=target))
    message = Message(f"{escape(playbook.failure_id)} {escape(playbook.title)}", playbook_blocks(playbook))
    return with_sharing(discreet(message, options), sharing, opening)


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
