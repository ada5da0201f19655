"""The close summary: how long, documented or not, the draft, and the proposed runbook change with its buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.incident import Incident, Phase, Proposal
from bot.domain.vocabulary import Documented, ProposalKind
from bot.slack.drawing.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    divider,
    link_button,
    preformatted,
    section,
)
from bot.slack.drawing.diffs import added_lines, diff_counts
from bot.slack.drawing.discreet import discreet
from bot.slack.drawing.mrkdwn import clock, code, escape, inline, link, one_line, shorten, shorten_mrkdwn, size, span
from bot.slack.drawing.show import SEND_NAMES, Options, contact_name, plain_name
from bot.slack.ids import Click, Verb

DIFF_SHOWN = 2500
ENTRY_SHOWN = 1500
"""Characters of the change in the message; Copy shows the whole."""

UNFILLED_SHOWN = 12

DOCUMENTED: dict[Documented, str] = {
    Documented.THIS_ENTRY: "Documented when it struck.",
    Documented.STEP_WRONG: "Documented when it struck, but a step was wrong.",
    Documented.ANOTHER: "Documented when it struck, by another entry.",
    Documented.NONE: "Not documented when it struck.",
    Documented.UNKNOWN: "Nobody said whether it was documented.",
}

_KINDS: dict[ProposalKind, str] = {
    ProposalKind.NEW: "new entry",
    ProposalKind.AMEND: "amendment",
    ProposalKind.HOUSEKEEPING: "housekeeping",
}


def close_summary(incident: Incident, now: int, options: Options) -> Message:
    """After the close. Without a draft yet it says that one follows."""
    ended = incident.mitigated_at or incident.closed_at
    times = f"{clock(incident.declared_at, now)}–{clock(ended, now)} ({span(incident.declared_at, ended)})"
    documented = DOCUMENTED[incident.ending.documented]
    if incident.ending.wrong:
        documented = f"{documented.rstrip('.')}: step {incident.ending.wrong.number}."
    if incident.ending.failure_id:
        documented = f"{documented.rstrip('.')}: {one_line(incident.ending.failure_id, 60)}."
    owner = incident.dossier.owner
    owned = f" Owner {contact_name(owner, options)}" if owner else " Owner unknown: the runbook names none."
    blocks: list[Json] = [section(f"*{incident.name} over:* {times}. {documented}{owned}"), *_draft(incident)]
    if incident.drill:
        blocks.append(context("A drill: it counts in no statistic."))
    if incident.proposal:
        blocks += [divider(), *_proposal(incident, incident.proposal, options)]
    told = f"{plain_name(incident)} is over, {span(incident.declared_at, ended)}. {documented}"
    return discreet(Message(told, blocks), options)


def _draft(incident: Incident) -> list[Json]:
    draft = incident.draft
    if draft is None:
        follows = "The post-mortem draft follows." if incident.phase is Phase.CLOSED else "No draft was written."
        return [context(follows)]
    if not draft.unfilled:
        return [section("Post-mortem draft in this thread · every field is filled")]
    fill = button(f"Fill {draft.unfilled}…", Click(Verb.FILL_DRAFT, incident.id))
    need = "field needs" if draft.fields == 1 else "fields need"
    return [section(f"Post-mortem draft in this thread · {draft.unfilled} of {draft.fields} {need} a person", fill)]


def _proposal(incident: Incident, proposal: Proposal, options: Options) -> list[Json]:
    added, removed = diff_counts(proposal.diff)
    title = f"*PROPOSED {escape(proposal.failure_id)}* “{one_line(proposal.title, 150)}”"
    facts = [_KINDS[proposal.kind], f"+{added} −{removed} lines", one_line(proposal.path, 120)]
    blocks: list[Json] = [section(f"{title}\n{' · '.join(fact for fact in facts if fact)}")]
    blocks += _change(proposal)
    if proposal.unfilled:
        blocks.append(context(f"*Yours to fill:* {_listed(proposal.unfilled)}"))
    return [*blocks, *_proposal_state(incident, proposal, options)]


def _listed(unfilled: Sequence[str]) -> str:
    """The first of what is missing, and how much more."""
    named = "; ".join(one_line(one, 80) for one in unfilled[:UNFILLED_SHOWN])
    left = len(unfilled) - UNFILLED_SHOWN
    return f"{named}; {left} more" if left > 0 else named


def _change(proposal: Proposal) -> list[Json]:
    """A new entry as it will read; an amendment as a diff, because what goes away matters too."""
    if not proposal.diff:
        return []
    if proposal.kind is ProposalKind.NEW:
        text = "\n".join(_entry_lines(added_lines(proposal.diff)))
        shown = shorten_mrkdwn(text, ENTRY_SHOWN) or "Nothing of it is known yet."
        block, shortened = section(shown), size(text) > ENTRY_SHOWN
    else:
        block, shortened = preformatted(shorten(proposal.diff.rstrip(), DIFF_SHOWN)), size(proposal.diff) > DIFF_SHOWN
    return [block, *([context("Shortened here: Copy shows the whole.")] if shortened else [])]


TO_FILL = "TODO("
"""How a draft marks what only a person can say; it is named below the entry instead."""
_NUMBERED = re.compile(r"\d+\.\s")


def _entry_lines(markdown: str) -> list[str]:
    """What is known of a new entry: no heading (the title says it), nothing that is still to be filled, commands as
    code, no label with nothing behind it. Every step is there, up to what is missing in it: the numbers count."""
    lines: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        body = line.strip()
        if body.startswith("```"):
            fenced = not fenced
        elif fenced:
            lines.append(code(body))
        elif TO_FILL in body and _NUMBERED.match(body):
            # A step keeps its place: the numbers of the others would not be the file's.
            lines.append(f"{inline(body.partition(TO_FILL)[0].rstrip())} …")
        elif body and not body.startswith("#") and TO_FILL not in body:
            lines.append(f"• {inline(body[2:])}" if body.startswith("- ") else inline(body))
    bare = [line.startswith("*") and line.endswith(":*") for line in lines]
    return [line for n, line in enumerate(lines) if not (bare[n] and (n + 1 == len(lines) or bare[n + 1]))]


def _proposal_state(incident: Incident, proposal: Proposal, options: Options) -> list[Json]:
    of = incident.id
    ref = link(proposal.ref)
    copy = button("Copy", Click(Verb.PROPOSAL_COPY, of))
    match proposal.status:
        case "accepted":
            return [section("*Accepted.* It is on its way; where it is will be shown here."), actions(copy)]
        case "sent":
            visit = link_button("Look at it", proposal.ref) if ref.startswith("<https://") else None
            return [section(f"*Sent:* {ref}"), actions(visit, copy)]
        case "merged":
            where = f"*Merged:* {ref}." if ref else "*Merged.*"
            return [section(f"{where} The same words find it now.")]
        case "declined":
            return [section("*Not worth an entry*, somebody said. It counts as a lesson lost."), actions(copy)]
    decline = button("Not worth an entry…", Click(Verb.PROPOSAL_DECLINE, of))
    open_it = button(SEND_NAMES[options.proposals], Click(Verb.PROPOSAL_OPEN, of), "primary")
    if incident.private and not proposal.edited:
        return [
            section(
                "This incident is private. Read the proposal with *Edit…* and take out what must not be seen: once you "
                "have saved it, it can be sent."
            ),
            actions(button("Edit…", Click(Verb.PROPOSAL_EDIT, of), "primary"), copy, decline),
        ]
    question = f"Would this have helped at {clock(incident.declared_at)}?"
    stuck = [section(f"*It could not be sent.* {inline(shorten(proposal.trouble, 500))}")] if proposal.trouble else []
    return [
        *stuck,
        section(question),
        actions(
            open_it,
            button("Edit…", Click(Verb.PROPOSAL_EDIT, of)),
            copy,
            decline,
        ),
    ]
