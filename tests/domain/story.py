"""Telling an incident in a test: commands in, facts and state out, on a clock that the test moves."""

from __future__ import annotations

from bot.domain.base import Severity
from bot.domain.commands import Command, Declare
from bot.domain.decide import Context, Refusal, dated, decide, facts
from bot.domain.dossier import Dossier, Playbook, RollbackPlan, Verdict
from bot.domain.due import Due, due_after, timers
from bot.domain.events import Fact
from bot.domain.fold import apply
from bot.domain.incident import Incident
from bot.domain.refusals import Refused
from bot.domain.runbook import Choice, Contact, Step, StepKind
from bot.domain.vocabulary import TIMER, Actor

START = 1_800_000_000_000
MINUTE = 60_000

SAM = Actor(id="U1", name="Sam")
DANA = Actor(id="U2", name="Dana")


def playbook(*steps: Step, failure_id: str = "IX-04", service: str = "invoice-extract") -> Playbook:
    """A playbook with the given steps, or with one of every kind."""
    return Playbook(failure_id=failure_id, service=service, title="Queue backlog", steps=steps or EVERY_KIND)


EVERY_KIND = (
    Step(number=1, kind=StepKind.CHECK, text="Does the same message fail?", if_not="move it aside"),
    Step(number=2, kind=StepKind.ACT, text="Restart the workers."),
    Step(number=3, kind=StepKind.WAIT, text="Do nothing.", wait_minutes=10),
    Step(
        number=4,
        kind=StepKind.BRANCH,
        text="Is it old?",
        choices=(Choice(label="Yes", text="go to step 5", goto=5), Choice(label="No", text="go to step 6", goto=6)),
    ),
    Step(number=5, kind=StepKind.ROLLBACK, text="if workers stop again"),
    Step(number=6, kind=StepKind.ESCALATE, text="to engineering"),
)

DOSSIER = Dossier(
    service="invoice-extract",
    contacts=(
        Contact(order="1", who="Dana Okoye", phone="+44 20 7946 0101"),
        Contact(order="2", who="Priya Nair", phone="+44 20 7946 0102"),
    ),
    rollback=RollbackPlan(conditions=("error ratio > 5 %",), command="agentctl rollback invoice-extract"),
)


def declaration(**changed: object) -> Declare:
    """A declaration with a playbook, changed as told."""
    usual: dict[str, object] = {
        "number": 1,
        "service": "invoice-extract",
        "symptom": "queue stuck",
        "severity": Severity.SEV2,
        "dossier": DOSSIER,
        "verdict": Verdict.DOCUMENTED,
        "playbook": playbook(),
        "channel": "C1",
    }
    return Declare.model_validate({**usual, **changed})


class Story:
    """One incident as it unfolds."""

    def __init__(self) -> None:
        self.now = START
        self.incident: Incident | None = None
        self.facts: list[Fact] = []
        self.due: list[Due] = []

    @property
    def state(self) -> Incident:
        assert self.incident is not None
        return self.incident

    def tell(self, command: Command, by: Actor = DANA, minutes: float = 1, happened: int | None = None) -> list[str]:
        """The types of the events that follow. Raises AssertionError for a refusal."""
        said = self.say(command, by, minutes, happened)
        assert isinstance(said, list), said
        return said

    def refuses(self, command: Command, by: Actor = DANA, minutes: float = 0) -> Refused:
        """Why the command is refused; nothing may have changed then."""
        before = self.incident
        said = self.say(command, by, minutes)
        assert isinstance(said, Refusal), said
        assert self.incident == before
        assert said.sentence(str)
        return said.reason

    def say(
        self, command: Command, by: Actor = DANA, minutes: float = 1, happened: int | None = None
    ) -> list[str] | Refusal:
        self.now += round(minutes * MINUTE)
        context = dated(command, Context(by=by, at=self.now, via="test", happened=happened))
        decision = decide(self.incident, command, context)
        if isinstance(decision, Refusal):
            return decision
        before, new = self.incident, facts(self.incident, decision, context)
        for fact in new:
            self.incident = apply(self.incident, fact, "inc")
        self.facts += new
        self.due = list(due_after(self.state.id, timers(before), timers(self.state), new))
        return [fact.event.type for fact in new]

    def elapse(self, minutes: float) -> list[str]:
        """Time passes until a wait is over."""
        from bot.domain.commands import ElapseWait

        assert self.state.wait
        return self.tell(ElapseWait(step=self.state.wait.step), by=TIMER, minutes=minutes)
