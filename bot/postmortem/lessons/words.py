"""What people said of a failure, made fit to stand in a runbook: no secrets, no names, no structure, nothing long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain.events import Declared, Fact, Matched, PlaybookRejected, ReportAdded
from bot.postmortem.drafting.people import Cast
from bot.postmortem.drafting.redact import redact
from bot.runbooks.editing.markdown import escape, one_line
from bot.runbooks.match.words import tokens, weight

LONGEST_WORDS = 40
"""A symptom is a line, not a passage (runbook format, W11)."""
MOST_SYMPTOMS = 5
MOST_PHRASES = 10
_COMPARED = re.compile(r"^\s*([<>]=?|≥|≤)\s*")
_SPOKEN = {">": "more than ", ">=": "at least ", "≥": "at least ", "<": "less than ", "<=": "at most ", "≤": "at most "}
_CLAUSE = re.compile(r"[.;:!?\n]+(?:\s|$)|,\s|\s[-–—]\s")
_CHUNK = re.compile(r"[\w'’./-]+")


_COUNT = re.compile(
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|times)$"
)
"""Number words: how often it was that night says nothing about the next."""


def fit(text: str, actors: Cast) -> str:
    """Typed text as one escaped line of Markdown."""
    line = one_line(redact(actors.anonymous(text)))
    words = line.split()
    if len(words) > LONGEST_WORDS:
        line = " ".join(words[:LONGEST_WORDS]) + " …"
    # Markdown draws a line that begins with > as a quotation, so the sign is spoken.
    line = _COMPARED.sub(lambda found: _SPOKEN[found[1]], line)
    return escape(line)


def said(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Everything that people said of the symptom, first words first, each once."""
    found: list[str] = []
    for fact in facts:
        match fact.event:
            case Declared(symptom=text) | ReportAdded(text=text) | Matched(words=text) | PlaybookRejected(words=text):
                found.append(one_line(text))
            case _:
                pass
    known: dict[str, str] = {}
    for text in found:
        if text:
            known.setdefault(text.casefold(), text)
    return tuple(known.values())


def symptoms(facts: Iterable[Fact], actors: Cast) -> tuple[str, ...]:
    """The lines of *Symptoms*."""
    return tuple(dict.fromkeys(fit(text, actors) for text in said(facts)))[:MOST_SYMPTOMS]


def title(text: str, actors: Cast) -> str:
    """A heading from the reporter's words: the first clause that says something, at most 60 characters."""
    line = one_line(redact(actors.anonymous(text)))
    clauses = [clause.strip(" .,;:-–—>") for clause in _CLAUSE.split(line) if clause.strip(" .,;:-–—>")]
    chosen = clauses[0] if clauses else line
    for clause in clauses[1:]:
        if len(phrases([chosen])) and len(chosen.split()) > 1:
            break
        chosen = f"{chosen}, {clause}"
    while len(chosen) > 60 and " " in chosen:
        chosen = chosen.rsplit(" ", 1)[0].rstrip(",;:")
    chosen = escape(_COMPARED.sub(lambda found: _SPOKEN[found[1]], chosen[:60]))
    return chosen[:1].upper() + chosen[1:]


def phrases(texts: Sequence[str]) -> tuple[str, ...]:
    """The words and short phrases that carry meaning, in the order they were typed: what stands between words that
    carry none. A phrase has at most three words."""
    found: dict[str, None] = {}
    for text in texts:
        for clause in re.split(r"[.;:!?,\n()\"“”]+(?=\s|$)|\s[-–—]\s|[()\"“”]", text):
            for run in _runs(clause):
                found.setdefault(" ".join(run), None)
    return tuple(found)[:MOST_PHRASES]


def _runs(clause: str) -> Iterable[list[str]]:
    run: list[str] = []
    for chunk in _CHUNK.findall(clause.casefold()):
        word = chunk.strip("'’./-")
        said = bool(word) and not word[0].isdigit() and not _COUNT.match(word)
        heavy = said and any(weight(token.surface) >= 1 for token in tokens(word))
        if heavy:
            run.append(word)
        if run and (not heavy or len(run) == 3):
            yield run
            run = []
    if run:
        yield run


def unknown_phrases(texts: Sequence[str], entry: str) -> tuple[str, ...]:
    """The phrases of which no word stands in an entry yet."""
    there = {token.stem for token in tokens(entry)}
    return tuple(phrase for phrase in phrases(texts) if not {token.stem for token in tokens(phrase)} & there)
