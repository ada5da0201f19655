"""Answers of /runbook and the Home tab."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.domain.commands import Close, OfferHandover, TakeLead
from bot.domain.dossier import Dossier, Verdict
from bot.domain.runbook import Contact, Section
from bot.domain.vocabulary import Actor
from bot.runbooks.guide import Found
from bot.slack.drawing.answers import (
    NOWHERE,
    Sharing,
    changes_answer,
    entry_answer,
    runbook_list,
    search_results,
    section_answer,
    symptom_answer,
    unknown_service,
    unknown_word,
)
from bot.slack.drawing.blocks import Message
from bot.slack.drawing.cards import incident_list
from bot.slack.drawing.gate import gate
from bot.slack.drawing.home import Coverage, HomeState, Readiness, home
from bot.slack.drawing.show import Options
from bot.slack.ids import Click, Verb, decode
from tests.slack.drawn import CANDIDATES, DANA, START, night, picture, sample, sample_playbook, seen, small_dossier

WORDS = "queue stuck"
HERE = Sharing(question="invoice-extract queue stuck", incident=night().incident, channel=True)


def drawn(message: Message) -> str:
    return f"» {message.text}\n{picture(message.blocks)}"


def answered(found: Found, sharing: Sharing = NOWHERE) -> Message:
    dossier = small_dossier().model_copy(update={"gaps": ("Who is called after the second on-call",)})
    return symptom_answer(WORDS, "invoice-extract", found, sample_playbook(), dossier, START, sharing)


def test_documented_shows_the_playbook_and_why() -> None:
    found = Found(verdict=Verdict.DOCUMENTED, candidates=CANDIDATES)
    assert seen(drawn(answered(found, HERE))) == snapshot("""\
» Documented: IX-04 Queue backlog with idle workers.
*Documented:* “queue stuck”
because of alert `IngestQueueAge`
*IX-04 Queue backlog with idle workers*
SEV2 · invoice-extract
*Impact:* Invoices are late; discounts and due dates are missed.
*Likely cause:* A worker wedged after an upstream outage, one poison message holding up the rest, or
         a lease that was lost.
1 *Check:* Does the same message fail again and again? `agentctl queue head` _Expect:_ at most one \n\
        id repeats. _If not:_ move it aside with `agentctl queue deadletter ID`.
2 *Act:* Restart the workers. `agentctl restart workers` _Expect:_ the processed count rises within \n\
        2 min.
3 *Wait 10 min:* Do nothing. Watch `queue_depth`. _Expect:_ it falls by &gt; 100 per 5 min. _If \n\
        not:_ double the workers until depth &lt; 200: `agentctl scale workers 2x`.
4 *Branch:* Did the workers stop again, on a release &lt; 24 h old? _Yes:_ go to step 5. _No:_ go to
         step 6.
5 *Roll back:* if they stopped within 30 min and were released &lt; 24 h ago. `agentctl rollback \n\
        invoice-extract`
6 *Escalate:* to engineering on-call if the oldest age is &gt; 4 h.
*Verify:* oldest age &lt; 10 min for 15 min
*Roll back when:* &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
*Escalate to:* engineering on-call after 30 min
(`playbooks/invoice-extract.md:34`)
[Post in INC-42's thread] [Share in channel]\
""")


def test_without_a_service_no_runbook_is_said_to_be_missing() -> None:
    """Words that fit nothing and name no service: how to name it is said, and the number for all services is shown."""
    office = Contact(order="1", who="Night desk", phone="+44 20 7946 0199")
    asked = Dossier(service="", known=False, contacts=(office,))
    told = drawn(symptom_answer(WORDS, "", Found(verdict=Verdict.UNDOCUMENTED), None, asked, START))
    assert told.startswith("» Not documented.\n")
    assert "No runbook" not in told
    assert "`/runbook &lt;service&gt; &lt;what you see&gt;`" in told
    assert "+44 20 7946 0199" in told
    gone = asked.model_copy(update={"service": "ledger"})
    told = drawn(symptom_answer(WORDS, "ledger", Found(verdict=Verdict.UNDOCUMENTED), None, gone, START))
    assert "No runbook of ledger was found." in told
    assert "+44 20 7946 0199" in told


def test_unsure_shows_three_and_none_of_these() -> None:
    found = Found(verdict=Verdict.UNSURE, candidates=CANDIDATES, elsewhere=CANDIDATES[0])
    assert seen(drawn(answered(found))) == snapshot("""\
» Unsure: it may be IX-04, IX-05.
*Unsure:* “queue stuck” may be one of these, none is certain.
*IX-04* Queue backlog with idle workers
alert `IngestQueueAge`   [Show IX-04]
*IX-05* In-flight workflows stuck
stuck   [Show IX-05]
[None of these]
Another service fits better: *IX-04* Queue backlog with idle workers
alert `IngestQueueAge`   [Show IX-04]
[Open an incident…]\
""")


def test_not_documented_shows_the_nearest_and_what_helps_meanwhile() -> None:
    found = Found(verdict=Verdict.UNDOCUMENTED, candidates=CANDIDATES, note="The words name no symptom.")
    assert seen(drawn(answered(found))) == snapshot("""\
» Not documented. What helps meanwhile is here.
*Not documented:* nothing in the runbook describes “queue stuck”.
(*Nearest, not matching:*)
*IX-04* Queue backlog with idle workers
alert `IngestQueueAge`   [Show IX-04]
*IX-05* In-flight workflows stuck
stuck   [Show IX-05]
*Health:* <https://grafana.acme.internal/d/ix>
   Oldest document: green &lt; 10 min, red &gt; 60 min `queue_oldest_age_minutes`
*Changed in 24 h:* prompt v60→v61 {01:38 UTC} (coincident, not proven)
*Roll back* with `agentctl rollback invoice-extract` *when:* workers stop within 30 min of a restart
*Call:* *Primary on-call: Dana* <tel:+442079460101|+44 20 7946 0101>, then *Engineering: Mei* \n\
        <tel:+442079460201|+44 20 7946 0201>
(*Not answered by the runbook:* Who is called after the second on-call)
(The words name no symptom.)
[Open an incident…]\
""")


def test_the_question_travels_with_the_buttons() -> None:
    row = answered(Found(verdict=Verdict.UNDOCUMENTED), HERE).blocks[-1]["elements"]
    assert [decode(one["action_id"], one["value"]) for one in row] == [
        Click(Verb.POST_IN_THREAD, "01NIGHT", argument="invoice-extract queue stuck"),
        Click(Verb.SHARE, argument="invoice-extract queue stuck"),
    ]
    opening = answered(Found(verdict=Verdict.DOCUMENTED, candidates=CANDIDATES)).blocks[-1]["elements"][0]
    click = decode(opening["action_id"], opening["value"])
    assert click == Click(Verb.DECLARE, argument="invoice-extract/IX-04/queue stuck")


def test_an_entry() -> None:
    shown = drawn(entry_answer(sample_playbook("IX-08")))
    assert "*IX-08 Pinned model retired by provider*" in shown
    assert "*Roll back when:* never: the previous build calls the same dead model" in shown
    assert "`playbooks/invoice-extract.md:" in shown


def test_each_section() -> None:
    texts = {which: drawn(section_answer(sample(), which, START)) for which in Section}
    assert seen(texts[Section.SUMMARY]) == snapshot("""\
» invoice-extract · summary
*invoice-extract · summary*
Collects invoices from the AP mailbox and SFTP, reads 31 fields of each with a vision model, \n\
        compares them with the purchase order and creates draft bills in the ERP. Nightly batch of about \n\
        3,000, single documents by day.
*Depends on:* LLM provider, OCR service, broker, ERP connector, PO database
*Used by:* accounts payable, the Thursday payment run, the VAT report
(owner invoice-extract-oncall · reviewed 2026-11-20 · `playbooks/invoice-extract.md`)
[Health] [Failures] [Escalation] [Rollback] [Changes]\
""")
    assert "*IX-08*" in texts[Section.FAILURES] and "SEV1" in texts[Section.FAILURES]
    assert "`queue_oldest_age_minutes`" in texts[Section.HEALTH]
    assert "<tel:+442079460102|+44 20 7946 0102>" in texts[Section.ESCALATION]
    assert seen(texts[Section.ROLLBACK]) == snapshot("""\
» invoice-extract · rollback
*invoice-extract · rollback*
*Roll back when:*
• `parse_fail_ratio &gt; 0.03 for 15m` and schema, prompt or model changed &lt; 24 h ago
• &gt;= 1 confirmed posted amount off by a power of ten and the parser changed &lt; 7 days ago
• &gt;= 1 worker stop within 30 min of a restart, on workers released &lt; 24 h ago
*Authorised:* the primary on-call, alone, without a meeting
    agentctl rollback invoice-extract
*Verify:* `agentctl version` shows the previous build; parse failures &lt; 1% within 10 min
In-flight workflows: survive, but stay on their own build: free them with IX-05
Partial completions: survive: unposted bills wait, posted bills stay
Queued requests: survive in the broker; replays are safe (vendor + number + amount)
[Summary] [Health] [Failures] [Escalation] [Changes]\
""")
    assert "vision model vision-2025-09→vision-2026-01" in texts[Section.CHANGES]


def test_a_shared_channel_shows_no_numbers() -> None:
    shown = drawn(section_answer(sample(), Section.ESCALATION, START, options=Options(shared=True)))
    assert "7946" not in shown


def test_changes_of_a_day() -> None:
    assert "prompt v60→v61 {01:38 UTC}" in drawn(changes_answer(small_dossier(), START))
    nothing = small_dossier().model_copy(update={"changes": ()})
    assert "No change of the last 24 h is known." in drawn(changes_answer(nothing, START))


def test_lists_and_search() -> None:
    assert "*invoice-extract* Invoice extraction agent · 2 failure modes · also invoices, ix" in drawn(
        runbook_list([sample()])
    )
    assert "*IX-04* Queue backlog with idle workers · invoice-extract" in drawn(search_results("queue", CANDIDATES))
    assert "No entry shares a word with it." in drawn(search_results("zebra", ()))


def test_unknown_words_get_the_nearest() -> None:
    shown = drawn(unknown_word("helth", "health", [("health [service]", "the health table")]))
    assert shown.startswith("» There is no `helth`. Did you mean `health`?")
    assert "`health [service]` the health table" in shown
    assert "There is no `<!channel>`" not in drawn(unknown_word("<!channel>", "", []))
    shown = drawn(unknown_service("invoice", "invoice-extract", ["support-triage", "invoice-extract"]))
    assert "Did you mean `invoice-extract`? Services: `invoice-extract`, `support-triage`." in shown


def test_home() -> None:
    mine = night().does(TakeLead(), OfferHandover(to=Actor(id="U0LEE", name="Lee"))).incident
    other = night(number=43, symptom="slow <!here>").incident.model_copy(update={"participants": ()})
    private = night(number=44, private=True).incident
    closed = night(number=45).does(Close()).incident
    state = HomeState(
        user_id=DANA.id,
        incidents=[other, mine, private, closed],
        coverage=[Coverage("invoice-extract", 8, 7), Coverage("support-triage", 3, 1)],
        readiness=[Readiness("support-triage", 5, ("rollback command",)), Readiness("invoice-extract", 6)],
        lessons_lost=2,
    )
    assert seen(picture(gate(home(state, START))["blocks"])) == snapshot("""\
# My open incidents
*SEV2 · INC-42* · invoice-extract · open
queue stuck, oldest 70 min
Dana · offered to Lee · {since 03:11 UTC}   [Show]
# Open incidents
*SEV2 · INC-43* · invoice-extract · open
slow &lt;!here&gt;
nobody has it · {since 03:11 UTC}   [Show]
[Open an incident…] [Refresh]
---
# Coverage, last six months
*72 %* documented when they struck (8 of 11), goal 90 %
support-triage: 33 % (1 of 3)
invoice-extract: 87 % (7 of 8)
Lessons lost: 2
# Readiness of all services
support-triage answers 5 of 6: rollback command
invoice-extract answers 6 of 6
---
# How to start
`/incident` a form; with words it opens at once: /incident open invoice-extract queue is stuck
`/runbook` say what you see: /runbook invoice-extract queue is stuck
`@section3` the same words inside a thread, where Slack takes no slash commands
(As of {03:11 UTC})\
""")


def test_a_list_of_incidents() -> None:
    private = night(number=44, private=True).incident
    assert seen(drawn(incident_list([night().incident, private]))) == snapshot("""\
» Open incidents: INC-42
*Open incidents*
*SEV2 · INC-42* · invoice-extract · open
queue stuck, oldest 70 min
nobody has it · {since 03:11 UTC}   [Show]\
""")
    assert drawn(incident_list([private])) == "» Open incidents: none.\nOpen incidents: none."
    assert "(… 5 more)" in drawn(incident_list([night().incident] * 25))


def test_home_with_nothing_says_how_to_start() -> None:
    shown = picture(home(HomeState(user_id="U1"), START)["blocks"])
    assert "None." in shown
    assert "No closed incident in the last six months." in shown
    assert "`/runbook`" in shown


def test_home_claims_nothing_while_the_store_is_away() -> None:
    shown = picture(home(HomeState(user_id="U1", trouble=("Redis cannot be reached.",)), START)["blocks"])
    assert "*Redis cannot be reached.*" in shown
    assert shown.count("Not known until the store answers again.") == 2
    assert "None." not in shown and "No closed incident" not in shown
    assert "`/runbook`" in shown
