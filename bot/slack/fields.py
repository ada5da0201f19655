"""The fields of each form, read into commands. A field that cannot be used raises `FieldError` with its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.base import Severity
from bot.domain.commands import (
    Cancel,
    ChangeAnswer,
    Close,
    Command,
    CutWait,
    ExtendWait,
    Improvise,
    Mitigate,
    RecallSteps,
    SkipStep,
)
from bot.domain.decide.waits import LONGEST_EXTENSION_MINUTES
from bot.domain.vocabulary import (
    Answer,
    CancelKind,
    CutShort,
    Documented,
    EndedBy,
    Helped,
    SkipReason,
    StepRef,
)
from bot.runbooks.intake import Opening
from bot.slack.blocks import VALUE
from bot.slack.ids import Meta
from bot.slack.modals.opening import FROM_RUNBOOK

MINUTE = 60_000
Commands = tuple[Command, ...]


class FieldError(Exception):
    """A field whose value cannot be used: its block_id, and a sentence that says what to type."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice that the caller has to look up: a member of the workspace, a service, an entry."""

    user_id: str = ""
    service: str = ""
    text: str = ""


class Fields:
    """`view.state.values`, with `now` (ms) for fields that are times."""

    def __init__(self, values: Mapping[str, Any], meta: Meta, now: int) -> None:
        self.meta = meta
        self.now = now
        self._values = values

    def _element(self, name: str) -> Mapping[str, Any]:
        block = self._values.get(name)
        element = block.get(VALUE) if isinstance(block, Mapping) else None
        return element if isinstance(element, Mapping) else {}

    def text(self, name: str) -> str:
        """What was typed, or chosen in a select or a radio group; "" when nothing was."""
        element = self._element(name)
        chosen = element.get("selected_option")
        if isinstance(chosen, Mapping):
            return str(chosen.get("value", ""))
        return str(element.get("value") or element.get("selected_user") or "").strip()

    def needed(self, name: str, sentence: str) -> str:
        """The same. Raises FieldError when it is empty."""
        text = self.text(name)
        if not text:
            raise FieldError(name, sentence)
        return text

    def ticked(self, name: str) -> list[str]:
        """The values of the ticked boxes."""
        chosen = self._element(name).get("selected_options") or []
        return [str(option.get("value", "")) for option in chosen if isinstance(option, Mapping)]

    def names(self) -> list[str]:
        """The block ids, in order."""
        return list(self._values)

    def instant(self, name: str) -> int | None:
        """A date and time (ms), None when it was left empty."""
        seconds = self._element(name).get("selected_date_time")
        return int(seconds) * 1000 if isinstance(seconds, int) else None

    def ended(self, name: str) -> int | None:
        """A time that is not in the future. The picker knows minutes only, so the minute in which the incident was
        declared means the declaration, and the minute in which the form was opened means then. Raises FieldError."""
        at = self.instant(name)
        if at is None:
            return None
        declared, opened = (int(self.meta.extra.get(key) or 0) for key in ("declared", "opened"))
        if at > self.now:
            raise FieldError(name, "This time lies in the future.")
        if opened and at == opened - opened % MINUTE:
            return max(opened, declared)
        if declared and at < declared:
            if at >= declared - declared % MINUTE:
                return declared
            raise FieldError(name, "This is before the incident was declared.")
        return at


def step_ref(text: str) -> StepRef:
    """The step behind "0.2". Raises ValueError."""
    run, _, number = text.partition(".")
    return StepRef(run=int(run), number=int(number))


def declare(form: Fields) -> Opening:
    severity = form.text("severity")
    return Opening(
        service=form.needed("service", "Choose the service."),
        symptom=form.needed("symptom", "Say what you see."),
        severity=Severity(severity) if severity not in ("", FROM_RUNBOOK) else None,
        failure_id=form.text("failure"),
        channel=form.meta.channel,
        source=form.meta.extra.get("source", ""),
        private="private" in form.ticked("private"),
        separate=form.meta.extra.get("separate") == "yes",
    )


def improvise(form: Fields) -> Commands:
    what, command = form.text("what"), form.text("command")
    if not what and not command:
        raise FieldError("what", "Say what you did, or paste the command.")
    return (Improvise(what=what, command=command, helped=Helped(form.text("helped") or Helped.UNKNOWN)),)


def skip(form: Fields) -> Commands:
    reason = SkipReason(form.needed("reason", "Choose why."))
    return (SkipStep(step=form.meta.step, reason=reason, note=form.text("note")),)


def change(form: Fields) -> Commands:
    answer = Answer(form.needed("answer", "Choose what is true."))
    if form.meta.step is None:
        raise ValueError("the form names no step")
    return (ChangeAnswer(step=form.meta.step, answer=answer, note=form.text("note")),)


def cut_short(form: Fields) -> Commands:
    return (CutWait(why=CutShort(form.needed("why", "Choose why."))),)


def ask_again(form: Fields) -> Commands:
    at = form.instant("when")
    minutes = ((at or 0) - form.now) / MINUTE
    if not 0 < minutes <= LONGEST_EXTENSION_MINUTES:
        raise FieldError("when", "Choose a time between 1 minute and 4 hours from now.")
    return (ExtendWait(minutes=max(minutes, 1.0)),)


def close(form: Fields) -> Commands:
    ended, documented = form.needed("ended", "Choose what ended it."), form.text("documented")
    what, entry = form.text("what"), form.text("entry").upper()
    step = step_ref(ended.removeprefix("step:")) if ended.startswith("step:") else None
    by = EndedBy.STEP if step else EndedBy(ended)
    if by is EndedBy.SOMETHING_ELSE and not what:
        raise FieldError("what", "Say what it was: it may become a step of the runbook.")
    verdict = Documented(documented) if documented else Documented.UNKNOWN
    if verdict is Documented.ANOTHER and not entry:
        raise FieldError("entry", "Name the entry, for example IX-05.")
    done = [
        step_ref(value.removeprefix("step:"))
        for name in form.names()
        if name.startswith("done-")
        for value in form.ticked(name)
    ]
    recalled: Commands = (RecallSteps(steps=tuple(done)),) if done else ()
    failure_id = entry if verdict is Documented.ANOTHER else ""
    closing = Close(
        ended_by=by, documented=verdict, step=step, failure_id=failure_id, what=what, ended_at=form.ended("at")
    )
    return (*recalled, closing)


def over_at(form: Fields) -> Commands:
    return (Mitigate(since=form.ended("at")),)


_NUMBER = re.compile(r"(?:INC-?\s*)?#?(\d{1,9})", re.IGNORECASE)


def cancel(form: Fields) -> Commands:
    kind = CancelKind(form.needed("kind", "Choose why."))
    if kind is not CancelKind.DUPLICATE:
        return (Cancel(kind=kind),)
    found = _NUMBER.fullmatch(form.text("duplicate"))
    if not found:
        raise FieldError("duplicate", "Name the other incident, for example INC-40.")
    return (Cancel(kind=kind, duplicate_of=int(found[1])),)
