"""The proposed runbook change in Slack: read it, correct it, and what the draft still needs from a person."""

from __future__ import annotations

import re
from pathlib import Path

from bot.domain.commands import MakeProposal
from bot.domain.incident import Incident
from bot.domain.vocabulary import ProposalKind
from bot.postmortem.drafting.draft import report
from bot.runbooks.editing.amend import ReplaceEntry, amend_failure
from bot.runbooks.editing.edit import Refused, insert_failure
from bot.runbooks.editing.lines import unified_diff
from bot.slack.drawing import modals
from bot.slack.drawing.blocks import section
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.mrkdwn import escape, one_line
from bot.slack.ids import Click
from bot.slack.listening.front import Asked, Front, Reply


class Uneditable(Exception):
    """The edited entry cannot go into the runbook; the message says why, and where."""


async def copy_proposal(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.proposal_copy(incident))


async def edit_proposal(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    """The entry as it would read, to be corrected."""
    return Reply(view=modals.proposal_edit(incident, entry_of(incident)))


async def fill_draft(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    """What the draft still needs, each with who owes it and where it is said."""
    made = report(incident.id, await front.desk.facts(incident.id), incident.last_at)
    lines = [f"• *{escape(one.key)}* ({escape(one.owner)}): {one_line(one.ask, 200)}" for one in made.unfilled]
    blocks = [section("\n".join(lines[start : start + 8])) for start in range(0, len(lines), 8)]
    said = "Fill them in the file in this thread. What you note here (`/incident note`) is in the next draft."
    return Reply(view=modals.info("What a person must fill", [section(said), *blocks], meta_of(incident)))


def entry_of(incident: Incident) -> str:
    """The whole proposed entry: the lines that a new entry adds, or the amended entry with its untouched lines."""
    proposal = incident.proposal
    if proposal is None:
        return ""
    lines = proposal.diff.split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith("@@")), len(lines))
    kept = "+" if proposal.kind is ProposalKind.NEW else "+ "
    return "\n".join(line[1:] for line in lines[start + 1 :] if line and line[0] in kept)


_HEADING = re.compile(r"\A(\s*#{2,4}\s+\S+\s+)(.*?)[ \t]*$", re.MULTILINE)


def _titled(text: str, title: str, before: str) -> tuple[str, str]:
    """The title stands in its own field and in the heading of the text: whichever was changed counts."""
    heading = _HEADING.match(text)
    if heading is None:
        return text, title
    if title == before:
        return text, heading[2] or title
    return f"{heading[1]}{title}{text[heading.end() :]}", title


def edited(front: Front, incident: Incident, title: str, text: str) -> MakeProposal:
    """The proposal with a person's corrections, against the runbook as it is now. Raises Uneditable."""
    proposal = incident.proposal
    runbook = front.guide.runbook(incident.service)
    if proposal is None or runbook is None:
        raise Uneditable("There is no proposal, or its runbook is gone.")
    before = Path(runbook.path).read_bytes()
    text, title = _titled(text, title, proposal.title)
    if proposal.kind is ProposalKind.NEW:
        outcome = insert_failure(before, text)
    else:
        outcome = amend_failure(before, proposal.failure_id, ReplaceEntry(text))
    if isinstance(outcome, Refused):
        raise Uneditable(f"{outcome.reason} (line {outcome.line})" if outcome.line else outcome.reason)
    unfilled = tuple(line.strip()[:80] for line in text.split("\n") if "TODO(" in line)
    return MakeProposal(
        kind=proposal.kind,
        failure_id=proposal.failure_id,
        title=title,
        path=proposal.path,
        diff=unified_diff(before, outcome.data, proposal.path),
        unfilled=unfilled,
    )
