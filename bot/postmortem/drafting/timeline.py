"""The timeline: facts as rows, dated by when they were true, each linked to where the thread shows it; and the bars of
its picture."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.events import (
    BranchChosen,
    Declared,
    Fact,
    HandoverTaken,
    LeadTaken,
    Marked,
    MarkEdited,
    MarkRemoved,
    Matched,
    PlaybookAttached,
    SeverityChanged,
    StepAnswered,
    StepImprovised,
    StepSkipped,
    StepStarted,
    WaitStarted,
)
from bot.domain.fold.steps import status_of
from bot.domain.incident import StepStatus
from bot.domain.runbook import StepKind
from bot.domain.vocabulary import Answer, MarkKind, StepRef, Surface
from bot.postmortem.drafting.report import Row, Span
from bot.postmortem.drafting.tell import Scene, tell
from bot.postmortem.drafting.times import message_time

OURS = (Matched, WaitStarted)
"""Facts that follow from somebody's deed but are not theirs."""
BOT = "section3"


def timeline(scene: Scene, facts: Sequence[Fact]) -> tuple[Row, ...]:
    """Every fact that a reader needs, in the order of the events. Marks that were taken off are left out, edited ones
    show their last text; only messages marked as facts are rows, the others have lists of their own."""
    marks = standing_marks(facts)
    rows = []
    for fact in facts:
        event = fact.event
        if isinstance(event, Marked):
            if event.kind is not MarkKind.FACT or marks.get(event.message, (0, ""))[0] != fact.version:
                continue
            event = event.model_copy(update={"text": marks[event.message][1]})
        told = tell(event, scene)
        if told is None:
            continue
        who = event.author if isinstance(event, Marked) else ""
        ours = isinstance(event, OURS) or (isinstance(event, PlaybookAttached) and not event.chosen)
        rows.append(
            Row(
                at=message_time(fact),
                recorded=fact.at,
                fact=fact.version,
                who=BOT if ours else _author(scene, who) or scene.cast.role(fact.by),
                what=told.what,
                said=told.said,
                link=told.link or link_of(scene, told.surface, fact.version),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.at, row.fact)))


def _author(scene: Scene, author: str) -> str:
    """A marked message belongs to its author, not to the one who marked it."""
    return (scene.cast.of(author) or "a colleague") if author else ""


def standing_marks(facts: Sequence[Fact]) -> dict[str, tuple[int, str]]:
    """Message -> the version of its last mark and its last text; marks that were taken off are not in it."""
    standing: dict[str, tuple[int, str]] = {}
    for fact in facts:
        match fact.event:
            case Marked(message=message, text=text):
                standing[message] = (fact.version, text)
            case MarkEdited(message=message, text=text) if message in standing:
                standing[message] = (standing[message][0], text)
            case MarkRemoved(message=message):
                standing.pop(message, None)
            case _:
                pass
    return standing


def link_of(scene: Scene, surface: Surface, version: int) -> str:
    """The permalink of the message that shows a fact: the surface's last one before it, else its first after it, else
    the head's; "" when Slack never told us one."""
    for wanted in dict.fromkeys((surface, Surface.HEAD)):
        places = scene.links.get(wanted, ())
        # A message of ours is edited in place: the one that stood before the fact shows it, unless there was none yet.
        before = [link for at, link in places if at < version]
        if before:
            return before[-1]
        if places:
            return places[0][1]
    return ""


def spans(scene: Scene, facts: Sequence[Fact], end: int) -> tuple[Span, ...]:
    """The bars of the picture: what was worked on, how bad it was, who led."""
    return (*_steps(scene, facts, end), *_severities(facts, end), *_leads(scene, facts, end))


_TONES = {StepStatus.DONE: "done", StepStatus.FAILED: "failed"}


def _steps(scene: Scene, facts: Sequence[Fact], end: int) -> list[Span]:
    bars: list[Span] = []
    begun: tuple[StepRef, int] | None = None

    def close(ref: StepRef, at: int, tone: str) -> None:
        nonlocal begun
        start = begun[1] if begun and begun[0] == ref else at
        bars.append(Span(row="steps", label=scene.step(ref), tone=tone, start=min(start, at), end=at))
        begun = None

    for fact in facts:
        match fact.event:
            case StepStarted(step=ref):
                begun = (ref, fact.happened)
            case StepAnswered(step=ref, answer=answer, follow_up=follow_up):
                instruction_follows = answer is Answer.NOT_AS_EXPECTED and not follow_up
                tone = "unlike" if instruction_follows else _TONES[status_of(answer, follow_up)]
                waited = _kind(scene, ref) is StepKind.WAIT and tone == "done"
                close(ref, fact.happened, "wait" if waited else tone)
                begun = (ref, fact.happened) if instruction_follows else begun
            case BranchChosen(step=ref):
                close(ref, fact.happened, "done")
            case StepSkipped(step=ref):
                close(ref, fact.happened, "skipped")
            case StepImprovised(helped=helped):
                tone = {"yes": "done", "no": "failed"}.get(helped.value, "unlike")
                bars.append(Span(row="steps", label="improvised", tone=tone, start=fact.happened, end=fact.happened))
            case _:
                pass
    return [bar.model_copy(update={"end": min(bar.end, end), "start": min(bar.start, end)}) for bar in bars]


def _kind(scene: Scene, ref: StepRef) -> StepKind:
    return scene.incident.runs[ref.run].step(ref.number).kind


def _severities(facts: Sequence[Fact], end: int) -> list[Span]:
    known = [
        (fact.happened, fact.event.severity.value)
        for fact in facts
        if isinstance(fact.event, Declared | SeverityChanged)
    ]
    return _bars("severity", [(at, level, level.lower()) for at, level in known], end)


def _leads(scene: Scene, facts: Sequence[Fact], end: int) -> list[Span]:
    known = [
        (fact.happened, scene.cast.role(fact.event.lead), "lead")
        for fact in facts
        if isinstance(fact.event, LeadTaken | HandoverTaken)
    ]
    first = next((fact.happened for fact in facts if isinstance(fact.event, Declared)), 0)
    return _bars("lead", [(first, "nobody", "nobody"), *known], end)


def _bars(row: str, known: list[tuple[int, str, str]], end: int) -> list[Span]:
    ordered = sorted(known, key=lambda one: one[0])
    ends = [at for at, _, _ in ordered[1:]] + [max(end, ordered[-1][0])] if ordered else []
    return [
        Span(row=row, label=label, tone=tone, start=at, end=until)
        for (at, label, tone), until in zip(ordered, ends, strict=True)
        if until > at
    ]
