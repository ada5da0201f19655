"""The head message, state by state, as a person sees it."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.domain.base import Severity
from bot.domain.commands import (
    AddReport,
    AddService,
    AnswerStep,
    CallContact,
    Cancel,
    ChangeSeverity,
    Close,
    Mitigate,
    OfferHandover,
    PostUpdate,
    ReachContact,
    Show,
    TakeLead,
)
from bot.domain.dossier import Verdict
from bot.domain.vocabulary import Actor, Answer, CancelKind, Documented, EndedBy, Surface
from bot.slack.drawing.card import head
from bot.slack.drawing.show import DEFAULT, Options
from tests.slack.drawn import CANDIDATES, Night, night, picture, seen, small_dossier, undocumented


def drawn(told: Night, options: Options = DEFAULT) -> str:
    message = head(told.incident, told.now, options)
    return f"» {message.text}\n{picture(message.blocks)}"


def buttons(told: Night) -> list[str]:
    """The texts of the head's buttons."""
    last = head(told.incident, told.now).blocks[-1]
    return [element["text"]["text"] for element in last["elements"]] if last["type"] == "actions" else []


def test_just_opened_nobody_has_it() -> None:
    assert seen(drawn(night())) == snapshot("""\
» SEV2 INC-42 invoice-extract: queue stuck, oldest 70 min. Nobody has it.
*SEV2 · INC-42 · invoice-extract*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Lead:* nobody. Slack wakes nobody: call *Primary on-call: Dana* <tel:+442079460101|+44 20 7946 \n\
        0101>
*Now:* IX-04 (documented by alert `IngestQueueAge`) · step 1 of 6
*Latest:* none · next update {03:41 UTC}
*24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back when:* &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
[I have it] [Call next] [Roll back…] [More…]\
""")


def test_with_a_lead_an_update_and_a_link_to_the_step() -> None:
    link = "https://acme.slack.com/archives/C0AP/p1"
    told = night().does(
        TakeLead(),
        AnswerStep(answer=Answer.AS_EXPECTED),
        PostUpdate(text="Workers restarted, watching <!here> the queue", next_minutes=30),
        Show(surface=Surface.STEP, channel="C0AP", ts="1.2", link=link),
        AddReport(text="it is slow"),
        AddReport(text="still slow"),
    )
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: queue stuck, oldest 70 min. Lead Dana.
*SEV2 · INC-42 · invoice-extract*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC}) · reported 2 more times
*Lead:* <@U0DANA>
*Now:* IX-04 (documented by alert `IngestQueueAge`) · step 2 of 6 \n\
        <https://acme.slack.com/archives/C0AP/p1|↗>
*Latest:* Workers restarted, watching &lt;!here&gt; the queue ({03:14 UTC}) · next update {03:44 \n\
        UTC}
*24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back when:* &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
[Post update] [Impact over ?] [Call next] [Roll back…] [More…]\
""")


def test_a_shared_channel_shows_no_number() -> None:
    shown = drawn(night(), Options(shared=True))
    assert "7946" not in shown
    assert "(number not shown in a shared channel)" in shown


def test_a_contact_that_settings_know_is_mentioned() -> None:
    assert "Primary on-call: Dana (<@U0DANA>)" in drawn(night(), Options(contacts={"Primary on-call: Dana": "U0DANA"}))


def test_a_bad_runbook_says_what_it_does_not_answer() -> None:
    gaps = ("Nobody to call", "No rollback command", "version of 12 Nov; the newer file is broken", "a", "b")
    empty = small_dossier().model_copy(update={"gaps": gaps, "contacts": (), "changes": ()})
    told = night(dossier=empty, drill=True, private=True)
    assert seen(drawn(told)) == snapshot("""\
» DRILL SEV2 INC-42 invoice-extract: queue stuck, oldest 70 min. Nobody has it.
(*Drill:* practice. Nothing here is real, and it counts in no statistic.)
(*Private:* keep it in this channel.)
(*The runbook does not answer everything:* Nobody to call · No rollback command · version of 12 Nov;
         the newer file is broken · a · and 1 more)
*DRILL · SEV2 · INC-42 · invoice-extract · private*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Lead:* nobody. Slack wakes nobody, and the runbook names nobody else to call.
*Now:* IX-04 (documented by alert `IngestQueueAge`) · step 1 of 6
*Latest:* none · next update {03:41 UTC}
*24 h:* no change known
*Roll back when:* &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
[I have it] [Call next] [Roll back…] [More…]\
""")


def test_no_runbook_at_all() -> None:
    nothing = small_dossier().model_copy(update={"known": False, "contacts": (), "changes": ()})
    assert "*No runbook* of invoice-extract was found." in drawn(undocumented(dossier=nothing))


def test_unsure_and_undocumented_say_so() -> None:
    assert "*Now:* unsure: several entries may fit" in drawn(night(verdict=Verdict.UNSURE, playbook=None))
    assert "*Now:* no playbook: not documented" in drawn(undocumented())


def test_over_closed_and_cancelled() -> None:
    told = night().does(TakeLead(), AddService(service="ap-portal"), Mitigate(), minutes=10)
    assert seen(drawn(told)) == snapshot("""\
» SEV2 INC-42 invoice-extract: queue stuck, oldest 70 min. Impact over.
*SEV2 · INC-42 · invoice-extract · also ap-portal · mitigated*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Impact over* since {03:41 UTC}
*Lead:* <@U0DANA>
*Now:* IX-04 (documented by alert `IngestQueueAge`) · step 1 of 6
*Latest:* none
*24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back when:* &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
[Close…] [Post update] [Not over ?] [More…]\
""")
    closed = told.does(Close(ended_by=EndedBy.ITSELF, documented=Documented.THIS_ENTRY), minutes=10)
    assert seen(drawn(closed)) == snapshot("""\
» SEV2 INC-42 invoice-extract: queue stuck, oldest 70 min. Closed after 40 min.
*SEV2 · INC-42 · invoice-extract · also ap-portal · closed*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Over:* {03:11 UTC}–{03:41 UTC} (30 min) · closed {03:51 UTC}
*Playbook:* IX-04 (0 of 6 steps)
[Reopen ?] [More…]\
""")
    cancelled = night().does(Cancel(kind=CancelKind.FALSE_ALARM))
    assert seen(drawn(cancelled)) == snapshot("""\
» SEV2 INC-42 invoice-extract: queue stuck, oldest 70 min. Cancelled.
*SEV2 · INC-42 · invoice-extract · cancelled*
“queue stuck, oldest 70 min” · Sam, {03:11 UTC} ({since 03:11 UTC})
*Cancelled* {03:12 UTC}: a false alarm. It counts in no statistic.
[Reopen ?]\
""")


def test_a_duplicate_points_to_the_other_incident() -> None:
    told = night().does(Cancel(kind=CancelKind.DUPLICATE, duplicate_of=40))
    assert "*Duplicate:* go on in INC-40." in drawn(told)
    link = "https://acme.slack.com/archives/C0AP/p40"
    assert f"<{link}|INC-40>" in drawn(told, Options(duplicate_link=link))
    assert "evil" not in drawn(told, Options(duplicate_link="javascript:evil"))


def test_somebody_is_being_called() -> None:
    told = night().does(CallContact(who="Primary on-call: Dana", phone="+44 20 7946 0101"))
    assert "*Lead:* nobody yet. Primary on-call: Dana is being called since" in drawn(told)
    reached = drawn(told.does(ReachContact()))
    assert "*Lead:* nobody yet. Primary on-call: Dana was reached {" in reached, "nobody else is to be called now"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (night(), ["I have it", "Call next", "Roll back…", "More…"]),
        (night().does(TakeLead()), ["Post update", "Impact over", "Call next", "Roll back…", "More…"]),
        (
            night().does(TakeLead(), OfferHandover(to=Actor(id="U0LEE", name="Lee"))),
            ["I have it", "Post update", "Call next", "Roll back…", "More…"],
        ),
        (night().does(Mitigate()), ["I have it", "Close…", "Not over", "More…"]),
        (night().does(TakeLead(), Mitigate()), ["Close…", "Post update", "Not over", "More…"]),
        (night().does(Close()), ["Reopen", "More…"]),
        (night().does(Cancel(kind=CancelKind.MISTAKE)), ["Reopen"]),
    ],
)
def test_at_most_five_buttons_by_state(told: Night, expected: list[str]) -> None:
    assert buttons(told) == expected
    assert len(expected) <= 5


def test_the_next_update_is_asked_of_the_bad_ones_alone() -> None:
    assert "next update" in drawn(night())
    assert "next update" not in drawn(night().does(ChangeSeverity(severity=Severity.SEV4)))
    late = night()
    late.now += 45 * 60_000
    assert "next update was due {03:41 UTC}" in drawn(late)


def test_many_changes_are_counted() -> None:
    changes = small_dossier().changes * 5
    told = night(dossier=small_dossier().model_copy(update={"changes": changes}))
    assert "· and 2 more (coincident, not proven)" in drawn(told)


def test_the_words_of_the_reporter_are_only_words() -> None:
    told = night(symptom="<!channel> <@U0EVIL> @here see <https://evil.example|this>\nsecond line")
    assert "“&lt;!channel&gt; &lt;@U0EVIL&gt; @\u200bhere see &lt;https://evil.example|this&gt; second line”" in drawn(
        told
    )


def test_why_comes_from_the_candidate_that_is_used() -> None:
    other = CANDIDATES[0].model_copy(update={"service": "other", "why": ("not this one",)})
    assert "not this one" not in drawn(night(candidates=(other, *CANDIDATES)))
