"""Rules about section 6 and the age of the page: E19, W10, W16."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.domain.runbook import Change, Level, Section
from bot.runbooks.change_log import changed_at
from bot.runbooks.lint.page import Page, Place
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.rule import Example, Finding, rule

KINDS = ("prompt", "model", "index", "dependency", "config", "code")
_RECENT_DAYS = 7
_STALE_DAYS = 30
_REVIEW_DAYS = 90
_WHEN = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?\s*"
    r"(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)


def _table(*rows: str) -> str:
    return "| When | Kind | What | From | To | By |\n|---|---|---|---|---|---|\n" + "".join(f"{row}\n" for row in rows)


def _day(change: Change) -> date | None:
    when = changed_at(change)
    return when.date() if when else None


@rule(
    "E19",
    Section.CHANGES,
    meaning="The change log has entries, each with an ISO date, a kind, and the version before and after.",
    why="The first suspect is the newest change: it needs an hour and a version to be found (seed, 6. Change log).",
    fix="Write '2026-11-20 01:38Z', one of the kinds "
    + ", ".join(KINDS)
    + ", and From and To ('-' when there was none).",
    example=Example(
        6,
        "table",
        bad=_table("| last week | prompt | new prompt | | | Sam |"),
        good=_table("| 2026-11-20 01:38Z | prompt | routing prompt | v60 | v61 | Sam |"),
    ),
)
def change_log(page: Page) -> Iterator[Finding]:
    if not page.runbook.changes:
        yield Finding(page.top(Section.CHANGES), "The change log has no entry: add the version that runs now.")
    for change in page.runbook.changes:
        name = quoted(change.what or change.when)
        yield from _judge_date(page, change, name)
        if change.kind.strip().casefold() not in KINDS:
            wrong = f"{quoted(change.kind)} is no kind" if change.kind.strip() else "it has no kind"
            message = f"Change {name}: {wrong}: write one of {', '.join(KINDS)}."
            yield Finding(page.at(change.span, change.kind), message)
        missing = [label for label, text in (("From", change.before), ("To", change.after)) if not text.strip()]
        if missing:
            message = (
                f"Change {name} has nothing in {' and '.join(missing)}: write the versions, '-' where there was none."
            )
            yield Finding(page.at(change.span, change.what), message)


def _judge_date(page: Page, change: Change, name: str) -> Iterator[Finding]:
    day = _day(change)
    found = _WHEN.match(change.when.strip(" `"))
    place = page.at(change.span, change.when or change.what)
    if day is None or not found:
        shown = f" ({quoted(change.when)})" if change.when.strip() else ""
        yield Finding(place, f"Change {name} has no date{shown}: write it as '2026-11-20 01:38Z'.")
        return
    lacks = [part for part in ("time", "zone") if not found[part]]
    if lacks and page.options.today and page.options.age(day) < _RECENT_DAYS:
        message = f"Change {name} is new and has no {' and no '.join(lacks)}: write '{day} 01:38Z'."
        yield Finding(place, message)


@rule(
    "W10",
    Section.CHANGES,
    meaning="The newest change is at most 30 days old, or is the version the pipeline says is deployed.",
    why="A log that nobody writes says that nothing changed when everything did (seed, 6. Change log).",
    fix="Write down what was released since; in CI pass --deployed SERVICE=VERSION.",
    example=Example(
        6,
        "table",
        bad=_table("| 2024-01-07 09:00Z | prompt | routing prompt | v60 | v61 | Sam |"),
        good=_table("| 2026-11-20 01:38Z | prompt | routing prompt | v60 | v61 | Sam |"),
    ),
)
def fresh_log(page: Page) -> Iterator[Finding]:
    dated = [(when, change) for change in page.runbook.changes if (when := changed_at(change))]
    if not dated:
        return
    when, newest = max(dated, key=lambda pair: pair[0])
    deployed = page.options.deployed.get(page.runbook.service)
    if deployed is not None:
        if newest.after.strip(" `") != deployed:
            message = f"{quoted(deployed)} is deployed, the log ends at {quoted(newest.after)}: write the change down."
            yield Finding(page.at(newest.span, newest.after), message, Level.ERROR)
        return
    age = page.options.age(when.date())
    if age > _STALE_DAYS:
        message = f"The newest change is {age} days old: write down what was released since, or that it was reviewed."
        yield Finding(page.at(newest.span, newest.when), message)


@rule(
    "W16",
    meaning="The page was reviewed within the last 90 days, and after its newest change.",
    why="The change log covers the time since the last review, so its date must be known (seed, 6. Change log).",
    fix="Run 'section3 review SERVICE': it lists what changed and sets the date.",
    example=Example(
        0,
        "reviewed",
        bad="reviewed: 2024-03-01\n",
        good="reviewed: 2026-11-21\n",
    ),
)
def reviewed(page: Page) -> Iterator[Finding]:
    book = page.runbook
    line = book.front_lines.get("reviewed") or (book.front_matter.start if book.front_matter else 1)
    service = book.service or "SERVICE"
    if book.reviewed is None:
        yield Finding(Place(line), f"It is unknown when this was reviewed: run 'section3 review {service}'.")
        return
    age = page.options.age(book.reviewed)
    since = [change for change in book.changes if (day := _day(change)) and day > book.reviewed]
    if age > _REVIEW_DAYS:
        yield Finding(
            Place(line), f"Last reviewed {age} days ago, the limit is {_REVIEW_DAYS}: run 'section3 review {service}'."
        )
    elif since:
        many = "1 change" if len(since) == 1 else f"{len(since)} changes"
        yield Finding(Place(line), f"{many} since the review of {book.reviewed}: run 'section3 review {service}'.")
