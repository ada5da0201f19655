"""Modals about the draft and the proposed runbook change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.domain.incident import Incident
from bot.domain.vocabulary import FIELD_DOCUMENTED, FIELD_ENDED, FIELDS_OF_TIME, Documented, EndedBy, ProposalKind
from bot.slack.drawing.blocks import (
    Choice,
    Json,
    context,
    modal,
    preformatted,
    section,
    select_input,
    text_input,
    time_input,
)
from bot.slack.drawing.diffs import added_lines, cut_in_pieces
from bot.slack.drawing.modals.ending import DOCUMENTED_NAMES, ENDED_NAMES
from bot.slack.drawing.modals.lists import info
from bot.slack.drawing.modals.steps import meta_of
from bot.slack.drawing.mrkdwn import one_line
from bot.slack.ids import Form

if TYPE_CHECKING:
    from bot.postmortem.drafting.report import Field

PIECES = 10


def proposal_edit(incident: Incident, text: str = "") -> Json:
    """The lines that the proposal adds, to be corrected. `text` "" takes them from the diff."""
    proposal = incident.proposal
    if proposal is None:
        return info("Edit the proposal", [section("There is no proposal to edit.")], meta_of(incident))
    pieces = cut_in_pieces(text or added_lines(proposal.diff))
    unfilled = "; ".join(one_line(one, 80) for one in proposal.unfilled[:12])
    blocks = [
        *([context(f"*Yours to fill:* {unfilled}")] if unfilled else []),
        text_input("title", "Title" if proposal.kind is ProposalKind.NEW else "What changes", initial=proposal.title),
        *(
            text_input(
                f"text-{n}", "The entry" if n == 0 else f"The entry, part {n + 1}", initial=piece, multiline=True
            )
            for n, piece in enumerate(pieces[:PIECES])
        ),
    ]
    if len(pieces) > PIECES:
        blocks.append(context("The rest is too long for this form: edit it where the proposal is sent."))
    return modal(Form.PROPOSAL_EDIT, "Edit the proposal", blocks, meta_of(incident), submit="Save")


def fill(incident: Incident, blanks: Sequence[Field]) -> Json:
    """What the draft still needs from a person, each with what is asked. None must be filled: what is, is saved."""
    if not blanks:
        return info("Fill the draft", [section("Every field is filled.")], meta_of(incident))
    said = section("Each one that you fill goes into the draft, which is posted anew a few minutes later.")
    inputs = [_blank(place, one, incident) for place, one in enumerate(blanks)]
    meta = meta_of(incident, fields=",".join(one.key for one in blanks))
    return modal(Form.FILL, "Fill the draft", [said, *inputs], meta, submit="Save")


def _blank(place: int, blank: Field, incident: Incident) -> Json:
    name, ask = f"fill-{place}", f"{blank.owner}: {blank.ask}"
    from bot.postmortem.drafting.conclusions import ASKS

    title = ASKS[blank.key][0] if blank.key in ASKS else blank.key.replace("_", " ").capitalize()
    if blank.key in FIELDS_OF_TIME:
        return time_input(name, title, hint=ask, optional=True)
    if blank.key == FIELD_ENDED:
        ways = [Choice("A step of the playbook", EndedBy.STEP.value)]
        ways += [Choice(text, kind.value) for kind, text in ENDED_NAMES.items() if kind is not EndedBy.UNKNOWN]
        return select_input(name, "What ended it?", ways, optional=True)
    if blank.key == FIELD_DOCUMENTED:
        kinds = (*((Documented.THIS_ENTRY, Documented.STEP_WRONG) if incident.runs else ()), Documented.NONE)
        answers = [Choice(DOCUMENTED_NAMES[kind], kind.value) for kind in kinds]
        hint = "With a step or another entry: /incident fill documented wrong 3, or another IX-05"
        return select_input(name, "Was it documented?", answers, hint=hint, optional=True)
    return text_input(name, title, hint=ask, multiline=True, optional=True)


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
