"""The runbook as data: six sections, every node knows its lines.

`bot.runbooks.parsing.parse` makes these from Markdown; everything else reads them. Lines are 1-based and inclusive, so
that `path:line` in a message can be clicked. Text fields hold the author's Markdown as written, with the label removed.
The small nodes are plain dataclasses: a library of a thousand runbooks holds half a million of them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, Field

from bot.domain.base import Severity, Value


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a file, 1-based, both ends included."""

    start: int
    end: int


NOWHERE = Span(start=0, end=0)


class Section(StrEnum):
    """The six sections of a runbook, in their order (seed, "The structure")."""

    SUMMARY = "summary"
    HEALTH = "health"
    FAILURES = "failures"
    ESCALATION = "escalation"
    ROLLBACK = "rollback"
    CHANGES = "changes"


SECTION_TITLES: dict[Section, str] = {
    Section.SUMMARY: "Service summary",
    Section.HEALTH: "Health",
    Section.FAILURES: "Common failures",
    Section.ESCALATION: "Escalation",
    Section.ROLLBACK: "Rollback",
    Section.CHANGES: "Change log",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the author's Markdown and where it stands."""

    text: str
    span: Span = NOWHERE

    def __bool__(self) -> bool:
        return bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Command:
    """One command as the author wrote it, verbatim. `language` is the fence's info string, "" for inline code."""

    text: str
    language: str = ""
    span: Span = NOWHERE


class StepKind(StrEnum):
    """What a step asks of the responder (RUNBOOK_FORMAT, "Step kinds")."""

    CHECK = "check"
    ACT = "act"
    WAIT = "wait"
    BRANCH = "branch"
    ROLLBACK = "rollback"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way out of a branch: `*Yes:* go to step 5`. `goto` is a step number, or None for a direct instruction."""

    label: str
    text: str
    goto: int | None = None
    commands: tuple[Command, ...] = ()


class Step(Value):
    """One numbered step of a failure mode. `number` is its position (1-based), whatever number the author typed."""

    number: int
    kind: StepKind
    text: str
    """The instruction, without kind label, commands in fences, *Expect* and *If not*."""
    commands: tuple[Command, ...] = ()
    expect: str = ""
    if_not: str = ""
    if_not_commands: tuple[Command, ...] = ()
    if_not_goto: int | None = None
    """The step that *If not* sends the reader to; None when it says what to do instead."""
    wait_minutes: float | None = None
    """Minutes of a wait step; None when the author gave none."""
    choices: tuple[Choice, ...] = ()
    labelled: bool = True
    """False when the author wrote no kind and it was taken to be a check (lint tells)."""
    span: Span = NOWHERE


class SignalKind(StrEnum):
    """What a signal line names."""

    ALERT = "alert"
    METRIC = "metric"
    LOG = "log"
    WORDS = "words"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. For `words` there is one Signal per word or phrase, all with the same span."""

    kind: SignalKind
    value: str
    span: Span = NOWHERE


class FailureMode(Value):
    """One entry of section 3, the playbook of one failure."""

    id: str
    title: str
    severity: Severity | None = None
    severity_text: str = ""
    """What the author wrote, also when it is no severity."""
    owner: str = ""
    last_drilled: date | None = None
    status: str = ""
    """"draft" marks an entry that nobody has reviewed; "" is a reviewed one."""
    impact: Text = Text(text="")
    symptoms: tuple[Text, ...] = ()
    signals: tuple[Signal, ...] = ()
    cause: Text = Text(text="")
    steps: tuple[Step, ...] = ()
    verify: Text = Text(text="")
    roll_back_when: Text = Text(text="")
    escalate_to: Text = Text(text="")
    related_changes: Text = Text(text="")
    confused_with: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    """Everything in the entry that has no label we know; kept, shown last."""
    labels: dict[str, Span] = Field(default_factory=dict)
    """Each label found (lower case, e.g. "likely cause") and its lines: lint points there."""
    span: Span = NOWHERE
    heading: Span = NOWHERE

    @property
    def draft(self) -> bool:
        return self.status.casefold() == "draft"

    def signals_of(self, kind: SignalKind) -> tuple[str, ...]:
        return tuple(signal.value for signal in self.signals if signal.kind is kind)


class Summary(Value):
    """Section 1."""

    paragraphs: tuple[Text, ...] = ()
    depends_on: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    depends_span: Span | None = None
    used_span: Span | None = None


class Metric(Value):
    """One row of the health table."""

    name: str
    green: str = ""
    yellow: str = ""
    red: str = ""
    query: str = ""
    span: Span = NOWHERE


class Health(Value):
    """Section 2."""

    dashboard: Text = Text(text="")
    """The URL as written, "" when there is none."""
    metrics: tuple[Metric, ...] = ()


class Contact(Value):
    """One row of the escalation table, in calling order."""

    order: str
    who: str
    phone: str
    for_what: str = ""
    span: Span = NOWHERE


class StateRow(Value):
    """One row of "what survives a rollback"."""

    state: str
    on_rollback: str
    span: Span = NOWHERE


class Rollback(Value):
    """Section 5."""

    conditions: tuple[Text, ...] = ()
    authorised: Text = Text(text="")
    commands: tuple[Command, ...] = ()
    """Each code block or inline command of the Command label; a good runbook has exactly one, of one line."""
    verify: Text = Text(text="")
    state: tuple[StateRow, ...] = ()


class Change(Value):
    """One row of the change log."""

    when: str
    kind: str
    what: str
    before: str = ""
    after: str = ""
    by: str = ""
    span: Span = NOWHERE


class Runbook(Value):
    """One service's runbook. `sections` holds the lines of each section that was found, heading included."""

    path: str
    service: str
    title: str = ""
    aliases: tuple[str, ...] = ()
    owner: str = ""
    channels: tuple[str, ...] = ()
    reviewed: date | None = None
    timezone: str = "UTC"
    private: bool = False
    """Incidents of this service are private unless somebody says otherwise."""
    silenced: dict[str, str] = Field(default_factory=dict)
    """Lint rule id -> the reason it is silenced (front matter `lint:`)."""
    front_matter: Span | None = None
    front_lines: dict[str, int] = Field(default_factory=dict)
    """Front matter key -> line."""
    summary: Summary = Summary()
    health: Health = Health()
    failures: tuple[FailureMode, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rollback: Rollback = Rollback()
    changes: tuple[Change, ...] = ()
    sections: dict[Section, Span] = Field(default_factory=dict)
    digest: str = ""
    """sha256 of the bytes this was parsed from, hex."""

    def failure(self, failure_id: str) -> FailureMode | None:
        """The entry with that id, case-insensitively; None when there is none."""
        wanted = failure_id.casefold()
        return next((mode for mode in self.failures if mode.id.casefold() == wanted), None)


_PLACES = frozenset(
    {
        "span",
        "heading",
        "labels",
        "front_matter",
        "front_lines",
        "sections",
        "depends_span",
        "used_span",
        "digest",
        "path",
    }
)


def content(value: object) -> object:
    """What a value says, without where it stands: two nodes are the same text when their contents are equal."""
    if isinstance(value, BaseModel):
        return {name: content(part) for name, part in value if name not in _PLACES}
    if is_dataclass(value):
        return {part.name: content(getattr(value, part.name)) for part in fields(value) if part.name not in _PLACES}
    if isinstance(value, tuple):
        return tuple(content(part) for part in value)
    return value


class Level(StrEnum):
    """How bad a diagnostic is."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(Value):
    """Something a parser or a lint rule says about a place. Line and column are 1-based."""

    rule: str
    severity: Level
    path: str
    line: int
    column: int = 1
    message: str
