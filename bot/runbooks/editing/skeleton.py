"""A new runbook: the six sections with what is known, and `TODO(owner): what` where somebody still owes an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.runbooks.resources import templates_dir

OWED = "TODO(owner)"
"""The one placeholder: lint finds it (E20), and it says whose turn it is."""


def todo(what: str) -> str:
    """A placeholder for what somebody still has to say."""
    return f"{OWED}: {what}"


@dataclass(frozen=True, slots=True)
class Metric:
    """A row of the health table."""

    name: str
    green: str
    yellow: str
    red: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of the phone list."""

    who: str
    phone: str
    for_what: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the change log."""

    when: str
    kind: str
    what: str
    before: str
    after: str
    by: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said about a service; "" or an empty tuple is an answer still owed (seed, the six questions)."""

    service: str
    title: str = ""
    owner: str = ""
    summary: str = ""
    depends_on: str = ""
    used_by: str = ""
    dashboard: str = ""
    metrics: tuple[Metric, ...] = ()
    failure: str = ""
    severity: str = ""
    impact: str = ""
    symptoms: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    words: str = ""
    cause: str = ""
    steps: tuple[str, ...] = ()
    verify: str = ""
    contacts: tuple[Contact, ...] = ()
    rollback_when: tuple[str, ...] = ()
    authorised: str = ""
    rollback_command: str = ""
    rollback_verify: str = ""
    in_flight: str = ""
    partial: str = ""
    queued: str = ""
    changes: tuple[Change, ...] = ()


_OWED = {
    "owner": "the team or rota that answers for this service",
    "summary": "what this service does, in one paragraph",
    "depends_on": "what it needs to work, or none",
    "used_by": "what stops when it stops, or none",
    "dashboard": "the dashboard's https address",
    "authorised": "who decides alone, without a meeting",
    "rollback_command": "the one command that rolls back",
    "rollback_verify": "how you see that the rollback worked, with a number",
    "in_flight": "whether they outlive a rollback",
    "partial": "whether they outlive a rollback",
    "queued": "whether they outlive a rollback",
}
_OWED_METRIC = Metric(todo("metric"), *(todo(f"{colour} bound") for colour in ("green", "yellow", "red")))
_OWED_CONTACTS = (
    Contact(todo("on-call, first to be called"), todo("number in international form"), "anything in section 3"),
    Contact(todo("engineering on-call"), todo("number in international form"), "beyond on-call's scope"),
)
_OWED_CHANGE = Change(todo("when"), "config", todo("what changed last"), todo("from"), todo("to"), todo("by"))


def new_runbook(answers: Answers, today: date) -> str:
    """A runbook in the runbook format, with one first entry in section 3. One in which no answer is owed counts as
    reviewed `today`: somebody has just said all of it."""
    text = _render(answers, _first_entry(answers))
    return text if todo("") in text else _render(answers, _first_entry(answers), f"{today:%Y-%m-%d}")


def draft_runbook(service: str, entries: Sequence[str]) -> str:
    """A runbook whose section 3 holds these entries and whose other sections are all still owed."""
    return _render(Answers(service), "\n\n".join(entry.strip("\n") for entry in entries))


def entry_id(service: str) -> str:
    """The id of a service's first failure mode: "invoice-extract" gives IE-01, "search" SE-01."""
    parts = [part for part in re.split(r"[^a-z]+", service.casefold()) if part]
    letters = "".join(part[0] for part in parts) if len(parts) > 1 else "".join(parts)[:2]
    return f"{(letters + 'XX')[:2].upper()}-01" if len(letters) < 2 else f"{letters[:6].upper()}-01"


def _render(answers: Answers, failures: str, reviewed: str = "") -> str:
    values = {key: value or todo(_OWED[key]) if key in _OWED else value for key, value in asdict(answers).items()}
    values |= {
        "title": answers.title or answers.service.replace("-", " ").capitalize(),
        "metrics": [tuple(asdict(row).values()) for row in answers.metrics or (_OWED_METRIC,)],
        "contacts": [tuple(asdict(row).values()) for row in _contacts(answers.contacts)],
        "summary": _paragraph(answers.summary) or todo(_OWED["summary"]),
        "rollback_when": tuple(map(_item, answers.rollback_when)) or (todo("a measured bound and for how long"),),
        "failures": failures,
        "changes": [tuple(asdict(row).values()) for row in answers.changes or (_OWED_CHANGE,)],
        "reviewed": reviewed,
    }
    return _environment().get_template("runbook.md.j2").render(values)


def _contacts(given: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """At least two: the second is the path beyond on-call's scope."""
    return given if len(given) > 1 else (*given, *_OWED_CONTACTS[len(given) :])


def _first_entry(answers: Answers) -> str:
    number = entry_id(answers.service)
    heading = f"### {number} {answers.failure or todo('the failure that you fear most')}"
    steps = answers.steps or (f"**Check:** {todo('what to look at first, with its command')}",)
    groups = [
        [heading],
        [f"**Severity:** {answers.severity or todo('SEV1 to SEV4')} · **Owner:** {answers.owner or todo('team')}"],
        [f"**Impact:** {answers.impact or todo('who notices, and what it costs them')}"],
        ["**Symptoms:**", *(f"- {_item(one)}" for one in answers.symptoms or (todo("what is seen, with a number"),))],
        _signals(answers),
        [f"**Likely cause:** {answers.cause}"] if answers.cause else [],
        ["**Steps:**", *(f"{at}. {_step(step)}" for at, step in enumerate(steps, start=1))],
        [f"**Verify:** {answers.verify or todo('how you know it worked, with a number')}"],
        [f"**Roll back when:** {'; '.join(answers.rollback_when) or todo('a measured bound, or never: why')}"],
        [f"**Escalate to:** {_beyond(answers.contacts) or todo('a role of section 4, and after how many minutes')}"],
    ]
    return "\n\n".join("\n".join(group) for group in groups if group)


def _signals(answers: Answers) -> list[str]:
    """What the first entry is found by; nothing is asked twice, so without an answer there is no list."""
    items = [f"- alert: `{name}`" for name in answers.alerts] + ([f"- words: {answers.words}"] if answers.words else [])
    return ["**Signals:**", *items] if items else []


def _beyond(contacts: tuple[Contact, ...]) -> str:
    """Whom the first entry escalates to: the second to be called, who is the path beyond on-call's scope."""
    return (contacts[1] if len(contacts) > 1 else contacts[0]).who if contacts else ""


_KIND = re.compile(r"\**(check|act|wait|branch|roll back|escalate)\b([^:*]{0,20})(?::\**|\**:)\s*", re.I)


def _step(text: str) -> str:
    """A step with its kind in bold; one without a kind is something to do."""
    found = _KIND.match(text)
    if not found:
        return f"**Act:** {text}"
    return f"**{found[1].capitalize()}{found[2].rstrip()}:** {text[found.end() :]}"


def _paragraph(text: str) -> str:
    """Text that stays a paragraph, although it begins like a heading, a list, a quotation, a fence or a table."""
    return re.sub(r"^(?=[#>|*+`~=-])|^(\d+)(?=[.)])", r"\1\\", text)


def _item(text: str) -> str:
    """An item of a list: one that begins with `>` would be drawn as a quotation, and a fence would swallow the rest."""
    text = re.sub(r"^(?=```|~~~)", r"\\", text)
    text = re.sub(r"^>\s*=\s*", "at least ", text)
    return re.sub(r"^>\s*(?=[\d.])", "more than ", text)


def _cell(value: str) -> str:
    """Text that stays inside its table cell."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(value.split()))


@cache
def _environment() -> Environment:
    # The result is Markdown that the person goes on writing, so nothing is escaped for HTML.
    environment = Environment(
        loader=FileSystemLoader(templates_dir()),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": _cell, "quoted": lambda value: json.dumps(value, ensure_ascii=False)}
    return environment
