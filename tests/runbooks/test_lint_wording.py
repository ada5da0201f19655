"""What counts as a threshold, a band, an addressee: the words of operators, taken as they come."""

from __future__ import annotations

import pytest

from bot.domain.runbook import Contact
from bot.runbooks.lint.bands import UnreadableError, clash, read
from bot.runbooks.lint.quantity import COMPARISON, EVENT, WINDOW, has_quantity
from bot.runbooks.lint.roles import addressees, known


@pytest.mark.parametrize(
    "text",
    [
        "re-route rate > 12% over 60 tickets",
        "p95 latency ≥ 4s",
        "no messages processed for 10 min",
        "2 run ids for one batch date",
        "3 of 5 probes fail",
        "at least 1 confirmed leak",
        "spend above $40 in an hour",
        "latency doubles to 2.5x",
        "10-20 restarts",
        "half or more of the instances are down",
        "more than two replicas lag",
        "first-response time p95 over 15 min",
    ],
)
def test_a_threshold(text: str) -> None:
    assert has_quantity(text)


@pytest.mark.parametrize(
    "text",
    [
        "users complain",
        "HTTP 500 on login",
        "error 42",
        "the queue is slow",
        "one of the two is down",
        "v2 misbehaves",
        "exit code 137",
        "port 5432",
        "503 on login",
    ],
)
def test_no_threshold(text: str) -> None:
    assert not has_quantity(text)


@pytest.mark.parametrize(
    "text",
    [
        "`doc_error_ratio > 0.05 for 10m`",
        "error ratio > 5% for 10 min after a release < 2 h old",
        "citations > 5% over 200 answers",
        "rate(errors[5m]) > 0.05",
        "workers stop within 30 min of a restart",
        "> 3 failures in a row",
        "> 100 errors/min",
        "OCR was released < 24 h ago and rejects > 2%",
    ],
)
def test_a_window(text: str) -> None:
    assert WINDOW.search(text) and COMPARISON.search(text)


@pytest.mark.parametrize("text", ["depth > 2000", "`parse_fail_ratio > 0.03`", "p95 > 45 s"])
def test_no_window(text: str) -> None:
    assert not WINDOW.search(text)


@pytest.mark.parametrize(
    "text", ["at least 1 confirmed double payment", "any confirmed leak", ">= 1 verified wrong amount"]
)
def test_an_event(text: str) -> None:
    assert EVENT.search(text)


@pytest.mark.parametrize("text", ["it gets bad", "the error ratio is high", "somebody complains"])
def test_no_event(text: str) -> None:
    assert not EVENT.search(text)


TILED = [
    "< 10 min | 10-60 min | > 60 min",
    "< 90 s | 90 s-5 min | > 5 min",
    "< 500 ms | 0.5-2 s | > 2 s",
    "0.03-0.06 USD | 0.02-0.03 or 0.06-0.10 USD | < 0.02 or > 0.10 USD",
    ">= 0.90 | 0.87-0.90 | < 0.87",
    "0 | 1-3 | > 3",
    "0 pairs | 1 pair | > 1 pair",
    "<= 2,000 | 2,000-5,000 | > 5,000 messages",
    "$1-$2 | $2 - $4 | > $4",
    "< 12 s | >= 12 s and < 20 s | >= 20 s",
    "under 5 min | 5 to 15 min | over 15 min for 5 min",
    "< 1/min | 1–3/min | > 3/min",
    "`< 1 %` | `1-3 %` | `> 3 %`",
    "= 0 | = 1 | >= 2",
    "< 30 min | 30-60 min | > 1 h",
    "< 12 h | 12-24 h | > 1 day",
    "0-0.1% | 0.1-2% | 2-100%",
]


@pytest.mark.parametrize("row", TILED)
def test_bands_that_tile(row: str) -> None:
    assert clash([band for cell in row.split("|") for band in read(cell)]) == ""


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("< 2% | 3-5% | > 5%", "leave a gap"),
        ("< 2% | 1-5% | > 5%", "overlap"),
        ("< 10 min | 11-60 min | > 60 min", "leave a gap"),
        ("< 10 min | 10-60 min | > 30 min", "overlap"),
        ("0 | 2-3 | > 3", "leave a gap"),
        ("< 90 s | 2-5 min | > 5 min", "leave a gap"),
        ("< 5 | 5-9 | < 2 or > 9", "overlap"),
    ],
)
def test_bands_that_clash(row: str, wrong: str) -> None:
    assert clash([band for cell in row.split("|") for band in read(cell)]) == wrong


@pytest.mark.parametrize("cell", ["", "fast", "too slow", "-", "n/a", "> normal", "or"])
def test_a_cell_without_a_number(cell: str) -> None:
    with pytest.raises(UnreadableError):
        read(cell)


CONTACTS = (
    Contact(order="1", who="Dana Okoye (on-call, primary)", phone="+44 20 7946 0101", for_what="everything first"),
    Contact(order="2", who="Engineering on-call: Priya Nair", phone="+44 20 7946 0102", for_what="beyond on-call"),
    Contact(order="3", who="Mei Tan", phone="+44 20 7946 0103", for_what="platform and network"),
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("to engineering on-call if failures stay > 3% for 30 min.", ["engineering on-call"]),
        ("to the AP manager if a payment run is due within 4 h. They can stop it.", ["AP manager"]),
        ("AP manager at once; engineering on-call after 30 min", ["AP manager", "engineering on-call"]),
        ("to engineering on-call, with 5 examples for a ticket, if none fits", ["engineering on-call"]),
        ("Escalate to security on-call, always", ["security on-call"]),
        ("security and the support lead", ["security", "support lead"]),
        ("the on-call engineer, alone, without a meeting", ["on-call engineer"]),
        ("page **Engineering**", ["Engineering"]),
        ("whoever is on-call for payments decides alone; no approval", ["on-call", "no approval"]),
        ("", []),
    ],
)
def test_addressees(text: str, names: list[str]) -> None:
    assert addressees(text) == names


@pytest.mark.parametrize(
    "name",
    ["engineering", "engineering on-call", "on-call engineer", "the on call engineer", "oncall", "Priya Nair", "Dana",
     "contact 2", "row 3", "platform", "section 4", "engineers on-call"],
)  # fmt: skip
def test_somebody_of_section_4(name: str) -> None:
    assert known(name, CONTACTS)


@pytest.mark.parametrize("name", ["security", "platform wizard", "#ops", "contact 9", "somebody", "the team", ""])
def test_nobody_of_section_4(name: str) -> None:
    assert not known(name, CONTACTS)
