"""Likeness by meaning, for reports that share no word with any entry: what the index asks of a sentence encoder.

The index works without one. `bot.runbooks.match.semantic` has the one that comes with the extra section3[semantic].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from bot.domain.runbook import FailureMode, SignalKind

MOST_SYMPTOMS = 8
_LONGEST = 400
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Meaning(Protocol):
    """Keeps the meaning of each entry's sentences and compares a query with all of them."""

    def put(self, number: int, texts: Sequence[str]) -> None:
        """Keep an entry's sentences under its number, in place of those kept before."""

    def drop(self, number: int) -> None:
        """Forget an entry."""

    def likeness(self, text: str) -> dict[int, float]:
        """Entry number -> cosine of the text and the entry's most similar sentence, -1 to 1."""


def passages(mode: FailureMode) -> list[str]:
    """The sentences of an entry that say what the failure looks like."""
    return [text[:_LONGEST] for text in _passages(mode) if text.strip()]


def _passages(mode: FailureMode) -> Iterator[str]:
    title = _CAMEL.sub(" ", mode.title)
    symptoms = [text.text for text in mode.symptoms]
    yield f"{title}. {' '.join(symptoms)}"
    yield title
    yield from symptoms[:MOST_SYMPTOMS]
    yield ", ".join(mode.signals_of(SignalKind.WORDS))
    yield mode.cause.text
    yield mode.impact.text
