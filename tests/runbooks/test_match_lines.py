"""Queries as JSON lines, and the figures of an evaluation."""

from __future__ import annotations

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runbooks.match import Index, Query, Verdict
from bot.runbooks.match.evaluate import auroc, evaluate, figures
from bot.runbooks.match.lines import Case, LineError, read_case, read_query, write_match
from tests.runbooks.matching.books import CLUSTER, PRINTERS


def test_a_line_may_hold_every_input() -> None:
    line = {
        "text": "slow",
        "service": "pr",
        "alert": "A",
        "labels": {"pod": "x"},
        "severity": "page",
        "metrics": {"m": 3},
    }
    query, extra = read_query(json.dumps(line))
    assert query == Query(
        text="slow", service="pr", alert="A", labels={"pod": "x"}, severity="page", metrics={"m": 3.0}
    )
    assert extra == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{bad", "not JSON: "),
        ("[1]", "not a JSON object"),
        ('{"text": 5}', '"text": '),
        ('{"text": "a", "labels": {"pod": 1}}', '"labels.pod": '),
        ('{"text": " "}', "nothing to match"),
        ('{"txt": "a"}', "only txt was given"),
        ("{}", "nothing to match"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_wrong_line_says_what_is_wrong(line: str, said: str) -> None:
    with pytest.raises(LineError, match=said):
        read_query(line)


@given(st.text(max_size=60))
def test_any_line_is_a_query_or_a_line_error(line: str) -> None:
    try:
        query, _ = read_query(line)
    except LineError:
        return
    assert not query.blank


def test_unknown_fields_are_left_out_and_told() -> None:
    query, extra = read_query('{"text": "toner", "servce": "pr"}')
    answer = write_match(Index([PRINTERS]).match(query), extra)
    assert answer["note"] == "Unknown fields were left out: servce."


def test_an_answer_as_data_has_exactly_what_the_contract_names() -> None:
    answer = write_match(Index([PRINTERS]).match(Query(alert="TonerLow")))
    assert set(answer) == {"verdict", "candidates"}
    assert answer["verdict"] == "documented"
    assert set(answer["candidates"][0]) == {"id", "service", "title", "score", "why"}
    assert json.loads(json.dumps(answer)) == answer


def test_a_case_needs_its_gold() -> None:
    assert read_case('{"text": "a", "gold": null, "remark": "b"}').gold is None
    with pytest.raises(LineError, match='"gold" is missing'):
        read_case('{"text": "a"}')


def test_auroc_counts_pairs() -> None:
    assert auroc([0.9, 0.4], [0.1, 0.4]) == pytest.approx(3.5 / 4)
    assert auroc([0.9], []) is None


def test_an_evaluation_counts_what_was_found_and_what_was_refused() -> None:
    ticks = count(0.0, 0.001)
    cases = [
        Case(alert="TonerLow", gold="PR-02"),
        Case(text="print_queue_age_minutes 74", gold="pr-01", service="printers"),
        Case(text="rollout of the daemon set is stuck", gold="KubeDaemonSetStuck"),
        Case(text="who has a spare umbrella", gold=None),
    ]
    report = evaluate([PRINTERS, CLUSTER], cases, lambda: next(ticks))
    assert (report.recall(1), report.recall(3), report.mrr) == (1.0, 1.0, 1.0)
    assert report.auroc == 1.0
    assert report.verdicts(report.undocumented)["undocumented"] == 1.0
    assert report.milliseconds is not None
    assert report.milliseconds[0] == pytest.approx(1.0)
    assert report.entries == 3
    assert sum(row.count for row in report.reliability()) == 3
    assert len(report.removed) == 3
    assert all("PR-02" not in [c.id for c in one.match.candidates] for one in report.removed if one.case.alert)
    assert all(one.match.verdict is not Verdict.DOCUMENTED for one in report.removed)
    assert json.loads(json.dumps(figures(report)))["r_at_1"] == 1.0


def test_a_miss_is_among_the_worst() -> None:
    report = evaluate([PRINTERS], [Case(text="toner, pale pages", gold="PR-01")], lambda: 0.0, twins=False)
    assert report.recall(1) == 0.0
    assert [one.case.gold for one in report.worst()] == ["PR-01"]
    assert report.removed == []
    assert report.auroc is None
