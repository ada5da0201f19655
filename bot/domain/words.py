"""The words of the command line, of slash commands and of mentions: one grammar, so that what works in one place works
in all. `understand` turns a word and the rest of its line into a command on a known incident, or into a sentence that
says what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain import commands as c
from bot.domain import ending_words as ending
from bot.domain.base import Severity, Value
from bot.domain.incident import Incident
from bot.domain.reading import person
from bot.domain.runbook import StepKind
from bot.domain.said import Misread, Said, Understood
from bot.domain.vocabulary import Answer, Helped, SkipReason, StepRef

_NEXT = re.compile(r"\bnext\s+(?:in\s+)?(\d{1,3})\s*(?:m|min|minutes?)?\b", re.IGNORECASE)

_MINUTES = re.compile(r"(?:another\s+)?(\d{1,3})\s*(?:more\s+)?(?:m|min|minutes?)?\.?", re.IGNORECASE)

Reader = Callable[[Said], Understood]


class Word(Value):
    """One word: how it is used, what it does, and how the rest of its line is read."""

    usage: str
    meaning: str
    read: Reader
    by_state: bool = False
    """What it means depends on how far the incident is, so that an old state would be misread."""


def understand(word: str, rest: str, incident: Incident, now: int) -> Understood | None:
    """The command that is meant; None when the word is none of `WORDS`."""
    known = WORDS.get(word.casefold())
    return known.read(Said(text=rest.strip(), incident=incident, now=now)) if known else None


def _note(said: Said) -> Understood:
    return c.Note(text=said.text) if said.text else Misread(sentence="Say what to note: note <text>.")


def _update(said: Said) -> Understood:
    found = _NEXT.search(said.text)
    text = _NEXT.sub("", said.text).strip(" ·,;") if found else said.text
    if not text:
        return Misread(sentence="Say what is true now: update <text> [next 30].")
    return c.PostUpdate(text=text, next_minutes=int(found[1]) if found else None)


def _severity(said: Said) -> Understood:
    level, _, why = said.text.partition(" ")
    found = re.fullmatch(r"(?:SEV-?)?([1-4])", level, re.IGNORECASE)
    if found is None:
        return Misread(sentence="Say which severity: sev 1, 2, 3 or 4, and if you like why.")
    return c.ChangeSeverity(severity=Severity(f"SEV{found[1]}"), why=why.strip())


def _lead(said: Said) -> Understood:
    return c.TakeLead(lead=person(said.text), over=True)


def _handover(said: Said) -> Understood:
    to = person(said.text)
    if to is None:
        return Misread(sentence="Say whom you hand over to: handover @name.")
    return c.OfferHandover(to=to)


def _call(said: Said) -> Understood:
    if not said.text:
        return c.CallContact()
    wanted = said.text.casefold().lstrip("@")
    contacts = said.incident.dossier.contacts
    found = next((one for one in contacts if wanted in one.who.casefold()), None)
    if found is None:
        known = ", ".join(one.who for one in contacts) or "nobody"
        return Misread(sentence=f"The runbook names nobody like '{said.text}'. It names: {known}.")
    return c.CallContact(who=found.who, phone=found.phone)


def _current_kind(incident: Incident) -> StepKind | None:
    run, current = incident.run, incident.current
    return run.step(current.number).kind if run and current else None


_GOOD = {
    StepKind.CHECK: Answer.AS_EXPECTED,
    StepKind.ACT: Answer.WORKED,
    StepKind.ROLLBACK: Answer.CONDITION_MET,
    StepKind.ESCALATE: Answer.REACHED,
}
_BAD = {
    StepKind.CHECK: Answer.NOT_AS_EXPECTED,
    StepKind.ACT: Answer.DID_NOT_WORK,
    StepKind.ROLLBACK: Answer.NOT_MET,
    StepKind.ESCALATE: Answer.NO_ANSWER,
}


def _answered(said: Said, table: dict[StepKind, Answer], good: bool) -> Understood:
    incident = said.incident
    run = incident.run
    state = run.current if run else None
    if state and state.follow_up:
        return c.AnswerStep(answer=Answer.WORKED if good else Answer.DID_NOT_WORK, note=said.text)
    kind = _current_kind(incident)
    if kind is StepKind.WAIT:
        return c.AnswerWait(as_expected=good, note=said.text)
    if kind is StepKind.BRANCH and run and state:
        choices = run.step(state.number).choices
        wanted = said.text or ("yes" if good else "no")
        match = next((one.label for one in choices if one.label.casefold() == wanted.casefold()), wanted)
        return c.ChooseBranch(choice=match)
    return c.AnswerStep(answer=table.get(kind, Answer.WORKED) if kind else Answer.WORKED, note=said.text)


def _done(said: Said) -> Understood:
    return _answered(said, _GOOD, good=True)


def _failed(said: Said) -> Understood:
    return _answered(said, _BAD, good=False)


def _fixed(said: Said) -> Understood:
    return c.AnswerStep(answer=Answer.FIXED, note=said.text)


def _skip(said: Said) -> Understood:
    word, _, note = said.text.partition(" ")
    reasons = {"needed": SkipReason.NOT_NEEDED, "done": SkipReason.DONE_ALREADY, "access": SkipReason.NO_ACCESS}
    reasons |= {"risky": SkipReason.TOO_RISKY}
    reason = reasons.get(word.casefold())
    return c.SkipStep(reason=reason or SkipReason.OTHER, note=note.strip() if reason else said.text)


def _ran(said: Said) -> Understood:
    if not said.text:
        return Misread(sentence="Say what you ran: ran <command>.")
    return c.Improvise(what=said.text, command=said.text, helped=Helped.UNKNOWN)


def _tried(said: Said) -> Understood:
    word, _, what = said.text.partition(" ")
    helped = {"helped": Helped.YES, "useless": Helped.NO}.get(word.casefold())
    text = what.strip() if helped else said.text
    if not text:
        return Misread(sentence="Say what you tried: tried [helped|useless] <what>.")
    command = re.search(r"`([^`]+)`", text)
    return c.Improvise(what=text, command=command[1] if command else "", helped=helped or Helped.UNKNOWN)


def _extend(said: Said) -> Understood:
    if not said.text:
        return c.ExtendWait(minutes=5.0)
    found = _MINUTES.fullmatch(said.text)
    return c.ExtendWait(minutes=float(found[1])) if found else Misread(sentence="Say how many minutes: wait [minutes].")


def _rollback(said: Said) -> Understood:
    word, _, rest = said.text.partition(" ")
    readers: dict[str, c.Command] = {
        "decide": c.DecideRollback(),
        "done": c.FinishRollback(),
        "failed": c.FailRollback(what=rest.strip()),
        "verified": c.VerifyRollback(good=True),
        "unverified": c.VerifyRollback(good=False),
    }
    if word.casefold() in readers:
        return readers[word.casefold()]
    if word.casefold() == "met":
        conditions = said.incident.dossier.rollback.conditions
        number = int(rest) if rest.strip().isdigit() else 0
        if 1 <= number <= len(conditions):
            return c.MeetRollbackCondition(condition=conditions[number - 1])
        return c.MeetRollbackCondition(condition=rest.strip())
    if word.casefold() == "because":
        return c.MeetRollbackCondition(why=rest.strip())
    return Misread(
        sentence="Say: rollback met <number of the condition> | because <why> | decide | done | failed | verified"
        " | unverified."
    )


def _affects(said: Said) -> Understood:
    if not said.text:
        return Misread(sentence="Say which service: affects <service>.")
    return c.AddService(service=said.text.split()[0])


def _private(said: Said) -> Understood:
    return c.MakePrivate()


def _reached(said: Said) -> Understood:
    return c.ReachContact()


def _missed(said: Said) -> Understood:
    return c.MissContact()


def _step(said: Said) -> Understood:
    return c.CallUpStep()


def _recall(said: Said) -> Understood:
    run = said.incident.run
    numbers = [int(one) for one in re.findall(r"\d+", said.text)]
    if not run or not numbers:
        return Misread(sentence="Say which steps were done: did 1 2 4.")
    return c.RecallSteps(steps=tuple(StepRef(run=run.run, number=number) for number in numbers))


WORDS: dict[str, Word] = {
    "ack": Word(usage="ack", meaning="I have it: take the lead", read=lambda said: c.TakeLead()),
    "lead": Word(usage="lead [@name]", meaning="take the lead, or give it to somebody", read=_lead),
    "handover": Word(usage="handover @name", meaning="offer the lead; it moves when they take it", read=_handover),
    "call": Word(usage="call [name]", meaning="the next person to phone", read=_call),
    "reached": Word(usage="reached", meaning="the person you called answered", read=_reached),
    "noanswer": Word(usage="noanswer", meaning="the person you called did not answer", read=_missed),
    "sev": Word(usage="sev 1-4 [why]", meaning="change the severity", read=_severity, by_state=True),
    "note": Word(usage="note <text>", meaning="add a line to the timeline", read=_note),
    "update": Word(usage="update <text> [next 30]", meaning="tell the channel what is true now", read=_update),
    "done": Word(usage="done [note]", meaning="the current step worked, or is as expected", read=_done, by_state=True),
    "failed": Word(usage="failed [note]", meaning="the current step did not work", read=_failed, by_state=True),
    "fixed": Word(usage="fixed", meaning="the current step fixed it: stop here", read=_fixed),
    "skip": Word(usage="skip [needed|done|access|risky] [why]", meaning="leave the current step out", read=_skip),
    "step": Word(usage="step", meaning="the current step again, at the bottom of the thread", read=_step),
    "did": Word(usage="did 1 2 4", meaning="steps that were done and never clicked", read=_recall, by_state=True),
    "ran": Word(usage="ran <command>", meaning="a command that is not in the playbook", read=_ran),
    "tried": Word(usage="tried [helped|useless] <what>", meaning="something else that was tried", read=_tried),
    "wait": Word(usage="wait [minutes]", meaning="make the running wait longer", read=_extend),
    "rollback": Word(
        usage="rollback met|because|decide|done|failed|verified|unverified",
        meaning="the rollback, step by step",
        read=_rollback,
        by_state=True,
    ),
    "affects": Word(usage="affects <service>", meaning="a second service is hit", read=_affects, by_state=True),
    "private": Word(usage="private", meaning="on in a private channel, and out of all lists", read=_private),
    "fill": Word(usage="fill <blank> <text>", meaning="say what the post-mortem asks a person", read=ending.fill),
    "over": Word(usage="over [03:40 | 25 min]", meaning="the impact is over, now or since then", read=ending.over),
    "close": Word(
        usage="close [this|wrong [step]|another|none] [what]",
        meaning="end it, and say if it was documented",
        read=ending.close,
        by_state=True,
    ),
    "accept": Word(
        usage="accept", meaning="send the proposed runbook change to its owner", read=lambda said: c.AcceptProposal()
    ),
    "decline": Word(usage="decline <why>", meaning="the proposed change is not worth an entry", read=ending.decline),
    "reopen": Word(usage="reopen [why]", meaning="it was not over", read=ending.reopen),
    "cancel": Word(
        usage="cancel mistake | false alarm | duplicate of INC-n", meaning="it was no incident", read=ending.cancel
    ),
}
"""Every word that acts on a known incident. To add one: a reader above, a line here; docs and help follow."""

__all__ = ["WORDS", "Misread", "Said", "Understood", "Word", "understand"]
