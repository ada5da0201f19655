"""The lesson: what an incident teaches its runbook, as a minimal diff that a person reviews.

Not documented when it struck: a new entry. Documented, but a step failed, was skipped as wrong, or something else
helped: an amendment of that entry. Besides: the day of a drill, change-log rows that the file lacks, the words people
used. Pure: bytes in, bytes and a diff out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.commands import MakeProposal
from bot.domain.events import Fact
from bot.domain.incident import Incident, Phase
from bot.domain.runbook import Runbook
from bot.domain.vocabulary import ProposalKind
from bot.postmortem.drafting.people import cast
from bot.postmortem.drafting.redact import in_every_text, redact
from bot.postmortem.lessons.amend import amendments
from bot.postmortem.lessons.entry import new_entry, told_changes
from bot.postmortem.standing import standing
from bot.runbooks.editing.amend import amend_failure
from bot.runbooks.editing.edit import Outcome, Refused, add_changes, insert_failure, unified_diff
from bot.runbooks.editing.render import next_id, render_entry
from bot.runbooks.editing.skeleton import todo
from bot.runbooks.parsing.parse import parse


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed change of one runbook. `data` is the whole file as it would be."""

    kind: ProposalKind
    failure_id: str
    title: str
    path: str
    diff: str
    unfilled: tuple[str, ...]
    data: bytes

    def command(self) -> MakeProposal:
        """The command that records it."""
        return MakeProposal(
            kind=self.kind,
            failure_id=self.failure_id,
            title=self.title,
            path=self.path,
            diff=self.diff,
            unfilled=self.unfilled,
        )


@dataclass(frozen=True, slots=True)
class NoLesson:
    """Nothing is proposed. `reason` is a clause for people, without a full stop."""

    reason: str


def propose(
    facts: Sequence[Fact],
    incident: Incident,
    runbook_bytes: bytes | None,
    path: str,
    reserved_ids: Iterable[str] = (),
) -> Proposal | NoLesson:
    """What should change in the runbook at `path` because of this incident. `reserved_ids` are ids that other open
    proposals or the file's history hold: none is taken twice."""
    if incident.phase is Phase.CANCELLED:
        return NoLesson("it was cancelled")
    if runbook_bytes is None:
        return NoLesson(f"no runbook of {incident.service} was found")
    parsed = parse(runbook_bytes, path)
    if parsed.runbook is None or not parsed.usable:
        trouble = parsed.error.message if parsed.error else "it is no runbook"
        return NoLesson(f"the runbook cannot be edited as it stands ({trouble.rstrip('.')})")
    where = standing(incident)
    if not where.documented:
        if incident.drill:
            return NoLesson("it was a drill of nothing documented")
        return _new(facts, incident, runbook_bytes, path, parsed.runbook, frozenset(reserved_ids))
    return _amended(facts, incident, runbook_bytes, path, parsed.runbook, where.failure_id)


def _new(
    facts: Sequence[Fact], incident: Incident, data: bytes, path: str, runbook: Runbook, reserved: frozenset[str]
) -> Proposal | NoLesson:
    failure_id = next_id(runbook, set(reserved))
    entry = new_entry(failure_id, incident, facts, cast(incident, facts), runbook)
    outcome = insert_failure(data, render_entry(entry))
    return _proposal(ProposalKind.NEW, failure_id, entry.title, path, data, outcome, facts)


def _amended(
    facts: Sequence[Fact], incident: Incident, data: bytes, path: str, runbook: Runbook, failure_id: str
) -> Proposal | NoLesson:
    mode = runbook.failure(failure_id)
    if mode is None:
        if failure_id:
            return NoLesson(f"{failure_id} is no longer in the runbook")
        return NoLesson("it was documented, and nobody said by which entry")
    amended = amendments(facts, incident, mode)
    outcome = amend_failure(data, mode.id, *amended.changes) if amended.changes else None
    kind = ProposalKind.HOUSEKEEPING if amended.housekeeping else ProposalKind.AMEND
    return _proposal(kind, mode.id, amended.title or mode.title, path, data, outcome, facts)


def _proposal(
    kind: ProposalKind,
    failure_id: str,
    title: str,
    path: str,
    before: bytes,
    edited: Outcome | None,
    facts: Sequence[Fact],
) -> Proposal | NoLesson:
    if isinstance(edited, Refused):
        return NoLesson(f"the runbook could not be edited ({edited.reason.rstrip('.')})")
    after = edited.data if edited else before
    rows = [in_every_text(event.change, redact) for event in told_changes(facts)]
    logged = add_changes(after, rows) if rows else None
    if logged is not None and not isinstance(logged, Refused) and logged.data != after:
        after = logged.data
        if edited is None:
            kind, title = ProposalKind.HOUSEKEEPING, "changes that the change log lacks"
    diff = unified_diff(before, after, path)
    if not diff:
        return NoLesson(f"{failure_id} was walked as it is written")
    try:
        diff.encode()
    except UnicodeEncodeError:
        return NoLesson("the runbook is not UTF-8 around the place of the change")
    return Proposal(kind, failure_id, title, path, diff, unfilled(diff), after)


_PLACEHOLDER = re.compile(r"TODO\(owner\): (.*?)(?=[ .]*(?:TODO\(owner\):|\*(?:Expect|If not):|$))")
_LABEL = re.compile(r"\*\*([A-Z][A-Za-z ]+?)(?: \d+ min)?:\*\*")
_STEP = re.compile(r"^\s*(\d+)\. ")
_EXAMPLE = re.compile(r",? such as .*")


def unfilled(diff: str) -> tuple[str, ...]:
    """What a person still has to fill in the added lines, in order: the label alone where nothing is known of it, else
    the label or the step and what is missing there."""
    found: dict[str, None] = {}
    label = step = ""
    for line in diff.splitlines():
        if not line.startswith("+") or line.startswith("+++"):
            continue
        text = line[1:]
        numbered = _STEP.match(text)
        labels = _LABEL.findall(text)
        if numbered:
            step, label = numbered[1], ""
        elif labels and not text.startswith(" "):
            step, label = "", labels[-1]
        where = f"Step {step}" if step else label
        whole = f"**{label}:** {todo('')}"
        for what in _PLACEHOLDER.findall(text):
            ask = _EXAMPLE.sub("", what).strip(" .`")
            found.setdefault(
                where if where == label and text.startswith(whole) else f"{where}: {ask}".lstrip(": "), None
            )
    return tuple(found)
