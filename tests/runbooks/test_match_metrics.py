"""Metric conditions against values that were measured or typed."""

from __future__ import annotations

import pytest

from bot.runbooks.match.metrics import Fit, Reading, condition, number, readings


@pytest.mark.parametrize(
    ("written", "value"),
    [("2,400", 2400), ("1,234,567", 1234567), ("12.5", 12.5), ("12,5", 12.5), ("1.234,56", 1234.56), ("1e3", 1000)],
)
def test_numbers_are_read_as_people_write_them(written: str, value: float) -> None:
    assert number(written) == pytest.approx(value)


@pytest.mark.parametrize(
    ("expression", "metric", "op", "bound"),
    [
        ("queue_age_minutes > 60", "queue_age_minutes", ">", 60),
        ("max(run_tool_calls) > 40", "run_tool_calls", ">", 40),
        ("error_ratio >= 5 % for 10m", "error_ratio", ">=", 0.05),
        ("sum by (pod) (rate(http_errors_total[5m])) > 3", "http_errors_total", ">", 3),
        ("tickets_fetched_15m == 0", "tickets_fetched_15m", "==", 0),
    ],
)
def test_a_condition_names_its_metric_and_bound(expression: str, metric: str, op: str, bound: float) -> None:
    found = condition(expression)
    assert found is not None
    assert (found.metric, found.op, found.bound) == (metric, op, bound)


@pytest.mark.parametrize("expression", ["queue_age_minutes", "> 60", ""])
def test_without_a_metric_or_a_bound_there_is_no_condition(expression: str) -> None:
    assert condition(expression) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("queue_age 74", 74),
        ("queue_age is 2,400 now", 2400),
        ("queue_age=74 since noon", 74),
        ('queue_age{pod="a"} 7', 7),
        ("QUEUE_AGE: 3.5", 3.5),
    ],
)
def test_a_value_behind_a_metric_name_is_its_reading(text: str, value: float) -> None:
    assert readings(text, {"queue_age": ()})["queue_age"].value == pytest.approx(value)


@pytest.mark.parametrize("text", ["queue_age is high, 74 people wait", "queue_age", "74 queue_age", "queue_age for 5m"])
def test_a_number_elsewhere_is_no_reading(text: str) -> None:
    assert readings(text, {"queue_age": ()}) == {}


def test_percent_and_ratio_meet() -> None:
    found = condition("fail_ratio > 0.05")
    assert found is not None
    assert found.fit(Reading(12, percent=True).against(found)) is Fit.MEETS
    assert found.fit(Reading(4, percent=True).against(found)) is Fit.MISSES
