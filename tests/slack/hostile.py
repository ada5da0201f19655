"""States that no friendly test would think of: every text hostile, every list long, every stage possible."""

from __future__ import annotations

from random import Random
from typing import TypeVar

from bot.domain.base import Severity
from bot.domain.dossier import Candidate, Dossier, Playbook, RollbackPlan, Verdict
from bot.domain.incident import (
    Action,
    Call,
    CallOutcome,
    Draft,
    Ending,
    Improvised,
    Incident,
    Phase,
    Place,
    Proposal,
    RollbackStage,
    RollbackState,
    Run,
    StepState,
    StepStatus,
    Wait,
)
from bot.domain.runbook import Change, Choice, Command, Contact, Metric, StateRow, Step, StepKind
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

T = TypeVar("T")

EVIL = "U0EVIL"
"""A user id that only typed text holds: it must never be mentioned."""

TEXTS = (
    "",
    " ",
    "payload",
    "plain words",
    f"<@{EVIL}> look",
    "<!channel> and <!here|here>",
    "@here @channel @everyone",
    "<https://evil.example|your bank>",
    "[click](https://evil.example)",
    "![img](https://evil.example/x.png)",
    "<script>alert(1)</script> & &amp; &lt;",
    "```\nfence\n``` and `code` and ``two ` ticks``",
    "unclosed ` tick and ``` fence",
    "*bold* _it_ ~no~ > quote\n> quote",
    "👩‍👩‍👧‍👦" * 40,
    "🔥" * 1600,
    "مرحبا \u202eevil\u202c شكرا",
    "עברית " * 200,
    "e\u0301" * 300,
    "a\x00b\x07c\x1b[31m",
    "line\n" * 200,
    "word " * 600,
    "x" * 3000,
    "&" * 3000,
    "<" * 3000,
    "`" * 3000,
    "|" * 50 + ":" * 50,
    "<!date^1^{time}^x>",
    "| a | b |\n|---|---|\n| 1 | 2 |",
)


class Hostile:
    """Makes one incident from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = 1_795_144_260_000

    def text(self) -> str:
        if self.random.random() < 0.2:
            return "".join(self.random.choice(TEXTS) for _ in range(3))[:3000]
        return self.random.choice(TEXTS)

    def some(self, most: int) -> range:
        return range(self.random.choice((0, 1, 3, most)))

    def texts(self, most: int) -> tuple[str, ...]:
        return tuple(self.text() for _ in self.some(most))

    def one_of(self, values: type[T]) -> T:
        return self.random.choice(list(values))  # type: ignore[call-overload, no-any-return]

    def at(self) -> int:
        return self.now - self.random.choice((0, 60_000, 40 * 60_000, 3 * 86_400_000))

    def actor(self) -> Actor:
        return self.random.choice(
            (
                Actor(id="U0DANA", name=self.text()),
                Actor(id=f"<@{EVIL}>", name=self.text()),
                Actor(id="cli:root", name=self.text()),
                Actor(id="alert:X", name=""),
            )
        )

    def commands(self) -> tuple[Command, ...]:
        return tuple(Command(text=self.text()) for _ in self.some(12))

    def step(self, number: int) -> Step:
        labels = self.random.sample(TEXTS, k=self.random.choice((0, 2, 20)))
        return Step(
            number=number,
            kind=self.one_of(StepKind),
            text=self.text(),
            commands=self.commands(),
            expect=self.text(),
            if_not=self.text(),
            wait_minutes=self.random.choice((None, 1, 2.5, 10, 100_000)),
            choices=tuple(Choice(label=label, text=self.text(), commands=self.commands()) for label in labels),
        )

    def playbook(self) -> Playbook:
        count = self.random.choice((0, 1, 6, 30, 60))
        return Playbook(
            failure_id=self.random.choice(("IX-04", self.text())),
            service="invoice-extract",
            title=self.text(),
            draft=self.random.random() < 0.5,
            impact=self.text(),
            cause=self.text(),
            steps=tuple(self.step(number) for number in range(1, count + 1)),
            verify=self.text(),
            roll_back_when=self.text(),
            escalate_to=self.text(),
            path=self.text(),
            line=3,
        )

    def run(self, number: int, active: bool) -> Run:
        playbook = self.playbook()
        current = self.random.randint(0, len(playbook.steps))
        if current and self.random.random() < 0.4:
            steps = list(playbook.steps)
            steps[current - 1] = steps[current - 1].model_copy(update={"kind": StepKind.WAIT})
            playbook = playbook.model_copy(update={"steps": tuple(steps)})
        return Run(
            run=number,
            playbook=playbook,
            active=active,
            steps=tuple(self.state(step.number, current) for step in playbook.steps),
        )

    def state(self, number: int, current: int) -> StepState:
        if number == current:
            follow_up = self.random.choice(("", "", self.text()))
            return StepState(
                number=number, status=StepStatus.CURRENT, follow_up=follow_up, follow_up_commands=self.commands()
            )
        status = self.random.choice([one for one in StepStatus if one is not StepStatus.CURRENT])
        outcome = self.random.choice(("worked", "fixed", "condition_met", "no_access", self.text()))
        return StepState(number=number, status=status, outcome=outcome, by=self.actor(), at=self.at())

    def contact(self) -> Contact:
        phone = self.random.choice(("+44 20 7946 0101", "", self.text()))
        return Contact(order=self.text(), who=self.text(), phone=phone, for_what=self.text())

    def change(self) -> Change:
        when = self.random.choice(("2026-11-20 01:38Z", "2026-99-99 01:38Z", self.text()))
        return Change(when=when, kind=self.text(), what=self.text(), before=self.text(), after=self.text())

    def dossier(self) -> Dossier:
        return Dossier(
            service="invoice-extract",
            owner=self.text(),
            dashboard=self.text(),
            metrics=tuple(Metric(name=self.text(), green=self.text(), query=self.text()) for _ in self.some(20)),
            contacts=tuple(self.contact() for _ in self.some(30)),
            rollback=RollbackPlan(
                conditions=self.texts(120),
                authorised=self.text(),
                command=self.text(),
                verify=self.text(),
                state=tuple(StateRow(state=self.text(), on_rollback=self.text()) for _ in self.some(20)),
            ),
            changes=tuple(self.change() for _ in self.some(20)),
            gaps=self.texts(12),
            known=self.random.random() < 0.8,
        )

    def candidate(self) -> Candidate:
        service = self.random.choice(("invoice-extract", self.text()))
        return Candidate(
            failure_id=self.random.choice(("IX-04", self.text())),
            service=service,
            title=self.text(),
            score=0.5,
            why=self.texts(5),
        )

    def proposal(self) -> Proposal:
        return Proposal(
            kind=self.one_of(ProposalKind),
            failure_id=self.text(),
            title=self.text(),
            path=self.text(),
            diff="\n".join("+" + self.text() for _ in self.some(40)),
            unfilled=self.texts(20),
            status=self.random.choice(("made", "sent", "merged", "declined")),
            ref=self.random.choice(("https://ok.example/p1", self.text())),
        )

    def incident(self) -> Incident:
        count = self.random.choice((0, 1, 3))
        runs = tuple(self.run(number, self.random.random() < 0.8 and number == count - 1) for number in range(count))
        active = runs[-1] if runs and runs[-1].active else None
        current = active.current if active else None
        waits = current is not None and self.random.random() < 0.7
        ref = StepRef(run=active.run, number=current.number) if active and current else StepRef(run=0, number=1)
        maybe = self.random.random
        return Incident(
            id="01HOSTILE",
            version=9,
            last_at=self.now,
            number=self.random.choice((1, 42, 999_999_999)),
            service=self.text() or "x",
            symptom=self.text(),
            severity=self.one_of(Severity),
            declared_at=self.at(),
            declared_by=self.actor(),
            channel="C0AP",
            private=maybe() < 0.3,
            drill=maybe() < 0.3,
            phase=self.one_of(Phase),
            dossier=self.dossier(),
            verdict=self.one_of(Verdict),
            candidates=tuple(self.candidate() for _ in self.some(12)),
            rejected=self.texts(5),
            words=self.text(),
            runs=runs,
            wait=Wait(step=ref, until=self.now + 1, minutes=10, started_at=self.at(), asked=int(maybe() < 0.5))
            if waits
            else None,
            lead=self.actor() if maybe() < 0.6 else None,
            offered_to=self.actor() if maybe() < 0.3 else None,
            reports=self.random.choice((0, 1, 5000)),
            calls=tuple(
                Call(who=self.text(), phone=self.text(), at=self.at(), outcome=self.one_of(CallOutcome))
                for _ in self.some(12)
            ),
            rollback=RollbackState(
                stage=self.one_of(RollbackStage),
                condition=self.text(),
                why=self.text(),
                by=self.actor(),
                authorised=maybe() < 0.5,
                at=self.at(),
            ),
            improvised=tuple(
                Improvised(
                    what=self.text(), command=self.text(), helped=self.one_of(Helped), by=self.actor(), at=self.at()
                )
                for _ in self.some(12)
            ),
            latest_update=self.text(),
            latest_update_at=self.at(),
            next_update_at=self.random.choice((0, self.now + 60_000)),
            talked_at=self.at(),
            marks={str(n): self.one_of(MarkKind) for n in self.some(9)},
            actions=tuple(Action(message=f"C1:{n}", text=self.text()) for n in self.some(20)),
            also_affects=self.texts(4),
            participants=tuple(self.actor() for _ in self.some(40)),
            mitigated_at=self.random.choice((0, self.at())),
            closed_at=self.at(),
            ending=Ending(
                ended_by=self.one_of(EndedBy),
                documented=self.one_of(Documented),
                failure_id=self.text(),
                cancelled=self.one_of(CancelKind),
                duplicate_of=self.random.choice((None, 7)),
            ),
            shown={
                Surface.STEP: Place(channel="C0AP", ts="1.2", link=self.random.choice(("", "https://ok.example/p1")))
            },
            draft=Draft(fields=17, unfilled=self.random.choice((0, 4)), digest="d") if maybe() < 0.6 else None,
            proposal=self.proposal() if maybe() < 0.6 else None,
        )
