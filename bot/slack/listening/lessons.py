"""The proposed runbook change in Slack: read it, correct it, and fill what the draft still needs from a person.

What drafts and edits is loaded with the first lesson: it would be 0.1 s of the start (docs/performance.md).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.commands import MakeProposal
from bot.domain.incident import Incident, Proposal
from bot.domain.vocabulary import ProposalKind
from bot.postmortem.standing import service_of
from bot.runbooks.parsing.parse import parse
from bot.runbooks.parsing.text import split_lines
from bot.slack.drawing import modals
from bot.slack.drawing.mrkdwn import escape
from bot.slack.ids import Click
from bot.slack.listening.front import Asked, Front, Reply, say

if TYPE_CHECKING:
    from bot.runbooks.editing.edit import Outcome


class Uneditable(Exception):
    """The edited entry cannot go into the runbook; the message says why, and where."""


async def copy_proposal(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    return Reply(view=modals.proposal_copy(incident))


async def edit_proposal(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    """The entry as it would read, to be corrected."""
    try:
        text = await entry_of(front, incident)
    except Uneditable as error:
        return Reply(say(escape(str(error))))
    return Reply(view=modals.proposal_edit(incident, text))


async def fill_draft(front: Front, asked: Asked, incident: Incident, click: Click) -> Reply:
    """A form with what the draft still needs."""
    from bot.postmortem.drafting.draft import report

    made = report(incident.id, await front.desk.facts(incident), incident.last_at)
    return Reply(view=modals.fill(incident, made.unfilled))


async def entry_of(front: Front, incident: Incident) -> str:
    """The whole proposed entry as it would stand in the runbook of today; made anew from the facts where the runbook
    has changed in the same place. Raises Uneditable."""
    from bot.postmortem.lessons.lesson import NoLesson, propose
    from bot.postmortem.publish.patch import DoesNotApply, apply

    proposal = incident.proposal
    if proposal is None:
        raise Uneditable("There is no proposal.")
    before = _runbook(front, incident)
    try:
        after = apply(before, proposal.diff)
    except DoesNotApply as error:
        anew = propose(await front.desk.facts(incident), incident, before, proposal.path)
        if isinstance(anew, NoLesson) or anew.failure_id != proposal.failure_id:
            raise Uneditable(f"It cannot be edited here: {error}.") from error
        after = anew.data
    runbook = parse(after, proposal.path).runbook
    mode = runbook.failure(proposal.failure_id) if runbook else None
    if mode is None:
        raise Uneditable(f"{proposal.failure_id} is not in the runbook any more.")
    lines = split_lines(after.decode("utf-8", "replace"))
    return "\n".join(lines[mode.span.start - 1 : mode.span.end]).strip("\n")


def _runbook(front: Front, incident: Incident) -> bytes:
    """The file of the runbook that learns, as it is now. Raises Uneditable."""
    runbook = front.guide.runbook(service_of(incident))
    if runbook is None or not Path(runbook.path).is_file():
        raise Uneditable("The runbook of this proposal is gone.")
    return Path(runbook.path).read_bytes()


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
    from bot.postmortem.lessons.lesson import unfilled
    from bot.runbooks.editing.edit import Refused
    from bot.runbooks.editing.lines import unified_diff

    proposal = incident.proposal
    if proposal is None:
        raise Uneditable("There is no proposal.")
    before = _runbook(front, incident)
    if proposal.kind is ProposalKind.NEW:
        text, title = _titled(text, title, proposal.title)
    outcome = _corrected(before, proposal, text)
    if isinstance(outcome, Refused):
        raise Uneditable(f"{outcome.reason} (line {outcome.line})" if outcome.line else outcome.reason)
    diff = unified_diff(before, outcome.data, proposal.path)
    return MakeProposal(
        kind=proposal.kind,
        failure_id=proposal.failure_id,
        title=title,
        path=proposal.path,
        diff=diff,
        unfilled=unfilled(diff),
    )


def _corrected(before: bytes, proposal: Proposal, text: str) -> Outcome:
    """The runbook with the entry as a person wants it. What is proposed outside the entry (rows of the change log)
    stays, unless the runbook has moved on."""
    from bot.postmortem.publish.patch import DoesNotApply, apply
    from bot.runbooks.editing.amend import ReplaceEntry, amend_failure
    from bot.runbooks.editing.edit import insert_failure

    try:
        base = apply(before, proposal.diff)
    except DoesNotApply:
        base = before
    known = parse(base, proposal.path).runbook
    if known is None or known.failure(proposal.failure_id) is None:
        return insert_failure(base, text)
    return amend_failure(base, proposal.failure_id, ReplaceEntry(text))
