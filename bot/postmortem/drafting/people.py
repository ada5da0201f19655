"""Who took part, as roles: the post-mortem has names in one table and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain.base import Value
from bot.domain.events import (
    Called,
    CallReached,
    CallUnanswered,
    Fact,
    FieldFilled,
    HandoverTaken,
    LeadTaken,
    Noted,
    ReportAdded,
    RollbackDecided,
    RollbackFinished,
    StepAnswered,
    StepImprovised,
    UpdatePosted,
)
from bot.domain.incident import Incident
from bot.domain.vocabulary import Actor
from bot.postmortem.drafting.report import PersonRow

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ORDINARY = _listed(
    """
will mark may june april august grace hope faith joy art bill rob pat drew chase dash page bot max sky summer main ray
jean rich miles wade dean grant frank guy
admin api app build ci cli cron data deploy dev dev-ops infra ops oncall prod release robot root runner service staging
support system test ubuntu user worker
acknowledged actions act check contact declared detected detection documented done factors failed hard impact improvised
lead luck mitigated nobody path passed reporter resolved responder rollback section3 severity skipped steps trigger
unknown wait well
"""
)
"""Names that are words as well: first names, logins of machines, the document's own terms. They are left alone in typed
text, unless they stand behind an @."""


class Cast(Value):
    """Actor id (or a contact as the runbook writes it) -> role, and the people in the order of their roles."""

    roles: dict[str, str]
    names: dict[str, str]

    def role(self, actor: Actor | None) -> str:
        """What the document calls somebody."""
        if actor is None:
            return "unknown"
        if not actor.is_person:
            return "section3" if not actor.id.startswith("alert:") else f"the alert {actor.name}"
        return self.roles.get(actor.id, "a responder")

    def of(self, key: str) -> str:
        """The role of an actor id, a name or a contact; "" when unknown."""
        if key in self.roles:
            return self.roles[key]
        return next((self.roles[known] for known, name in self.names.items() if name == key), "")

    def anonymous(self, text: str) -> str:
        """Typed text with mentions and names of people replaced by their roles."""
        text = _MENTION.sub(lambda found: self.of(found[1]) or "a colleague", text)
        for key, name in sorted(self.names.items(), key=lambda pair: -len(pair[1])):
            text = _replaced(text, name, self.roles[key])
        return text


def _replaced(text: str, name: str, role: str) -> str:
    if len(name) < 3 or name not in text or not any(letter.isalpha() for letter in name):
        return text
    handle = re.compile(rf"@{re.escape(name)}(?!\w)")
    text = handle.sub(role, text)
    if name.casefold() in _ORDINARY:
        return text
    return re.sub(rf"(?<![\w@.`/-]){re.escape(name)}(?![\w@`/-]|\.\w)", role, text)


def cast(incident: Incident, facts: Sequence[Fact]) -> Cast:
    """Everybody's role: leads in their order, the reporter, other responders, contacts who were called."""
    roles: dict[str, str] = {}
    names: dict[str, str] = {}

    def add(actor: Actor, role: str) -> None:
        if actor.is_person and actor.id not in roles:
            roles[actor.id] = role
            names[actor.id] = actor.name

    leads = _leads(facts)
    for place, lead in enumerate(leads):
        add(lead, "the lead" if len(leads) == 1 else f"the {_ordinal(place)} lead")
    add(incident.declared_by, "the reporter")
    others = [person for person in incident.participants if person.id not in roles]
    for place, person in enumerate(others, start=1):
        add(person, "the responder" if len(others) == 1 else f"responder {place}")
    called = dict.fromkeys(fact.event.who for fact in facts if isinstance(fact.event, Called))
    for place, who in enumerate(called, start=1):
        roles[who], names[who] = f"contact {place}", who
    return Cast(roles=roles, names=names)


def _leads(facts: Iterable[Fact]) -> list[Actor]:
    found: dict[str, Actor] = {}
    for fact in facts:
        if isinstance(fact.event, LeadTaken | HandoverTaken) and fact.event.lead.is_person:
            found.setdefault(fact.event.lead.id, fact.event.lead)
    return list(found.values())


def _ordinal(place: int) -> str:
    known = ("first", "second", "third", "fourth", "fifth", "sixth")
    return known[place] if place < len(known) else f"{place + 1}th"


def people(actors: Cast, incident: Incident, facts: Sequence[Fact]) -> tuple[PersonRow, ...]:
    """The table of people: role, name, what they did."""
    return tuple(
        PersonRow(role=role, name=actors.names[key], did=_did(key, incident, facts))
        for key, role in actors.roles.items()
    )


_COUNTED: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (ReportAdded, "reported it"),
    (StepAnswered, "answered {n} step{s}"),
    (StepImprovised, "tried {n} thing{s} outside the playbook"),
    (UpdatePosted, "posted {n} update{s}"),
    (Noted, "wrote {n} note{s}"),
    (FieldFilled, "filled {n} blank{s} of this document"),
    (RollbackDecided, "decided the rollback"),
    (RollbackFinished, "ran the rollback"),
)


def _did(key: str, incident: Incident, facts: Sequence[Fact]) -> tuple[str, ...]:
    mine = [fact.event for fact in facts if fact.by.id == key]
    done = ["opened the incident"] if incident.declared_by.id == key else []
    if any(isinstance(fact.event, LeadTaken | HandoverTaken) and fact.event.lead.id == key for fact in facts):
        done.append("led")
    for kind, words in _COUNTED:
        count = sum(isinstance(event, kind) for event in mine)
        if count:
            done.append(words.format(n=count, s="s" * (count > 1)))
    calls = [fact.event for fact in facts if isinstance(fact.event, Called) and fact.event.who == key]
    if calls:
        reached = any(isinstance(fact.event, CallReached) and fact.event.who == key for fact in facts)
        missed = any(isinstance(fact.event, CallUnanswered) and fact.event.who == key for fact in facts)
        done.append("was called: " + ("reached" if reached else "no answer" if missed else "outcome unknown"))
    return tuple(done) or ("took part",)
