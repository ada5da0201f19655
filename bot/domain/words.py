"""The words of the command line, of slash commands and of mentions: one grammar, so that what works in one place works
in all. `understand` turns a word and the rest of its line into a command on a known incident, or into a sentence that
says what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.domain import commands as c
from bot.domain import ending_words as ending
from bot.domain import step_words as steps
from bot.domain.base import Severity, Value
from bot.domain.incident import Incident
from bot.domain.reading import first_word, one_line, person
from bot.domain.said import Misread, Said, Understood
from bot.domain.vocabulary import Actor

# "the next 30 minutes" and "next we look" are prose.
_NEXT = re.compile(
    r"(?:^|(?<!\bthe)[\s·,;.])next\s+(?:in\s+)?(?P<time>[^\w\s]*[0-9]\S*(?:\s*[a-z]+)?)\.?$", re.IGNORECASE
)
_TIME = re.compile(r"(?P<number>[0-9]{1,4})\s*(?:m|min|minutes?|(?P<hours>h|hours?))?", re.IGNORECASE)

Reader = Callable[[Said], Understood]


class Word(Value):
    """One word: how it is used, what it does, and how the rest of its line is read."""

    usage: str
    meaning: str
    read: Reader
    alone: bool = False
    """Nothing but an incident may follow it."""
    by_state: bool = False
    """What it means depends on how far the incident is, so that an old state would be misread."""


def understand(word: str, rest: str, incident: Incident, now: int, reader: Actor | None = None) -> Understood | None:
    """The command that is meant; None when the word is none of `WORDS`. `rest` no longer names the incident; `reader`
    is who says it (`Said.reader`)."""
    word = word.casefold()
    known = WORDS.get(word)
    if known is None:
        return None
    text = rest.strip()
    if known.alone and text:
        return Misread(sentence=f"{word} takes no text, only an incident: {word}, or {word} {incident.name}.")
    return known.read(Said(text=text, incident=incident, now=now, word=word, reader=reader))


def _note(said: Said) -> Understood:
    return c.Note(text=said.text) if said.text else Misread(sentence="Say what to note: note <text>.")


def _update(said: Said) -> Understood:
    found = _NEXT.search(said.text)
    text = said.text[: found.start()].strip(" ·,;") if found else said.text
    if not text:
        return Misread(sentence="Say what is true now: update <text> [next 30].")
    if found is None:
        return c.PostUpdate(text=text)
    time = _TIME.fullmatch(found["time"])
    if time is None:
        odd = one_line(found["time"], 40)
        return Misread(sentence=f"'next {odd}' is no number of minutes or hours: update <text> next 30, or next 2 h.")
    return c.PostUpdate(text=text, next_minutes=int(time["number"]) * (60 if time["hours"] else 1))


def _severity(said: Said) -> Understood:
    level, why = first_word(said.text)
    found = re.fullmatch(r"(?:SEV-?)?([1-4])", level, re.IGNORECASE)
    if found is None:
        return Misread(sentence="Say which severity: sev 1, 2, 3 or 4, and if you like why.")
    return c.ChangeSeverity(severity=Severity(f"SEV{found[1]}"), why=why.strip())


def _lead(said: Said) -> Understood:
    lead = person(said.text)
    if said.text and lead is None:
        return Misread(sentence="Say who leads, and nothing else: lead @name. To take it yourself: lead.")
    return c.TakeLead(lead=lead, over=True)


def _handover(said: Said) -> Understood:
    to = person(said.text)
    if to is None:
        return Misread(sentence="Say whom you hand over to, and nothing else: handover @name.")
    return c.OfferHandover(to=to)


def _call(said: Said) -> Understood:
    if not said.text:
        return c.CallContact()
    wanted = said.text.casefold().lstrip("@")
    contacts = said.incident.dossier.contacts
    found = [one for one in contacts if wanted in one.who.casefold()]
    if len(found) != 1:
        known = ", ".join(one.who for one in found or contacts) or "nobody"
        several = f"several like '{said.text}': {known}." if found else f"nobody like '{said.text}'. It names: {known}."
        return Misread(sentence=f"The runbook names {several}")
    return c.CallContact(who=found[0].who, phone=found[0].phone)


def _rollback(said: Said) -> Understood:
    word, rest = first_word(said.text)
    readers: dict[str, c.Command] = {
        "decide": c.DecideRollback(),
        "done": c.FinishRollback(),
        "failed": c.FailRollback(what=rest.strip()),
        "verified": c.VerifyRollback(good=True),
        "unverified": c.VerifyRollback(good=False),
    }
    if word.casefold() in readers:
        if rest.strip() and word.casefold() != "failed":
            return Misread(sentence=f"rollback {word.casefold()} takes no text. Say it alone, and the rest as a note.")
        return readers[word.casefold()]
    if word.casefold() == "met":
        conditions = said.incident.dossier.rollback.conditions
        if not re.fullmatch(r"[^\w\s]*[0-9]+", rest.strip()):
            return c.MeetRollbackCondition(condition=rest.strip())
        number = int(rest) if rest.strip().isdecimal() else 0
        if 1 <= number <= len(conditions):
            return c.MeetRollbackCondition(condition=conditions[number - 1])
        known = " ".join(f"{place}: {one_line(text, 200)}." for place, text in enumerate(conditions, 1))
        return Misread(
            sentence=f"The runbook has no such condition. {known or 'It names none'} Or say: rollback because <why>."
        )
    if word.casefold() == "because":
        return c.MeetRollbackCondition(why=rest.strip())
    return Misread(
        sentence="Say: rollback met <number of the condition> | because <why> | decide | done | failed | verified"
        " | unverified."
    )


def _affects(said: Said) -> Understood:
    service, more = first_word(said.text)
    if more or not service:
        return Misread(sentence="Say which service, one at a time: affects <service>.")
    return c.AddService(service=service)


def _private(said: Said) -> Understood:
    return c.MakePrivate()


def _reached(said: Said) -> Understood:
    return c.ReachContact()


def _missed(said: Said) -> Understood:
    return c.MissContact()


def _step(said: Said) -> Understood:
    return c.CallUpStep()


WORDS: dict[str, Word] = {
    "ack": Word(usage="ack", meaning="I have it: take the lead", read=lambda said: c.TakeLead(), alone=True),
    "lead": Word(usage="lead [@name]", meaning="take the lead, or give it to somebody", read=_lead),
    "handover": Word(usage="handover @name", meaning="offer the lead; it moves when they take it", read=_handover),
    "call": Word(usage="call [name]", meaning="the next person to phone", read=_call),
    "reached": Word(usage="reached", meaning="the person you called answered", read=_reached, alone=True),
    "noanswer": Word(usage="noanswer", meaning="the person you called did not answer", read=_missed, alone=True),
    "sev": Word(usage="sev 1-4 [why]", meaning="change the severity", read=_severity, by_state=True),
    "note": Word(usage="note <text>", meaning="add a line to the timeline", read=_note),
    "update": Word(usage="update <text> [next 30]", meaning="tell the channel what is true now", read=_update),
    "done": Word(
        usage="done [step] [note]", meaning="the step worked, or is as expected", read=steps.done, by_state=True
    ),
    "failed": Word(usage="failed [step] [note]", meaning="the step did not work", read=steps.failed, by_state=True),
    "fixed": Word(usage="fixed [step] [note]", meaning="the step fixed it: stop here", read=steps.fixed, by_state=True),
    "skip": Word(
        usage="skip [step] [needed|done|access|risky] [why]",
        meaning="leave the step out",
        read=steps.skip,
        by_state=True,
    ),
    "change": Word(
        usage="change <step> done|failed|fixed [note]",
        meaning="correct what was said of a step",
        read=steps.change,
        by_state=True,
    ),
    "step": Word(usage="step", meaning="the current step again, at the bottom of the thread", read=_step, alone=True),
    "did": Word(usage="did 1 2 4", meaning="steps that were done and never clicked", read=steps.recall, by_state=True),
    "ran": Word(usage="ran <command>", meaning="a command that is not in the playbook", read=steps.ran),
    "tried": Word(usage="tried [helped|useless] <what>", meaning="something else that was tried", read=steps.tried),
    "wait": Word(usage="wait [minutes]", meaning="make the running wait longer", read=steps.extend),
    "rollback": Word(
        usage="rollback met|because|decide|done|failed|verified|unverified",
        meaning="the rollback, step by step",
        read=_rollback,
        by_state=True,
    ),
    "affects": Word(usage="affects <service>", meaning="a second service is hit", read=_affects, by_state=True),
    "private": Word(
        usage="private", meaning="move it to a private channel, and out of all lists", read=_private, alone=True
    ),
    "fill": Word(usage="fill <blank> <text>", meaning="say what the post-mortem asks a person", read=ending.fill),
    "over": Word(usage="over [03:40 | 25 min]", meaning="the impact is over, now or since then", read=ending.over),
    "close": Word(
        usage="close [this|wrong [step]|another|none] [what]",
        meaning="end it, and say if it was documented",
        read=ending.close,
        by_state=True,
    ),
    "accept": Word(
        usage="accept",
        meaning="send the proposed runbook change to its owner",
        read=lambda said: c.AcceptProposal(),
        alone=True,
    ),
    "decline": Word(usage="decline <why>", meaning="the proposed change is not worth an entry", read=ending.decline),
    "reopen": Word(usage="reopen [why]", meaning="it was not over", read=ending.reopen),
    "cancel": Word(
        usage="cancel mistake | false alarm | duplicate of INC-n", meaning="it was no incident", read=ending.cancel
    ),
}
"""Every word that acts on a known incident. To add one: a reader above, a line here; docs and help follow."""

__all__ = ["WORDS", "Misread", "Said", "Understood", "Word", "understand"]
