"""The six sections of a runbook, and lists of runbooks, for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.dossier import Dossier
from bot.domain.runbook import Contact, Runbook, Section
from bot.slack.drawing.blank import metric_line
from bot.slack.drawing.blocks import Json, Message, button, context, preformatted, section
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.markdown import blocks_of
from bot.slack.drawing.mrkdwn import code, counted, inline, link, one_line, shorten
from bot.slack.drawing.sharing import NOWHERE, Sharing, with_sharing
from bot.slack.drawing.show import DEFAULT, Options, change_line, contact_line
from bot.slack.ids import Click, Verb

LISTED = 25


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
    others = [
        button(other.value.capitalize(), Click(Verb.SHOW_SECTION, argument=f"{runbook.service}/{other.value}"))
        for other in Section
        if other is not which
    ]
    seen = discreet(Message(title, [section(f"*{title}*"), *said]), options)
    return with_sharing(seen, sharing, *others)


def _summary(runbook: Runbook) -> list[Json]:
    paragraphs = blocks_of("\n\n".join(one.text for one in runbook.summary.paragraphs), 2500)
    lines = [f"*Depends on:* {', '.join(one_line(one, 80) for one in runbook.summary.depends_on) or 'not said'}"]
    lines.append(f"*Used by:* {', '.join(one_line(one, 80) for one in runbook.summary.used_by) or 'not said'}")
    reviewed = f"{runbook.reviewed:%Y-%m-%d}" if runbook.reviewed else "unknown"
    foot = f"owner {one_line(runbook.owner, 80) or 'unknown'} · reviewed {reviewed} · {code(runbook.path)}"
    return [*(paragraphs or [section("The runbook does not say.")]), section("\n".join(lines)), context(foot)]


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
        f"*{one_line(one.service, 80)}* {one_line(one.title, 120)} · {counted(len(one.failures), 'failure mode')}"
        + (f" · also {', '.join(one_line(alias, 30) for alias in one.aliases[:5])}" if one.aliases else "")
        for one in sorted(runbooks, key=lambda one: one.service)
    ]
    count = counted(len(runbooks), "runbook")
    return Message(count, [section(f"*{count}*"), *_many(lines, "runbooks", "No runbook was found.")])
