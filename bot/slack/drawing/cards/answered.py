"""A question that has its answer: the words stay, the buttons go, and below stands what was said, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import events as e
from bot.domain.due import Reminder
from bot.domain.events import Event, Fact
from bot.domain.incident import Incident
from bot.slack.drawing.blocks import Message, context
from bot.slack.drawing.cards.facts import fact_message
from bot.slack.drawing.mrkdwn import clock, one_line, plain_minutes
from bot.slack.drawing.show import Options, name

STILL_GOING = "Still going."
"""The note that answers "Over?"."""

_ENDS = (e.Mitigated, e.Closed, e.Cancelled)
_ANSWERS: dict[str, tuple[type[Event], ...]] = {
    Reminder.LEAD: (e.LeadTaken, e.HandoverTaken, *_ENDS),
    Reminder.WAIT: (e.WaitAnswered, e.WaitExtended, e.WaitCutShort, e.PlaybookLeft, *_ENDS),
    Reminder.CALL: (e.CallReached, e.CallUnanswered, e.Called, *_ENDS),
    Reminder.QUIET: (e.Noted, *_ENDS),
    Reminder.ROLLBACK: (e.RollbackVerified, *_ENDS),
    Reminder.PROPOSAL: (e.ProposalAccepted, e.ProposalDeclined, e.ProposalMade, e.ProposalMerged, e.Reopened),
}
_OFFERED = (e.HandoverTaken, e.HandoverOffered, e.LeadTaken, *_ENDS)


def answered(facts: Sequence[Fact]) -> list[tuple[int, Fact]]:
    """Each question that has an answer: its place among the facts, and the first fact that answers it."""
    found = []
    for place, fact in enumerate(facts):
        kinds = _kinds(fact.event)
        later = facts[place + 1 :] if kinds else ()
        answer = next((one for one in later if isinstance(one.event, kinds) and _is_answer(one.event)), None)
        if answer is not None:
            found.append((place, answer))
    return found


def answered_message(then: Incident, asked: Fact, answer: Fact, options: Options) -> Message | None:
    """The question as it was asked (`then` is the incident of that moment) without its buttons."""
    drawn = fact_message(then, asked, asked.at, options)
    if drawn is None:
        return None
    said = f"✓ {_said(answer.event)} · {name(answer.by)} {clock(answer.happened)}"
    return Message(drawn.text, [*(block for block in drawn.blocks if block["type"] != "actions"), context(said)])


def _kinds(event: Event) -> tuple[type[Event], ...]:
    if isinstance(event, e.HandoverOffered):
        return _OFFERED
    return _ANSWERS.get(event.what.partition(":")[0], ()) if isinstance(event, e.Reminded) else ()


def _is_answer(event: Event) -> bool:
    return not isinstance(event, e.Noted) or event.text == STILL_GOING


def _said(event: Event) -> str:
    match event:
        case e.LeadTaken() | e.HandoverTaken():
            return f"{name(event.lead)} has it"
        case e.HandoverOffered():
            return f"offered to {name(event.to)} instead"
        case e.WaitAnswered():
            return "as expected" if event.as_expected else "not as expected"
        case e.WaitExtended():
            return f"{plain_minutes(event.minutes)} more"
        case e.CallReached():
            return "reached"
        case e.CallUnanswered():
            return "no answer"
        case e.Called():
            return f"{one_line(event.who, 120)} was called"
        case e.RollbackVerified():
            return "verified" if event.good else "it did not help"
        case e.Noted():
            return "still going"
        case e.ProposalMade():
            return "edited"
        case _:
            return _PLAIN[type(event)]


_PLAIN: dict[type[Event], str] = {
    e.WaitCutShort: "the wait was cut short",
    e.PlaybookLeft: "the playbook was set aside",
    e.Mitigated: "impact over",
    e.Closed: "closed",
    e.Cancelled: "cancelled",
    e.Reopened: "reopened",
    e.ProposalAccepted: "accepted",
    e.ProposalDeclined: "not worth an entry",
    e.ProposalMerged: "merged",
}
