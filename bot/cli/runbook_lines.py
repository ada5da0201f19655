"""A runbook as lines for a terminal. Commands stand alone on their line, whole, so that they can be copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.reading import without_commands
from bot.domain.runbook import Command, FailureMode, Runbook, Section, Step, StepKind, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `style` and the emphasis of `lead`, its beginning, are seen when a person looks at a terminal."""

    text: str = ""
    style: str = ""
    lead: str = ""

    @property
    def whole(self) -> str:
        return self.lead + self.text


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its head and its rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Item = Line | Grid

HEAD = "bold"
WARN = "bold yellow"
COMMAND = "bold cyan"
QUIET = "dim"


def heading(text: str) -> list[Item]:
    return [Line(), Line(text, HEAD)]


def summary(book: Runbook) -> Iterator[Item]:
    """Section 1."""
    for paragraph in book.summary.paragraphs:
        yield Line(" ".join(paragraph.text.split()))
    yield Line(", ".join(book.summary.depends_on) or "unknown", lead="Depends on: ")
    yield Line(", ".join(book.summary.used_by) or "unknown", lead="Used by: ")


def health(book: Runbook) -> Iterator[Item]:
    """Section 2."""
    yield Line(book.health.dashboard.text or "unknown", lead="Dashboard: ")
    rows = tuple((one.name, one.green, one.yellow, one.red, one.query) for one in book.health.metrics)
    yield from _grid(("Metric", "Green", "Yellow", "Red", "Query"), rows, "No metrics are written down.")


def index(book: Runbook) -> Iterator[Item]:
    """Section 3 at a glance."""
    rows = tuple(
        (mode.id, mode.severity or "unknown", f"{mode.title} (draft)" if mode.draft else mode.title)
        for mode in book.failures
    )
    yield from _grid(("Id", "Severity", "Failure"), rows, "No failures are written down.")


def contacts(book: Runbook) -> Iterator[Item]:
    """Section 4: the list one reads out while dialling."""
    rows = tuple((one.order, one.who, one.phone or "unknown", one.for_what) for one in book.contacts)
    yield from _grid(("Order", "Who", "Phone", "For"), rows, "No contacts are written down.")


def rollback(book: Runbook) -> Iterator[Item]:
    """Section 5."""
    plan = book.rollback
    yield Line("Roll back when", HEAD)
    yield from _bullets(plan.conditions)
    yield Line(plan.authorised.text or "unknown", lead="Authorised: ")
    yield from heading("Command")
    if plan.commands:
        yield from (Line(f"  {line}", COMMAND) for command in plan.commands for line in command.text.split("\n"))
    else:
        yield Line("  unknown")
    yield Line()
    yield Line(_flat(plan.verify) or "unknown", lead="Verify: ")
    yield Line()
    rows = tuple((one.state, one.on_rollback) for one in plan.state)
    yield from _grid(("State", "On rollback"), rows, "What survives a rollback is unknown.")


def change_log(book: Runbook) -> Iterator[Item]:
    """Section 6."""
    rows = tuple((one.when, one.kind, one.what, one.before, one.after, one.by) for one in book.changes)
    yield from _grid(("When", "Kind", "What", "From", "To", "By"), rows, "No changes are written down.")


def entry(mode: FailureMode) -> Iterator[Item]:
    """One entry of section 3, everything in it."""
    yield from heading(f"{mode.id}  {mode.title}" if mode.title != mode.id else mode.id)
    drilled = mode.last_drilled.isoformat() if mode.last_drilled else "never"
    yield Line(
        f"{mode.severity or 'severity unknown'} · owner {mode.owner or 'unknown'} · last drilled {drilled}", QUIET
    )
    if mode.draft:
        yield Line("Draft: nobody has reviewed this entry.", WARN)
    yield from _labelled("Impact", mode.impact)
    yield from _listed("Symptoms", mode.symptoms)
    yield from _labelled("Likely cause", mode.cause)
    yield from heading("Steps")
    if not mode.steps:
        yield Line("  none are written down")
    for step in mode.steps:
        yield from _step(step)
    yield Line()
    yield from _labelled("Verify", mode.verify)
    yield from _labelled("Roll back when", mode.roll_back_when)
    yield from _labelled("Escalate to", mode.escalate_to)
    yield from _labelled("Related changes", mode.related_changes)
    yield from _listed("Confused with", mode.confused_with)
    yield from _listed("Notes", mode.notes)
    by_kind: dict[str, list[str]] = {}
    for signal in mode.signals:
        by_kind.setdefault(signal.kind, []).append(signal.value)
    for kind, values in by_kind.items():
        yield Line(f"Signals, {kind}: {', '.join(values)}", QUIET)


_KIND = {
    StepKind.CHECK: "CHECK",
    StepKind.ACT: "ACT",
    StepKind.WAIT: "WAIT",
    StepKind.BRANCH: "BRANCH",
    StepKind.ROLLBACK: "ROLL BACK",
    StepKind.ESCALATE: "ESCALATE",
}


def _step(step: Step) -> Iterator[Item]:
    kind = _KIND[step.kind]
    if step.kind is StepKind.WAIT:
        kind += f" {step.wait_minutes:g} min" if step.wait_minutes else " (how long is unknown)"
    text = _without(step.text, step.commands)
    yield Line(text, lead=f"{step.number:>2}. {kind}{'  ' * bool(text)}")
    yield from _commands(step.commands)
    if step.expect:
        yield Line(f"    Expect: {' '.join(step.expect.split())}")
    if step.if_not:
        yield Line(f"    If not: {_without(step.if_not, step.if_not_commands)}")
        yield from _commands(step.if_not_commands)
    for choice in step.choices:
        yield Line(f"    {choice.label}: {_without(choice.text, choice.commands)}")
        yield from _commands(choice.commands)


def _commands(commands: Iterable[Command]) -> Iterator[Item]:
    for command in commands:
        yield from (Line(f"      {line}", COMMAND) for line in command.text.split("\n"))


def _without(text: str, commands: Sequence[Command]) -> str:
    return " ".join(without_commands(text, commands).split())


def _grid(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], nothing: str) -> Iterator[Item]:
    yield Grid(head, rows) if rows else Line(nothing)


def _flat(text: Text) -> str:
    return " ".join(text.text.split())


def _labelled(label: str, text: Text) -> Iterator[Item]:
    if text:
        first, *rest = text.text.split("\n")
        yield Line(first.strip(), lead=f"{label}: ")
        yield from (Line(f"  {line}") for line in rest if line.strip())


def _listed(label: str, texts: Iterable[Text]) -> Iterator[Item]:
    texts = [text for text in texts if text]
    if texts:
        yield Line(lead=f"{label}:")
        yield from _bullets(texts)


def _bullets(texts: Iterable[Text]) -> Iterator[Item]:
    some = False
    for text in texts:
        some = True
        first, *rest = text.text.split("\n")
        yield Line(f"  - {first}")
        yield from (Line(f"    {line}") for line in rest)
    if not some:
        yield Line("  unknown")


SECTIONS = {
    Section.SUMMARY: summary,
    Section.HEALTH: health,
    Section.FAILURES: index,
    Section.ESCALATION: contacts,
    Section.ROLLBACK: rollback,
    Section.CHANGES: change_log,
}
"""How each section is shown when the whole runbook is; section 3 alone shows its entries in full."""
