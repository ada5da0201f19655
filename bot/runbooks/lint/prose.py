"""Rules about the text itself, wherever it stands: E20, W11."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.runbook import Section
from bot.runbooks.lint.page import Page, Place, numbered, words
from bot.runbooks.lint.quantity import quoted
from bot.runbooks.lint.rule import Example, Finding, rule

_PASSAGE_WORDS = 60

_PLACEHOLDER = re.compile(
    r"\b(?:[Tt][Bb][Dd]|TODO|FIXME|XXX)\b(?:\([^)\n]*\))?(?::[ \t]*[^|·\"\n]*[^|·\"\s])?|\?\?\?|\blorem ipsum\b"
    r"|\b[Tt]odo:[ \t]*[^|·\"\n]*|\b[Tt]o be (?:announced|confirmed|decided|defined|determined)\b"
    r"|<\s*(?:[Ff]ill|[Ii]nsert|[Pp]laceholder|[Yy]our)\b[^>\n]*>?|\[(?:[Ff]ill in|[Ii]nsert|[Yy]our) [^\]\n]*\]?"
)
_PRETEND = re.compile(
    r"\b(?:[\w-]+\.)*example\.(?:com|org|net)\b|\b[\w-]+\.example\b|\b555[ -]?01\d\d\b|\+44 ?20 ?7946 ?0\d{3}\b"
)
"""Reserved for documentation (RFC 2606) and for fiction (North American 555-01xx, Ofcom 020 7946 0xxx)."""
_SECRET = re.compile(
    r"(?<![\w-])(?:sk[-_](?=[\w-]*\d)[\w-]{12,}|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}|gh[pousr]_\w{12,}|github_pat_\w{20,}"
    r"|glpat-[\w-]{16,}|AKIA[0-9A-Z]{16}\b)|-----BEGIN [A-Z ]*PRIVATE KEY|hooks\.slack\.com/services/T\w+/B\w+/\w+"
)


@rule(
    "E20",
    meaning="No placeholder is left and no secret is written down; with --production no example address either.",
    why="A template line found in the night costs the minutes the runbook should save; a page for many is no vault.",
    fix="Write the real thing, or delete the line; revoke a secret that was committed and name the vault instead.",
    example=Example(
        3,
        "Impact",
        bad="**Impact:** TODO(ap-automation): what the customer sees\n",
        good="**Impact:** Invoices are late; discount dates are missed.\n",
    ),
)
def nothing_left_open(page: Page) -> Iterator[Finding]:
    for number, line in enumerate(page.lines, 1):
        for found in _SECRET.finditer(line):
            shown = found.group()[:6]
            message = f"'{shown}...' looks like a secret: revoke it and name the vault it is kept in."
            yield Finding(Place(number, found.start() + 1), message)
    for number, line in enumerate(_readable(page), 1):
        for found in _PLACEHOLDER.finditer(line):
            message = f"Placeholder {quoted(found.group(), limit=90)} is left: write it, or delete the line."
            yield Finding(Place(number, found.start() + 1), message)
        for found in _PRETEND.finditer(line) if page.options.production else ():
            message = f"{quoted(found.group())} is reserved for examples: write the real one (--production)."
            yield Finding(Place(number, found.start() + 1), message)


def _readable(page: Page) -> Iterator[str]:
    """The prose, and the code as it stands: a placeholder in a command is the worst one. Comments are left out."""
    coded = {number for span, _ in page.fences for number in range(span.start, span.end + 1)}
    for number, line in enumerate(page.lines, 1):
        yield line if number in coded else page.prose[number - 1]


_LECTURE = re.compile(r"\b(?:architecture|background|how it works|overview|introduction|design)\b", re.IGNORECASE)


@rule(
    "W11",
    meaning="No lecture: no passage above 60 words outside section 1, no heading that promises an explanation.",
    why="Who explains here makes the steps harder to find; another document explains (seed, What's not in it).",
    fix="Cut it into steps or a table; move the explanation to the architecture document.",
    example=Example(
        3,
        "Impact",
        bad="**Impact:** " + "The extraction service was built in several stages, each of which has its own queue, "
        "and because the stages were written by different people at different times the way in which a document "
        "travels through them is not the same for every kind of supplier, which is why it helps to know the history "
        "before one reads on, starting with the first version.\n",
        good="**Impact:** Invoices are late; discount dates are missed.\n",
    ),
)
def no_lecture(page: Page) -> Iterator[Finding]:
    for passage in page.passages:
        section = page.section_at(passage.line)
        count = len(words(passage.text))
        if section and section is not Section.SUMMARY and count > _PASSAGE_WORDS:
            message = (
                f"{count} words in one passage of section {numbered(section)}: cut it into steps, or move it elsewhere."
            )
            yield Finding(Place(passage.line), message)
    entries = {mode.heading.start for mode in page.runbook.failures}
    for heading in page.headings:
        if heading.level > 2 and heading.line not in entries and _LECTURE.search(heading.text):
            message = (
                f"Heading {quoted(heading.text)} promises an explanation: it belongs in the architecture document."
            )
            yield Finding(Place(heading.line), message)
