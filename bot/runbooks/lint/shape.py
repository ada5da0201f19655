"""Rules about the shape of the page and section 1: E01, E02, W12, W13."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.domain.runbook import SECTION_TITLES, Section, Span
from bot.runbooks.lint.page import Page, Place, numbered, words
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.rule import Example, Finding, rule

_ORDER = tuple(Section)
_SUMMARY_WORDS = 120
_PAGE_WORDS = 500


def is_empty(page: Page, section: Section) -> bool:
    """Whether there is nothing below the heading but blank lines and comments."""
    span = page.runbook.sections[section]
    has_code = any(span.start <= fence.start <= span.end for fence, _ in page.fences)
    return not has_code and not any(line.strip() for _, line in page.section_lines(section))


@rule(
    "E01",
    meaning="The six sections are there, in their order, none empty.",
    why="Each section answers its own question, in the place where every runbook has it (seed, The structure).",
    fix="Add the section, or move it to its place.",
    example=Example(
        5,
        "section",
        bad="## 5. Undo\n\n**Command:** `agentctl rollback invoice-extract`\n",
        good="## 5. Rollback\n\n**Command:** `agentctl rollback invoice-extract`\n",
    ),
)
def six_sections(page: Page) -> Iterator[Finding]:
    present = page.runbook.sections
    for index, section in enumerate(_ORDER):
        if section not in present:
            after = [present[later].start for later in _ORDER[index + 1 :] if later in present]
            place = Place(min(after, default=len(page.lines)))
            heading = f"## {index + 1}. {SECTION_TITLES[section]}"
            yield Finding(place, f"Section {numbered(section)} is missing: add '{heading}' here.")
        elif is_empty(page, section):
            yield Finding(page.top(section), f"Section {numbered(section)} is empty: write it.")
    found = [section for section in _ORDER if section in present]
    for earlier, later in pairwise(found):
        if present[later].start < present[earlier].start:
            message = f"Section {numbered(later)} stands before {numbered(earlier)}: put the six in their order."
            yield Finding(page.top(later), message)


@rule(
    "E02",
    Section.SUMMARY,
    meaning="The summary says what the service depends on and who uses it.",
    why="A fault comes from a neighbour or reaches one: both belong on the first page (seed, 1. Service summary).",
    fix="Write '**Depends on:** ...' and '**Used by:** ...'; 'none' is an answer.",
    example=Example(
        1,
        "Used by",
        bad="**Used by:**\n",
        good="**Used by:** accounts payable, the payment run\n",
    ),
)
def neighbours(page: Page) -> Iterator[Finding]:
    summary = page.runbook.summary
    top = page.top(Section.SUMMARY)
    if not _says(summary.depends_on):
        place = page.at(summary.depends_span, otherwise=top)
        yield Finding(
            place, "The summary does not say what the service depends on: add '**Depends on:** ...', or 'none'."
        )
    if not _says(summary.used_by):
        place = page.at(summary.used_span, otherwise=top)
        yield Finding(place, "The summary does not say who uses the service: add '**Used by:** ...', or 'none'.")


def _says(names: tuple[str, ...]) -> bool:
    """Whether a list names something: "?" and "-" are the places left for it."""
    return any(re.search(r"\w", name) for name in names)


_ONBOARDING = re.compile(
    r"\bnew (?:hires?|joiners?|starters?)\b|\bwelcome(?: to\b| aboard\b|[!,.])|\bgetting started\b|\brequest access\b"
    r"|\bif you are new\b|\bonboarding (?:guide|page|checklist|document)",
    re.IGNORECASE,
)
"""What one says to a colleague on the first day. Welcome mails and customer onboarding may be what a service does."""


@rule(
    "W12",
    meaning="No onboarding.",
    why="Whoever is paged has been introduced to the system long ago (seed, What's not in it).",
    fix="Move it to the onboarding page.",
    example=Example(
        1,
        "Used by",
        bad="**Used by:** accounts payable (new hires: request access first)\n",
        good="**Used by:** accounts payable\n",
    ),
)
def no_onboarding(page: Page) -> Iterator[Finding]:
    front = page.runbook.front_matter
    for number, line in enumerate(page.prose, 1):
        found = _ONBOARDING.search(line)
        if found and number > (front.end if front else 0):
            message = f"{quoted(found.group())} is onboarding: the reader knows the system; move it to another page."
            yield Finding(Place(number, found.start() + 1), message)


@rule(
    "W13",
    Section.SUMMARY,
    meaning="The summary is one paragraph of at most 120 words; the page is about six pages with one diagram at most.",
    why="It must print to six pages, at 500 words each; ten failure modes make nine (seed, first paragraphs).",
    fix="Cut. What is left out belongs in the architecture document.",
    example=Example(
        1,
        "",
        bad="Reads invoices.\n\nCredit notes too.\n\n**Depends on:** broker\n\n**Used by:** accounts payable\n",
        good="Reads invoices and credit notes.\n\n**Depends on:** broker\n\n**Used by:** accounts payable\n",
    ),
)
def short(page: Page) -> Iterator[Finding]:
    paragraphs = page.runbook.summary.paragraphs
    if len(paragraphs) > 1:
        message = f"The summary has {len(paragraphs)} paragraphs: keep the one that says what the service does."
        yield Finding(page.at(paragraphs[1].span), message)
    count = sum(len(words(paragraph.text)) for paragraph in paragraphs)
    if count > _SUMMARY_WORDS:
        message = f"The summary has {count} words: keep it to {_SUMMARY_WORDS}."
        yield Finding(page.at(paragraphs[0].span), message)
    yield from _too_long(page)
    diagrams = [span for span, language in page.fences if language in ("mermaid", "plantuml", "dot")]
    diagrams += [
        Span(start=n, end=n) for n, line in enumerate(page.prose, 1) for _ in re.finditer(r"!\[[^\]]*\]\(", line)
    ]
    for span in sorted(diagrams, key=lambda span: span.start)[1:]:
        yield Finding(Place(span.start), f"{len(diagrams)} diagrams: keep one flowchart at most.")


def _too_long(page: Page) -> Iterator[Finding]:
    """Six pages for up to six failure modes, three quarters of a page for each further one, nine at the most."""
    pages = 6 + 0.75 * min(max(len(page.runbook.failures) - 6, 0), 4)
    limit, count, crossed = int(pages * _PAGE_WORDS), 0, 0
    for number, line in enumerate(page.prose, 1):
        count += len(words(line))
        if count > limit and not crossed:
            crossed = number
    if crossed:
        message = f"The page has {count} words, its limit is {limit} (about {pages:g} pages) and is passed here: cut."
        yield Finding(Place(crossed), message)
