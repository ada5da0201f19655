"""A night told in commands: each line is somebody doing something, minutes after the incident was opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.decide import Context, Refusal, dated, decide, facts
from bot.domain.events import Fact
from bot.domain.fold import apply
from bot.domain.incident import Incident
from bot.domain.vocabulary import TIMER, Actor, Surface

MINUTE = 60_000
START = int(datetime(2026, 11, 20, 3, 11, tzinfo=UTC).timestamp() * 1000)

SAM = Actor(id="U0SAM", name="Sam Reyes")
DANA = Actor(id="U0DANA", name="Dana Okoye")
LEE = Actor(id="U0LEE", name="Lee Park")
ALERT = Actor(id="alert:IngestQueueAge", name="IngestQueueAge")


@dataclass
class Story:
    """The stream of one incident, written by the real rules."""

    incident_id: str = "a1b2c3"
    now: int = START
    incident: Incident | None = None
    stream: list[Fact] = field(default_factory=list)

    def at(self, minutes: float) -> Story:
        """Go to so many minutes after the opening."""
        self.now = START + round(minutes * MINUTE)
        return self

    def say(self, command: c.Command, by: Actor = DANA, via: str = "slack", happened: int | None = None) -> Story:
        """Do it; a refusal fails the test."""
        context = dated(command, Context(by=by, at=self.now, via=via, happened=happened))
        decision = decide(self.incident, command, context)
        assert not isinstance(decision, Refusal), decision
        for fact in facts(self.incident, decision, context):
            self.stream.append(fact)
            self.incident = apply(self.incident, fact, self.incident_id)
        return self

    def elapse(self) -> Story:
        """Let the running wait come to its end."""
        assert self.incident is not None
        assert self.incident.wait is not None
        self.now = max(self.now, self.incident.wait.until)
        return self.say(c.ElapseWait(step=self.incident.wait.step), TIMER, "timer")

    def show(self, surface: Surface, ts: str) -> Story:
        """Slack tells where a message of ours is."""
        link = f"https://acme.slack.com/archives/C0AP/p{ts.replace('.', '')}"
        return self.say(c.Show(surface=surface, channel="C0AP", ts=ts, link=link), TIMER, "timer")

    @property
    def ended(self) -> Incident:
        assert self.incident is not None
        return self.incident


def declare(symptom: str, severity: Severity = Severity.SEV2, **more: Any) -> c.Declare:
    """A declaration with the number 42."""
    values = {"number": 42, "service": "invoice-extract", "dossier": {"service": "invoice-extract"}, **more}
    return c.Declare.model_validate({"symptom": symptom, "severity": severity, **values})
