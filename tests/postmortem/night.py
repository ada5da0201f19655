"""One whole night on the sample runbook: a playbook with a step that fails, a rollback, a handover, marks, two days."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain.base import Severity
from bot.domain.runbook import Change
from bot.domain.vocabulary import Answer, Documented, EndedBy, Helped, MarkKind, SkipReason, StepRef, Surface
from bot.runbooks.intake import Opening
from tests.postmortem.shelf import sample_intake
from tests.postmortem.story import ALERT, LEE, SAM, START, Story

SYMPTOM = "queue stuck | oldest 70 min <b>now</b>"
LINK = "https://acme.slack.com/archives/C0AP/p1763608440000500"


def night() -> Story:
    """The stream of INC-42."""
    story = Story()
    opening = Opening(service="invoice-extract", symptom=SYMPTOM, alert="IngestQueueAge", severity=Severity.SEV2)
    story.say(sample_intake().declare(opening, START).model_copy(update={"number": 42}), ALERT, "alert")
    story.show(Surface.HEAD, "1763608260.000100").show(Surface.STEP, "1763608261.000200")
    story.at(2).say(c.AddReport(text="payments page is empty for us"), SAM)
    story.at(4).say(c.TakeLead()).at(6).say(c.AnswerStep(answer=Answer.AS_EXPECTED, note="one id"))
    story.at(9).say(c.AnswerStep(answer=Answer.DID_NOT_WORK, note="Sam Reyes forgot the flag"))
    story.at(10).say(
        c.Improvise(what="moved the poison message aside", command="agentctl queue deadletter 17 | tee out")
    )
    story.at(11).say(c.ChangeSeverity(severity=Severity.SEV1, why="payment run at 05:00"))
    story.at(12).say(c.Note(text="impact since 02:50, token=" + "abcd1234efgh"), LEE)
    written = f"C0AP:{(START + 7 * 60_000) // 1000}.000500"
    fact = c.MarkMessage(message=written, kind=MarkKind.FACT, text="grafana *flat*", author=LEE.id, link=LINK)
    story.at(13).say(fact, SAM)
    action = c.MarkMessage(
        message="C0AP:1763608500.000600", kind=MarkKind.ACTION, text="alert on stalls", author=LEE.id
    )
    story.say(action, SAM)
    story.say(c.MarkMessage(message="C0AP:1763608501.000600", kind=MarkKind.QUESTION, text="why only lane 3?"), LEE)
    story.at(14).say(c.SeeChange(change=Change(when="2026-11-20 01:38Z", kind="prompt", what="routing", before="v60")))
    story.elapse().say(c.AnswerWait(as_expected=False)).at(24).say(c.AnswerStep(answer=Answer.DID_NOT_WORK))
    story.at(25).say(c.CallContact()).at(27).say(c.ReachContact())
    story.at(28).say(c.OfferHandover(to=LEE)).at(29).say(c.TakeHandover(), LEE)
    story.at(30).say(c.ChooseBranch(choice="Yes"), LEE).at(31).say(c.AnswerStep(answer=Answer.CONDITION_MET), LEE)
    story.at(32).say(c.DecideRollback(), LEE).at(35).say(c.FinishRollback(), LEE)
    story.at(36).say(c.SkipStep(reason=SkipReason.NOT_NEEDED), LEE).at(44).say(c.VerifyRollback(good=True), LEE)
    story.at(45).say(c.Improvise(what="cleared the retry lane", command="agentctl retry clear", helped=Helped.YES), LEE)
    story.at(50).say(c.PostUpdate(text="rolled back, queue falls", next_minutes=30), LEE).at(60).say(c.Mitigate(), LEE)
    wrong = StepRef(run=0, number=2)
    ended = c.Close(ended_by=EndedBy.ROLLBACK, documented=Documented.STEP_WRONG, wrong=wrong, what="build 41 stalls")
    return story.at(26 * 60).say(ended, LEE)
