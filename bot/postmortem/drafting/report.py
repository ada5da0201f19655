"""The post-mortem as data: everything a template may print, and nothing else.

Instants are ms since the epoch, UTC; None where nobody knows. Text is as people typed it, with names replaced by roles
and secrets taken out; a template escapes it.
"""

from __future__ import annotations

from bot.domain.base import Value


class Field(Value):
    """A blank of the document. An unfilled one is printed as a placeholder with its owner; `said` is what a person
    filled in."""

    key: str
    owner: str
    ask: str
    filled: bool = False
    said: str = ""


class Moment(Value):
    """One of the seven instants. `meaning` is its definition, printed in the document."""

    key: str
    name: str
    meaning: str
    at: int | None = None
    note: str = ""


class Length(Value):
    """A time between two instants in ms; None is unknown and `note` may say why."""

    key: str
    name: str
    meaning: str
    ms: int | None = None
    note: str = ""


class Row(Value):
    """One line of the timeline. `what` is in the bot's words, `said` in a person's."""

    at: int
    recorded: int
    fact: int
    who: str
    what: str
    said: str = ""
    link: str = ""

    @property
    def late(self) -> bool:
        """Recorded more than a minute after it happened."""
        return self.recorded - self.at > 60_000


class StepRow(Value):
    """One step of a playbook as it went. `status`: done, failed, skipped, passed, unknown or not reached."""

    number: int
    kind: str
    text: str
    status: str
    detail: str = ""
    note: str = ""
    who: str = ""
    minutes: float | None = None


class Walk(Value):
    """One playbook that was attached."""

    failure_id: str
    title: str
    path: str = ""
    line: int = 0
    draft: bool = False
    left: bool = False
    chosen: bool = False
    impact: str = ""
    cause: str = ""
    verify: str = ""
    steps: tuple[StepRow, ...] = ()


class Tried(Value):
    """Something that stood in no playbook."""

    at: int
    who: str
    what: str
    command: str = ""
    helped: str = "unknown"


class ChangeRow(Value):
    """A change before or during the incident: coincident, never called the cause."""

    when: str
    kind: str
    what: str
    before: str = ""
    after: str = ""
    told: bool = False
    """True when the bot was told of it and the runbook did not list it."""


class PersonRow(Value):
    """The only place that has names."""

    role: str
    name: str
    did: tuple[str, ...] = ()


class Material(Value):
    """Something from the stream that may help with a conclusion."""

    text: str
    fact: int = 0
    link: str = ""


class Conclusion(Value):
    """A section whose text people write. `field` is the key of its blank."""

    field: str
    title: str
    material: tuple[Material, ...] = ()


class StateRow(Value):
    """What the runbook promises of a kind of state after a rollback. `field` is the key of its blank."""

    field: str
    state: str
    promise: str


class Item(Value):
    """A message that somebody marked: an action item, an open question or an idea."""

    text: str
    owner: str = ""
    closed: bool = False
    link: str = ""


class Wording(Value):
    """Typed words that put blame on somebody, and a neutral way to ask the same."""

    found: str
    said: str
    instead: str
    fact: int


class RunbookChange(Value):
    """The proposed change of the runbook. `status`: made, sent, merged, declined, or none."""

    status: str
    kind: str = ""
    failure_id: str = ""
    title: str = ""
    path: str = ""
    ref: str = ""
    diff: str = ""
    unfilled: tuple[str, ...] = ()


class Span(Value):
    """A bar of the timeline picture. `row`: steps, severity or lead; `tone` is what it says by colour."""

    row: str
    label: str
    tone: str
    start: int
    end: int


class Report(Value):
    """The whole document."""

    incident_id: str
    name: str
    number: int
    service: str
    title: str = ""
    symptom: str
    severity: str
    worst: str
    phase: str
    private: bool = False
    drill: bool = False
    facts: int
    """How many facts it was made from."""
    owner: str
    verdict: str
    documented: str
    ended_by: str
    ended_what: str = ""
    failure_id: str = ""
    summary: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    lengths: tuple[Length, ...] = ()
    reopened: int = 0
    timeline: tuple[Row, ...] = ()
    walks: tuple[Walk, ...] = ()
    tried: tuple[Tried, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    rolled_back: bool = False
    state_check: tuple[StateRow, ...] = ()
    rollback_notes: tuple[str, ...] = ()
    actions: tuple[Item, ...] = ()
    questions: tuple[Item, ...] = ()
    ideas: tuple[Item, ...] = ()
    wording: tuple[Wording, ...] = ()
    runbook_change: RunbookChange = RunbookChange(status="none")
    spans: tuple[Span, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def unfilled(self) -> tuple[Field, ...]:
        """The blanks that need a person."""
        return tuple(field for field in self.fields if not field.filled)
