"""What is to be done because of a fact: effects now, timers later. Written in the same step as the fact.

A timer is a function of the state, so the change of due work is the difference of two states. The same key replaces
itself: redraws coalesce, and an extended wait simply moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.domain.base import Severity
from bot.domain.events import (
    AlsoAffects,
    Event,
    Fact,
    HandoverOffered,
    LeadTaken,
    Marked,
    MarkEdited,
    MarkRemoved,
    PostmortemDrafted,
    Reminded,
    Shown,
    Talked,
    UpdatePosted,
)
from bot.domain.incident import CallOutcome, Incident, Phase, RollbackStage
from bot.domain.reading import zone_of
from bot.domain.vocabulary import Surface

MINUTE = 60_000
DAY = 24 * 60 * MINUTE


class DueKind(StrEnum):
    """The kinds of due work; each has one handler in the worker."""

    DRAW = "draw"
    """Converge: bring the head and the step message to the newest state."""
    POST = "post"
    """Once: show one fact (`detail` is its version)."""
    SAY = "say"
    """Once each, one after the other: show what people said."""
    WAIT = "wait"
    """A wait is over."""
    REMIND = "remind"
    """Ask for something once (`detail` says what)."""
    DRAFT = "draft"
    """Write the post-mortem draft and the proposal."""
    PUBLISH = "publish"
    """Send an accepted proposal where runbook changes go."""
    ANNOUNCE = "announce"
    """The morning has come: show the draft that was written in the night."""
    FOLLOW = "follow"
    """See what became of a proposal that was sent."""


@dataclass(frozen=True, slots=True)
class Due:
    """A piece of work at an instant (ms); `at` None takes it away."""

    kind: DueKind
    incident_id: str
    at: int | None
    detail: str = ""

    @property
    def key(self) -> str:
        """ "kind:incident[:detail]"."""
        return f"{self.kind}:{self.incident_id}:{self.detail}" if self.detail else f"{self.kind}:{self.incident_id}"


Timers = Mapping[tuple[DueKind, str], int]
"""(kind, detail) -> due at."""


def parse_key(key: str) -> tuple[DueKind, str, str]:
    """Kind, incident and detail of a key. Raises ValueError for a kind that this version does not know."""
    kind, _, rest = key.partition(":")
    incident_id, _, detail = rest.partition(":")
    return DueKind(kind), incident_id, detail


class Reminder(StrEnum):
    """What the bot asks for, once each time."""

    LEAD = "lead"
    UPDATE = "update"
    WAIT = "wait"
    CALL = "call"
    QUIET = "quiet"
    ROLLBACK = "rollback"
    PROPOSAL = "proposal"
    """After the close: the proposed runbook change waits for an answer."""
    ACTIONS = "actions"
    """After the close: action items are open."""
    DIGEST = "digest"
    """Once a week, after those: what is still open of all incidents of a service, in one message to its owner."""


NAG_DAYS = (2, 7)
"""Days after the announcement at which what is left open is asked about: twice, and never again (incident guide)."""

DIGEST_DAY, DIGEST_HOUR = 0, 9
"""The weekly digest comes on Monday at 09:00 of the service: the week in which it can be done begins."""

DIGEST_WEEKS = 26
"""How long an incident stays in the digest: half a year, as long as coverage counts it."""

DELAY_MINUTES: dict[Reminder, int] = {
    Reminder.LEAD: 5,
    Reminder.UPDATE: 30,
    Reminder.WAIT: 5,
    Reminder.CALL: 5,
    Reminder.QUIET: 30,
    Reminder.ROLLBACK: 10,
}
"""Minutes of silence before each question (incident guide: update 30 min for SEV1/2, calls and waits 5, quiet 30)."""

DRAFT_DELAY_MINUTES = 2
"""The draft follows minutes after the close, so that a last correction is in it."""

FOLLOW_MINUTES = 5
"""How long after sending, and how often, the fate of a proposal is looked up."""

AT_ONCE = frozenset({DueKind.DRAW, DueKind.POST, DueKind.SAY, DueKind.PUBLISH})
"""What is due when it is written; everything else is a timer."""

SILENT: tuple[type[Event], ...] = (Shown, Talked, Marked, MarkEdited, MarkRemoved)
"""Facts that change nothing on the screen. `Shown` must be here: drawing because of drawing would never end."""

SAID: tuple[type[Event], ...] = (UpdatePosted, HandoverOffered, AlsoAffects)
"""Facts with a message of their own, shown in the order in which they were said. One piece of work for all of an
incident: a crowd of pieces would keep asking whose turn it is."""

POSTED: tuple[type[Event], ...] = (Reminded, PostmortemDrafted)
"""Facts with a message of their own, in no order. All others are seen in the head and the step message (noise
budget)."""


def posted(fact: Fact) -> bool:
    """Whether a fact gets a message of its own. A lead that moved without being offered does: the head is edited in
    place, which tells neither the old lead nor the new one."""
    event = fact.event
    if isinstance(event, LeadTaken):
        return event.previous is not None or event.lead.id != fact.by.id
    return isinstance(event, POSTED)


def delay(incident: Incident, kind: Reminder) -> int:
    """How long (ms) a silence lasts before its question: shorter in a drill that hurries."""
    return DELAY_MINUTES[kind] * MINUTE // incident.pace


def reminders(incident: Incident) -> dict[Reminder, tuple[int, str]]:
    """Each question that the state calls for: when it is due, and the identity under which it is asked once."""
    wanted: dict[Reminder, tuple[int, str]] = {}
    if incident.phase is Phase.CLOSED:
        return _nags(incident)
    if incident.phase is not Phase.OPEN:
        return wanted
    for kind, since in _silences(incident).items():
        # Who talks and never clicks is asked once, however often the talk pauses.
        talking = kind is Reminder.LEAD and since == incident.talked_at
        wanted[kind] = (since + delay(incident, kind), f"{kind}:{'talk' if talking else since}")
    if incident.next_update_at:
        wanted[Reminder.UPDATE] = (incident.next_update_at, f"update:{incident.next_update_at}")
    if Reminder.UPDATE in wanted:
        at, what = wanted.pop(Reminder.UPDATE)
        if incident.lead:
            # The lead alone is asked: not before they have looked around, and not while the playbook says to wait.
            settled = incident.lead_at + delay(incident, Reminder.LEAD)
            waited = incident.wait.until + MINUTE if incident.wait else 0
            wanted[Reminder.UPDATE] = (max(at, settled, waited), what)
    return {kind: (at, what) for kind, (at, what) in wanted.items() if what not in incident.reminded}


def _nags(incident: Incident) -> dict[Reminder, tuple[int, str]]:
    """What is asked about after the close."""
    since: dict[Reminder, int] = {}
    told = incident.draft.announce_at if incident.draft else 0
    if incident.proposal and incident.proposal.status == "made":
        since[Reminder.PROPOSAL] = max(incident.proposal.at, told)
    if any(not action.closed for action in incident.actions):
        since[Reminder.ACTIONS] = max(incident.closed_at, told)
    wanted: dict[Reminder, tuple[int, str]] = {}
    for kind, start in since.items():
        before = sum(what.startswith(f"{kind.value}:") for what in incident.reminded)
        if before < len(NAG_DAYS):
            wanted[kind] = (start + NAG_DAYS[before] * DAY, f"{kind.value}:{start}:{before + 1}")
    if left_open(incident):
        began = max(incident.closed_at, told) + NAG_DAYS[-1] * DAY
        sent = [int(what.partition(":")[2]) for what in incident.reminded if what.startswith(Reminder.DIGEST.value)]
        at = digest_slot(max([began, *sent]), incident.dossier.timezone) + 7 * DAY
        if at <= began + DIGEST_WEEKS * 7 * DAY:
            wanted[Reminder.DIGEST] = (at, digest_name(at))
    return wanted


def left_open(incident: Incident) -> bool:
    """Whether anything is left to be done after the close: the proposal, an action item, or (of no drill) a blank."""
    if incident.phase is not Phase.CLOSED:
        return False
    proposed = incident.proposal is not None and incident.proposal.status not in ("merged", "declined")
    blank = incident.draft is not None and incident.draft.unfilled > 0 and not incident.drill
    return proposed or blank or any(not action.closed for action in incident.actions)


def digest_slot(now: int, timezone: str) -> int:
    """The last instant (ms), at or before `now`, at which a digest of that time zone was due."""
    zone = zone_of(timezone)
    local = datetime.fromtimestamp(now / 1000, zone)
    day = local.date() - timedelta(days=(local.weekday() - DIGEST_DAY) % 7)
    slot = round(datetime.combine(day, time(DIGEST_HOUR), zone).timestamp() * 1000)
    if slot <= now:
        return slot
    return round(datetime.combine(day - timedelta(days=7), time(DIGEST_HOUR), zone).timestamp() * 1000)


def digest_name(slot: int) -> str:
    """What a digest is remembered by."""
    return f"{Reminder.DIGEST.value}:{slot}"


def _silences(incident: Incident) -> dict[Reminder, int]:
    """Since when (ms) each thing has been waited for."""
    since: dict[Reminder, int] = {}
    if incident.severity in (Severity.SEV1, Severity.SEV2):
        since[Reminder.UPDATE] = incident.latest_update_at or incident.declared_at
    if incident.wait and incident.wait.asked:
        since[Reminder.WAIT] = incident.wait.asked
    ringing = [call.at for call in incident.calls if call.outcome is CallOutcome.OPEN]
    if not incident.acknowledged_at and not ringing:
        # One question at a time: while somebody is being called, the call is what is asked about.
        # Nobody is asked while somebody talks.
        since[Reminder.LEAD] = max([incident.declared_at, incident.talked_at, *(call.at for call in incident.calls)])
    if ringing:
        since[Reminder.CALL] = ringing[-1]
    if incident.rollback.stage is RollbackStage.FINISHED:
        since[Reminder.ROLLBACK] = incident.rollback.at
    if not incident.wait:
        since[Reminder.QUIET] = last_activity(incident)
    return since


def last_activity(incident: Incident) -> int:
    """When a person last said or did something (ms)."""
    steps = [state.at for run in incident.runs for state in run.steps]
    tried = [one.at for one in incident.improvised]
    return max([incident.declared_at, incident.talked_at, incident.acknowledged_at, *steps, *tried])


def timers(incident: Incident | None) -> Timers:
    """Every timer of a state."""
    if incident is None:
        return {}
    wanted = {(DueKind.REMIND, kind.value): at for kind, (at, _) in reminders(incident).items()}
    if incident.wait and not incident.wait.asked:
        wanted[DueKind.WAIT, ""] = incident.wait.until
    if incident.phase is Phase.CLOSED and incident.draft is None:
        wanted[DueKind.DRAFT, ""] = incident.last_at + DRAFT_DELAY_MINUTES * MINUTE
    if incident.draft and incident.draft.behind_since:
        wanted[DueKind.DRAFT, ""] = incident.draft.behind_since + DRAFT_DELAY_MINUTES * MINUTE
    if incident.draft and incident.draft.announce_at:
        wanted[DueKind.ANNOUNCE, ""] = incident.draft.announce_at
    if incident.proposal and incident.proposal.status == "accepted":
        wanted[DueKind.PUBLISH, ""] = incident.proposal.at
    if incident.proposal and incident.proposal.status == "sent":
        wanted[DueKind.FOLLOW, ""] = incident.proposal.at + FOLLOW_MINUTES * MINUTE
    return wanted


def _told_at(fact: Fact) -> int:
    event = fact.event
    return max(fact.at, event.announce_at) if isinstance(event, PostmortemDrafted) else fact.at


def due_after(incident_id: str, before: Timers, after: Timers, facts: Sequence[Fact]) -> tuple[Due, ...]:
    """The change of due work that these facts bring: the timers of the state before and after them, and the effects."""
    changed = {name for name, _ in before.items() ^ after.items()} if before != after else ()
    moved = [Due(kind, incident_id, after.get((kind, detail)), detail) for kind, detail in sorted(changed)]
    posts = [Due(DueKind.POST, incident_id, _told_at(fact), str(fact.version)) for fact in facts if posted(fact)]
    said = [fact.at for fact in facts if isinstance(fact.event, SAID) or _has_a_thread_now(fact)]
    says = [Due(DueKind.SAY, incident_id, said[-1])] if said else []
    drawn = [fact.at for fact in facts if not isinstance(fact.event, SILENT)]
    draws = [Due(DueKind.DRAW, incident_id, drawn[-1])] if drawn else []
    return (*moved, *posts, *says, *draws)


def _has_a_thread_now(fact: Fact) -> bool:
    """What was said before the head was there has been waiting for it."""
    return isinstance(fact.event, Shown) and fact.event.surface is Surface.HEAD
