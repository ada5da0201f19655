"""The matcher as its users see it: who is found, how sure, why, and what an update touches."""

from __future__ import annotations

import pytest

from bot.domain.base import Severity
from bot.domain.runbook import Text
from bot.runbooks.match import Index, Query, Verdict
from bot.runbooks.match.entry import build
from bot.runbooks.match.index import FEW
from bot.runbooks.match.postings import Postings
from bot.runbooks.match.question import read
from bot.runbooks.match.signals import Pool, Signals
from tests.runbooks.matching.books import CLUSTER, DAEMON, PRINTERS, QUEUE, TONER, book, mode


@pytest.fixture
def index() -> Index:
    return Index([PRINTERS, CLUSTER])


def first(index: Index, **query: object) -> str | None:
    best = index.match(Query.model_validate(query)).best
    return best.id if best else None


def test_an_exact_alert_name_is_a_certain_hit(index: Index) -> None:
    match = index.match(Query(alert="PrintQueueAge"))
    assert match.verdict is Verdict.DOCUMENTED
    assert match.best is not None
    assert match.best.id == "PR-01"
    assert match.best.score > 0.99
    assert match.best.why[0] == "alert PrintQueueAge is named in this entry"


def test_the_label_that_carries_the_name_of_the_alert_is_enough(index: Index) -> None:
    assert first(index, labels={"alertname": "PrintQueueAge"}) == "PR-01"


@pytest.mark.parametrize("text", ["[FIRING:1] printQueueAge on host 7", "print-queue-age fired", "PRINTQUEUEAGE"])
def test_the_alert_name_is_found_however_it_is_written(index: Index, text: str) -> None:
    assert first(index, text=text) == "PR-01"


def test_a_thing_that_a_page_is_called_after_is_not_an_alert_in_the_text() -> None:
    """Imported pages about a topic are named after it; their name says nothing certain about a text with that word."""
    topic = mode("etcd", "etcd", alerts=("etcd",), symptoms=("members lose their leader",))
    index = Index([book("cluster", topic, DAEMON)])
    assert index.match(Query(text="etcd is fine but the printer burns")).verdict is not Verdict.DOCUMENTED
    assert index.match(Query(alert="etcd")).verdict is Verdict.DOCUMENTED


def test_another_alert_of_the_family_is_not_this_one() -> None:
    index = Index([book("cluster", DAEMON)])
    match = index.match(Query(text="KubeDaemonSetMisScheduled The rollout of a DaemonSet does not progress."))
    assert match.verdict is not Verdict.DOCUMENTED


def test_two_services_with_the_same_alert_are_told_apart_by_the_service() -> None:
    there, here = mode("AA-01", "Disk full", alerts=("DiskFull",)), mode("BB-01", "Disk full", alerts=("DiskFull",))
    index = Index([book("alpha", there), book("beta", here, aliases=("b",))])
    assert first(index, alert="DiskFull", service="b") == "BB-01"
    assert first(index, alert="DiskFull", service="alpha") == "AA-01"
    assert index.match(Query(alert="DiskFull")).verdict is Verdict.UNSURE


def test_severity_tells_siblings_apart() -> None:
    index = Index(
        [
            book(
                "disks",
                mode("DK-01", "Disk filling up", alerts=("DiskFilling",), severity=Severity.SEV1),
                mode("DK-02", "Disk filling up", alerts=("DiskFilling",), severity=Severity.SEV3),
            )
        ]
    )
    assert first(index, alert="DiskFilling", severity="critical") == "DK-01"
    assert first(index, alert="DiskFilling", labels={"severity": "warning"}) == "DK-02"


def test_siblings_that_are_both_shown_say_what_separates_them() -> None:
    one = mode("DK-01", "Disk filling up", alerts=("DiskFilling",))
    other = mode("DK-02", "Disk filling up", alerts=("DiskFilling",))
    told = one.model_copy(update={"confused_with": (Text(text="DK-02: step 1 separates them"), Text(text="DK-20: no"))})
    match = Index([book("disks", told, other)]).match(Query(alert="DiskFilling"))
    assert match.verdict is Verdict.UNSURE
    reasons = {candidate.id: candidate.why for candidate in match.candidates}
    assert reasons["DK-01"][-1] == "confused with DK-02: step 1 separates them"


def test_the_check_that_separates_siblings_is_among_the_three_reasons_a_message_shows() -> None:
    one = mode("DK-01", "Disk filling up", alerts=("DiskFilling",), symptoms=("writes get slow",), cause="Old logs.")
    told = one.model_copy(update={"confused_with": (Text(text="DK-02: step 1 separates them"),)})
    other = one.model_copy(update={"id": "DK-02"})
    match = Index([book("disks", told, other)]).match(Query(text="disk filling, writes slow, old logs"))
    assert match.verdict is Verdict.UNSURE
    why = next(candidate.why for candidate in match.candidates if candidate.id == "DK-01")
    assert len(why) > 3
    assert "confused with DK-02: step 1 separates them" in why[:3]


def test_a_measured_value_beyond_the_bound_finds_the_entry_and_says_so(index: Index) -> None:
    match = index.match(Query(text="print_queue_age_minutes 74"))
    assert match.best is not None
    assert match.best.id == "PR-01"
    assert match.best.why[0] == "print_queue_age_minutes 74 fits print_queue_age_minutes > 60"
    assert first(index, metrics={"paper_ratio": 0.01}) == "PR-01"


def test_a_measured_value_within_its_bound_speaks_against_the_entry(index: Index) -> None:
    beyond = index.match(Query(text="print_queue_age_minutes 74")).best
    within = index.match(Query(text="print_queue_age_minutes 4")).best
    assert beyond is not None
    assert within is not None
    assert within.score < 0.5 < beyond.score
    assert "does not fit" in within.why[0]


def test_a_typing_mistake_is_repaired_and_the_reason_says_so(index: Index) -> None:
    match = index.match(Query(text="tonre empty, pale paegs"))
    assert match.best is not None
    assert match.best.id == "PR-02"
    assert "toner (typed tonre)" in " ".join(match.best.why)


def test_a_known_word_is_never_repaired() -> None:
    index = Index([book("s", mode("AA-01", "Cache misses"), mode("AA-02", "Cache missed"), mode("AA-03", "Catch"))])
    assert first(index, text="catch") == "AA-03"


def test_reasons_name_the_field_in_which_the_words_stand(index: Index) -> None:
    best = index.match(Query(text="pages are pale, toner?")).best
    assert best is not None
    assert any(reason == "the alert name: toner" for reason in best.why)
    assert any(reason == "symptoms and signals: pages, pale" for reason in best.why)
    assert any(reason == "closest line (words): pale pages" for reason in best.why)


def test_a_reason_may_be_a_thing_of_the_same_kind() -> None:
    ledger = mode("BK-01", "Bills missing in NetSuite", symptoms=("nothing is booked",))
    best = Index([book("books", ledger)]).match(Query(text="sap turns every bill away")).best
    assert best is not None
    assert "same kind of thing: ledger (sap)" in best.why


def test_a_wrong_size_is_a_reason() -> None:
    bills = mode("BK-02", "Amounts misread", symptoms=("a posted amount is off by a power of ten",), words=("decimal",))
    best = Index([book("books", bills)]).match(Query(text="1.234,56 was entered as 1.23")).best
    assert best is not None
    assert "same kind of thing: amount" in best.why


def test_a_word_that_tells_two_kinds_is_counted_once() -> None:
    postings = Postings()
    postings.add(build("s", mode("AA-01", "Upload refused", symptoms=("huge", "context window")), 0))
    asked = read(Query(text="too large"), postings)
    signals = Signals(postings.entries[0], asked, Pool.of({0: 0.0}, postings, {}), 0.0)
    assert signals.unexplained_kinds.keys() == {"~big", "~overlong"} == set(asked.told)
    assert signals.new_kinds == max(signals.unexplained_kinds.values())


def test_a_word_that_is_known_to_the_table_is_not_repaired() -> None:
    """ "Danish" is one letter from "vanish"; it is a language, whether an entry speaks of it or not."""
    lost = mode("AA-01", "Rows vanish", words=("vanish",))
    tongue = mode("AA-02", "Wrong language", words=("english",))
    assert first(Index([book("s", lost, tongue)]), text="a danish customer was answered in greek") == "AA-02"


def test_an_area_that_no_entry_speaks_of_speaks_for_none(index: Index) -> None:
    plain = index.match(Query(text="pages are pale", service="printers"))
    foreign = index.match(Query(text="pages are pale, tls certificate", service="printers"))
    assert foreign.documented < plain.documented
    known = Index([book("printers", QUEUE, TONER, mode("PR-03", "TLS certificate expired"))])
    assert known.match(Query(text="tls certificate expired", service="printers")).verdict is Verdict.DOCUMENTED


def test_a_wish_is_less_documented_than_a_report_in_the_same_words(index: Index) -> None:
    report = index.match(Query(text="toner, pale pages"))
    wish = index.match(Query(text="can we have toner, pale pages"))
    assert wish.documented < report.documented


def test_chatter_is_refused(index: Index) -> None:
    for text in ("can someone approve my holiday", "lol", "???"):
        assert index.match(Query(text=text)).verdict is Verdict.UNDOCUMENTED


def test_the_own_service_comes_first_and_a_better_entry_elsewhere_is_told(index: Index) -> None:
    match = index.match(Query(text="toner low, pages are pale, empty cartridge", service="cluster"))
    assert match.elsewhere is not None
    assert match.elsewhere.id == "PR-02"
    assert index.match(Query(text="toner low, pages are pale", service="pr")).elsewhere is None


def test_a_service_of_many_entries_is_answered_as_carefully_as_no_service() -> None:
    """Among a hundred imported pages there are near twins; among the ten entries of a runbook hardly."""
    asked = Query(text="oldest job is late, backlog of spools since lunch", service="printers")
    parts = [mode(f"PX-{number}", f"Printer part {number} worn out") for number in range(FEW)]
    few = Index([book("printers", *PRINTERS.failures, *parts[2:]), CLUSTER]).match(asked)
    many = Index([book("printers", *PRINTERS.failures, *parts), CLUSTER]).match(asked)
    assert few.best is not None and many.best is not None
    assert few.best.id == many.best.id == "PR-01"
    assert (few.verdict, many.verdict) == (Verdict.DOCUMENTED, Verdict.UNSURE)


def test_a_service_without_entries_has_no_candidate_of_its_own() -> None:
    match = Index([book("empty"), PRINTERS]).match(Query(text="backlog, nothing comes out", service="empty"))
    assert match.verdict is not Verdict.DOCUMENTED


def test_an_unknown_service_is_said_and_all_are_searched(index: Index) -> None:
    match = index.match(Query(text="toner low, pages are pale", service="faxes"))
    assert match.best is not None
    assert match.best.id == "PR-02"
    assert match.note == "No runbook for the service faxes: all services were searched."


def test_scores_are_probabilities_and_candidates_are_ordered(index: Index) -> None:
    match = index.match(Query(text="nothing is printed, the queue has a backlog and pages are empty"))
    scores = [candidate.score for candidate in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert 0.0 < match.documented <= 1.0
    assert len(match.candidates) <= 10


def test_nothing_asked_is_nothing_found(index: Index) -> None:
    match = index.match(Query(text="  "))
    assert match.verdict is Verdict.UNDOCUMENTED
    assert match.candidates == ()
    assert match.note


def test_no_runbooks_at_all() -> None:
    assert Index().match(Query(text="anything")).verdict is Verdict.UNDOCUMENTED


def test_a_very_long_text_is_read_from_its_beginning(index: Index) -> None:
    match = index.match(Query(text="PrintQueueAge " + "lorem unheard " * 10_000))
    assert match.best is not None
    assert match.best.id == "PR-01"
    assert match.note == "Only the first 20,000 characters were read."


def test_a_draft_is_marked() -> None:
    index = Index([book("s", mode("AA-01", "Fan broken", status="draft"))])
    best = index.match(Query(text="fan broken")).best
    assert best is not None
    assert best.draft


def test_an_update_touches_only_what_changed(index: Index) -> None:
    changed = TONER.model_copy(update={"title": "Cartridge leaks"})
    again = QUEUE.model_copy(update={"owner": "somebody else"})
    assert index.update([PRINTERS, CLUSTER]) == 0
    assert index.update([book("printers", again, changed), CLUSTER]) == 1
    assert first(index, text="cartridge leaks") == "PR-02"
    assert index.update([CLUSTER]) == 2
    assert first(index, text="cartridge leaks") is None
    assert len(index) == 1


def test_an_updated_index_answers_like_a_new_one() -> None:
    moved = book("printers", TONER.model_copy(update={"title": "Empty cartridge"}), QUEUE)
    grown = Index([CLUSTER])
    grown.update([PRINTERS, CLUSTER])
    grown.update([moved, CLUSTER])
    fresh = Index([moved, CLUSTER])
    for text in ("cartridge", "queue backlog blocked", "rollout stuck", "pages"):
        scores = [{c.id: c.score for c in one.match(Query(text=text)).candidates} for one in (grown, fresh)]
        assert scores[0] == scores[1]


def test_the_entry_shown_is_the_newest_even_when_its_words_did_not_change(index: Index) -> None:
    index.update([book("printers", QUEUE, TONER.model_copy(update={"status": "draft"})), CLUSTER])
    best = index.match(Query(alert="TonerLow")).best
    assert best is not None
    assert best.draft
