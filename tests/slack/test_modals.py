"""Each modal: what it shows, what a submission of it means, and the error at the field when it means nothing."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.domain.base import Severity
from bot.domain.commands import (
    AnswerStep,
    Cancel,
    ChangeAnswer,
    Close,
    CutWait,
    ElapseWait,
    ExtendWait,
    Improvise,
    Mitigate,
    RecallSteps,
    SkipStep,
    TakeLead,
)
from bot.domain.refusals import Refusal, Refused
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
from bot.slack.drawing import modals
from bot.slack.drawing.blocks import Choice
from bot.slack.drawing.mrkdwn import utc
from bot.slack.ids import Form, Meta
from bot.slack.listening.forms import FIRST_FIELD, READERS, Invalid, read, refusal_errors
from tests.slack.drawn import MINUTE, START, Night, night, seen, undocumented
from tests.slack.submitting import Json, commands, errors, said, shown

SERVICES = ["invoice-extract", "support-triage"]


def test_every_form_that_is_submitted_is_read_and_has_a_first_field() -> None:
    assert set(Form) - set(READERS) == {Form.ALL_STEPS, Form.MORE, Form.INFO}
    assert set(FIRST_FIELD) == set(READERS)


class TestDeclare:
    view = modals.declare(SERVICES, "invoice-extract", None, Meta(channel="C0AP", extra={"source": "https://l"}))

    def test_shown(self) -> None:
        assert seen(shown(self.view)) == snapshot("""\
Open an incident | Open
service: Service
   static_select: *invoice-extract | support-triage
symptom: What do you see?
   plain_text_input:
   (In your own words: they find the playbook.)
severity: Severity
   radio_buttons: *As the playbook says (SEV3 when no playbook is found) | SEV1 (customers cannot \n\
        use it, money or data is at risk) | SEV2 (badly degraded for many, or it will be SEV1 soon) | SEV3 \n\
        (degraded for some, a workaround exists) | SEV4 (no customer notices; fix in working hours)
private: Who may see it (optional)
   checkboxes: Private (a private channel; in no list, on no Home tab)\
""")

    def test_understood(self) -> None:
        opening = said(self.view, symptom=" queue stuck ", severity="SEV1", private=["private"]).opening
        assert opening == Opening(
            service="invoice-extract",
            symptom="queue stuck",
            severity=Severity.SEV1,
            channel="C0AP",
            source="https://l",
            private=True,
        )

    def test_without_a_severity_the_playbook_says_it(self) -> None:
        opening = said(self.view, symptom="x").opening
        assert opening is not None and opening.severity is None

    def test_an_answer_of_the_runbook_names_the_failure(self) -> None:
        opening = said(modals.declare(SERVICES, "invoice-extract", None, Meta(), "stuck", failure_id="IX-04")).opening
        assert opening is not None and opening.failure_id == "IX-04"
        listed = modals.declare(SERVICES, "invoice-extract", None, Meta(), "x", [Choice("IX-04 Queue", "IX-04")])
        unnamed = said(listed).opening
        assert unnamed is not None and unnamed.failure_id == ""

    def test_errors(self) -> None:
        assert errors(self.view, symptom="  ") == {"symptom": "Say what you see."}
        nowhere = modals.declare(SERVICES, "", None, Meta())
        assert errors(nowhere, symptom="x") == {"service": "Choose the service."}

    def test_more_services_than_a_select_holds_are_typed(self) -> None:
        view = modals.declare([f"s{n}" for n in range(150)], "s7", Severity.SEV2, Meta(), symptom="from a message")
        opening = said(view, service="s149").opening
        assert opening is not None
        assert (opening.service, opening.symptom, opening.severity) == ("s149", "from a message", Severity.SEV2)


class TestSteps:
    ref = StepRef(run=0, number=1)

    def test_improvise(self) -> None:
        view = modals.improvise(night().incident, self.ref)
        assert seen(shown(view)) == snapshot("""\
I did something else | Record
what: What did you do?
   plain_text_input:
command: The command, if there was one (optional)
   plain_text_input:
   (As you typed it. It may become a step of the runbook; take secrets out.)
helped: Did it help?
   radio_buttons: It helped | It did not help | *Not known yet\
""")
        did = Improvise(what="moved it", command="agentctl x", helped=Helped.YES)
        assert commands(view, what="moved it", command="agentctl x", helped="yes") == (did,)
        assert commands(view, what="moved it") == (Improvise(what="moved it", helped=Helped.UNKNOWN),)
        assert errors(view) == {"what": "Say what you did, or paste the command."}

    def test_skip_takes_one_tap(self) -> None:
        view = modals.skip(night().incident, self.ref)
        assert commands(view) == (SkipStep(step=self.ref, reason=SkipReason.NOT_NEEDED),)
        risky = SkipStep(step=self.ref, reason=SkipReason.TOO_RISKY, note="prod")
        assert commands(view, reason="too_risky", note="prod") == (risky,)
        assert said(view).incident_id == "01NIGHT"

    def test_change(self) -> None:
        view = modals.change(night().does(AnswerStep(answer=Answer.AS_EXPECTED)).incident, self.ref)
        assert seen(shown(view)) == snapshot("""\
Change step 1 | Change
*1 Check:* Does the same message fail again and again?
(✓ 1 Check: as expected · Dana {03:12 UTC})
answer: What is true?
   radio_buttons: *As expected | Not as expected | Fixed: stop here
note: Anything to add? (optional)
   plain_text_input:
(The first answer stays in the timeline. The playbook does not go back by itself.)\
""")
        changed = ChangeAnswer(step=self.ref, answer=Answer.FIXED, note="mis-tap")
        assert commands(view, answer="fixed", note="mis-tap") == (changed,)

    def test_waits(self) -> None:
        told = night().does(AnswerStep(answer=Answer.AS_EXPECTED), AnswerStep(answer=Answer.WORKED))
        ref = StepRef(run=0, number=3)
        cut = modals.cut_short(told.incident, ref)
        assert commands(cut, why="worse") == (CutWait(why=CutShort.WORSE),)
        assert errors(cut) == {"why": "Choose why."}
        told.does(ElapseWait(step=ref), minutes=10)
        again = modals.ask_again(told.incident, ref, told.now)
        assert commands(again, told.now) == (ExtendWait(minutes=15),)
        late = errors(again, told.now, when=told.now + 241 * MINUTE)
        assert late == {"when": "Choose a time between 1 minute and 4 hours from now."}
        assert errors(again, told.now, when=told.now - MINUTE) == late


class TestClose:
    def told(self) -> Night:
        return night().does(TakeLead(), AnswerStep(answer=Answer.AS_EXPECTED), AnswerStep(answer=Answer.DID_NOT_WORK))

    def test_shown(self) -> None:
        told = self.told().does(Improvise(what="Moved it aside", helped=Helped.YES))
        assert seen(shown(modals.close(told.incident, told.now))) == snapshot("""\
Close INC-42 | Close
*Verify:* oldest age &lt; 10 min for 15 min
ended: What ended it?
   static_select: IX-04 step 2 Act: Restart the workers. | IX-04 step 1 Check: Does the same message
         fail again and again? | *Something that is in no step | The rollback | It ended by itself | Not \n\
        known
what: What was it, in a sentence? (optional)
   plain_text_input: Moved it aside
   (Needed when it was something that is in no step.)
documented: Was it documented?
   radio_buttons: Yes, by IX-04 | *By IX-04, but a step was wrong | Yes, by another entry | No | Not
         known
wrong: Which step was wrong? (optional)
   static_select: IX-04 step 1 Check: Does the same message fail again and again? | IX-04 step 2 \n\
        Act: Restart the workers. | IX-04 step 3 Wait 10 min: Do nothing. Watch queue_depth. | IX-04 step 4 \n\
        Branch: Did the workers stop again, on a release < 24 h old? | IX-04 step 5 Roll back: if they \n\
        stopped within 30 min and were released <… | IX-04 step 6 Escalate: to engineering on-call if the \n\
        oldest age is > 4 h.
   (Only if one was.)
entry: Which other entry? (optional)
   plain_text_input:
at: Over since
   datetimepicker: 1795144500
   (May lie in the past.)\
""")

    def test_two_taps_at_night(self) -> None:
        told = self.told()
        view = modals.close(told.incident, told.now)
        closing = Close(ended_by=EndedBy.UNKNOWN, documented=Documented.STEP_WRONG, ended_at=told.now)
        assert commands(view, told.now) == (closing,)

    def test_a_step_ended_it(self) -> None:
        told = self.told()
        (closing,) = commands(
            modals.close(told.incident, told.now), told.now, ended="step:0.1", documented="this_entry"
        )
        assert isinstance(closing, Close)
        assert (closing.ended_by, closing.step) == (EndedBy.STEP, StepRef(run=0, number=1))

    def test_a_step_was_wrong(self) -> None:
        told = self.told()
        view = modals.close(told.incident, told.now)
        (closing,) = commands(view, told.now, wrong="step:0.1")
        assert isinstance(closing, Close)
        assert (closing.documented, closing.wrong) == (Documented.STEP_WRONG, StepRef(run=0, number=1))
        assert list(errors(view, told.now, documented="this_entry", wrong="step:0.1")) == ["wrong"]

    def test_errors(self) -> None:
        told = self.told()
        view = modals.close(told.incident, told.now)
        assert list(errors(view, told.now, ended="something_else")) == ["what"]
        assert list(errors(view, told.now, documented="another")) == ["entry"]
        assert errors(view, told.now, at=told.now + MINUTE) == {"at": "This time lies in the future."}
        assert errors(view, told.now, at=START - 60 * MINUTE) == {"at": "This is before the incident was declared."}

    def test_the_picker_knows_minutes_only(self) -> None:
        told = Night.__new__(Night)
        told.incident = night().incident.model_copy(update={"declared_at": START + 30_000})
        view = modals.close(told.incident, START + 10 * MINUTE + 30_000)
        (closing,) = commands(view, START + 11 * MINUTE, at=START)
        assert isinstance(closing, Close) and closing.ended_at == START + 30_000
        (untouched,) = commands(view, START + 11 * MINUTE)
        assert isinstance(untouched, Close) and untouched.ended_at == START + 10 * MINUTE + 30_000

    def test_who_never_clicked_is_asked_which_steps_were_done(self) -> None:
        told = night().does(TakeLead())
        view = modals.close(told.incident, told.now)
        recalled, _ = commands(view, told.now, done_0=["step:0.1", "step:0.2"])
        assert recalled == RecallSteps(steps=(StepRef(run=0, number=1), StepRef(run=0, number=2)))

    def test_not_documented(self) -> None:
        told = undocumented()
        view = modals.close(told.incident, told.now)
        (closing,) = commands(view, told.now, ended="itself")
        assert isinstance(closing, Close)
        assert (closing.ended_by, closing.documented) == (EndedBy.ITSELF, Documented.NONE)
        (other,) = commands(view, told.now, documented="another", entry="ix-05")
        assert isinstance(other, Close) and other.failure_id == "IX-05"

    def test_over_at(self) -> None:
        told = night().does(TakeLead(), minutes=30)
        view = modals.over_at(told.incident, told.now)
        assert commands(view, told.now, at=START + 20 * MINUTE) == (Mitigate(since=START + 20 * MINUTE),)
        assert list(errors(view, told.now, at=told.now + MINUTE)) == ["at"]

    def test_cancel(self) -> None:
        view = modals.cancel(night().incident)
        assert commands(view, kind="false_alarm") == (Cancel(kind=CancelKind.FALSE_ALARM),)
        for typed in ("INC-40", "inc 40", "#40", "40"):
            duplicate = Cancel(kind=CancelKind.DUPLICATE, duplicate_of=40)
            assert commands(view, kind="duplicate", duplicate=typed) == (duplicate,)
        assert list(errors(view, kind="duplicate", duplicate="the other one")) == ["duplicate"]
        assert list(errors(view)) == ["kind"]


def test_a_refusal_is_shown_at_its_field() -> None:
    refusal = Refusal(reason=Refused.BEFORE_IT_BEGAN, fields={"name": "INC-42", "at": START})
    told = refusal_errors(Form.CLOSE, refusal, utc)
    assert told == Invalid({"at": "That is before INC-42 was declared at 03:11 UTC; nothing was recorded."})
    closed = Refusal(reason=Refused.INCIDENT_CLOSED, fields={"name": "INC-42", "phase": "closed"})
    assert list(refusal_errors(Form.SKIP, closed, utc).errors) == ["reason"]


@pytest.mark.parametrize("view", [{"callback_id": "unknown"}, {"callback_id": "skip", "private_metadata": "["}])
def test_a_form_of_another_version_is_an_error(view: Json) -> None:
    with pytest.raises(ValueError):
        read(view, START)
