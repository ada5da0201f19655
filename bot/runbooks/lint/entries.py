"""Rules about what every entry of section 3 must hold: E06 to E10."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import FailureMode, Section, StepKind
from bot.runbooks.lint.page import Page, Place, words
from bot.runbooks.lint.quantity import has_quantity, quoted
from bot.runbooks.lint.roles import addressees, known, one_is_unnamed
from bot.runbooks.lint.rule import Example, Finding, rule

_GLUE = frozenset(
    [
        "a",
        "an",
        "and",
        "after",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "without",
    ]
)


def heading(page: Page, mode: FailureMode) -> Place:
    return page.at(mode.heading)


def at_label(page: Page, mode: FailureMode, label: str) -> Place:
    """The line of a label of the entry, or its heading when the label is not there."""
    return page.at(mode.labels.get(label), otherwise=heading(page, mode))


@rule(
    "E06",
    Section.FAILURES,
    meaning="Section 3 has entries; each has an id, unique in the file and never used again for another failure.",
    why="Buttons, post-mortems and people say 'IX-04' for years; an id that moves sends them to the wrong playbook.",
    fix="Take the next free number; the number of a deleted entry stays free for ever.",
    example=Example(
        3,
        "",
        bad="### IX-04 Queue backlog\n\n### IX-04 Model retired\n",
        good="### IX-04 Queue backlog\n\n### IX-05 Model retired\n",
    ),
)
def ids(page: Page) -> Iterator[Finding]:
    if not page.runbook.failures:
        yield Finding(page.top(Section.FAILURES), "Section 3 has no entry: add '### IX-01 <what fails>'.")
    seen: dict[str, FailureMode] = {}
    for mode in page.runbook.failures:
        key = mode.id.casefold()
        earlier = page.options.earlier_titles.get(key)
        if not _written(page, mode):
            message = (
                f"Entry {quoted(mode.title or mode.id)} has no id: begin its heading with one, for example 'IX-01'."
            )
            yield Finding(heading(page, mode), message)
        elif key in seen:
            message = f"{mode.id} is also the id of the entry in line {seen[key].heading.start}: take a free number."
            yield Finding(heading(page, mode), message)
        elif earlier and not _alike(earlier, mode.title):
            message = f"{mode.id} used to be {quoted(earlier)}: take a number that was never used."
            yield Finding(heading(page, mode), message)
        seen.setdefault(key, mode)


def _written(page: Page, mode: FailureMode) -> bool:
    """Whether the id stands in the heading; the parser makes one up where there is none (P13)."""
    return any(mode.id in page.lines[n - 1] for n in range(mode.heading.start, mode.heading.end + 1))


def _alike(left: str, right: str) -> bool:
    """Whether two titles can be one failure, worded anew: they share a word that means something."""
    return bool((set(words(left)) & set(words(right))) - _GLUE)


@rule(
    "E07",
    Section.FAILURES,
    meaning="Every entry has a symptom with a threshold.",
    why="A complaint does not tell one failure from the next, a bound does (seed, question 2).",
    fix="Say what is measured, its bound and its window: '> 12 % over 60 tickets'.",
    example=Example(
        3,
        "Symptoms",
        bad="**Symptoms:**\n- users complain\n",
        good="**Symptoms:**\n- re-route rate > 12 % over 60 tickets\n",
    ),
)
def thresholds(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        if any(has_quantity(symptom.text) for symptom in mode.symptoms):
            continue
        if mode.symptoms:
            first = mode.symptoms[0]
            message = f"{mode.id}: symptom {quoted(first.text)} has no threshold: add a number and its unit or window."
            yield Finding(page.at(first.span, first.text), message)
        else:
            message = f"{mode.id} has no symptoms: add '**Symptoms:**' with a number and its unit or window."
            yield Finding(at_label(page, mode, "symptoms"), message)


@rule(
    "E08",
    Section.FAILURES,
    meaning="Every entry has numbered steps.",
    why="A known failure has a known way out, and one that is only waiting is a way out too (seed, question 4).",
    fix="Number what the responder does; one waiting step is enough.",
    example=Example(
        3,
        "Steps",
        bad="**Steps:** restart the workers and see\n",
        good="**Steps:**\n1. **Wait 5 min:** Do nothing. Watch `queue_depth`. *Expect:* it falls.\n",
    ),
)
def steps(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        if not mode.steps:
            message = f"{mode.id} has no numbered steps: write '**Steps:**' and '1. **Check:** ...' below it."
            yield Finding(at_label(page, mode, "steps"), message)


_SEEN = re.compile(
    r"`|\b(?:shows?|returns?|reports?|lists?|prints?|contains?|reads|appears?|equals?|matches|answers?|confirms?|agrees?)\b"
    r"|\b(?:is|are|stays?) (?:up|green|healthy|running|ready|empty|closed|gone|active|complete|paid|posted|0)\b"
    r"|\bno (?:more |new |longer )?\w+",
    re.IGNORECASE,
)
_SHRUG = re.compile(r"\b(?:no (?:problems?|issues?|longer (?:broken|bad)))\b", re.IGNORECASE)


@rule(
    "E09",
    Section.FAILURES,
    meaning="Every entry says how you know that it worked, by a number or something one can see.",
    why="Without it the incident ends when people are tired; of 272 public OpenShift alert pages 6 % say it.",
    fix="Write '**Verify:**' with a metric and its bound, or what a command shows.",
    example=Example(
        3,
        "Verify",
        bad="**Verify:** it works again\n",
        good="**Verify:** oldest age < 10 min for 15 min\n",
    ),
)
def verification(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        text = mode.verify.text
        if not mode.verify:
            message = (
                f"{mode.id} does not say how you know it worked: add '**Verify:**' with a number or a visible state."
            )
            yield Finding(at_label(page, mode, "verify"), message)
        elif not (re.search(r"\d", text) or _SEEN.search(_SHRUG.sub("", text))):
            message = f"{mode.id}: {quoted(text)} is neither a number nor something one can see: say what to look at."
            yield Finding(page.at(mode.verify.span, text), message)


_UNKNOWN = "section 4 does not define them; add a row or correct the name."


@rule(
    "E10",
    Section.FAILURES,
    meaning="Every entry ends in an escalation to somebody whom section 4 defines.",
    why="A playbook that runs out must hand over (AWS Well-Architected OPS07-BP04; seed, 4. Escalation).",
    fix="Write '**Escalate to:**' with a role of section 4 and after how long, or add the role there.",
    example=Example(
        3,
        "Escalate to",
        bad="**Escalate to:** the platform wizard after 30 min\n",
        good="**Escalate to:** engineering on-call after 30 min\n",
    ),
)
def escalation(page: Page) -> Iterator[Finding]:
    for mode in page.runbook.failures:
        handovers = [step for step in mode.steps if step.kind is StepKind.ESCALATE]
        if not mode.escalate_to and not handovers:
            message = f"{mode.id} ends nowhere: add '**Escalate to:** <role of section 4> after <minutes>'."
            yield Finding(at_label(page, mode, "escalate to"), message)
        if not page.runbook.contacts:
            continue
        for name in _strangers(page, addressees(mode.escalate_to.text) if mode.escalate_to else []):
            place = page.at(mode.escalate_to.span, name)
            yield Finding(
                place,
                f"{mode.id} escalates to {quoted(name)}, whom section 4 does not define: add a row or fix the name.",
            )
        for step in handovers:
            for name in _strangers(page, addressees(step.text)[:1]):
                place = page.at(step.span, name)
                message = f"{mode.id} step {step.number} escalates to {quoted(name)}: {_UNKNOWN}"
                yield Finding(place, message)


def _strangers(page: Page, names: list[str]) -> list[str]:
    contacts = page.runbook.contacts
    return [] if one_is_unnamed(contacts) else [name for name in names if not known(name, contacts)]
