"""Rules about an entry's number, signals, cause and age: W01, W06 to W09."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from bot.domain.runbook import FailureMode, Section, Signal, SignalKind, Step, StepKind
from bot.runbooks.lint.entries import at_label, heading
from bot.runbooks.lint.page import Page, words
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.rule import Example, Finding, rule

_FEW, _MANY = 6, 10
_KEYWORDS = 3
_DRILL_DAYS = 90
_SAME = 0.8
_HARD_SIGNALS = (SignalKind.ALERT, SignalKind.METRIC, SignalKind.LOG)


@rule(
    "W01",
    Section.FAILURES,
    meaning="Six to ten failure modes.",
    why="Fewer leave the rare failures out, and those are the hard ones; more are not read (seed, 3. Common failures).",
    fix="Write the ones that happened; merge those with the same steps.",
    example=Example(
        3,
        "",
        bad="### IX-01 Queue backlog\n",
        good="".join(f"### IX-0{n} Shard {n} is down\n\n" for n in range(1, 7)),
    ),
)
def number_of_modes(page: Page) -> Iterator[Finding]:
    modes = page.runbook.failures
    if 0 < len(modes) < _FEW:
        many = f"{len(modes)} failure mode{'s' * (len(modes) > 1)}"
        message = f"{many}: the aim is {_FEW} to {_MANY}; add the next ones that happen."
        yield Finding(page.top(Section.FAILURES), message)
    elif len(modes) > _MANY:
        message = f"{len(modes)} failure modes: the aim is {_FEW} to {_MANY}; merge those with the same steps."
        yield Finding(heading(page, modes[_MANY]), message)


@rule(
    "W06",
    Section.FAILURES,
    meaning="Every entry has an alert, a metric or a log pattern, and three words people would type.",
    why="They are what '/runbook' finds the entry by (OpenShift links each alert to its page).",
    fix="Add '- alert: ...' and '- words: a, b, c' below '**Signals:**'.",
    example=Example(
        3,
        "Signals",
        bad="**Signals:**\n- words: slow\n",
        good="**Signals:**\n- alert: `IngestQueueAge`\n- words: backlog, stuck, idle workers\n",
    ),
)
def signals(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        spoken = len(mode.signals_of(SignalKind.WORDS))
        lacks = []
        if not any(signal.kind in _HARD_SIGNALS for signal in mode.signals):
            lacks.append("no alert, metric or log pattern")
        if spoken < _KEYWORDS:
            lacks.append(f"{spoken} of {_KEYWORDS} words")
        if lacks:
            message = (
                f"{mode.id} has {' and '.join(lacks)} among its signals: add them, '/runbook' finds the entry by them."
            )
            yield Finding(at_label(page, mode, "signals"), message)


@rule(
    "W07",
    Section.FAILURES,
    meaning="No alert leads to two entries, and no two entries have the same symptoms, unless step 1 tells them apart.",
    why="An alert that opens two playbooks opens an argument.",
    fix="Give the alert to one entry, merge the two, or let step 1 of both be the check that separates them.",
    example=Example(
        3,
        "",
        bad="### IX-04 Queue backlog\n\n**Signals:**\n- alert: `IngestQueueAge`\n\n"
        "### IX-05 Workers hang\n\n**Signals:**\n- alert: `IngestQueueAge`\n",
        good="### IX-04 Queue backlog\n\n**Signals:**\n- alert: `IngestQueueAge`\n\n"
        "### IX-05 Workers hang\n\n**Signals:**\n- alert: `WorkersIdle`\n",
    ),
)
def ambiguity(page: Page) -> Iterator[Finding]:
    for left, right in combinations(page.runbook.failures, 2):
        if _told_apart(left, right):
            continue
        alerts = {signal.value.casefold() for signal in left.signals if signal.kind is SignalKind.ALERT}
        shared = next(
            (signal for signal in right.signals if _is_alert(signal) and signal.value.casefold() in alerts), None
        )
        if shared:
            message = (
                f"Alert {quoted(shared.value)} leads to {left.id} and {right.id}: let step 1 of both tell them apart."
            )
            yield Finding(page.at(shared.span, shared.value), message)
        elif _overlap(left, right) > _SAME:
            message = (
                f"{right.id} has nearly the symptoms of {left.id}: merge them, or let step 1 of both tell them apart."
            )
            yield Finding(at_label(page, right, "symptoms"), message)


def _is_alert(signal: Signal) -> bool:
    return signal.kind is SignalKind.ALERT


def _told_apart(left: FailureMode, right: FailureMode) -> bool:
    """Both begin by looking, and not in the same words."""
    if not (left.steps and right.steps):
        return False
    first, other = left.steps[0], right.steps[0]
    looks = {StepKind.CHECK, StepKind.BRANCH}
    return {first.kind, other.kind} <= looks and _words_of(first) != _words_of(other)


def _words_of(step: Step) -> tuple[str, ...]:
    return (step.text, *(command.text for command in step.commands))


def _overlap(left: FailureMode, right: FailureMode) -> float:
    """Jaccard similarity of the words of the symptoms, 0 to 1."""
    one, two = ({word for symptom in mode.symptoms for word in words(symptom.text)} for mode in (left, right))
    return len(one & two) / len(one | two) if one and two else 0.0


_NO_CAUSE = re.compile(
    r"^\W*(?:unknown|not known|n/?a|none|human error|operator error|user error|\?+|-+)\W*$", re.IGNORECASE
)


@rule(
    "W08",
    Section.FAILURES,
    meaning="Every entry has a severity (SEV1 to SEV4) and a likely cause that is neither 'unknown' nor 'human error'.",
    why="The severity decides who is woken; blaming a person ends the search one step too early (PagerDuty, GitLab).",
    fix="Write '**Severity:** SEV2' and '**Likely cause:**' with the mechanism.",
    example=Example(
        3,
        "Likely cause",
        bad="**Likely cause:** human error\n",
        good="**Likely cause:** A worker wedged after a long upstream outage.\n",
    ),
)
def severity_and_cause(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        if mode.severity is None:
            wrong = f"severity {quoted(mode.severity_text)}" if mode.severity_text else "no severity"
            place = page.at(mode.labels.get("severity"), mode.severity_text, heading(page, mode))
            yield Finding(place, f"{mode.id} has {wrong}: write SEV1, SEV2, SEV3 or SEV4.")
        if not mode.cause:
            yield Finding(
                at_label(page, mode, "likely cause"), f"{mode.id} has no likely cause: add '**Likely cause:**'."
            )
        elif _NO_CAUSE.match(mode.cause.text):
            message = (
                f"{mode.id}: {quoted(mode.cause.text)} is no cause: name the mechanism, or what was found last time."
            )
            yield Finding(page.at(mode.cause.span, mode.cause.text), message)


@rule(
    "W09",
    Section.FAILURES,
    meaning="Every entry has an owner and was drilled within the last 90 days.",
    why="Unused steps go stale as production moves on (Google SRE workbook); of 380 public runbooks none had an owner.",
    fix="Walk through the steps in a drill, then write '**Owner:**' and '**Last drilled:** <date>'.",
    example=Example(
        3,
        "Severity",
        bad="**Severity:** SEV2 · **Owner:** ap-oncall · **Last drilled:** 2024-02-10\n",
        good="**Severity:** SEV2 · **Owner:** ap-oncall · **Last drilled:** 2026-11-02\n",
    ),
)
def owned_and_drilled(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        if not mode.owner:
            yield Finding(
                at_label(page, mode, "owner"), f"{mode.id} has no owner: add '**Owner:**' with a rota or a team."
            )
        place = at_label(page, mode, "last drilled")
        if mode.last_drilled is None:
            yield Finding(place, f"{mode.id} was never drilled: walk through it and write '**Last drilled:** <date>'.")
            continue
        age = page.options.age(mode.last_drilled)
        if age > _DRILL_DAYS:
            written = mode.last_drilled.isoformat()
            place = page.at(mode.labels.get("last drilled"), written, place)
            yield Finding(
                place,
                f"{mode.id} was last drilled {age} days ago ({written}): the limit is {_DRILL_DAYS}; drill it again.",
            )
