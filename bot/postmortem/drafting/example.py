"""Incidents that never were, for checking templates: between them they fill every list of a report, and leave each
one empty once."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.decide import Context, Refusal, decide, facts
from bot.domain.dossier import Candidate, Dossier, Playbook, RollbackPlan, Verdict
from bot.domain.events import Fact
from bot.domain.fold import apply
from bot.domain.incident import Incident
from bot.domain.runbook import Change, Contact, StateRow, Step, StepKind
from bot.domain.vocabulary import Actor, Answer, EndedBy, Helped, MarkKind, ProposalKind, SkipReason
from bot.postmortem.drafting.draft import report
from bot.postmortem.drafting.report import Report

_START = 1_780_000_000_000
_MINUTE = 60_000
_LEAD = Actor(id="U0LEAD", name="Lead Example")
_OTHER = Actor(id="U0OTHER", name="Other Example")
_LINK = "https://example.slack.com/archives/C0/p1780000000000000"

_PLAYBOOK = Playbook(
    failure_id="EX-01",
    service="example",
    title="Example failure",
    impact="nobody is served",
    cause="an example",
    path="playbooks/example.md",
    line=40,
    steps=(
        Step(number=1, kind=StepKind.CHECK, text="Is it down?", if_not="look elsewhere"),
        Step(number=2, kind=StepKind.ACT, text="Restart it."),
        Step(number=3, kind=StepKind.ESCALATE, text="to engineering"),
    ),
)
_DOSSIER = Dossier(
    service="example",
    title="Example",
    owner="example-oncall",
    contacts=(Contact(order="1", who="Engineering: Person Example", phone="+440000000"),),
    rollback=RollbackPlan(
        conditions=("errors > 5 % for 10 min",), state=(StateRow(state="Queue", on_rollback="kept"),)
    ),
    changes=(Change(when="2026-05-28 10:00Z", kind="config", what="limit", before="1", after="2"),),
    gaps=("No dashboard.",),
)

_FULL: tuple[c.Command, ...] = (
    c.TakeLead(),
    c.AddReport(text="it is down for us too", source=_LINK),
    c.AnswerStep(answer=Answer.AS_EXPECTED, note="down"),
    c.AnswerStep(answer=Answer.DID_NOT_WORK),
    c.SkipStep(reason=SkipReason.NO_ACCESS),
    c.Improvise(what="turned it off", command="examplectl off", helped=Helped.NO),
    c.CallContact(),
    c.ReachContact(),
    c.MeetRollbackCondition(condition="errors > 5 % for 10 min"),
    c.DecideRollback(),
    c.FinishRollback(),
    c.VerifyRollback(good=True),
    c.ChangeSeverity(severity=Severity.SEV1, why="everybody"),
    c.SeeChange(change=Change(when="2026-05-28 11:00Z", kind="code", what="release")),
    c.Note(text="impact since 3 min; somebody forgot the flag"),
    c.MarkMessage(
        message="C0:1780000060.000100", kind=MarkKind.ACTION, text="add an alert", author="U0OTHER", link=_LINK
    ),
    c.MarkMessage(message="C0:1780000070.000100", kind=MarkKind.QUESTION, text="why twice?"),
    c.MarkMessage(message="C0:1780000080.000100", kind=MarkKind.IDEA, text="a flag"),
    c.MarkMessage(message="C0:1780000090.000100", kind=MarkKind.FACT, text="graph is flat"),
    c.PostUpdate(text="back in 5 min", next_minutes=30),
    c.Mitigate(),
    c.Close(ended_by=EndedBy.ROLLBACK),
    c.MakeProposal(
        kind=ProposalKind.AMEND,
        failure_id="EX-01",
        title="step 2",
        path="playbooks/example.md",
        diff="--- a/x\n+++ b/x\n",
        unfilled=("Verify",),
    ),
    c.SendProposal(target="github", ref="https://example.com/pull/1"),
)


def examples() -> tuple[Report, ...]:
    """A full one, one that nobody touched, and a drill that is still open."""
    return (
        _told(_declare(_PLAYBOOK, Verdict.DOCUMENTED, False), _FULL),
        _told(_declare(None, Verdict.UNDOCUMENTED, False), (c.Close(),)),
        _told(_declare(_PLAYBOOK, Verdict.UNSURE, True), ()),
    )


def _declare(playbook: Playbook | None, verdict: Verdict, drill: bool) -> c.Declare:
    found = Candidate(failure_id="EX-01", service="example", title="Example failure", score=0.5)
    return c.Declare(
        number=1,
        service="example",
        symptom="it is down",
        severity=Severity.SEV2,
        dossier=_DOSSIER if playbook else Dossier(service="example", known=False),
        verdict=verdict,
        candidates=(found,) if playbook else (),
        playbook=playbook,
        source=_LINK if playbook else "",
        drill=drill,
    )


def _told(declare: c.Declare, commands: tuple[c.Command, ...]) -> Report:
    stream: list[Fact] = []
    incident: Incident | None = None
    for minutes, command in enumerate((declare, *commands)):
        by = _OTHER if minutes % 5 == 0 else _LEAD
        context = Context(by=by, at=_START + minutes * _MINUTE, via="example")
        decision = decide(incident, command, context)
        if isinstance(decision, Refusal):
            raise ValueError(f"the example does not follow the rules: {decision.reason}")
        for fact in facts(incident, decision, context):
            stream.append(fact)
            incident = apply(incident, fact, "example")
    return report("example", stream, _START + (len(commands) + 5) * _MINUTE)
