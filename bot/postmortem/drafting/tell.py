"""What each fact says, in one short sentence of the document's timeline.

A fact without a sentence here is left out of the timeline: it says something about our own messages, not about the
incident. To give a new fact its sentence, register it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatch

from bot.domain import events as e
from bot.domain.base import Value
from bot.domain.dossier import Verdict
from bot.domain.due import MINUTE
from bot.domain.events import Fact
from bot.domain.incident import Incident
from bot.domain.reading import apart
from bot.domain.vocabulary import SkipReason, StepRef, Surface
from bot.postmortem.drafting.people import Cast


class Told(Value):
    """`what` in the bot's words, `said` in a person's; `surface` is where the thread shows it."""

    what: str
    said: str = ""
    link: str = ""
    surface: Surface = Surface.HEAD


@dataclass(frozen=True, slots=True)
class Scene:
    """What a sentence may need besides its fact."""

    incident: Incident
    cast: Cast
    links: dict[Surface, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """Where our own messages stand: surface -> (version of the fact that told, permalink), in order."""

    @classmethod
    def of(cls, incident: Incident, cast: Cast, facts: Sequence[Fact]) -> Scene:
        links: dict[Surface, tuple[tuple[int, str], ...]] = {}
        for fact in facts:
            if isinstance(fact.event, e.Shown) and fact.event.link:
                known = links.get(fact.event.surface, ())
                links[fact.event.surface] = (*known, (fact.version, fact.event.link))
        return cls(incident, cast, links)

    def step(self, ref: StepRef) -> str:
        """ "IX-04 step 2"."""
        runs = self.incident.runs
        return f"{runs[ref.run].playbook.failure_id} step {ref.number}" if ref.run < len(runs) else f"step {ref.number}"


def plain(value: str) -> str:
    """An enum's value as words."""
    return value.replace("_", " ")


@singledispatch
def tell(event: e.Event, scene: Scene) -> Told | None:
    """The sentence of a fact; None for facts that no reader of a post-mortem needs."""
    return None


@tell.register
def _(event: e.Declared, scene: Scene) -> Told:
    alert = f" by the alert {event.alert}" if event.alert else ""
    drill = "drill " if event.drill else ""
    return Told(
        what=f"{event.severity} {drill}opened for {event.service}{alert}", said=event.symptom, link=event.source
    )


@tell.register
def _(event: e.Matched, scene: Scene) -> Told:
    names = [one.failure_id for one in event.candidates[:3]]
    match event.verdict:
        case Verdict.DOCUMENTED if names:
            return Told(what=f"matched as documented: {names[0]}")
        case Verdict.UNSURE:
            return Told(what=f"match unsure: {', '.join(names) or 'no candidate'}")
        case _:
            return Told(what="matched as not documented" + (f"; nearest {', '.join(names)}" if names else ""))


@tell.register
def _(event: e.ReportAdded, scene: Scene) -> Told:
    return Told(what="reported again", said=event.text, link=event.source)


@tell.register
def _(event: e.PlaybookAttached, scene: Scene) -> Told:
    how = "chosen by a person" if event.chosen else "the match was sure"
    return Told(what=f"playbook {event.playbook.failure_id} attached ({how})", surface=Surface.STEP)


@tell.register
def _(event: e.PlaybookRejected, scene: Scene) -> Told:
    return Told(what=f"rejected: {', '.join(event.failure_ids) or 'every candidate'}", surface=Surface.STEP)


@tell.register
def _(event: e.PlaybookLeft, scene: Scene) -> Told:
    return Told(what=f"{scene.step(StepRef(run=event.run, number=1)).partition(' ')[0]} set aside", said=event.why)


@tell.register
def _(event: e.PlaybookResumed, scene: Scene) -> Told:
    name = scene.step(StepRef(run=event.run, number=1)).partition(" ")[0]
    return Told(what=f"back to {name}", surface=Surface.STEP)


@tell.register
def _(event: e.StepAnswered, scene: Scene) -> Told:
    follow_up = " (instead)" if event.follow_up else ""
    return Told(
        what=f"{scene.step(event.step)}{follow_up}: {plain(event.answer)}", said=event.note, surface=Surface.STEP
    )


@tell.register
def _(event: e.BranchChosen, scene: Scene) -> Told:
    return Told(what=f"{scene.step(event.step)}: chose {event.choice}", surface=Surface.STEP)


@tell.register
def _(event: e.StepSkipped, scene: Scene) -> Told:
    # "other" is no reason: what was said, if anything, stands behind it.
    reason = "" if event.reason is SkipReason.OTHER else f": {plain(event.reason)}"
    return Told(what=f"{scene.step(event.step)} skipped{reason}", said=event.note, surface=Surface.STEP)


@tell.register
def _(event: e.StepChanged, scene: Scene) -> Told:
    before = f"skipped ({plain(event.before)})" if event.before in {*SkipReason} else plain(event.before)
    what = f"{scene.step(event.step)} corrected: {before} becomes {plain(event.answer)}"
    return Told(what=what, said=event.note, surface=Surface.STEP)


@tell.register
def _(event: e.StepsRecalled, scene: Scene) -> Told:
    return Told(what="said later to be done: " + ", ".join(scene.step(ref) for ref in event.steps))


@tell.register
def _(event: e.StepImprovised, scene: Scene) -> Told:
    said = " · ".join(part for part in apart(event.what, event.command) if part)
    effect = {"yes": "helped", "no": "did not help", "unknown": "effect unknown"}[event.helped.value]
    return Told(what=f"outside the playbook ({effect})", said=said, surface=Surface.STEP)


@tell.register
def _(event: e.WaitStarted, scene: Scene) -> Told:
    return Told(what=f"{scene.step(event.step)}: waiting {event.minutes:g} min", surface=Surface.STEP)


@tell.register
def _(event: e.WaitExtended, scene: Scene) -> Told:
    return Told(what=f"{scene.step(event.step)}: {event.minutes:g} min more", surface=Surface.STEP)


@tell.register
def _(event: e.WaitCutShort, scene: Scene) -> Told:
    return Told(what=f"{scene.step(event.step)}: wait cut short, {plain(event.why)}", surface=Surface.STEP)


@tell.register
def _(event: e.Noted, scene: Scene) -> Told:
    return Told(what="note", said=event.text)


@tell.register
def _(event: e.UpdatePosted, scene: Scene) -> Told:
    return Told(what="update", said=event.text)


@tell.register
def _(event: e.Marked, scene: Scene) -> Told:
    return Told(what=plain(event.kind), said=event.text, link=event.link)


@tell.register
def _(event: e.SeverityChanged, scene: Scene) -> Told:
    unasked = "" if event.authorised else ", by somebody outside the authorised group"
    return Told(what=f"severity {event.before} becomes {event.severity}{unasked}", said=event.why)


@tell.register
def _(event: e.LeadTaken, scene: Scene) -> Told:
    return Told(what=f"{scene.cast.role(event.lead)} takes the lead")


@tell.register
def _(event: e.HandoverOffered, scene: Scene) -> Told:
    return Told(what=f"handover offered to {scene.cast.role(event.to)}")


@tell.register
def _(event: e.HandoverTaken, scene: Scene) -> Told:
    before = f" from {scene.cast.role(event.previous)}" if event.previous else ""
    return Told(what=f"{scene.cast.role(event.lead)} takes over{before}")


@tell.register
def _(event: e.Called, scene: Scene) -> Told:
    return Told(what=f"called {scene.cast.of(event.who) or 'a contact'}", surface=Surface.CALL)


@tell.register
def _(event: e.CallReached, scene: Scene) -> Told:
    return Told(what=f"reached {scene.cast.of(event.who) or 'a contact'}", surface=Surface.CALL)


@tell.register
def _(event: e.CallUnanswered, scene: Scene) -> Told:
    return Told(what=f"no answer from {scene.cast.of(event.who) or 'a contact'}", surface=Surface.CALL)


@tell.register
def _(event: e.RollbackConditionMet, scene: Scene) -> Told:
    if event.condition:
        return Told(what="rollback condition met", said=event.condition, surface=Surface.ROLLBACK)
    return Told(what="rollback wanted, no condition met", said=event.why, surface=Surface.ROLLBACK)


@tell.register
def _(event: e.RollbackDecided, scene: Scene) -> Told:
    unasked = "" if event.authorised else " by somebody outside the authorised group"
    return Told(what=f"rollback decided{unasked}", surface=Surface.ROLLBACK)


@tell.register
def _(event: e.RollbackFinished, scene: Scene) -> Told:
    return Told(what="rollback command finished", surface=Surface.ROLLBACK)


@tell.register
def _(event: e.RollbackFailed, scene: Scene) -> Told:
    return Told(what="rollback command failed", said=event.what, surface=Surface.ROLLBACK)


@tell.register
def _(event: e.RollbackVerified, scene: Scene) -> Told:
    return Told(what=f"rollback verified: {'good' if event.good else 'not good'}", surface=Surface.ROLLBACK)


@tell.register
def _(event: e.ChangeSeen, scene: Scene) -> Told:
    change = event.change
    moved = f" {change.before or 'unknown'} → {change.after or 'unknown'}" if change.before or change.after else ""
    return Told(what=f"told of a {change.kind or 'change'} change", said=change.what + moved)


@tell.register
def _(event: e.Mitigated, scene: Scene) -> Told:
    return Told(what="impact over")


@tell.register
def _(event: e.Closed, scene: Scene) -> Told:
    what = f"closed; ended by {plain(event.ended_by)}; documented: {plain(event.documented)}"
    if event.wrong:
        what += f": {scene.step(event.wrong)}"
    return Told(what=what, said=event.what, surface=Surface.CLOSE)


@tell.register
def _(event: e.Reopened, scene: Scene) -> Told:
    return Told(what="reopened", said=event.why)


@tell.register
def _(event: e.Cancelled, scene: Scene) -> Told:
    duplicate = f" of INC-{event.duplicate_of}" if event.duplicate_of else ""
    return Told(what=f"cancelled: {plain(event.kind)}{duplicate}")


@tell.register
def _(event: e.AlsoAffects, scene: Scene) -> Told:
    return Told(what=f"also affects {event.service}")


@tell.register
def _(event: e.ScreenWasDown, scene: Scene) -> Told:
    return Told(what=f"Slack had been down for {round((event.until - event.since) / MINUTE)} min")


@tell.register
def _(event: e.MadePrivate, scene: Scene) -> Told:
    return Told(what="made private")
