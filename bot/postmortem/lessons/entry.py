"""The new section-3 entry that an undocumented incident leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.dossier import Verdict
from bot.domain.events import Called, CallReached, ChangeSeen, Fact, RollbackConditionMet, StepAnswered
from bot.domain.incident import Incident
from bot.domain.runbook import Contact, FailureMode, Runbook, Signal, SignalKind, Text
from bot.domain.vocabulary import Answer
from bot.postmortem.drafting.draft import first_verdict, worst
from bot.postmortem.drafting.people import Cast
from bot.postmortem.drafting.redact import redact
from bot.postmortem.lessons.deeds import MINUTE, dead_ends, steps, undecided
from bot.postmortem.lessons.words import fit, phrases, said, symptoms, title
from bot.runbooks.editing.markdown import escape
from bot.runbooks.editing.skeleton import todo
from bot.runbooks.lint.quantity import has_quantity

SHOWN_REJECTED = 3


def new_entry(
    failure_id: str, incident: Incident, facts: Sequence[Fact], actors: Cast, runbook: Runbook
) -> FailureMode:
    """The entry as far as the stream tells it; the rest are placeholders for its owner."""
    return FailureMode(
        id=failure_id,
        title=title(incident.symptom, actors),
        severity=worst(facts),
        severity_text=worst(facts).value,
        owner=runbook.owner or incident.dossier.owner or todo("the rota that keeps this entry true"),
        status="draft",
        impact=Text(text=todo("what people outside notice, in one sentence")),
        symptoms=_symptoms(facts, actors),
        signals=_signals(incident, facts, actors),
        cause=Text(text=todo("the mechanism, in one sentence")),
        steps=steps(incident, facts, actors, runbook.contacts),
        verify=Text(text=todo("what shows that it is over, such as < 1 % for 15 min")),
        roll_back_when=Text(text=_roll_back_when(facts, actors)),
        escalate_to=Text(text=_escalate_to(incident, facts, runbook)),
        related_changes=Text(text=_related(incident)),
        confused_with=_confused(incident, facts, actors),
        notes=_notes(incident, facts, actors),
    )


def _symptoms(facts: Sequence[Fact], actors: Cast) -> tuple[Text, ...]:
    lines = list(symptoms(facts, actors))
    if not any(has_quantity(line) for line in lines):
        lines.append(todo("the number behind it, such as > 10 % for 15 min"))
    return tuple(Text(text=line) for line in lines)


def _signals(incident: Incident, facts: Sequence[Fact], actors: Cast) -> tuple[Signal, ...]:
    alert = redact(incident.alert).strip() or todo("alert, or remove this line")
    spoken = [redact(actors.anonymous(text)) for text in said(facts)]
    words = phrases([text.replace("[redacted", "").replace("]", "") for text in spoken])
    lacking = () if len(words) > 2 else tuple(todo(f"word {number}") for number in range(len(words) + 1, 4))
    return (
        Signal(kind=SignalKind.ALERT, value=alert),
        *(Signal(kind=SignalKind.WORDS, value=word) for word in (*words, *lacking)),
    )


def _roll_back_when(facts: Sequence[Fact], actors: Cast) -> str:
    met = [fact.event.condition for fact in facts if isinstance(fact.event, RollbackConditionMet)]
    if met and has_quantity(met[-1]):
        return fit(met[-1], actors)
    return todo("a bound and a window such as > 5 % for 10 min, or never and why")


def _escalate_to(incident: Incident, facts: Sequence[Fact], runbook: Runbook) -> str:
    """Whom it was escalated to and after how long, or whom section 4 names for what is beyond on-call."""
    contacts = runbook.contacts or incident.dossier.contacts
    reached = [fact for fact in facts if isinstance(fact.event, CallReached | Called)]
    if reached:
        event = reached[-1].event
        who = event.who if isinstance(event, CallReached | Called) else ""
        contact = next((one for one in contacts if one.who == who), None)
        if contact:
            minutes = max(1, round((reached[-1].happened - incident.declared_at) / MINUTE))
            return f"{role_of(contact)} after {minutes} min"
    beyond = [one for one in contacts if "beyond" in one.for_what.casefold()] or list(contacts[-1:])
    if beyond:
        return f"{role_of(beyond[0])} after {todo('how many')} min"
    return todo("a role of section 4, and after how many minutes")


def role_of(contact: Contact) -> str:
    """A contact without the person's name, in words that section 4 knows: the role, else the row."""
    head, colon, _ = contact.who.partition(":")
    if colon and head.strip():
        return escape(head.strip())
    return f"contact {contact.order.strip(' .')} of section 4"


def _related(incident: Incident) -> str:
    changes = dict.fromkeys(incident.dossier.changes)
    if not changes:
        return ""
    listed = [f"{change.kind or 'change'} ({change.what} at {change.when})" for change in changes][:3]
    return escape(redact(", ".join(listed))) + " before it struck: coincident, not proven"


def _confused(incident: Incident, facts: Sequence[Fact], actors: Cast) -> tuple[Text, ...]:
    """Entries that it was taken for, and what did not help."""
    lines = []
    tried = {run.playbook.failure_id: run for run in incident.runs if not run.active}
    # What was shown only as nearest is no lookalike: nobody took the failure for it.
    taken_for = () if first_verdict(facts) is Verdict.UNDOCUMENTED else incident.rejected[:SHOWN_REJECTED]
    for failure_id in dict.fromkeys((*tried, *taken_for)):
        run = tried.get(failure_id)
        failed = [
            fact.event.step.number
            for fact in facts
            if run
            and isinstance(fact.event, StepAnswered)
            and fact.event.step.run == run.run
            and fact.event.answer is Answer.DID_NOT_WORK
        ]
        what = f"its step {failed[0]} did not help here" if failed else "set aside here" if run else "rejected here"
        lines.append(f"{failure_id}: {what}; {todo('what tells them apart')}")
    lines += dead_ends(facts, actors)
    return tuple(Text(text=line) for line in lines)


def _notes(incident: Incident, facts: Sequence[Fact], actors: Cast) -> tuple[Text, ...]:
    day = datetime.fromtimestamp(incident.declared_at / 1000, UTC).date().isoformat()
    lines = [f"Came from {incident.name} of {day}."]
    lines += [f"Also tried, effect unknown\\: {what}" for what in undecided(facts, actors)]
    return tuple(Text(text=line) for line in lines)


def told_changes(facts: Sequence[Fact]) -> list[ChangeSeen]:
    """The changes that the bot was told of."""
    return [fact.event for fact in facts if isinstance(fact.event, ChangeSeen)]
