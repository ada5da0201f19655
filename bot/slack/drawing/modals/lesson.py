"""Modals about the proposed runbook change."""

from __future__ import annotations

from bot.domain.incident import Incident
from bot.slack.drawing.blocks import Json, context, modal, preformatted, section, text_input
from bot.slack.drawing.diffs import added_lines, cut_in_pieces
from bot.slack.drawing.modals.lists import info
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.mrkdwn import one_line
from bot.slack.ids import Form

PIECES = 10


def proposal_edit(incident: Incident, text: str = "") -> Json:
    """The lines that the proposal adds, to be corrected. `text` "" takes them from the diff."""
    proposal = incident.proposal
    if proposal is None:
        return info("Edit the proposal", [section("There is no proposal to edit.")], meta_of(incident))
    pieces = cut_in_pieces(text or added_lines(proposal.diff))
    unfilled = ", ".join(one_line(one, 80) for one in proposal.unfilled[:12])
    blocks = [
        *([context(f"*Yours to fill:* {unfilled}")] if unfilled else []),
        text_input("title", "Title", initial=proposal.title),
        *(
            text_input(
                f"text-{n}", "The entry" if n == 0 else f"The entry, part {n + 1}", initial=piece, multiline=True
            )
            for n, piece in enumerate(pieces[:PIECES])
        ),
    ]
    if len(pieces) > PIECES:
        blocks.append(context("The rest is too long for this form: edit it in the pull request."))
    return modal(Form.PROPOSAL_EDIT, "Edit the proposal", blocks, meta_of(incident), submit="Save")


def proposal_decline(incident: Incident) -> Json:
    """Why the lesson is not worth an entry. It counts as a lesson lost."""
    blocks = [
        section("It is recorded as a lesson lost and shown in coverage."),
        text_input("why", "Why not?", multiline=True),
    ]
    return modal(Form.PROPOSAL_DECLINE, "Not worth an entry", blocks, meta_of(incident), submit="Record")


def proposal_copy(incident: Incident) -> Json:
    """The whole diff, to be copied."""
    proposal = incident.proposal
    if proposal is None or not proposal.diff:
        return info("Proposed change", [section("There is nothing to copy.")], meta_of(incident))
    pieces = [preformatted(piece) for piece in cut_in_pieces(proposal.diff)]
    return info("Proposed change", [section(f"For {one_line(proposal.path, 200)}"), *pieces], meta_of(incident))
