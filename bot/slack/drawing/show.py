"""How people, phones, changes and answers are written. Everything here is mrkdwn, already escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.base import Severity
from bot.domain.due import Reminder, delay
from bot.domain.incident import Action, Incident, Run, StepState, StepStatus
from bot.domain.runbook import Change, Contact, Step, StepKind
from bot.domain.vocabulary import Actor, Answer, Helped, SkipReason
from bot.slack.drawing.mrkdwn import clock, code, escape, inline, one_line, shorten

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{2,30}")
_INSTANT = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::\d{2})?\s*Z$")

NO_PHONE_HERE = "(number not shown in a shared channel)"


@dataclass(frozen=True, slots=True)
class Options:
    """What drawing needs beside the state."""

    shared: bool = False
    """The channel is shared with another organisation (Slack Connect): no phone numbers."""
    contacts: Mapping[str, str] = field(default_factory=dict)
    """Contact, as the runbook names it -> Slack user id."""
    authorised: tuple[str, ...] = ()
    """Slack user ids of people who may decide a rollback."""
    duplicate_link: str = ""
    """Permalink of the head of the incident that this one duplicates."""
    proposals: str = "github"
    """Where accepted proposals go: github, git (a branch of a local repository) or file."""
    notes: tuple[str, ...] = ()
    """Sentences for the head that are not facts of the incident ("Slack was down from …")."""


DEFAULT = Options()
"""A channel of our own, and no settings."""

SEND_NAMES: dict[str, str] = {
    "github": "Yes, open pull request",
    "git": "Yes, make branch",
    "file": "Yes, write patch file",
}
"""What the button that accepts a proposal says, by where it goes."""

KIND_NAMES: dict[StepKind, str] = {
    StepKind.CHECK: "Check",
    StepKind.ACT: "Act",
    StepKind.WAIT: "Wait",
    StepKind.BRANCH: "Branch",
    StepKind.ROLLBACK: "Roll back",
    StepKind.ESCALATE: "Escalate",
}

ANSWER_NAMES: dict[Answer, str] = {
    Answer.AS_EXPECTED: "As expected",
    Answer.NOT_AS_EXPECTED: "Not as expected",
    Answer.FIXED: "Fixed: stop here",
    Answer.WORKED: "Worked",
    Answer.DID_NOT_WORK: "Didn't work",
    Answer.REACHED: "Reached",
    Answer.NO_ANSWER: "No answer",
    Answer.CONDITION_MET: "Condition met",
    Answer.NOT_MET: "Not met",
}

SKIP_NAMES: dict[SkipReason, str] = {
    SkipReason.NOT_NEEDED: "not needed",
    SkipReason.DONE_ALREADY: "done already",
    SkipReason.NO_ACCESS: "no access",
    SkipReason.TOO_RISKY: "too risky",
    SkipReason.OTHER: "other",
}

HELPED_NAMES: dict[Helped, str] = {
    Helped.YES: "helped",
    Helped.NO: "did not help",
    Helped.UNKNOWN: "unknown whether it helped",
}

STATUS_SIGNS: dict[StepStatus, str] = {
    StepStatus.DONE: "✓",
    StepStatus.RECALLED: "✓",
    StepStatus.FAILED: "✗",
    StepStatus.SKIPPED: "–",
    StepStatus.PASSED: "–",
    StepStatus.CURRENT: "→",
    StepStatus.PENDING: "·",
}


def kind_of(step: Step) -> str:
    """ "Check", "Wait 10 min"."""
    wait = f" {step.wait_minutes:g} min" if step.kind is StepKind.WAIT and step.wait_minutes else ""
    return f"{KIND_NAMES[step.kind]}{wait}"


def is_user(user_id: str) -> bool:
    """True for a Slack user id: only that can be mentioned."""
    return _USER.fullmatch(user_id) is not None


def who(actor: Actor) -> str:
    """A mention for a member of the workspace, else the name."""
    return f"<@{actor.id}>" if is_user(actor.id) else name(actor)


def name(actor: Actor) -> str:
    """The name alone: pings nobody."""
    return one_line(actor.name or actor.id, 60)


def owner_of(item: Action) -> str:
    """Whose an action item is: a mention for a member of the workspace; "nobody" when it was given to nobody."""
    return who(Actor(id=item.owner_id, name=item.owner)) if item.owner else "nobody"


def phone(number: str, options: Options) -> str:
    """The number as a `tel:` link, so that a phone can dial it; hidden where strangers read."""
    if options.shared:
        return NO_PHONE_HERE
    said = number.strip()
    if not _PHONE.fullmatch(said):
        return one_line(said, 80) or "no number in the runbook"
    return f"<tel:{re.sub(r'[^0-9+]', '', said)}|{said}>"


def contact_name(contact: str, options: Options) -> str:
    """The contact as written, with a mention when settings know the member."""
    user = options.contacts.get(contact, "")
    return f"{one_line(contact, 120)} (<@{user}>)" if is_user(user) else one_line(contact, 120)


def contact_line(contact: Contact, options: Options) -> str:
    """ "Primary on-call: Dana (+44 20 …)"."""
    return f"*{contact_name(contact.who, options)}* {phone(contact.phone, options)}"


def instant_of(when: str) -> int | None:
    """The instant (ms) of a change-log time like "2026-11-19 16:05Z"; None for anything else."""
    found = _INSTANT.match(when.strip())
    if not found:
        return None
    try:
        moment = datetime.strptime(f"{found[1]} {found[2]}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)


def change_line(change: Change, now: int) -> str:
    """ "prompt v60→v61 01:38"."""
    at = instant_of(change.when)
    what = inline(shorten(change.what, 120))
    kind = one_line(change.kind, 40)
    versions = "→".join(one_line(version, 40) for version in (change.before, change.after) if version)
    subject = what if kind.casefold() in what.casefold() else f"{kind} {what}".strip()
    return " ".join(part for part in (subject, versions, clock(at, now) if at else one_line(change.when, 40)) if part)


def outcome_of(state: StepState) -> str:
    """What became of a step, in words."""
    match state.status:
        case StepStatus.PASSED:
            return "passed over by the branch"
        case StepStatus.RECALLED:
            return "done, told afterwards"
        case StepStatus.PENDING:
            return "not reached"
        case StepStatus.CURRENT:
            return "now"
        case StepStatus.SKIPPED:
            reason = next((SKIP_NAMES[one] for one in SkipReason if one.value == state.outcome), state.outcome)
            return f"skipped, {one_line(reason, 60)}"
        case _:
            went = _answer(state.outcome) or "unknown"
            # Without what came before it, "worked" would say that a check was as expected.
            then = _THEN.get(state.outcome, f"it {went}")
            return f"{_answer(state.first)}, then {then}" if state.first else went


_THEN = {
    Answer.FIXED.value: "that fixed it",
    Answer.DID_NOT_WORK.value: "it did not work",
}


def _answer(outcome: str) -> str:
    if outcome == Answer.FIXED.value:
        return "fixed it"
    known = next((ANSWER_NAMES[one].lower() for one in Answer if one.value == outcome), None)
    return known or one_line(outcome, 80)


def step_line(run: Run, state: StepState) -> str:
    """ "✓ 1 Check: as expected · Dana 03:14"."""
    kind = KIND_NAMES[run.step(state.number).kind]
    by = f" · {name(state.by)} {clock(state.at)}" if state.by and state.at else ""
    return f"{STATUS_SIGNS[state.status]} {state.number} {kind}: {outcome_of(state)}{by}"


def why_of(incident: Incident, failure_id: str, service: str = "") -> str:
    """The strongest reason why that entry was found, "" when the match does not say."""
    found = next(
        (
            one
            for one in incident.candidates
            if one.failure_id == failure_id and one.service == (service or incident.service)
        ),
        None,
    )
    return inline(shorten(found.why[0], 120)) if found and found.why else ""


def next_update(incident: Incident) -> int:
    """When the next update is due (ms), 0 when nobody promised one and the severity asks for none."""
    if incident.next_update_at or incident.severity not in (Severity.SEV1, Severity.SEV2):
        return incident.next_update_at
    return (incident.latest_update_at or incident.declared_at) + delay(incident, Reminder.UPDATE)


def quoted(text: str, limit: int = 300) -> str:
    """The reporter's words in quotation marks."""
    return f"“{one_line(text, limit)}”"


def command_code(text: str) -> str:
    """A command inside a sentence."""
    return code(shorten(text, 200))


def plain_name(incident: Incident) -> str:
    """ "SEV2 INC-42 invoice-extract": for notifications."""
    drill = "DRILL " if incident.drill else ""
    return escape(f"{drill}{incident.severity.value} {incident.name} {incident.service}")
