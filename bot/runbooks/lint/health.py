"""Rules about section 2: E03, E04, E05."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import Metric, Section
from bot.runbooks.lint.bands import KINDS, Band, UnreadableError, clash, read
from bot.runbooks.lint.page import Page
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.rule import Example, Finding, rule

_MOST_METRICS = 5
_URL = re.compile(r"https?://[^\s/<>]+\S*")
_MEASURED = re.compile(r"\b(?:age|latency|duration|delay|response time|spend|cost|price)\b", re.IGNORECASE)
"""Names of metrics that mean nothing without a unit. A ratio or a count needs none."""
_UNIT_IN_NAME = re.compile(
    r"ratio|share|count|(?:\b|_)(?:ms|s|sec|seconds|min|minutes|h|hours|days|usd|eur|gbp|cents)\b|[$€£%]", re.IGNORECASE
)


@rule(
    "E03",
    Section.HEALTH,
    meaning="Section 2 has the dashboard's URL.",
    why="The first look is at the dashboard; its address must be one click away (seed, 2. Health).",
    fix="Write '**Dashboard:** https://...', the whole address.",
    example=Example(
        2,
        "Dashboard",
        bad="**Dashboard:** see Grafana, folder AP\n",
        good="**Dashboard:** https://grafana.acme.internal/d/invoice-extract\n",
    ),
)
def dashboard(page: Page) -> Iterator[Finding]:
    link = page.runbook.health.dashboard
    if not _URL.search(link.text):
        place = page.at(link.span, "Dashboard", page.top(Section.HEALTH))
        yield Finding(place, "Section 2 has no dashboard URL: write '**Dashboard:** https://...', the whole address.")


@rule(
    "E04",
    Section.HEALTH,
    meaning="One to five health metrics.",
    why="A responder can keep about five numbers in view, the sixth hides the others (seed, 2. Health).",
    fix="Keep those a responder decides by; the others stay on the dashboard.",
    example=Example(
        2,
        "table",
        bad="""\
| Metric | Green | Yellow | Red |
|---|---|---|---|
| Oldest document | < 10 min | 10-60 min | > 60 min |
| Parse failures | < 1 % | 1-3 % | > 3 % |
| Rejections | < 1 % | 1-5 % | > 5 % |
| Duplicates per day | 0 | 1-2 | > 2 |
| Cost per document | < 0.04 USD | 0.04-0.08 USD | > 0.08 USD |
| Worker restarts per hour | 0 | 1-3 | > 3 |
""",
        good="""\
| Metric | Green | Yellow | Red |
|---|---|---|---|
| Oldest document | < 10 min | 10-60 min | > 60 min |
| Parse failures | < 1 % | 1-3 % | > 3 % |
""",
    ),
)
def few_metrics(page: Page) -> Iterator[Finding]:
    metrics = page.runbook.health.metrics
    if not metrics:
        yield Finding(page.top(Section.HEALTH), "Section 2 has no metric: add a table of Metric, Green, Yellow, Red.")
    elif len(metrics) > _MOST_METRICS:
        message = f"{len(metrics)} health metrics: keep the {_MOST_METRICS} that decide; the dashboard has the rest."
        yield Finding(page.at(metrics[_MOST_METRICS].span), message)


@rule(
    "E05",
    Section.HEALTH,
    meaning="Every metric has a number for green, yellow and red; the three neither overlap nor leave a gap.",
    why="Healthy has to be measurable, so that two people read the same colour off one number (seed, question 1).",
    fix="Write bounds that touch ('< 10 min', '10-60 min', '> 60 min') in one unit; a ratio or a count needs none.",
    example=Example(
        2,
        "table",
        bad="""\
| Metric | Green | Yellow | Red |
|---|---|---|---|
| Latency p95 | < 12 s | 12-20 s | too slow |
""",
        good="""\
| Metric | Green | Yellow | Red |
|---|---|---|---|
| Latency p95 | < 12 s | 12-20 s | > 20 s |
| Cost per document | 0.03-0.06 USD | 0.02-0.03 or 0.06-0.10 USD | < 0.02 or > 0.10 USD |
""",
    ),
)
def bands(page: Page) -> Iterator[Finding]:
    for metric in page.runbook.health.metrics:
        yield from _judge(page, metric)


def _judge(page: Page, metric: Metric) -> Iterator[Finding]:
    name, found, unread = quoted(metric.name), list[Band](), False
    for colour, cell in (("green", metric.green), ("yellow", metric.yellow), ("red", metric.red)):
        try:
            found += read(cell)
        except UnreadableError:
            unread = True
            wrong = f"has no number ({quoted(cell)})" if cell.strip() else "is empty"
            yield Finding(page.at(metric.span, cell or metric.name), f"Metric {name}: {colour} {wrong}: write a bound.")
    if unread:
        return
    place = page.at(metric.span, metric.name)
    kinds = {band.kind for band in found if band.kind}
    if len(kinds & KINDS) > 1:
        message = (
            f"Metric {name}: green, yellow and red have different units ({', '.join(sorted(kinds & KINDS))}): use one."
        )
        yield Finding(place, message)
    elif wrong := clash(found):
        yield Finding(place, f"Metric {name}: green, yellow and red {wrong}: let each begin where the last one ends.")
    elif not kinds and _MEASURED.search(metric.name) and not _UNIT_IN_NAME.search(_row(metric)):
        yield Finding(place, f"Metric {name} has no unit: write s, min, USD or what it is measured in.")


def _row(metric: Metric) -> str:
    return f"{metric.name} {metric.green} {metric.yellow} {metric.red}"
