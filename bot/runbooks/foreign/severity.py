"""How bad an alert is, where its page says so in one word: `Severity: critical`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.base import Severity

_SAID: dict[Severity, str] = {
    Severity.SEV1: r"sev-?1|p1|critical|page|fatal|emergency",
    Severity.SEV2: r"sev-?2|p2|error|high|major",
    Severity.SEV3: r"sev-?3|p3|warn(?:ing)?|medium|ticket|minor",
    Severity.SEV4: r"sev-?4|p4|low|info(?:rmational)?",
}
_LABEL = r"[\W_]*(?:alert\s+)?(?:severity|priority)[\W_]*"
_LINES = {kind: re.compile(rf"{_LABEL}[:=|][\W_]*(?:{words})[\W_]*$", re.I) for kind, words in _SAID.items()}
_WORDS = {kind: re.compile(rf"[\W_]*(?:{words})[\W_]*$", re.I) for kind, words in _SAID.items()}
_HEADING = re.compile(rf"{_LABEL}$", re.I)


def severity_line(line: str) -> Severity | None:
    """What a line says that is a label and one word, None for any other."""
    return next((kind for kind, said in _LINES.items() if said.match(line)), None)


def severity_below(heading: str, lines: list[str]) -> Severity | None:
    """What a section says that is called so and holds one word."""
    text = [line for line in lines if line.strip()]
    if not _HEADING.match(heading) or len(text) != 1:
        return None
    return next((kind for kind, said in _WORDS.items() if said.match(text[0])), None)


def severity_in(lines: Iterable[str]) -> Severity | None:
    """The worst that any line says: a page may be about an alert of two levels."""
    return min((found for line in lines if (found := severity_line(line))), default=None)
