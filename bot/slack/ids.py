"""What buttons, menus and modals carry, so that a click can be understood without looking anything up.

An `action_id` is "verb" or "verb.detail": the verb is what the dispatcher needs, the detail only keeps ids apart within
a message. The value is "incident|run.number|argument".
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.vocabulary import StepRef


class Verb(StrEnum):
    """What a click asks for."""

    # The head
    TAKE_LEAD = "lead"
    TAKE_HANDOVER = "take-handover"
    CALL_NEXT = "call-next"
    ROLL_BACK = "roll-back"
    MORE = "more"
    UPDATE = "update"
    OVER = "over"
    CLOSE = "close"
    REOPEN = "reopen"
    CATCH_UP = "catch-up"
    # The step message
    ANSWER = "answer"
    CHOOSE = "choose"
    CHANGE = "change"
    ON_IT = "on-it"
    SKIP = "skip"
    IMPROVISE = "improvise"
    ALL_STEPS = "all-steps"
    SHOW_STEP = "show-step"
    WRONG_PLAYBOOK = "wrong-playbook"
    ATTACH = "attach"
    NONE_OF_THESE = "none-of-these"
    RESUME = "resume"
    CUT_SHORT = "cut-short"
    WAIT_YES = "wait-yes"
    WAIT_NO = "wait-no"
    EXTEND = "extend"
    ASK_AGAIN = "ask-again"
    # Calls and the rollback
    CALLED = "called"
    REACHED = "reached"
    NO_ANSWER = "no-answer"
    DECIDE = "decide"
    DECIDE_ANYWAY = "decide-anyway"
    ASK_AUTHORISED = "ask-authorised"
    ROLLBACK_DONE = "rollback-done"
    ROLLBACK_FAILED = "rollback-failed"
    ROLLBACK_GOOD = "rollback-good"
    ROLLBACK_BAD = "rollback-bad"
    # Questions
    OVER_SINCE = "over-since"
    OVER_AT = "over-at"
    STILL_GOING = "still-going"
    # More…
    NOTE = "note"
    SEVERITY = "severity"
    HANDOVER = "handover"
    ASSIGN_LEAD = "assign-lead"
    ALSO_AFFECTS = "also-affects"
    MAKE_PRIVATE = "make-private"
    CANCEL = "cancel"
    REMATCH = "rematch"
    REDRAW = "redraw"
    # After the end
    PROPOSAL_OPEN = "proposal-open"
    PROPOSAL_EDIT = "proposal-edit"
    PROPOSAL_COPY = "proposal-copy"
    PROPOSAL_DECLINE = "proposal-decline"
    FILL_DRAFT = "fill-draft"
    CLOSE_ACTION = "close-action"
    # Opening and answers
    DECLARE = "declare"
    SEPARATE = "separate"
    SHARE = "share"
    POST_IN_THREAD = "post-in-thread"
    SHOW_ENTRY = "show-entry"
    SHOW_SECTION = "show-section"
    NOT_DOCUMENTED = "not-documented"
    SHOW_INCIDENT = "show-incident"
    PICK = "pick"
    OPEN_LINK = "open-link"
    REFRESH_HOME = "refresh-home"
    MENU = "menu"


MEANING: dict[Verb, str] = {
    Verb.TAKE_LEAD: "the clicker takes the lead",
    Verb.TAKE_HANDOVER: "the clicker takes a lead that was offered",
    Verb.CALL_NEXT: "show the call card for the next contact and record the call",
    Verb.ROLL_BACK: "open the rollback modal",
    Verb.MORE: "open the More… modal",
    Verb.UPDATE: "open the update modal",
    Verb.OVER: "the impact is over now",
    Verb.CLOSE: "open the close modal",
    Verb.REOPEN: "it was not over: open again what was over, closed or cancelled",
    Verb.CATCH_UP: "show the facts so far to the clicker alone",
    Verb.ANSWER: "answer a step; argument = Answer",
    Verb.CHOOSE: "take a branch; argument = the number of the choice, from 0",
    Verb.CHANGE: "open the modal that corrects an answer",
    Verb.ON_IT: "the clicker works on this step",
    Verb.SKIP: "open the skip modal",
    Verb.IMPROVISE: "open the modal for what was done instead",
    Verb.ALL_STEPS: "open the modal with all steps",
    Verb.SHOW_STEP: "post the step message anew at the bottom of the thread",
    Verb.WRONG_PLAYBOOK: "leave the playbook and show the next candidates",
    Verb.ATTACH: "use a playbook; argument = service/failure id",
    Verb.NONE_OF_THESE: "reject all candidates",
    Verb.RESUME: "go back to a playbook; argument = run",
    Verb.CUT_SHORT: "open the modal that cuts a wait short",
    Verb.WAIT_YES: "the wait's expectation is met",
    Verb.WAIT_NO: "the wait's expectation is not met",
    Verb.EXTEND: "wait longer; argument = minutes",
    Verb.ASK_AGAIN: "open the modal that asks when to ask again",
    Verb.CALLED: "record that a contact is being called; argument = who",
    Verb.REACHED: "the contact that was called answered; argument = who",
    Verb.NO_ANSWER: "the contact that was called did not answer; argument = who",
    Verb.DECIDE: "decide to roll back",
    Verb.DECIDE_ANYWAY: "decide to roll back although not in the authorised group",
    Verb.ASK_AUTHORISED: "ask somebody of the authorised group in the thread; argument = user id",
    Verb.ROLLBACK_DONE: "the rollback command finished",
    Verb.ROLLBACK_FAILED: "the rollback command failed",
    Verb.ROLLBACK_GOOD: "the rollback is verified",
    Verb.ROLLBACK_BAD: "the rollback did not help",
    Verb.OVER_SINCE: "the impact is over since an instant; argument = ms since the epoch",
    Verb.OVER_AT: "open the modal that asks since when it is over",
    Verb.STILL_GOING: "it is not over: record that somebody is on it",
    Verb.NOTE: "open the note modal",
    Verb.SEVERITY: "open the severity modal",
    Verb.HANDOVER: "open the handover modal",
    Verb.ASSIGN_LEAD: "open the modal that gives the lead to somebody",
    Verb.ALSO_AFFECTS: "open the modal that adds a second service",
    Verb.MAKE_PRIVATE: "open the modal that makes the incident private",
    Verb.CANCEL: "open the cancel modal",
    Verb.REMATCH: "open the modal that matches other words",
    Verb.REDRAW: "draw the head and the step message again",
    Verb.PROPOSAL_OPEN: "send the proposed runbook change (pull request, branch or file)",
    Verb.PROPOSAL_EDIT: "open the modal that edits the proposed runbook change",
    Verb.PROPOSAL_COPY: "show the proposed runbook change to copy it",
    Verb.PROPOSAL_DECLINE: "open the modal that declines the proposed runbook change",
    Verb.FILL_DRAFT: "open the modal with what the draft still needs from a person",
    Verb.CLOSE_ACTION: "close an action item; argument = the message's ts",
    Verb.DECLARE: "open the declare modal; argument = service/failure id/words, each may be empty",
    Verb.SEPARATE: "open a separate incident instead of adding a report; argument = the report's key",
    Verb.SHARE: "post an ephemeral answer in the channel; argument = the question that was asked",
    Verb.POST_IN_THREAD: "post an ephemeral answer in the incident's thread; argument = the question",
    Verb.SHOW_ENTRY: "show a failure mode; argument = service/failure id",
    Verb.SHOW_SECTION: "show a section of a runbook; argument = service/section",
    Verb.SHOW_INCIDENT: "open the modal with the facts of an incident: also on Home, where nothing is whispered",
    Verb.PICK: "say the words that fitted several incidents to this one; argument = word and rest of /incident",
    Verb.NOT_DOCUMENTED: "show what helps when no entry fits; argument = service/words",
    Verb.OPEN_LINK: "a link button: the client follows the link, nothing is to be done",
    Verb.REFRESH_HOME: "draw the Home tab again",
    Verb.MENU: "an overflow menu or select: the chosen option carries the real verb",
}
"""Every verb and what it asks for: the dispatcher has one handler for each."""


@dataclass(frozen=True, slots=True)
class Click:
    """What somebody clicked. `argument` is free text whose meaning the verb gives."""

    verb: Verb
    incident_id: str = ""
    step: StepRef | None = None
    argument: str = ""


def encode(click: Click) -> tuple[str, str]:
    """(action_id, value) of a button."""
    details = [click.verb.value]
    if click.argument:
        details.append(_slug(click.argument))
    if click.step:
        details.append(f"{click.step.run}-{click.step.number}")
    return ".".join(details), _value(click)


def encode_option(click: Click) -> str:
    """The value of an overflow or select option: the verb travels in it, because the menu has one action_id."""
    return f"{click.verb.value}:{_value(click)}"


def decode(action_id: str, value: str) -> Click:
    """The click behind an action. Raises ValueError for an id that this version never made."""
    name = action_id.partition(".")[0]
    if name == Verb.MENU:
        name, _, value = value.partition(":")
    incident_id, _, rest = value.partition("|")
    step, _, argument = rest.partition("|")
    return Click(Verb(name), incident_id, _step(step), argument)


def _value(click: Click) -> str:
    step = f"{click.step.run}.{click.step.number}" if click.step else ""
    return f"{click.incident_id}|{step}|{click.argument}"


def _step(text: str) -> StepRef | None:
    run, dot, number = text.partition(".")
    return StepRef(run=int(run), number=int(number)) if dot else None


def _slug(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text):
        return text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


class Form(StrEnum):
    """The modals, by callback id."""

    DECLARE = "declare"
    IMPROVISE = "improvise"
    SKIP = "skip"
    CLOSE = "close"
    CHANGE = "change"
    CUT_SHORT = "cut-short"
    ASK_AGAIN = "ask-again"
    UPDATE = "update"
    SEVERITY = "severity"
    LEAD = "lead"
    HANDOVER = "handover"
    NOTE = "note"
    ROLLBACK = "rollback"
    OVER_AT = "over-at"
    CANCEL = "cancel"
    REMATCH = "rematch"
    ALSO_AFFECTS = "also-affects"
    MAKE_PRIVATE = "make-private"
    MARK = "mark"
    PROPOSAL_EDIT = "proposal-edit"
    PROPOSAL_DECLINE = "proposal-decline"
    FILL = "fill"
    ALL_STEPS = "all-steps"
    MORE = "more"
    INFO = "info"


METADATA_LIMIT = 3000
"""Characters of private_metadata (Slack, views reference)."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What a modal remembers between opening and submitting. `extra` holds short texts by name."""

    incident_id: str = ""
    step: StepRef | None = None
    channel: str = ""
    thread: str = ""
    extra: dict[str, str] = field(default_factory=dict)


def encode_meta(meta: Meta) -> str:
    """private_metadata. Extras that do not fit are left out, the longest first, because half a JSON is none."""
    extra = dict(meta.extra)
    while True:
        packed = {
            "i": meta.incident_id,
            "s": [meta.step.run, meta.step.number] if meta.step else None,
            "c": meta.channel,
            "t": meta.thread,
            "x": extra,
        }
        text = json.dumps({key: value for key, value in packed.items() if value}, separators=(",", ":"))
        if len(text) <= METADATA_LIMIT or not extra:
            return text
        del extra[max(extra, key=lambda name: len(extra[name]))]


def decode_meta(text: str) -> Meta:
    """The other way. Raises ValueError for anything that `encode_meta` did not make."""
    packed = json.loads(text or "{}")
    if not isinstance(packed, dict):
        raise ValueError("private_metadata is not an object")
    step = packed.get("s")
    return Meta(
        incident_id=str(packed.get("i", "")),
        step=StepRef(run=int(step[0]), number=int(step[1])) if step else None,
        channel=str(packed.get("c", "")),
        thread=str(packed.get("t", "")),
        extra={str(key): str(value) for key, value in packed.get("x", {}).items()},
    )
