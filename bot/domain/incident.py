"""The state of an incident: what `decide`, the head message and the step message need, and nothing else.

Texts that only the post-mortem needs (notes, reports, updates but the last) stay in the stream.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from bot.domain.base import Severity, Value
from bot.domain.dossier import Candidate, Dossier, Playbook, Verdict
from bot.domain.runbook import Command, Contact, Step
from bot.domain.vocabulary import (
    Actor,
    CancelKind,
    Documented,
    EndedBy,
    Helped,
    MarkKind,
    ProposalKind,
    StepRef,
    Surface,
)


class Phase(StrEnum):
    """Where an incident is. Only `open` and `mitigated` incidents take steps."""

    OPEN = "open"
    MITIGATED = "mitigated"
    CLOSED = "closed"
    CANCELLED = "cancelled"


LIVE = frozenset({Phase.OPEN, Phase.MITIGATED})


class StepStatus(StrEnum):
    """A step has exactly one of these."""

    PENDING = "pending"
    CURRENT = "current"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    PASSED = "passed"
    """A branch led past it."""
    RECALLED = "recalled"
    """Somebody said at close that it was done."""


OPEN_STATUSES = frozenset({StepStatus.PENDING, StepStatus.CURRENT})


class StepState(Value):
    """One step of a run. `outcome` is the answer, the skip reason or the branch's choice, as recorded."""

    number: int
    status: StepStatus = StepStatus.PENDING
    outcome: str = ""
    first: str = ""
    """What was answered before its follow-up was carried out; "" when none was. `outcome` is the follow-up's then."""
    by: Actor | None = None
    at: int = 0
    started_at: int = 0
    begun_by: Actor | None = None
    """Who made it, or its follow-up, the step that is to be done now; None before that."""
    follow_up: str = ""
    """The *If not* or direct instruction that is to be done now; "" in the main stage."""
    follow_up_commands: tuple[Command, ...] = ()


class Run(Value):
    """One attachment of a playbook. At most one run is active."""

    run: int
    playbook: Playbook
    active: bool = True
    steps: tuple[StepState, ...] = ()

    @property
    def current(self) -> StepState | None:
        """The step that is to be done now; None before the first and after the last."""
        return next((state for state in self.steps if state.status is StepStatus.CURRENT), None)

    def state(self, number: int) -> StepState | None:
        """The state of a step, None when the playbook has no such step."""
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None

    def step(self, number: int) -> Step:
        """The step itself. Raises IndexError when there is none."""
        return self.playbook.steps[number - 1]

    def next_pending(self, after: int) -> int | None:
        """The first step after `after` that nobody has answered."""
        return next((s.number for s in self.steps if s.number > after and s.status is StepStatus.PENDING), None)


class Wait(Value):
    """A running or elapsed wait. `asked` is when it elapsed and the question was due, 0 while it runs."""

    step: StepRef
    until: int
    minutes: float
    started_at: int
    asked: int = 0


class CallOutcome(StrEnum):
    OPEN = "open"
    REACHED = "reached"
    NO_ANSWER = "no_answer"


class Call(Value):
    """One attempt to reach a contact by phone."""

    who: str
    phone: str
    at: int
    outcome: CallOutcome = CallOutcome.OPEN


class RollbackStage(StrEnum):
    NONE = "none"
    CONDITION = "condition"
    DECIDED = "decided"
    FINISHED = "finished"
    FAILED = "failed"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"


class RollbackState(Value):
    stage: RollbackStage = RollbackStage.NONE
    condition: str = ""
    why: str = ""
    by: Actor | None = None
    authorised: bool = True
    at: int = 0


class Improvised(Value):
    what: str
    command: str
    helped: Helped
    by: Actor
    at: int


class Action(Value):
    """An action item from the thread."""

    message: str
    text: str
    owner: str = ""
    owner_id: str = ""
    closed: bool = False


class Place(Value):
    """Where a message of ours is. `link` is its permalink, "" when not known."""

    channel: str
    ts: str
    generation: int = 0
    link: str = ""


class Proposal(Value):
    """The proposed runbook change of this incident."""

    kind: ProposalKind
    failure_id: str
    title: str
    path: str
    diff: str = ""
    unfilled: tuple[str, ...] = ()
    status: str = "made"
    """made, accepted, sent, merged or declined."""
    at: int = 0
    """When it got this status (ms)."""
    ref: str = ""
    target: str = ""
    trouble: str = ""
    """Why it could not be sent the last time, "" when nothing was in the way."""
    edited: bool = False
    """A person has read it and saved it so: it is never replaced, and one of a private incident may leave."""


class Draft(Value):
    """What is known of the post-mortem draft."""

    fields: int
    unfilled: int
    digest: str
    announce_at: int = 0
    """When people are told of it (ms); 0: at once."""
    behind_since: int = 0
    """When somebody last said something that it does not have yet (ms); 0 when it has everything."""


class Ending(Value):
    """How the incident was closed or cancelled."""

    ended_by: EndedBy = EndedBy.UNKNOWN
    documented: Documented = Documented.UNKNOWN
    step: StepRef | None = None
    failure_id: str = ""
    what: str = ""
    wrong: StepRef | None = None
    cancelled: CancelKind | None = None
    duplicate_of: int | None = None


class Incident(Value):
    """The fold of a stream. Instants are ms since the epoch, 0 = not yet."""

    id: str
    version: int
    last_at: int
    number: int
    service: str
    symptom: str
    severity: Severity
    declared_at: int
    declared_by: Actor
    via: str = ""
    channel: str = ""
    typed_in: str = ""
    alert: str = ""
    source: str = ""
    private: bool = False
    drill: bool = False
    pace: int = 1
    phase: Phase = Phase.OPEN
    dossier: Dossier = Dossier(service="")
    verdict: Verdict = Verdict.UNDOCUMENTED
    candidates: tuple[Candidate, ...] = ()
    rejected: tuple[str, ...] = ()
    words: str = ""
    """The words the last match was made with."""
    runs: tuple[Run, ...] = ()
    wait: Wait | None = None
    lead: Actor | None = None
    lead_at: int = 0
    offered_to: Actor | None = None
    was_offered: bool = False
    acknowledged_at: int = 0
    reports: int = 0
    calls: tuple[Call, ...] = ()
    rollback: RollbackState = RollbackState()
    improvised: tuple[Improvised, ...] = ()
    latest_update: str = ""
    latest_update_at: int = 0
    next_update_at: int = 0
    talked_at: int = 0
    below: int = 0
    """Human messages below the step message since it was last posted."""
    step_generation: int = 0
    marks: dict[str, MarkKind] = Field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    also_affects: tuple[str, ...] = ()
    participants: tuple[Actor, ...] = ()
    reminded: tuple[str, ...] = ()
    mitigated_at: int = 0
    closed_at: int = 0
    ending: Ending = Ending()
    shown: dict[Surface, Place] = Field(default_factory=dict)
    screen_down_since: int = 0
    screen_down_until: int = 0
    """When Slack was last down while this incident was open (ms); several bots may have seen it."""
    left: tuple[Place, ...] = ()
    """Messages of ours that stayed behind, head first, when the incident went on in a private channel."""
    draft: Draft | None = None
    proposal: Proposal | None = None

    @property
    def name(self) -> str:
        """INC-42."""
        return f"INC-{self.number}"

    @property
    def live(self) -> bool:
        return self.phase in LIVE

    @property
    def run(self) -> Run | None:
        """The active playbook run."""
        return next((run for run in self.runs if run.active), None)

    @property
    def last_run(self) -> Run | None:
        """The active playbook run, else the one that was attached last."""
        return self.run or (self.runs[-1] if self.runs else None)

    @property
    def current(self) -> StepRef | None:
        """The step that is to be done now."""
        run = self.run
        state = run.current if run else None
        return StepRef(run=run.run, number=state.number) if run and state else None

    @property
    def ringing(self) -> Call | None:
        """The latest call of which nobody has said yet whether it was answered."""
        return next((call for call in reversed(self.calls) if call.outcome is CallOutcome.OPEN), None)

    @property
    def coming(self) -> Call | None:
        """The latest call, when it reached somebody: they have yet to take the lead, and nobody else is due."""
        last = self.calls[-1] if self.calls else None
        return last if last and last.outcome is CallOutcome.REACHED else None

    def contact_to_call(self) -> Contact | None:
        """The first contact, in order, whom nobody has tried yet; None when all were."""
        tried = {call.who for call in self.calls}
        return next((contact for contact in self.dossier.contacts if contact.who not in tried), None)
