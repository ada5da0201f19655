"""Likeness by meaning beside words: how the index uses an encoder, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.runbooks.match import Index, Query, Verdict
from bot.runbooks.match import semantic as extra
from bot.runbooks.match.meaning import passages
from bot.runbooks.match.semantic import UnavailableError
from tests.runbooks.matching.books import CLUSTER, PRINTERS, TONER, book


class Colours:
    """A meaning that knows one thing: what is pale lacks colour."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[str, ...]] = {}

    def put(self, number: int, texts: Sequence[str]) -> None:
        self.kept[number] = tuple(texts)

    def drop(self, number: int) -> None:
        del self.kept[number]

    def likeness(self, text: str) -> dict[int, float]:
        faint = "washed" in text
        return {number: 0.9 if faint and "pale" in " ".join(texts) else 0.1 for number, texts in self.kept.items()}


def test_a_report_without_a_common_word_has_its_nearest_by_meaning() -> None:
    report = Query(text="everything looks washed and faint", service="printers")
    assert Index([PRINTERS, CLUSTER]).match(report).candidates == ()
    match = Index([PRINTERS, CLUSTER], Colours()).match(report)
    assert match.best is not None
    assert match.best.id == "PR-02"
    assert match.best.why == ("similar in meaning (90%)",)


def test_chatter_stays_refused_by_meaning() -> None:
    match = Index([PRINTERS, CLUSTER], Colours()).match(Query(text="can someone approve my holiday"))
    assert match.verdict is Verdict.UNDOCUMENTED


def test_an_exact_alert_stays_certain_by_meaning() -> None:
    match = Index([PRINTERS, CLUSTER], Colours()).match(Query(alert="PrintQueueAge", text="washed out"))
    assert match.best is not None
    assert (match.best.id, match.verdict) == ("PR-01", Verdict.DOCUMENTED)


def test_an_alert_alone_has_no_meaning_to_compare() -> None:
    assert Index([PRINTERS], Colours()).match(Query(alert="TonerLow")).verdict is Verdict.DOCUMENTED


def test_an_update_tells_the_meaning_only_what_changed() -> None:
    meaning = Colours()
    index = Index([PRINTERS, CLUSTER], meaning)
    before = dict(meaning.kept)
    index.update([book("printers", *PRINTERS.failures[:1], TONER.model_copy(update={"title": "Faint print"})), CLUSTER])
    changed = {number for number in before if meaning.kept[number] is not before[number]}
    assert len(changed) == 1
    assert meaning.kept[changed.pop()][1] == "Faint print"
    index.update([CLUSTER])
    assert len(meaning.kept) == 1


def test_the_sentences_compared_are_what_the_failure_looks_like() -> None:
    assert passages(TONER) == [
        "Toner runs out. pages are pale or empty",
        "Toner runs out",
        "pages are pale or empty",
        "pale pages, toner",
        "Nobody ordered a cartridge.",
    ]


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    assert extra.status().startswith("off: ")
    with pytest.raises(UnavailableError, match=r'pip install "section3\[semantic\]"'):
        extra.load()
