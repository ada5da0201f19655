"""Each form, read into commands, or into what the caller has to look up first."""

from __future__ import annotations

import re

from bot.domain.base import Severity
from bot.domain.commands import (
    Cancel,
    ChangeAnswer,
    ChangeSeverity,
    Close,
    CutWait,
    DeclineProposal,
    ExtendWait,
    FillField,
    Improvise,
    MakePrivate,
    MarkMessage,
    Mitigate,
    Note,
    PostUpdate,
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
    MarkKind,
    SkipReason,
    StepRef,
)
from bot.runbooks.intake import Opening
from bot.slack.drawing.modals.opening import FROM_RUNBOOK
from bot.slack.drawing.modals.people import NO_NEXT
from bot.slack.drawing.modals.scope import NO_CONDITION
from bot.slack.listening.fields import MINUTE, Commands, FieldError, Fields, Picked, RollbackAsked


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
    named = form.text("wrong")
    wrong = step_ref(named.removeprefix("step:")) if named and verdict is Documented.STEP_WRONG else None
    if named and wrong is None:
        raise FieldError("wrong", "A step is named: say above that a step was wrong, or take it out here.")
    closing = Close(
        ended_by=by,
        documented=verdict,
        step=step,
        failure_id=failure_id,
        what=what,
        ended_at=form.ended("at"),
        wrong=wrong,
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


def update(form: Fields) -> Commands:
    text, following = form.needed("text", "Say what is true now."), form.text("next")
    return (PostUpdate(text=text, next_minutes=None if following in ("", NO_NEXT) else int(following)),)


def note(form: Fields) -> Commands:
    return (Note(text=form.needed("text", "Say what happened.")),)


def severity(form: Fields) -> Commands:
    """`authorised` is for the caller to correct: only it knows the groups."""
    chosen = Severity(form.needed("severity", "Choose the severity."))
    return (ChangeSeverity(severity=chosen, why=form.text("why")),)


def user(form: Fields) -> Picked:
    return Picked(user_id=form.needed("user", "Choose somebody."))


def mark(form: Fields) -> Commands:
    """For the incident `incident` of the form, which the caller finds in `Submission.incident_id`."""
    extra = form.meta.extra
    kind = MarkKind(form.needed("kind", "Choose what it is."))
    text = form.needed("text", "The message has no text: say what it shows.")
    key, link = extra.get("message", ""), extra.get("link", "")
    by = {"author": extra.get("author", ""), "author_id": extra.get("author_id", "")}
    return (MarkMessage(message=key, kind=kind, text=text, link=link, **by),)


def rollback(form: Fields) -> RollbackAsked:
    condition, why = form.needed("condition", "Choose the condition, or that none is met."), form.text("why")
    if condition == NO_CONDITION and not why:
        raise FieldError("why", "No condition is met: say why you roll back all the same.")
    index = None if condition == NO_CONDITION else int(condition.removeprefix("condition:"))
    return RollbackAsked(index=index, why=why, decide="decide" in form.ticked("decide"))


def also_affects(form: Fields) -> Picked:
    return Picked(service=form.needed("service", "Choose the service."))


def make_private(form: Fields) -> Commands:
    return (MakePrivate(channel=form.text("channel")),)


def rematch(form: Fields) -> Picked:
    return Picked(text=form.needed("text", "Say what you see."))


def proposal_edit(form: Fields) -> Picked:
    title = form.needed("title", "An entry needs a title.")
    pieces = [form.typed(name) for name in form.names() if name.startswith("text-")]
    text = "\n".join(pieces)
    if not text.strip():
        raise FieldError("text-0", "There is no text. Not worth an entry is another button.")
    return Picked(title=title, text=text)


def proposal_decline(form: Fields) -> Commands:
    return (DeclineProposal(why=form.needed("why", "Say why: somebody will ask when it happens again.")),)


def fill(form: Fields) -> Commands:
    filled: list[FillField] = []
    for place, field in enumerate(form.meta.extra.get("fields", "").split(",")):
        name = f"fill-{place}"
        when, text = form.instant(name), form.text(name)
        if when is not None and when > form.now:
            raise FieldError(name, "This time lies in the future.")
        if when is not None or text:
            filled.append(FillField(field=field, text=text, when=when or 0))
    if not filled:
        raise FieldError("fill-0", "Fill at least one field, or go back.")
    return tuple(filled)
