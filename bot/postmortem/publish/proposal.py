"""A proposed change as something that can be published: which file, which lines, and the words that explain it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.base import Value
from bot.domain.commands import MakeProposal
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.incident import Proposal as Recorded
from bot.domain.vocabulary import ProposalKind
from bot.postmortem.drafting.redact import redact
from bot.postmortem.lessons.lesson import NoLesson, propose
from bot.postmortem.publish.patch import DoesNotApply, apply, is_applied
from bot.runbooks.parsing.parse import parse


class Status(StrEnum):
    """What became of a published change."""

    OPEN = "open"
    MERGED = "merged"
    DECLINED = "declined"


class Change(Value):
    """What is published. `path` is relative to the repository's root, with forward slashes."""

    name: str
    """INC-42."""
    branch: str
    path: str
    diff: str
    title: str
    body: str
    new_id: str = ""
    """The id of a new entry: it must still be free where the change is put."""


class Published(Value):
    """Where it is now. `ref` is an address or a name that `status` understands."""

    target: str
    ref: str
    status: Status = Status.OPEN
    again: bool = False
    """True when it had been published before and nothing new was made."""
    proposal: MakeProposal | None = None
    """Set when the proposal had to be made anew on today's runbook: record it before the publication."""


class PublishError(Exception):
    """It could not be published; the message says what happened and what to do next."""


class Moved(PublishError):
    """The runbook has changed where the proposal changes it: propose anew on the bytes of today."""


class Rebuilt(Value):
    """The change made anew on the runbook of today, and the command that records it."""

    change: Change
    proposal: MakeProposal


Rebuild = Callable[[bytes], Rebuilt | None]
"""The runbook's bytes of today -> the change from the same facts; None when nothing is left to propose."""


def change_of(incident: Incident, proposal: Recorded, *, folder: str, link: str = "") -> Change:
    """A recorded proposal as a change of the file of that name in `folder` of the repository.

    Raises PublishError for a private incident that no person has redacted (incident guide, "Private").
    """
    if incident.private and not proposal.edited:
        raise PublishError(
            f"{incident.name} is private. Somebody has to read the proposal (Edit…) and take out what must not leave."
        )
    name = proposal.path.replace("\\", "/").rpartition("/")[2]
    path = f"{folder.strip('/')}/{name}".lstrip("/")
    return Change(
        name=incident.name,
        branch=f"section3/{incident.name.casefold()}",
        path=path,
        diff=retargeted(proposal.diff, path),
        title=title_of(incident, proposal),
        body=body_of(incident, proposal, link),
        new_id=proposal.failure_id if proposal.kind is ProposalKind.NEW else "",
    )


def retargeted(diff: str, path: str) -> str:
    """The diff with the file's name in the repository."""
    tab = "\t" if " " in path else ""
    head, separator, hunks = diff.partition("@@ ")
    head = re.sub(r"(?m)^diff --git .*$", lambda _: f"diff --git a/{path} b/{path}", head)
    head = re.sub(r"(?m)^--- a/.*$", lambda _: f"--- a/{path}{tab}", head)
    head = re.sub(r"(?m)^\+\+\+ b/.*$", lambda _: f"+++ b/{path}{tab}", head)
    return head + separator + hunks


def title_of(incident: Incident, proposal: Recorded) -> str:
    """One line: what changes, and why."""
    what = {
        ProposalKind.NEW: f"Add {proposal.failure_id} {proposal.title}",
        ProposalKind.AMEND: f"Amend {proposal.failure_id}: {proposal.title}",
        ProposalKind.HOUSEKEEPING: f"Update {incident.service}: {proposal.title}",
    }[proposal.kind]
    line = " ".join(redact(what).replace("\\", "").split())
    return f"{line[:100].rstrip()} ({incident.name})"


_WHY = {
    ProposalKind.NEW: "Nothing in the runbook described this failure when it struck. The steps below are the ones that "
    "helped that night, in their order.",
    ProposalKind.AMEND: "The runbook described this failure, and the night went differently from what it says.",
    ProposalKind.HOUSEKEEPING: "The steps stay as they are; this brings the runbook up to date.",
}


def body_of(incident: Incident, proposal: Recorded, link: str) -> str:
    """Why, from which incident, and what the reviewer still has to fill. Typed words stand in code, so that nothing in
    them becomes a mention or markup."""
    day = f"{datetime.fromtimestamp(incident.declared_at / 1000, UTC):%Y-%m-%d}"
    words = " ".join(redact(incident.symptom).replace("`", "'").split())
    where = f"[{incident.name}]({link})" if link else incident.name
    reported = "" if incident.private else f" Reported as:\n\n> `{words}`"
    fill = "\n".join(f"- [ ] {what}" for what in proposal.unfilled)
    parts = [
        _WHY[proposal.kind],
        f"From {where}, {incident.service}, {day}.{reported}",
        f"Before merging, fill what only a person knows:\n\n{fill}" if fill else "",
        "Merge it, and the same words find it the next time. Close it unmerged, and it counts as a lesson declined.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


class Ready(Value):
    """What is to be written: the change, the file with it, and the new proposal when it was made anew."""

    change: Change
    data: bytes
    proposal: MakeProposal | None = None


def applied(change: Change, base: bytes, rebuild: Rebuild | None = None) -> Ready | None:
    """The file with the change in it; None when it holds it already. `rebuild` makes it anew when the file has moved
    on too far, or has given the new entry's id to something else. Raises Moved."""
    if is_applied(base, change.diff):
        return None
    try:
        after = apply(base, change.diff)
        if _free(change, base):
            return Ready(change=change, data=after)
        trouble = f"{change.new_id} is the id of another entry by now"
    except DoesNotApply as error:
        trouble = str(error)
    anew = rebuild(base) if rebuild else None
    if anew is not None:
        return Ready(change=anew.change, data=apply(base, anew.change.diff), proposal=anew.proposal)
    raise Moved(f"{change.name}: {trouble}. Edit… shows it on the runbook of today; save it there and send it again.")


def _free(change: Change, base: bytes) -> bool:
    """A new entry must not take an id that the file of today has: it would apply, and the id would be there twice."""
    if not change.new_id:
        return True
    before = parse(base, change.path).runbook
    return before is None or before.failure(change.new_id) is None


def rebuilder(
    facts: Sequence[Fact],
    incident: Incident,
    *,
    folder: str,
    reserved: Iterable[str] = (),
    link: str = "",
) -> Rebuild:
    """Makes the proposal of an incident again from its facts."""
    recorded = incident.proposal
    # The id that this incident itself holds is its own, unless the runbook of today has given it away.
    held = frozenset(reserved) - {recorded.failure_id if recorded else ""}

    def rebuild(base: bytes) -> Rebuilt | None:
        if recorded is None:
            return None
        made = propose(facts, incident, base, recorded.path, held)
        if isinstance(made, NoLesson):
            return None
        command = made.command()
        anew = Recorded.model_validate(command.model_dump())
        change = change_of(incident, anew, folder=folder, link=link)
        return Rebuilt(change=change, proposal=command)

    return rebuild
